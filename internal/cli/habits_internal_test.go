package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// What people are used to from other programs leads to the word that is right here.
func TestHabits(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"apply --auto-approve": "did you mean: --yes", "apply -WhatIf": "did you mean: --dry-run", "rollback --force-yes": "did you mean: --yes",
		"apply --confirm": "did you mean: --yes", "apply -Confirm:$false": "did you mean: --yes", "apply --dryrun": "did you mean: --dry-run",
		"plan --dry-run": changesNothing, "plan --yes": "it asks nothing", "status --json": "did you mean: -o json", "plan --Markdown": "did you mean: -o markdown",
		"status --Simulate fresh": "did you mean: --simulate", "apply --Yes": "did you mean: --yes", "apply --tenant-id x": "did you mean: --tenant",
		"apply --message x": "did you mean: --reason", "apply --yess": "did you mean: --yes", "apply --zebra": "see the flags with: appleconsent apply --help",
		"login": "there is no login command: each command signs in when needed, see: appleconsent help sign-in", "undo": "did you mean: appleconsent rollback",
		"revert": "did you mean: appleconsent rollback", "check": "did you mean: appleconsent status", "grant": "did you mean: appleconsent apply",
		"consent": "did you mean: appleconsent apply", "STATUS": "did you mean: appleconsent status", "statsu": "did you mean: appleconsent status",
		"list":                        "did you mean: appleconsent history, or for what is granted: appleconsent status",
		"history --detailed-exitcode": "see the flags with: appleconsent history --help",
		"--yes":                       "the guided flow always asks; in a script use: appleconsent apply --yes",
		"version --out x":             "its result is on stdout: write that to a file with >",
		"zebra":                       "see all commands with: appleconsent help",
	} {
		err := parses("appleconsent " + line)
		if err == nil {
			err = unknownCommand(testApp(), line) // which is an argument to urfave
		}
		hinted, ok := err.(*hintedError) //nolint:errorlint // it is made here
		if !ok || hinted.hint != want {
			t.Errorf("%s: got %v, want the hint %q", line, err, want)
		}
	}
}

// Each habit is one thing, is no word of ours, and means something that there is.
func TestHabits_areSound(t *testing.T) {
	t.Parallel()
	app, seen := testApp(), make(map[string]bool)
	once := func(kind, words string) {
		for word := range strings.FieldsSeq(words) {
			if word != strings.ToLower(word) || seen[kind+word] {
				t.Errorf("%s %s is told twice, or in large letters", kind, word)
			}
			seen[kind+word] = true
		}
	}
	for _, habit := range flagHabits {
		once("flag", habit.typed)
		var commands []*cli.Command
		walkNamed(app.Commands, nil, func(_ []string, command *cli.Command) { commands = append(commands, command) })
		known := slices.ContainsFunc(commands, func(c *cli.Command) bool { return hasFlag(c, habit.mean) })
		if habit.mean != "" && !known && habit.mean != "-o csv" { // which reports about many tenants have
			t.Errorf("no command has %s", habit.mean)
		}
	}
	for _, habit := range commandHabits {
		once("command", habit.typed)
		for word := range strings.FieldsSeq(habit.typed) {
			if app.Command(word) != nil {
				t.Errorf("%s is a command of ours", word)
			}
		}
		if _, line, found := strings.Cut(habit.hint, ": appleconsent "); found {
			if err := parses("appleconsent " + strings.Split(line, ",")[0]); err != nil {
				t.Errorf("%s: %v", habit.hint, err)
			}
		}
	}
}
