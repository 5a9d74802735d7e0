package cli

import (
	"context"
	_ "embed" // for the scripts
	"errors"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/simulator"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// The scripts only hand the words of a command line to __complete and show what it prints; all knowledge is here.
var (
	//go:embed completion/bash.sh
	bashScript string
	//go:embed completion/zsh.sh
	zshScript string
	//go:embed completion/fish.fish
	fishScript string
	//go:embed completion/powershell.ps1
	powershellScript string
)

// completionScript is how a shell learns to complete.
type completionScript struct{ shell, text string }

func completionScripts() []completionScript {
	return []completionScript{{"bash", bashScript}, {"zsh", zshScript}, {"fish", fishScript}, {"powershell", powershellScript}}
}

// flagChoices are the values of the flags that take one of a few, by the name of the flag. Flags that take files or
// anything else need no row here (see placeholderChoices), nor has output, whose values depend on the command.
var flagChoices = map[string]func() []choice{
	"auth":     func() []choice { return choices(graph.AuthChoices()) },
	"cloud":    cloudChoices,
	"devices":  func() []choice { return choices(consent.DeviceChoices()) },
	"route":    func() []choice { return choices(consent.RouteChoices()) },
	"simulate": scenarioChoices,
}

func choices[T ~string](values []T) []choice {
	out := make([]choice, len(values))
	for i, v := range values {
		out[i].Word = string(v)
	}
	return out
}

func cloudChoices() []choice {
	var out []choice
	for _, c := range graph.Clouds() {
		out = append(out, choice{c.Name, c.Graph})
	}
	return out
}

func scenarioChoices() []choice {
	var out []choice
	for _, s := range simulator.Scenarios() {
		out = append(out, choice{s.Name, s.Description})
	}
	return out
}

func shellChoices() []choice {
	var out []choice
	for _, s := range completionScripts() {
		out = append(out, choice{Word: s.shell})
	}
	return out
}

// changeChoices are the changes recorded in a state folder, the newest first, with what history says of each.
func changeChoices(stateDir string) []choice {
	const wide = 1000 // nothing is cut: a shell does that itself
	changes, _, err := plan.NewJournal(stateDir).List()
	if err != nil {
		return nil
	}
	var out []choice
	for _, c := range changes {
		line := render.HistoryText([]plan.Change{c}, render.PlainStyle(wide))
		out = append(out, choice{c.ID, strings.TrimPrefix(line, c.ID)})
	}
	return out
}

func completionCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name:      "completion",
		Usage:     "print what makes a shell complete this program's command lines",
		ArgsUsage: "SHELL",
		Description: "SHELL is bash, zsh, fish or powershell. The first lines of the script say where it goes.\n\n" +
			"   appleconsent completion bash\n   appleconsent completion fish >~/.config/fish/completions/appleconsent.fish",
		Action: action(env, parseShell, func(_ context.Context, script string, k *call) error {
			return k.result(nil, func(render.Style) string { return script })
		}),
	}
}

// parseShell returns the script for the shell.
func parseShell(in *input) (string, error) {
	if err := atMost(in.Context, 1); err != nil {
		return "", err
	}
	return scriptFor(in.Args().First())
}

func scriptFor(shell string) (string, error) {
	var known []string
	for _, s := range completionScripts() {
		if s.shell == shell {
			return s.text, nil
		}
		known = append(known, s.shell)
	}
	if shell == "" {
		return "", errors.New("which shell? use one of " + strings.Join(known, ", "))
	}
	return "", fmt.Errorf("%q is not a shell that completion knows: use one of %s", shell, strings.Join(known, ", "))
}

// completeCommand is what the scripts call: the words behind the program's name, the last one being completed. It prints
// a choice a line, with a tab before its description, and a last line that says how the shell goes on. Errors are none of
// the person's business who pressed a key, so it never has any.
func completeCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name: "__complete", Hidden: true, SkipFlagParsing: true, ArgsUsage: "WORD...",
		Usage: "print what can stand for the last word; completion scripts call it",
		Action: func(c *cli.Context) error {
			found := completeLine(c.App, c.Args().Slice(), env)
			_, _ = c.App.Writer.Write([]byte(found.String()))
			return nil
		},
	}
}

// The ways to go on once the choices are shown.
const (
	goOnNowhere = ":none"
	goOnFiles   = ":files"
	goOnFolders = ":folders"
)

// completion is what can stand for a word.
type completion struct {
	choices []choice
	goOn    string // what the shell itself offers beside the choices
}

func (f completion) String() string {
	var b strings.Builder
	for _, c := range f.choices {
		fmt.Fprintf(&b, "%s\t%s\n", c.Word, plan.PrintableLine(c.Meaning))
	}
	fmt.Fprintln(&b, f.goOn)
	return b.String()
}

// matching leaves the choices that begin with the word.
func (f completion) matching(word string) completion {
	f.choices = slices.DeleteFunc(f.choices, func(c choice) bool { return !strings.HasPrefix(c.Word, word) })
	return f
}
