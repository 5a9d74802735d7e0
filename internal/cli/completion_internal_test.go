package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// Each flag that takes a value is completed, or is known to take what nobody can list. The choices stand in the help.
func TestFlagChoices(t *testing.T) {
	t.Parallel()
	free := []string{"TENANT", "ID", "TIME", "TEXT", "ADDRESS"}
	told := func(flag, usage string, choices []choice) {
		for _, c := range choices {
			if !strings.Contains(usage, c.Word) {
				t.Errorf("--%s: %q does not name %s", flag, usage, c.Word)
			}
		}
	}
	forEach(testApp().Commands, func(command *cli.Command) {
		so := &commandSoFar{command: command}
		for _, flag := range command.VisibleFlags() {
			name, doc := flag.Names()[0], docOf(flag)
			found := so.valuesOf(flag)
			if doc.placeholder != "" && len(found.choices) == 0 && found.goOn == goOnNowhere && !slices.Contains(free, doc.placeholder) {
				t.Errorf("%s --%s: nothing completes %s", command.Name, name, doc.placeholder)
			}
			if (flagChoices[name] != nil || name == "output") && name != "simulate" { // simulate --list lists its choices
				told(name, doc.usage, found.choices)
			}
		}
	})
}

// Each name that a usage gives to an argument is one that is completed.
func TestArguments_areCompleted(t *testing.T) {
	t.Parallel()
	known := []string{"CHANGE", "COMMAND", "SCENARIO", "SHELL", "PLAN.json", "WORD"}
	forEach(testApp().Commands, func(command *cli.Command) {
		so := &commandSoFar{command: command}
		if name := so.nextArgument(); name != "" && !slices.Contains(known, name) {
			t.Errorf("%s: nothing completes %s", command.Name, name)
		}
	})
}

// The first lines of a script say where it goes. A file for zsh's fpath must begin with a line of zsh's own.
func TestCompletionScripts_sayHowToInstall(t *testing.T) {
	t.Parallel()
	for _, s := range completionScripts() {
		text := strings.TrimPrefix(s.text, "#compdef appleconsent\n")
		if !strings.HasPrefix(text, "# To install: ") || !strings.Contains(strings.SplitN(text, "\n", 2)[0], "appleconsent completion "+s.shell) {
			t.Errorf("%s begins with %q", s.shell, s.text[:80])
		}
	}
}
