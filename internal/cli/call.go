package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/urfave/cli/v2"
)

// input is what a command was called with, as its parser sees it. What the parser learns for later, it notes in the call.
type input struct {
	*cli.Context
	*call
}

// call is one command at work. Once its input is parsed it is never changed, but for the names that --also consented stands for.
type call struct {
	*terminal.Printer
	env     Environment
	output  output
	follow  follow
	changes bool // the command may change a tenant, so that its errors must say whether it did
	began   bool // its input was understood
}

func newCall(env Environment, o output) *call {
	return &call{Printer: terminal.New(env.settings(o)), env: env, output: o, follow: follow{shell: cmp.Or(env.Shell, render.ShellPOSIX)}}
}

// action makes the action of a command out of how its input is read and of what it does.
func action[T any](env Environment, parse func(*input) (T, error), run func(context.Context, T, *call) error) cli.ActionFunc {
	return func(c *cli.Context) error {
		if err := checkValues(c); err != nil {
			return err
		}
		o, err := parseOutput(c)
		if err != nil {
			return err
		}
		k := newCall(env, o)
		k.follow.rest = otherWords(c)
		if err := checkArguments(c); err != nil {
			return k.failed(err)
		}
		options, err := parse(&input{c, k})
		k.began = err == nil
		if err == nil {
			err = run(c.Context, options, k)
		}
		return k.failed(err)
	}
}

// failedCall is an error with the call that says how to report it.
type failedCall struct {
	call *call
	err  error
}

func (e *failedCall) Error() string { return e.err.Error() }
func (e *failedCall) Unwrap() error { return e.err }

// failed puts the call to an error that has none yet; nil stays nil.
func (k *call) failed(err error) error {
	if err == nil || is[*failedCall](err) {
		return err
	}
	return &failedCall{k, err}
}

// result writes what a command is about that is no document of package render: as JSON, or its text.
func (k *call) result(document any, text string) error {
	if k.output.stdout() != render.JSON {
		return k.Write([]byte(text))
	}
	encoded, err := plan.Encode(document)
	if err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	return k.Write(encoded)
}

// answer is show for a result that the exit code tells as well: with --quiet it is not on stdout, unless its format was asked for.
func (k *call) answer(r render.Result) error {
	if !k.output.quiet || k.output.chosen {
		return k.show(r)
	}
	if k.output.file == "" {
		return nil
	}
	if err := writeFile(k.output.file, r, k.output.format); err != nil {
		return err
	}
	k.wrote(k.output.file)
	return nil
}

// show writes a result in the format that was asked for: to stdout, and to the file if there is one, which it names.
func (k *call) show(r render.Result) error {
	err := k.put(r)
	if err == nil && k.output.file != "" {
		k.wrote(k.output.file)
	}
	return err
}

// put is show for a caller that names the file in words of its own.
func (k *call) put(r render.Result) error {
	shown, err := render.Write(r, k.output.stdout(), k.Style())
	if err != nil {
		return err
	}
	if k.output.file != "" {
		if err := writeFile(k.output.file, r, k.output.format); err != nil {
			return err
		}
	}
	return k.Write(shown)
}

// wrote says that the file was written, and in which format if its name says another.
func (k *call) wrote(file string) {
	as := ""
	if named, known := render.FormatOf(file); known && named != k.output.format {
		as = fmt.Sprintf(", as %s (-o)", k.output.format)
	}
	k.Notef("Wrote %s%s.", plan.Printable(file), as)
}

// writeFile writes a result to a file, in which nothing is coloured.
func writeFile(name string, r render.Result, f render.Format) error {
	content, err := render.WriteFile(r, f, terminal.DefaultColumns)
	if err != nil {
		return err
	}
	return plan.WriteRendering(name, content)
}

// follow is what makes a later command go on where this one was.
type follow struct {
	shell      render.Shell // for which commands are quoted
	connection []string     // the flags for the same tenant and state folder
	choices    consent.Choices
	devices    consent.Devices // what the environment chooses for a command that does not say; empty: nothing
	reason     string          // which a later change is made for, too
	rest       []string        // the other flags of this command line, but for those of the choices
}

// reasoned are the words of a command that makes a change or plans one, with the reason of this one.
func (f follow) reasoned(words []string) []string {
	if f.reason == "" || slices.Contains(words, "--reason") {
		return words
	}
	return append(slices.Clone(words), "--reason", f.reason)
}

// inFile is what goes on from a saved plan, which has the reason in itself.
func (f follow) inFile() follow {
	f.reason = ""
	return f
}

// at is what goes on in one tenant: a domain could be another's later, and who signs in may be at home elsewhere. A simulated one is
// named by its scenario.
func (f follow) at(tenantID string) follow {
	if f.value("--simulate") != "" {
		return f
	}
	f.connection = slices.Clone(f.connection)
	if i := slices.Index(f.connection, "--tenant"); i >= 0 {
		f.connection[i+1] = tenantID
		return f
	}
	f.connection = append(f.connection, "--tenant", tenantID)
	return f
}

// toRecords is what goes on among the records, which nobody signs in for and which do not know a tenant by its domain.
func (f follow) toRecords() follow {
	if consent.IsDomain(f.value("--tenant")) {
		f = f.without("--tenant")
	}
	return f.without("--auth").without("--client-id").without("--cloud")
}

// value is that of a flag of the connection; empty if it is not among them.
func (f follow) value(flag string) string {
	if i := slices.Index(f.connection, flag); i >= 0 {
		return f.connection[i+1]
	}
	return ""
}

// without leaves a flag of the connection out.
func (f follow) without(flag string) follow {
	if i := slices.Index(f.connection, flag); i >= 0 {
		f.connection = slices.Delete(slices.Clone(f.connection), i, i+2)
	}
	return f
}

// again returns this command line with the words that it lacked: the words begin with the command and its arguments.
func (f follow) again(words ...string) string {
	return f.command(slices.Concat(words, f.rest)...)
}

// command returns a command line of ours that goes to the same tenant and state folder. Where it plans again, it makes the
// same choices; a saved plan and a change have them in themselves.
func (f follow) command(words ...string) string {
	if words[0] == "history" {
		f = f.toRecords()
	}
	line := append([]string{"appleconsent"}, words...)
	planning := words[0] == "plan" || words[0] == "apply"
	if planning {
		line = append(line[:1], f.reasoned(words)...)
	}
	switch {
	case f.choices.Default():
	case words[0] == "link", len(words) == 1 && (planning || words[0] == "status"):
		line = append(line, f.choiceFlags(f.choices, planning)...)
	}
	return render.Quote(f.shell, append(line, f.connection...)...)
}
