package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/plan"
)

// The exit codes of the program, the same as in the README's table.
const (
	exitDone        = 0
	exitError       = 1
	exitChangesDue  = 2
	exitDeclined    = 3
	exitNotVisible  = 4
	exitStale       = 5
	exitInterrupted = 130
)

// errChangesDue is how a command says that the tenant is not as required. Its result has been printed already.
var errChangesDue = errors.New("changes are due")

// errDeclined is a no at the prompt.
var errDeclined = errors.New("declined: nothing was changed")

// hintedError is an error of the command line itself with advice.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }
func (e *hintedError) Hint() string  { return e.hint }

// exitCode returns the exit code of an error.
func exitCode(err error) int {
	_, notVisible := errors.AsType[*plan.NotVisibleError](err)
	_, stale := errors.AsType[*plan.StaleError](err)
	_, drift := errors.AsType[*plan.DriftError](err)
	_, wider := errors.AsType[*widerError](err)
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errChangesDue):
		return exitChangesDue
	case errors.Is(err, errDeclined), errors.Is(err, errLeft):
		return exitDeclined
	case errors.Is(err, context.Canceled):
		return exitInterrupted
	case notVisible:
		return exitNotVisible
	case stale, drift, wider:
		return exitStale
	}
	return exitError
}

// report prints an error once, with what to do next, and returns its exit code.
func report(p *printer, err error) int {
	code := exitCode(err)
	if code == exitDone || code == exitChangesDue {
		return code
	}
	if errors.Is(err, errLeft) {
		p.note("%v", err)
		return code
	}
	text, advice := message(err, code), hints(err, p.command)
	if p.changes && untouched(err) && !strings.Contains(strings.Join(append(advice, text), "\n"), "nothing was") {
		advice = append(advice, "nothing was changed")
	}
	incomplete, stopped := errors.AsType[*plan.IncompleteError](err)
	if p.asJSON {
		doc := errorDocument{plan.SchemaVersion, "error", errorCode(err, p.began), code, text, append([]string{}, advice...), nil}
		if stopped {
			doc.Change = &incomplete.Change
		}
		p.jsonLine(doc)
		return code
	}
	if stopped {
		p.incomplete(incomplete)
	}
	p.errorLine(text)
	for _, hint := range advice {
		p.hintLine(hint)
	}
	return code
}

// untouched tells whether the error of an apply or rollback came before anything was sent.
func untouched(err error) bool {
	_, incomplete := errors.AsType[*plan.IncompleteError](err)
	_, unseen := errors.AsType[*plan.NotVisibleError](err)
	_, unverified := errors.AsType[*verifyInterrupted](err)
	_, unshown := errors.AsType[*unshownError](err)
	return exitCode(err) != exitInterrupted && !incomplete && !unseen && !unverified && !unshown
}

// unshownError is a change that is done and verified, and whose result could not be printed.
type unshownError struct {
	change plan.Change
	err    error
}

func (e *unshownError) Error() string {
	return fmt.Sprintf("%s %s is done and verified, but its result could not be shown: %v", e.change.Operation, e.change.ID, e.err)
}

func (e *unshownError) Unwrap() error { return e.err }

// message says what happened in one line.
func message(err error, code int) string {
	incomplete, isIncomplete := errors.AsType[*plan.IncompleteError](err)
	switch {
	case code == exitInterrupted && isIncomplete:
		return fmt.Sprintf("interrupted: %s %s stopped as listed above", incomplete.Change.Operation, incomplete.Change.ID)
	case code == exitInterrupted:
		return "interrupted: " + orNothingChanged(err)
	}
	return inTime(err)
}

// inTime is the error's text, with the flag that bounds the time where Go speaks of a context.
func inTime(err error) string {
	return strings.ReplaceAll(err.Error(), context.DeadlineExceeded.Error(), "the time of --timeout is up")
}

// orNothingChanged tells what an interrupt left behind.
func orNothingChanged(err error) string {
	if verifying, ok := errors.AsType[*verifyInterrupted](err); ok {
		return verifying.Error()
	}
	return "nothing was changed"
}

