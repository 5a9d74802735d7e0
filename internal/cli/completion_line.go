package cli

import (
	"path/filepath"
	"slices"
	"strings"

	"github.com/adrg/xdg"
	"github.com/urfave/cli/v2"
)

// commandSoFar is what the words before the one to be completed say.
type commandSoFar struct {
	app      *cli.App
	env      Environment
	command  *cli.Command // nil: none is named yet
	args     []string
	given    map[string]bool // flags, by their first name
	stateDir string          // of --state-dir
	awaits   cli.Flag        // the flag whose value comes next; nil: none
	plain    bool            // "--" has been: what follows is no flag
}

// completeLine returns what can stand for the last of the words.
func completeLine(app *cli.App, words []string, env Environment) completion {
	if len(words) == 0 {
		return completion{goOn: goOnNowhere}
	}
	so := &commandSoFar{app: app, env: env, given: make(map[string]bool)}
	last := len(words) - 1
	for _, word := range words[:last] {
		so.read(word)
	}
	return so.complete(words[last])
}

// read takes in a word as flagsFirst and urfave/cli would.
func (so *commandSoFar) read(word string) {
	switch {
	case so.awaits != nil:
		so.value(so.awaits, word)
		so.awaits = nil
	case so.plain || len(word) < 2 || word[0] != '-':
		so.argument(word)
	case word == "--":
		so.plain = true
	default:
		so.flag(word)
	}
}

func (so *commandSoFar) argument(word string) {
	sub := so.app.Command(word)
	if so.command != nil {
		sub = subcommand(so.command, word, so.args)
	}
	if sub == nil || so.plain {
		so.args = append(so.args, word)
		return
	}
	so.command = sub
}

func (so *commandSoFar) flag(word string) {
	name, value, hasValue := strings.Cut(word, "=")
	flag := so.flagNamed(name)
	if flag == nil {
		return
	}
	so.given[flag.Names()[0]] = true
	if hasValue {
		so.value(flag, value)
	} else if docOf(flag).placeholder != "" {
		so.awaits = flag
	}
}

func (so *commandSoFar) value(flag cli.Flag, value string) {
	if flag.Names()[0] == "state-dir" {
		so.stateDir = atHome(value)
	}
}

// atHome puts the home folder where a shell would: it hands on the words as they were typed.
func atHome(path string) string {
	if rest, found := strings.CutPrefix(path, "~/"); found {
		return filepath.Join(xdg.Home, rest)
	}
	return path
}

func (so *commandSoFar) flags() []cli.Flag {
	if so.command == nil {
		return so.app.VisibleFlags()
	}
	return so.command.VisibleFlags()
}

// flagNamed returns the flag that is typed like that; nil if there is none.
func (so *commandSoFar) flagNamed(typed string) cli.Flag {
	for _, flag := range so.flags() {
		if slices.Contains(flag.Names(), strings.TrimLeft(typed, "-")) {
			return flag
		}
	}
	return nil
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
	if flag.Names()[0] == "output" { // which not every command has all of
		return completion{choices(formatsOf(so.command)), goOnNowhere}
	}
	if choices, found := flagChoices[flag.Names()[0]]; found {
		return completion{choices(), goOnNowhere}
	}
	return so.placeholderChoices(docOf(flag).placeholder)
}

// placeholderChoices returns what can stand where a usage text has that word: a flag's `FILE`, an argument's CHANGE.
func (so *commandSoFar) placeholderChoices(placeholder string) completion {
	found := completion{goOn: goOnNowhere}
	switch placeholder {
	case "CHANGE":
		if dir, err := stateFolder(so.stateDir, so.env); err == nil {
			found.choices = changeChoices(dir)
		}
	case "COMMAND":
		found.choices = commandChoices(so.topics())
	case "SCENARIO":
		found.choices = scenarioChoices()
	case "SHELL":
		found.choices = shellChoices()
	case "FILE", "PLAN.json":
		found.goOn = goOnFiles
	case "FOLDER":
		found.goOn = goOnFolders
	}
	return found
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
func (so *commandSoFar) flagWords(word string) []choice {
	var out []choice
	for _, flag := range so.flags() {
		if so.given[flag.Names()[0]] {
			continue
		}
		doc := docOf(flag)
		for _, name := range doc.names {
			if strings.HasPrefix(name, "--") || !strings.HasPrefix(word, "--") {
				out = append(out, choice{name, doc.usage})
			}
		}
	}
	return out
}
