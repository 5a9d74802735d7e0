// Package cli is the command line: commands, flags, messages and exit codes. It ties the others together: it connects to a
// tenant with package graph (or starts a simulated one), lets internal/operation do what is asked, and shows on
// internal/terminal what came of it.
//
// A command is its flags, a function that parses them into an options struct, and a function that runs with these options
// and with a call, which knows how to print and is made once the flags are parsed. Results go to stdout and
// nothing else does; prompts, progress, warnings and errors go to stderr. What an error is called, says, advises and ends with
// is one row in errortable.go; a flag that takes one of a few words is one declaration in enumeration.go. process.go
// alone knows that there is a process.
//
// What must not be here: rules about grants, requests to Graph, formats of documents, use cases.
package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"

	"appleconsent/internal/cli/shell"
	"appleconsent/internal/disk"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
	"github.com/xrash/smetrics"
)

// appDescription is the quick start of the README.
const appDescription = "Try it on a simulated tenant, without account and network, and then on a real one:\n\n" +
	"   appleconsent apply --simulate fresh --yes\n   appleconsent status --simulate fresh\n   appleconsent rollback --simulate fresh --yes\n" +
	"   appleconsent apply --tenant contoso.onmicrosoft.com"

// Main runs the command line and returns the exit code. Cancelling the context is how an interrupt is told.
func Main(ctx context.Context, args []string, env Environment) int {
	o := output{format: render.Text}
	if wantsJSON(args) {
		o.format = render.JSON
	}
	err := run(ctx, args, env, o)
	failed, ok := errors.AsType[*failedCall](err)
	if !ok { // not even the environment can be relied on
		env.Getenv = func(string) string { return "" }
		failed = &failedCall{newCall(env, o), err}
	}
	return failed.call.report(failed.err)
}

// run runs the command line. Even a mistake of ours is an error, and no stack trace.
func run(ctx context.Context, args []string, env Environment, o output) (err error) {
	defer func() {
		if cause := recover(); cause != nil {
			err = fmt.Errorf("%w: %v", errInternal, cause)
		}
	}()
	k := newCall(env, o)
	app := newApp(env)
	if topic, asked := shell.HelpTopic(app, args[min(1, len(args)):]); asked {
		return k.failed(k.showHelp(app, topic))
	}
	return k.failed(app.RunContext(ctx, shell.FlagsFirst(app, args)))
}

func newApp(env Environment) *cli.App {
	app := &cli.App{
		Name:            "appleconsent",
		Usage:           "tenant-wide consent for Apple Mail in Microsoft 365: see it, plan it, grant it, verify it, undo it",
		UsageText:       "appleconsent COMMAND [FLAGS] [ARGUMENTS]",
		Description:     appDescription,
		HideVersion:     true,
		HideHelpCommand: true,
		Flags:           append(guidedFlags(), cli.HelpFlag, &cli.BoolFlag{Name: "version", Aliases: []string{"v"}, Usage: "show the version"}),
		Reader:          env.In,
		Writer:          env.Out,
		ErrWriter:       io.Discard,
		ExitErrHandler:  func(*cli.Context, error) {},
	}
	app.Action = func(c *cli.Context) error {
		switch asked := c.NumFlags() > 0; {
		case c.NArg() > 0: // urfave takes an unknown command for an argument
			return unknownCommand(app, c.Args().First())
		case env.canAsk() && env.Terminals.Out:
			return guide(c, env)
		case asked:
			return noGuide(c)
		}
		return newCall(env, output{}).showHelp(app, nil)
	}
	app.Before = flagsAfterCommand
	app.Commands = []*cli.Command{
		statusCommand(env), planCommand(env), applyCommand(env), rollbackCommand(env), doctorCommand(env), linkCommand(env),
		historyCommand(env), tenantsCommand(env), simulateCommand(env), logoutCommand(env), completionCommand(env), versionCommand(env), helpCommand(env),
		completeCommand(env), manCommand(env),
	}
	app.OnUsageError = usageError
	shell.Walk(app.Commands, func(command *cli.Command) {
		command.OnUsageError = usageError
		command.HideHelpCommand = true
		command.Flags = append(command.Flags, cli.HelpFlag)
	})
	return app
}

func unknownCommand(app *cli.App, name string) error {
	return &hintedError{fmt.Errorf("there is no command %q", name), cmp.Or(commandHint(app, name), "see all commands with: appleconsent help")}
}

// singleDash finds flags in urfave's messages, which names them as people do not type them.
var singleDash = regexp.MustCompile(`(^|\s)-([A-Za-z][A-Za-z-]+)`)