// verifyInterrupted is an interrupt after everything was written.
type verifyInterrupted struct {
	change plan.Change
	err    error
}

func (e *verifyInterrupted) Error() string {
	return fmt.Sprintf("%s %s is written completely and recorded, but not verified", e.change.Operation, e.change.ID)
}

func (e *verifyInterrupted) Unwrap() error { return e.err }

// hints returns what to do next, the most specific advice first.
func hints(err error, command func(words ...string) string) []string {
	var out []string
	if hinted, ok := errors.AsType[interface {
		error
		Hint() string
	}](err); ok && hinted.Hint() != "" {
		out = append(out, hinted.Hint())
	} else if hint := connectionHint(err); hint != "" {
		out = append(out, hint)
	}
	if incomplete, ok := errors.AsType[*plan.IncompleteError](err); ok {
		out = append(out, afterIncomplete(incomplete.Change, command)...)
	}
	if _, ok := errors.AsType[*plan.StaleError](err); ok {
		out = append(out, "nothing was written; look at the tenant with: "+command("plan"))
	}
	if unseen, ok := errors.AsType[*plan.NotVisibleError](err); ok {
		policy := slices.ContainsFunc(unseen.Hidden, func(a plan.RecordedAction) bool { return a.Kind.Object == consent.OnPolicy })
		if policy && unseen.Change.Operation == plan.OperationApply {
			out = append(out, "tenants whose user consent Microsoft manages have been seen to accept another setting and to discard it: "+
				"if it does not show in a few minutes, take this back and use the tenant-wide grant instead (--route admin-consent)")
		}
		out = append(out,
			"Entra can take minutes to show a change; look again with: "+statusOf(unseen.Change, command),
			"to take it back: "+command("rollback", unseen.Change.ID))
	}
	if unshown, ok := errors.AsType[*unshownError](err); ok {
		out = append(out, "see it with: "+command("history show", unshown.change.ID))
	}
	if _, ok := errors.AsType[*plan.LockedError](err); ok {
		out = append(out, "nothing was changed; wait until that one has ended")
	}
	out = append(out, folderHints(err)...)
	if errors.Is(err, signin.ErrNotSignedIn) {
		out = append(out, signInChoices...)
	}
	return out
}

// statusOf is the command that shows what a change was about, by the route that it went.
func statusOf(c plan.Change, command func(words ...string) string) string {
	if c.Operation == plan.OperationRollback && c.Requirement.Route == consent.UserConsent {
		return command("status", "--route", string(consent.UserConsent))
	}
	return command("status") // which says it by itself
}

// folderHints says what the state folder must be able to do, and what a record lacks that could not be written.
func folderHints(err error) []string {
	_, unlocked := errors.AsType[*plan.LockError](err)
	_, unrecorded := errors.AsType[*plan.RecordError](err)
	if !unlocked && !unrecorded {
		return nil
	}
	hints := []string{"the state folder must be writable and have room: see --state-dir"}
	if incomplete, ok := errors.AsType[*plan.IncompleteError](err); ok && incomplete.Change.Wrote() {
		hints = append(hints, "the record on disk may lack what became of the last action above; a rollback sees in the tenant what is to be undone")
	}
	return hints
}

// afterIncomplete returns the two ways on after a change that stopped halfway.
func afterIncomplete(c plan.Change, command func(words ...string) string) []string {
	forward := command(string(c.Operation))
	if c.RollsBack != nil {
		forward = command(string(c.Operation), *c.RollsBack)
	}
	if !c.Wrote() {
		return []string{"nothing was changed; try again with: " + forward}
	}
	return []string{"to go on: " + forward, "to take back what was done: " + command("rollback", c.ID)}
}

// signInChoices says in five lines how to sign in.
var signInChoices = []string{
	"an app registration: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)",
	"the Azure CLI: run az login first",
	"a browser on this machine: --auth browser",
	"a browser on another one: --auth device-code",
	"no tenant at all, to rehearse: --simulate fresh",
}
