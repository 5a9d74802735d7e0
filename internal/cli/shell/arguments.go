package shell

import (
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// FlagsFirst reorders a command line so that flags may stand behind arguments, as people type them: urfave/cli would
// take "apply plan.json --yes" for two arguments and leave --yes unset without a word. What stands behind "--" is never
// taken for a flag.
func FlagsFirst(app *cli.App, args []string) []string {
	if len(args) < 2 {
		return args
	}
	if args[1] == "--version" || args[1] == "-version" || args[1] == "-v" {
		args = append([]string{args[0], "version"}, args[2:]...)
	}
	if command := app.Command(args[1]); command == nil || command.SkipFlagParsing {
		return args
	}
	so := readWords(app, args[1:])
	out := slices.Concat(args[:1], so.path, so.flagged)
	if len(so.args) > 0 {
		out = append(append(out, "--"), so.args...)
	}
	return out
}

// commandSoFar is what the words of a command line say, one after the other.
type commandSoFar struct {
	app     *cli.App
	command *cli.Command // nil: none is named yet
	path    []string     // the words that name it
	args    []string
	flagged []string          // the words that are flags and their values
	given   map[string]string // the values of flags, by their first name; empty for one that takes none
	awaits  cli.Flag          // the flag whose value comes next; nil: none
	plain   bool              // "--" has been: what follows is no flag
	values  Values            // for completion
}

func readWords(app *cli.App, words []string) *commandSoFar {
	so := &commandSoFar{app: app, given: make(map[string]string)}
	for _, word := range words {
		so.read(word)
	}
	return so
}

// read takes in a word as FlagsFirst and urfave/cli would.
func (so *commandSoFar) read(word string) {
	switch {
	case so.awaits != nil:
		so.flagged = append(so.flagged, word)
		so.given[so.awaits.Names()[0]] = word
		so.awaits = nil
	case so.plain || len(word) < 2 || word[0] != '-' || so.command != nil && so.command.SkipFlagParsing:
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
		sub = so.command.Command(word)
	}
	if sub == nil || so.plain || len(so.args) > 0 { // what stands behind arguments is no command
		so.args = append(so.args, word)
		return
	}
	so.command, so.path = sub, append(so.path, word)
}

func (so *commandSoFar) flag(word string) {
	so.flagged = append(so.flagged, word)
	name, value, hasValue := strings.Cut(word, "=")
	flag := so.flagNamed(name)
	if flag == nil {
		return
	}
	so.given[flag.Names()[0]] = value
	if !hasValue && docOf(flag).placeholder != "" {
		so.awaits = flag
	}
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
