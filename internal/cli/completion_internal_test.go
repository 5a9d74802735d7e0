package cli

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/internal/cli/shell"

	"github.com/urfave/cli/v2"
)

// completed returns what can stand for the last word.
func completed(words ...string) string {
	env := Environment{Getenv: func(string) string { return "" }}
	return shell.Complete(testApp(), words, env.argumentChoices)
}

// walkNamed calls f for each command, with the words that name it.
func walkNamed(commands []*cli.Command, before []string, f func(words []string, command *cli.Command)) {
	for _, command := range commands {
		words := append(slices.Clone(before), command.Name)
		f(words, command)
		walkNamed(command.Subcommands, words, f)
	}
}

// Each flag that takes a value is completed, or is known to take what nobody can list.
func TestFlags_areCompleted(t *testing.T) {
	t.Parallel()
	free := []string{"TENANT", "ID", "TIME", "TEXT", "ADDRESS", "NAME", "DATE", "N", "RUN", "KINDS"}
	walkNamed(testApp().Commands, nil, func(words []string, command *cli.Command) {
		for _, flag := range command.VisibleFlags() {
			usage := flag.(cli.DocGenerationFlag).GetUsage()
			parts := strings.Split(usage, "`")
			if len(parts) != 3 || slices.Contains(free, parts[1]) {
				continue
			}
			if got := completed(append(words, "--"+flag.Names()[0], "")...); got == ":none\n" {
				t.Errorf("%s --%s: nothing completes %s", words, flag.Names()[0], parts[1])
			}
		}
	})
}

// Each name that a usage gives to an argument is one that is completed.
func TestArguments_areCompleted(t *testing.T) {
	t.Parallel()
	known := []string{"CHANGE", "COMMAND", "SCENARIO", "SHELL", "PLAN.json", "WORD"}
	shell.Walk(testApp().Commands, func(command *cli.Command) {
		for name := range strings.FieldsSeq(command.ArgsUsage) {
			if !slices.Contains(known, strings.Trim(name, "[].")) {
				t.Errorf("%s: nothing completes %s", command.Name, name)
			}
		}
	})
}
