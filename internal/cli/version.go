package cli

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"appleconsent/plan"

	"github.com/urfave/cli/v2"
	"golang.org/x/mod/module"
)

// release is the version that a release is called by, without a leading v. The linker sets it (.goreleaser.yaml); other builds have none.
var release string

// versionDocument says what this program was built from. What is not known is null.
type versionDocument struct {
	SchemaVersion int    `json:"schemaVersion"`
	Kind          string `json:"kind"`
	plan.Tool
	Commit     *string `json:"commit"`     // whole, or the twelve digits that a pseudo-version has
	CommitDate *string `json:"commitDate"` // RFC 3339, UTC
	Dirty      *bool   `json:"dirty"`      // with changes that were not committed
	Go         string  `json:"go"`
	Platform   string  `json:"platform"`
}

func versionCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:  "version",
		Usage: "show the version of this program",
		Description: "With the commit that it was built from, the commit's date, and Go's version. As text, or with -o json for a script.\n\n" +
			"   appleconsent version\n   appleconsent version -o json",
		Flags: outputFlags(),
		Action: action(env, parseVersion, func(_ context.Context, v versionDocument, k *call) error {
			return k.result(v, v.line())
		}),
	}
}

func parseVersion(*input) (versionDocument, error) {
	info, _ := debug.ReadBuildInfo()
	return builtFrom(info, release), nil
}

// tool is how documents and requests name this program.
var tool = sync.OnceValue(func() plan.Tool {
	info, _ := debug.ReadBuildInfo()
	return builtFrom(info, release).Tool
})

// builtFrom reads what the Go toolchain noted in the binary: from a checkout the commit, its date and whether anything had changed since;
// of a module that was downloaded its version, which holds commit and date unless it is a tag. Info is nil in a binary without notes.
func builtFrom(info *debug.BuildInfo, release string) versionDocument {
	doc := versionDocument{
		SchemaVersion: plan.SchemaVersion, Kind: "version", Tool: plan.Tool{Name: "appleconsent"},
		Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH,
	}
	version := ""
	if info != nil {
		version = strings.TrimSuffix(info.Main.Version, "(devel)")
		doc.readModule(version)
		doc.readCheckout(info.Settings)
	}
	dev := "dev"
	if doc.Commit != nil {
		dev += "-" + doc.shortCommit()
	}
	doc.Version = cmp.Or(release, strings.TrimPrefix(version, "v"), dev)
	return doc
}

// readModule takes commit and date from a pseudo-version (go.dev/ref/mod#pseudo-versions).
func (v *versionDocument) readModule(version string) {
	commit, err := module.PseudoVersionRev(version)
	if err != nil {
		return
	}
	v.Commit = &commit
	if at, err := module.PseudoVersionTime(version); err == nil {
		date := at.UTC().Format(time.RFC3339)
		v.CommitDate = &date
	}
}

// readCheckout takes what the version control system said (the settings vcs.* of runtime/debug).
func (v *versionDocument) readCheckout(settings []debug.BuildSetting) {
	for _, s := range settings {
		switch s.Key {
		case "vcs.revision":
			v.Commit = &s.Value
		case "vcs.time":
			v.CommitDate = &s.Value
		case "vcs.modified":
			dirty := s.Value == "true"
			v.Dirty = &dirty
		}
	}
}

func (v *versionDocument) shortCommit() string { return (*v.Commit)[:min(12, len(*v.Commit))] }

// line is all of it in one line, as people copy it into a report.
func (v *versionDocument) line() string {
	commit := "commit unknown"
	if v.Commit != nil {
		commit = "commit " + v.shortCommit()
	}
	if v.CommitDate != nil {
		commit += " of " + (*v.CommitDate)[:min(len(time.DateOnly), len(*v.CommitDate))]
	}
	if v.Dirty != nil && *v.Dirty {
		commit += " with uncommitted changes"
	}
	return fmt.Sprintf("%s %s (%s, %s, %s)\n", v.Name, v.Version, commit, v.Go, v.Platform)
}
