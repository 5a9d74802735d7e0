package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
)

// Main runs the command line and returns the exit code. Cancelling the context is how an interrupt is told.
func Main(ctx context.Context, args []string, env Environment) int {
	p := newPrinter(env, output{})
	app := newApp(env, &p)
	err := app.RunContext(ctx, flagsFirst(app, args))
	return report(p, err)
}

// newApp builds the commands. A command that has parsed its flags replaces the printer, which reports errors too.
func newApp(env Environment, p **printer) *cli.App {
	app := &cli.App{
		Name:            "appleconsent",
		Usage:           "tenant-wide consent for Apple Mail in Microsoft 365: see it, plan it, grant it, verify it, take it back",
		UsageText:       "appleconsent COMMAND [FLAGS] [ARGUMENTS]",
		HideVersion:     true,
		HideHelpCommand: true,
		Suggest:         true,
		Reader:          env.In,
		Writer:          env.Out,
		ErrWriter:       io.Discard,
		ExitErrHandler:  func(*cli.Context, error) {},
		Action:          rootAction,
	}
	start := func(c *cli.Context) (*printer, error) {
		o, err := parseOutput(c)
		if err == nil {
			*p = newPrinter(env, o)
		}
		return *p, err
	}
	app.Commands = []*cli.Command{
		statusCommand(env, start), planCommand(env, start), applyCommand(env, start), rollbackCommand(env, start),
		historyCommand(env, start), simulateCommand(env, start), versionCommand(start), helpCommand(),
	}
	app.OnUsageError = usageError
	forEach(app.Commands, func(command *cli.Command) {
		command.OnUsageError = usageError
		command.HideHelpCommand = true
	})
	return app
}

// starter makes the printer that a command's output flags ask for.
type starter func(c *cli.Context) (*printer, error)

func forEach(commands []*cli.Command, f func(*cli.Command)) {
	for _, command := range commands {
		f(command)
		forEach(command.Subcommands, f)
	}
}

// rootAction runs when no command was named, and also when an unknown one was.
func rootAction(c *cli.Context) error {
	if c.NArg() > 0 {
		return unknownCommand(c.App, c.Args().First())
	}
	return cli.ShowAppHelp(c)
}

func unknownCommand(app *cli.App, name string) error {
	hint := "see all commands with: appleconsent help"
	if suggestion := cli.SuggestCommand(app.Commands, name); suggestion != "" {
		hint = suggestion
	}
	return &hintedError{fmt.Errorf("there is no command %q", name), hint}
}

// usageError makes one line of what is wrong with the flags, with the nearest flag as advice.
func usageError(c *cli.Context, err error, _ bool) error {
	text := strings.ReplaceAll(err.Error(), "flag provided but not defined: -", "there is no flag --")
	hint := "see the flags with: appleconsent help"
	if c.Command != nil && c.Command.Name != "" && c.Command.Name != c.App.Name {
		hint = fmt.Sprintf("see the flags with: appleconsent %s --help", c.Command.FullName())
		if _, wrong, found := strings.Cut(err.Error(), "not defined: -"); found {
			if near := cli.SuggestFlag(c.Command.Flags, wrong, true); near != "" {
				hint = "did you mean: " + near
			}
		}
	}
	return &hintedError{errors.New(text), hint}
}

// noArguments refuses leftover arguments.
func noArguments(c *cli.Context) error {
	return atMost(c, 0)
}

func atMost(c *cli.Context, n int) error {
	if c.NArg() <= n {
		return nil
	}
	return &hintedError{
		fmt.Errorf("unexpected argument %q", c.Args().Get(n)),
		fmt.Sprintf("see what it takes with: appleconsent %s --help", c.Command.FullName()),
	}
}

// helpCommand is help as a command; urfave's own answers an unknown topic with an exit code of its own.
func helpCommand() *cli.Command {
	return &cli.Command{
		Name: "help", Usage: "show help for a command", ArgsUsage: "[COMMAND]",
		Action: func(c *cli.Context) error {
			root := c.Lineage()[len(c.Lineage())-1]
			for _, parent := range c.Lineage() {
				if parent.Command != nil && parent.Command.Name == c.App.Name {
					root = parent
				}
			}
			name := c.Args().First()
			switch {
			case name == "":
				return cli.ShowAppHelp(root)
			case !slices.ContainsFunc(c.App.Commands, func(command *cli.Command) bool { return command.HasName(name) }):
				return unknownCommand(c.App, name)
			}
			return cli.ShowCommandHelp(root, name)
		},
	}
}