// badValue finds the flag whose value could not be read, before the reason of Go's.
var badValue = regexp.MustCompile(`^(invalid .*value ".*" for (?:flag )?--?([A-Za-z][A-Za-z-]*)): .*$`)

// usageError makes one line of what is wrong with the flags, with the nearest flag as advice.
func usageError(c *cli.Context, err error, _ bool) error {
	text := singleDash.ReplaceAllString(err.Error(), "$1--$2")
	hint := "see the flags with: " + c.Command.HelpName + " --help"
	if wrong, found := strings.CutPrefix(text, "flag provided but not defined: "); found {
		text = "there is no flag " + wrong
		hint = cmp.Or(flagHint(c.Command, wrong), hint)
	}
	if name, found := strings.CutPrefix(text, "flag needs an argument: --"); found {
		hint = cmp.Or(valueHint(c.Command, name), hint)
	}
	if value := badValue.FindStringSubmatch(text); value != nil {
		text, hint = value[1], cmp.Or(valueHint(c.Command, value[2]), hint)
	}
	return &hintedError{errors.New(text), hint}
}

// likeness is how alike two words must be, from 0 to 1, to be taken for a slip.
const likeness = 0.8

// nearest returns the name that the word is most like; empty if it is like none.
func nearest(word string, names []string) string {
	best, near := likeness, ""
	for _, name := range names {
		if like := smetrics.JaroWinkler(word, name, 0.7, 4); like > best {
			best, near = like, name
		}
	}
	return near
}

// checkValues refuses flags whose value is none of their words, or is empty, which is what a script passes on whose variable is
// not set. A word in other letters becomes the word.
func checkValues(c *cli.Context) error {
	for _, flag := range c.Command.Flags {
		name := flag.Names()[0]
		if text, isText := c.Value(name).(string); isText && text == "" && c.IsSet(name) {
			return fmt.Errorf("--%s is empty", name)
		}
		if n, ok := flag.(numberFlag); ok {
			if err := n.check(c); err != nil {
				return err
			}
		}
		if e, ok := flag.(enumerationFlag); ok {
			word, err := e.check(c.String(name))
			if err == nil && word != c.String(name) {
				err = c.Set(name, word)
			}
			if err != nil {
				return err
			}
		}
	}
	return nil
}

// checkArguments refuses more arguments than the command's usage tells.
func checkArguments(c *cli.Context) error {
	if slices.Contains(c.Args().Slice(), "#") {
		return &hintedError{errors.New(`unexpected argument "#"`), "cmd and zsh take a comment as arguments: leave out # and what follows it"}
	}
	most := len(strings.Fields(c.Command.ArgsUsage))
	if _, err := os.Stat("help"); most > 0 && c.Args().First() == "help" && err != nil {
		return &hintedError{fmt.Errorf("help is no %s", strings.Trim(c.Command.ArgsUsage, "[]")), "did you mean: " + c.Command.HelpName + " --help"}
	}
	if c.NArg() <= most {
		return nil
	}
	hint := "see what it takes with: " + c.Command.HelpName + " --help"
	for _, sub := range c.Command.Subcommands {
		hint = "did you mean: " + strings.Join([]string{c.Command.HelpName, sub.Name, sub.ArgsUsage}, " ")
	}
	return &hintedError{fmt.Errorf("unexpected argument %s", disk.Quote(c.Args().Get(most))), hint}
}

// helpCommand is help as a command; urfave's own answers an unknown topic with an exit code of its own.
func helpCommand(env Environment) *cli.Command {
	return &cli.Command{
		Name: "help", Usage: "show help for a command", ArgsUsage: "[COMMAND...]",
		Description: "The same as COMMAND --help. It also tells about guided, sign-in, also and formats.\n\n   appleconsent help apply\n   appleconsent help history show\n   appleconsent help guided",
		Action: func(c *cli.Context) error {
			return newCall(env, output{}).showHelp(c.App, c.Args().Slice())
		},
	}
}

// showHelp shows the page of the command that the words name, or the app's.
func (k *call) showHelp(app *cli.App, words []string) error {
	name := strings.Join(words, " ")
	if text, found := helpTopics()[name]; found {
		return k.Write([]byte(topicPage(text, k.Style().Width)))
	}
	page := shell.Help(app, words, k.Style().Width, aboutCommand(words))
	if page == "" {
		return unknownCommand(app, name)
	}
	return k.Write([]byte(page))
}
