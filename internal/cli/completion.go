package cli

import (
	"context"
	"path/filepath"
	"strings"

	"appleconsent/internal/cli/shell"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/adrg/xdg"
	"github.com/urfave/cli/v2"
)

func completionCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "generate shell completion scripts",
		ArgsUsage: "SHELL",
		Description: "SHELL is bash, zsh, fish or powershell. The first lines of the script say where it goes.\n\n" +
			"   appleconsent completion bash\n   appleconsent completion fish >~/.config/fish/completions/appleconsent.fish",
		Action: action(env, parseShell, func(_ context.Context, name shell.Name, k *call) error {
			return k.result(nil, func(render.Style) string { return name.Script() })
		}),
	}
}

func parseShell(in *input) (shell.Name, error) {
	if err := atMost(in.Context, 1); err != nil {
		return "", err
	}
	return shells().parse(in.Args().First())
}

// completeCommand is what the scripts call: the words behind the program's name, the last one being completed. Errors are none
// of the person's business who pressed a key, so it never has any.
func completeCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name: "__complete", Hidden: true, SkipFlagParsing: true, ArgsUsage: "WORD...",
		Usage: "print what can stand for the last word; completion scripts call it",
		Action: func(c *cli.Context) error {
			_, _ = c.App.Writer.Write([]byte(shell.Complete(c.App, c.Args().Slice(), env.argumentChoices)))
			return nil
		},
	}
}

// argumentChoices are what can stand for an argument.
func (e Environment) argumentChoices(placeholder string, typed func(flag string) string) []shell.Choice {
	switch placeholder {
	case "CHANGE":
		if dir, err := stateFolder(atHome(typed("state-dir")), e); err == nil {
			return changeChoices(dir)
		}
	case "SCENARIO":
		return scenarios().choices()
	case "SHELL":
		return shells().choices()
	}
	return nil
}

// changeChoices are the changes recorded in a state folder, the newest first, with what history says of each.
func changeChoices(stateDir string) []shell.Choice {
	changes, _, err := plan.NewJournal(stateDir).List()
	if err != nil {
		return nil
	}
	var out []shell.Choice
	for _, c := range changes {
		out = append(out, shell.Choice{Word: c.ID, Meaning: render.HistoryLine(c)})
	}
	return out
}

// atHome puts the home folder where a shell would: it hands on the words as they were typed.
func atHome(path string) string {
	if rest, found := strings.CutPrefix(path, "~/"); found {
		return filepath.Join(xdg.Home, rest)
	}
	return path
}
