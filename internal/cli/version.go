package cli

import (
	"context"
	"fmt"
	"runtime"
	"runtime/debug"

	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// versionDocument is the JSON form of the version.
type versionDocument struct {
	plan.Tool
	Go       string `json:"go"`
	Platform string `json:"platform"`
}

func versionCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:        "version",
		Usage:       "show the version of this program",
		Description: "As text, or with -o json for a script.\n\n   appleconsent version\n   appleconsent version -o json",
		Flags:       outputFlags(),
		Action: action(env, parseNothing, func(_ context.Context, _ struct{}, k *call) error {
			v := versionDocument{tool(), runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH}
			return k.result(v, func(render.Style) string {
				return fmt.Sprintf("%s %s (%s, %s)\n", v.Name, v.Version, v.Go, v.Platform)
			})
		}),
	}
}

// parseNothing is for commands that take no arguments.
func parseNothing(in *input) (struct{}, error) { return struct{}{}, noArguments(in.Context) }

// toolVersion returns the version that the Go toolchain noted in the binary: a module version or the commit.
func toolVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return versionOf(nil)
	}
	return versionOf(info)
}

// versionOf is toolVersion as a function of its input.
func versionOf(info *debug.BuildInfo) string {
	if info == nil {
		return "unknown"
	}
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	for _, setting := range info.Settings {
		if setting.Key == "vcs.revision" && len(setting.Value) >= 12 {
			return "dev-" + setting.Value[:12]
		}
	}
	return "dev"
}
