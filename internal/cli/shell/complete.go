package shell

import (
	"embed"
	"fmt"
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
		return goOnNowhere + "\n"
	}
	last := len(words) - 1
	so := readWords(app, words[:last])
	so.values = values
	choices, goOn := so.complete(words[last])
	var b strings.Builder
	for _, c := range choices {
		if strings.HasPrefix(c.Word, words[last]) {
			fmt.Fprintf(&b, "%s\t%s\n", c.Word, plan.PrintableLine(c.Meaning))
		}
	}
	fmt.Fprintln(&b, goOn)
	return b.String()
}

// The ways to go on once the choices are shown: what the shell itself offers beside them.
const (
	goOnNowhere = ":none"
	goOnFiles   = ":files"
	goOnFolders = ":folders"
)

func (so *commandSoFar) complete(word string) (choices []Choice, goOn string) {
	name, _, hasValue := strings.Cut(word, "=")
	switch {
	case so.awaits != nil:
		return so.valuesOf(so.awaits)
	case so.plain || !strings.HasPrefix(word, "-"):
		return so.arguments(word)
	case !hasValue:
		return so.flagWords(word), goOnNowhere
	}
	flag := so.flagNamed(name)
	if flag == nil {
		return nil, goOnNowhere
	}
	values, goOn := so.valuesOf(flag)
	for _, v := range values {
		choices = append(choices, Choice{name + "=" + v.Word, v.Meaning})
	}
	return choices, goOn
}

// valuesOf returns what a flag takes; nothing for one that takes no value.
func (so *commandSoFar) valuesOf(flag cli.Flag) (choices []Choice, goOn string) {
	if chooser, ok := flag.(Chooser); ok {
		return chooser.Choices(), goOnNowhere
	}
	return so.placeholderChoices(docOf(flag).placeholder)
}

// placeholderChoices returns what can stand where a usage text has that word: a flag's `FILE`, an argument's CHANGE.
func (so *commandSoFar) placeholderChoices(placeholder string) (choices []Choice, goOn string) {
	switch placeholder {
	case "":
		return nil, goOnNowhere
	case "COMMAND":
		return commandChoices(so.topics()), goOnNowhere
	case "FILE", "PLAN.json":
		return nil, goOnFiles
	case "FOLDER":
		return nil, goOnFolders
	}
	return so.values(placeholder, func(flag string) string { return so.given[flag] }), goOnNowhere
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
func (so *commandSoFar) arguments(word string) (choices []Choice, goOn string) {
	switch {
	case so.command == nil && len(so.args) == 0 && !so.plain:
		return commandChoices(so.app.Commands), goOnNowhere
	case so.command == nil:
		return nil, goOnNowhere
	}
	choices, goOn = so.placeholderChoices(so.nextArgument())
	if len(so.args) == 0 && !so.plain {
		choices = append(commandChoices(so.command.Subcommands), choices...)
	}
	if len(choices) == 0 && goOn == goOnNowhere && word == "" && !so.plain {
		choices = so.flagWords("--")
	}
	return choices, goOn
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

// scripts only hand the words of a command line to the hidden command __complete and show what it prints; all knowledge is in
// Complete.
//
//go:embed completion
var scripts embed.FS

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
	extension := map[Name]string{Bash: "sh", Zsh: "sh", Fish: "fish", PowerShell: "ps1"}[n]
	text, _ := scripts.ReadFile("completion/" + string(n) + "." + extension)
	return string(text)
}
