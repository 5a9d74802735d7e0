package cli

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"appleconsent/internal/cli/shell"
	"appleconsent/internal/exitcode"
	"appleconsent/internal/operation"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// The exit codes of the program.
const (
	exitDone        = exitcode.Done
	exitError       = exitcode.Error
	exitChangesDue  = exitcode.ChangesDue
	exitDeclined    = exitcode.Declined
	exitNotVisible  = exitcode.NotVisible
	exitStale       = exitcode.Stale
	exitInterrupted = exitcode.Interrupted
)

// exitRows say what the exit codes mean, in the words of docs/automation.md.
func exitRows() []shell.Choice {
	row := func(code int, meaning string) shell.Choice {
		return shell.Choice{Word: strconv.Itoa(code), Meaning: meaning}
	}
	return []shell.Choice{
		row(exitDone, "done, or nothing to do; status: consent is in place"),
		row(exitError, "error; nothing further was changed"),
		row(exitChangesDue, "not in place: status and link --check (a scope is missing, or nobody can sign in to the app); doctor: there is a problem; and, with --detailed-exitcode, plan and every --dry-run"),
		row(exitDeclined, "declined at the prompt; nothing changed"),
		row(exitNotVisible, "written, but not visible on re-reading before the time was up"),
		row(exitStale, "refused because the tenant no longer is as it was planned"),
		row(exitInterrupted, `interrupted (Ctrl-C, Ctrl-\, SIGTERM or SIGHUP); the message says what was written and what was not. `+
			"A second one ends the program at once"),
	}
}

// report prints an error once, with what to do next, and returns its exit code.
func (k *call) report(err error) int {
	v := k.judge(err)
	if v.exit == exitDone || v.exit == exitChangesDue {
		return v.exit
	}
	change := begun(err)
	if change != nil {
		if err := k.keep(render.OfChange(*change)); err != nil {
			v.hints = append(v.hints, "its record is in the state folder alone: "+err.Error())
		}
	}
	if k.output.stdout() == render.JSON {
		k.Document(render.NewFailure(v.code, v.exit, v.text, v.hints, change))
		return v.exit
	}
	if change != nil { // the list of what became of each action
		k.Show(render.OfChange(*change))
	}
	if v.aside {
		k.Say(v.text)
		k.Hints(v.hints)
	} else {
		k.Failure(v.text, v.hints)
	}
	return v.exit
}

// keep gives a record where another document than text or JSON was asked for, which stand on stderr then.
func (k *call) keep(r render.Result) error {
	switch {
	case k.output.file != "":
		err := writeFile(k.output.file, r, k.output.format)
		if err == nil {
			k.wrote(k.output.file)
		}
		return err
	case k.output.format == render.Text, k.output.format == render.JSON:
		return nil
	}
	return k.show(r)
}

// begun returns the record of the change that an error ended, or that could not be verified; nil if none had begun.
func begun(err error) *plan.Change {
	if e, ok := errors.AsType[*plan.IncompleteError](err); ok {
		return &e.Change
	}
	if e, ok := errors.AsType[*plan.NotVisibleError](err); ok {
		return &e.Change
	}
	if e, ok := errors.AsType[*operation.UnverifiedError](err); ok {
		return &e.Change
	}
	return nil
}

// wantsJSON reports whether the words of a command line ask for JSON, for errors that come before they are understood.
func wantsJSON(args []string) bool {
	for i, word := range args {
		name, value, found := strings.Cut(word, "=")
		if !found && i+1 < len(args) {
			value = args[i+1]
		}
		if slices.Contains([]string{"-o", "--output", "-output", "--o"}, name) && strings.EqualFold(value, string(render.JSON)) {
			return true
		}
	}
	return false
}
