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
	if args[1] == "--version" || args[1] == "-v" {
		args = append([]string{args[0], "version"}, args[2:]...)
	}
	command := app.Command(args[1])
	if command == nil || command.SkipFlagParsing {
		return args
	}
	path := args[:2:2]
	var flags, rest []string
	for i := 2; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if sub := subcommand(command, arg, rest); sub != nil {
			command, path = sub, append(path, arg)
			continue
		}
		if len(arg) < 2 || arg[0] != '-' {
			rest = append(rest, arg)
			continue
		}
		flags = append(flags, arg)
		if takesValue(command, arg) && i+1 < len(args) {
			i++
			flags = append(flags, args[i])
		}
	}
	out := append(path, flags...)
	if len(rest) > 0 {
		out = append(append(out, "--"), rest...)
	}
	return out
}

// subcommand returns the subcommand that the argument names; nil if it names none or stands behind arguments.
func subcommand(command *cli.Command, arg string, before []string) *cli.Command {
	if len(before) > 0 {
		return nil
	}
	return command.Command(arg)
}

// takesValue reports whether the argument is a flag whose value is the next argument.
func takesValue(command *cli.Command, arg string) bool {
	name := strings.TrimLeft(arg, "-")
	if strings.Contains(name, "=") {
		return false
	}
	i := slices.IndexFunc(command.Flags, func(flag cli.Flag) bool { return slices.Contains(flag.Names(), name) })
	return i >= 0 && docOf(command.Flags[i]).placeholder != ""
}
