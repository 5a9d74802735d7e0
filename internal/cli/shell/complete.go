package shell

import (
	_ "embed" // for the scripts
	"fmt"
	"slices"
	"strings"

	"appleconsent/plan"

	"github.com/urfave/cli/v2"
)

// Values returns what can stand where a usage text has that word, such as an argument's CHANGE; typed returns the values of
// flags that are on the command line already.
type Values func(placeholder string, typed func(flag string) string) []Choice

// Chooser is a flag that takes one of a few words.
type Chooser interface {
	cli.Flag
	Choices() []Choice
}

// Complete returns what can stand for the last of the words behind the program's name: a choice a line, with a tab before its
// meaning, and a last line that says how the shell goes on.
func Complete(app *cli.App, words []string, values Values) string {
	if len(words) == 0 {
		return completion{goOn: goOnNowhere}.String()
	}
	last := len(words) - 1
	so := readWords(app, words[:last])
	so.values = values
	return so.complete(words[last]).String()
}

// The ways to go on once the choices are shown.
const (
	goOnNowhere = ":none"
	goOnFiles   = ":files"
	goOnFolders = ":folders"
)

type completion struct {
	choices []Choice
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

func (f completion) matching(word string) completion {
	f.choices = slices.DeleteFunc(slices.Clone(f.choices), func(c Choice) bool { return !strings.HasPrefix(c.Word, word) })
	return f
}

func (so *commandSoFar) complete(word string) completion {
	if so.awaits != nil {
		return so.valuesOf(so.awaits).matching(word)
	}
	if so.plain || !strings.HasPrefix(word, "-") {
		return so.arguments(word).matching(word)
	}
	name, _, hasValue := strings.Cut(word, "=")
	if !hasValue {
		return completion{so.flagWords(word), goOnNowhere}.matching(word)
	}
	found := completion{goOn: goOnNowhere}
	if flag := so.flagNamed(name); flag != nil {
		found = so.valuesOf(flag)
	}
	for i := range found.choices {
		found.choices[i].Word = name + "=" + found.choices[i].Word
	}
	return found.matching(word)
}

// valuesOf returns what a flag takes; nothing for one that takes no value.
func (so *commandSoFar) valuesOf(flag cli.Flag) completion {
	if chooser, ok := flag.(Chooser); ok {
		return completion{chooser.Choices(), goOnNowhere}
	}
	return so.placeholderChoices(docOf(flag).placeholder)
}

// placeholderChoices returns what can stand where a usage text has that word: a flag's `FILE`, an argument's CHANGE.
func (so *commandSoFar) placeholderChoices(placeholder string) completion {
	switch placeholder {
	case "":
		return completion{goOn: goOnNowhere}
	case "COMMAND":
		return completion{commandChoices(so.topics()), goOnNowhere}
	case "FILE", "PLAN.json":
		return completion{goOn: goOnFiles}
	case "FOLDER":
		return completion{goOn: goOnFolders}
	}
	return completion{so.values(placeholder, func(flag string) string { return so.given[flag] }), goOnNowhere}
}

// topics returns the commands that help can be asked about after the arguments so far.
func (so *commandSoFar) topics() []*cli.Command {
	if len(so.args) == 0 {
		return so.app.Commands
	}
	if topic := commandNamed(so.app, so.args); topic != nil {
		return topic.Subcommands
	}
	return nil
}

// arguments returns the commands, or what the command takes next; flags, where that is nothing and no word is begun.
func (so *commandSoFar) arguments(word string) completion {
	switch {
	case so.command == nil && len(so.args) == 0 && !so.plain:
		return completion{commandChoices(so.app.Commands), goOnNowhere}
	case so.command == nil:
		return completion{goOn: goOnNowhere}
	}
	found := so.placeholderChoices(so.nextArgument())
	if len(so.args) == 0 && !so.plain {
		found.choices = append(commandChoices(so.command.Subcommands), found.choices...)
	}
	if len(found.choices) == 0 && found.goOn == goOnNowhere && word == "" && !so.plain {
		found.choices = so.flagWords("--")
	}
	return found
}

// nextArgument returns the name that the command's usage gives to the next argument; empty if it takes no more.
func (so *commandSoFar) nextArgument() string {
	names := strings.Fields(so.command.ArgsUsage)
	i := len(so.args)
	if len(names) > 0 && strings.Contains(names[len(names)-1], "...") {
		i = min(i, len(names)-1)
	}
	if i >= len(names) {
		return ""
	}
	return strings.Trim(names[i], "[].")
}

// flagWords returns the flags that are not given yet. Short ones are for those who have typed no more than a dash.
func (so *commandSoFar) flagWords(word string) []Choice {
	var out []Choice
	for _, flag := range so.flags() {
		if _, given := so.given[flag.Names()[0]]; given {
			continue
		}
		doc := docOf(flag)
		for _, name := range doc.names {
			if strings.HasPrefix(name, "--") || !strings.HasPrefix(word, "--") {
				out = append(out, Choice{name, doc.usage})
			}
		}
	}
	return out
}

// The scripts only hand the words of a command line to the hidden command __complete and show what it prints; all knowledge is
// in Complete.
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

// Name is a shell that can complete our command lines.
type Name string

// The shells.
const (
	Bash       Name = "bash"
	Zsh        Name = "zsh"
	Fish       Name = "fish"
	PowerShell Name = "powershell"
)

// Names returns the shells.
func Names() []Name { return []Name{Bash, Zsh, Fish, PowerShell} }

// Script is how the shell learns to complete; empty for one that is not among Names.
func (n Name) Script() string {
	return map[Name]string{Bash: bashScript, Zsh: zshScript, Fish: fishScript, PowerShell: powershellScript}[n]
}
