package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// The errors of the command line itself.

// errChangesDue is how a command says that the tenant is not as required. Its result has been printed already.
var errChangesDue = errors.New("changes are due")

// errLeft is the end of the guided flow without a change.
var errLeft = errors.New("cancelled")

var errInternal = errors.New("internal error; please report it")

// errUnshown is a change whose result could not be printed.
var errUnshown = errors.New("is done and verified, but its result could not be shown")

// errRunUnshown is a run over many tenants whose result could not be printed.
var errRunUnshown = errors.New("its result could not be shown")

// hintedError is an error with advice of its own.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// seenError is a plan that cannot be carried out, to somebody who has just read why.
type seenError struct{ error }

func (e *seenError) Unwrap() error { return e.error }

// effect is what an error leaves behind in the tenant.
type effect int

const (
	untouched effect = iota // nothing was changed; that is said where a command may change something
	told                    // what was changed, or that nothing was, is in the text or the hints
	wrote                   // something may have been changed
)

// errorKind is a row of the table of errors.
type errorKind struct {
	fits   func(error) bool
	code   string // for programs, docs/documents.md: names stay, new ones may come; empty: another row says it
	exit   int    // 0: another row says it, or else it is 1
	effect effect
	text   func(error) string                    // nil: the error's own
	hints  func(err error, next follow) []string // what to do next, the most specific first; may be nil
	aside  bool                                  // it is no failure: its text stands alone
}

// errorKinds is the table of errors. An error can be of several kinds, such as a change that stopped because of an answer of
// Graph: code, exit code and text are of the first that has one, the hints are those of all.
var errorKinds = []errorKind{
	{fits: func(error) bool { return true }, hints: ownHints},
	{fits: isError(errChangesDue), exit: exitChangesDue},

	{fits: endsWith(exitInterrupted), code: "interrupted", exit: exitInterrupted, effect: told},
	{fits: endsWith(exitNotVisible), code: "notVisible", exit: exitNotVisible, effect: told},
	{fits: endsWith(exitStale), code: "stalePlan", exit: exitStale, effect: told},
	{fits: is[*fleet.TooManyError], code: "tooMany", exit: exitError, effect: told},
	{fits: runHeld, code: "throttled"},
	{fits: endsWith(exitError), code: "notAllWell", exit: exitError, effect: told},
	{fits: is[*manyError], text: error.Error, hints: hint(afterMany)},
	{fits: is[*fleet.UnrecordedError], code: "stateFolder", effect: told, hints: advice(stateFolderHint)},
	{fits: is[*fleet.NotBegunError], code: "notBegun", effect: told},
	{fits: is[*fleet.DuplicateError], code: "duplicate", effect: told},
	{fits: is[*fleet.UnchangedError], code: "notInRun", effect: told},
	{fits: is[*fleet.BadRowError], code: "invalidInput"},
	{fits: is[*fleet.PanicError], code: "internal", effect: told, text: says(errInternal.Error()), hints: advice(internalHint)},

	{fits: isError(operation.ErrDeclined), code: "declined", exit: exitDeclined, effect: told, text: says("Not applied. Nothing was changed."), aside: true},
	{fits: isError(errLeft), code: "declined", exit: exitDeclined, effect: told, text: says("Cancelled. Nothing was changed."), aside: true},
	{fits: interrupted[*plan.IncompleteError], text: text(func(e *plan.IncompleteError) string {
		return fmt.Sprintf("interrupted: %s %s in tenant %s was stopped", e.Change.Operation, e.Change.ID, e.Change.Tenant.ID)
	})},
	{fits: interrupted[*operation.UnverifiedError], effect: wrote, text: text(func(e *operation.UnverifiedError) string { return "interrupted: " + e.Error() })},
	{fits: isError(context.Canceled), code: "interrupted", exit: exitInterrupted, effect: told, text: says("interrupted: nothing was changed")},
	{fits: is[*plan.NotYetError], code: "notVisible", exit: exitNotVisible, effect: told},
	{fits: is[*plan.TakenError], code: "nameTaken", effect: told, hints: hint(afterTaken)},
	{fits: refusedFor((*wire.Error).UnknownApp), code: "graph", effect: told, hints: advice(unknownAppHint)},
	{fits: refusedFor((*wire.Error).UnknownScope), code: "graph", effect: told, hints: withoutScope},
	{fits: is[*plan.IncompleteError], effect: wrote, hints: hint(afterIncomplete)},
	{fits: is[*plan.NotVisibleError], code: "notVisible", exit: exitNotVisible, effect: wrote, hints: hint(afterNotVisible)},
	{fits: is[*plan.StaleError], code: "stalePlan", exit: exitStale, effect: told, hints: lookWith("nothing was changed; to see what is due now: ", "plan")},
	{fits: is[*plan.WiderError], code: "widerPlan", exit: exitStale},
	{fits: is[*consent.RefusedAlsoError], code: "unknownScope", hints: hint(nearScopes)},
	{fits: is[*plan.DriftError], code: "drift", exit: exitStale},
	{fits: is[*plan.LockedError], code: "locked", effect: told, hints: advice("nothing was changed; wait until that one has ended")},
	{fits: is[*stateFolderError], code: "stateFolder", hints: advice(stateFolderHint)},
	{fits: is[*plan.LockError], code: "stateFolder", hints: advice(stateFolderHint)},
	{fits: is[*plan.RecordError], code: "stateFolder", hints: advice(stateFolderHint)},
	{fits: unrecorded, hints: advice("the record may lack the last action's outcome; rollback checks the tenant before it undoes anything")},
	{fits: is[*plan.DamagedError], code: "damagedRecord", hints: seeRecorded},
	{fits: isError(plan.ErrNoChange), code: "invalidInput", hints: seeRecorded},
	{fits: is[*plan.AmbiguousError], code: "invalidInput", hints: seeRecorded},
	{fits: is[*plan.PrefixError], code: "invalidInput"},
	{fits: is[*operation.OtherRecordError], code: "failed", hints: hint(ownRecord)},
	{fits: is[*operation.NothingToUndoError], code: "failed", effect: told, hints: seeRecorded},
	{fits: is[*operation.UnnamedTenantError], code: "invalidInput", text: text(unnamedText), hints: hint(nameTenant)},
	{fits: is[*operation.OtherTenantError], code: "failed", hints: hint(itsTenant)},
	{fits: is[*operation.BlockedError], code: "blocked", effect: told, text: blockedText, hints: lookWith("nothing was changed; when this is resolved, check again: ", "plan")},
	{fits: isError(errUnshown), code: "output", effect: wrote},
	{fits: isError(errRunUnshown), code: "output", effect: wrote},
	{fits: is[*terminal.OutputError], code: "output"},
	{fits: isError(signin.ErrNotSignedIn), code: "notSignedIn", hints: advice(signInChoices...)},
	{fits: is[*signin.CredentialError], code: "notSignedIn"},
	{fits: outOfTime, code: "timeout", hints: afterTimeout},
	{fits: behind(wire.CauseProxySetting), code: "invalidInput"},
	{fits: behind(wire.CauseQuota), code: "quota"},
	{fits: behind(wire.CauseUnlicensed), code: "licence"},
	{fits: behind(wire.CauseFiltered, signin.CauseOnTheWay), code: "graph"},
	{fits: unanswered, code: "network"},
	{fits: behind(signin.CauseThrottled), code: "throttled"},
	{fits: is[*signin.Error], code: "signIn"},
	{fits: behind(wire.CauseBlocked, wire.CauseTenantRestricted, wire.CauseUnknownApp), code: "signIn"},
	{fits: denied, code: "permissionDenied"},
	{fits: answered(http.StatusUnauthorized), code: "signIn"},
	{fits: answered(http.StatusTooManyRequests), code: "throttled"},
	{fits: is[*wire.HeldError], code: "throttled"},
	{fits: is[*wire.Error], code: "graph"},
	{fits: isError(errInternal), code: "internal", effect: told, hints: advice(internalHint)},
}

type verdict struct {
	code, text string
	exit       int
	hints      []string
	aside      bool
}

// judge looks an error up in the table; no error is exit code 0.
func (k *call) judge(err error) verdict {
	if err == nil {
		return verdict{}
	}
	var v verdict
	left := untouched
	for _, kind := range errorKinds {
		if !kind.fits(err) {
			continue
		}
		v.code, v.exit = cmp.Or(v.code, kind.code), cmp.Or(v.exit, kind.exit)
		if v.text == "" && kind.text != nil {
			v.text = kind.text(err)
		}
		if kind.hints != nil {
			v.hints = append(v.hints, kind.hints(err, k.follow)...)
		}
		v.aside = v.aside || kind.aside
		left = max(left, kind.effect)
	}
	preset := "invalidInput"
	if k.began {
		preset = "failed"
	}
	v.code, v.exit, v.text = cmp.Or(v.code, preset), cmp.Or(v.exit, exitError), cmp.Or(v.text, err.Error())
	if k.changes && left == untouched {
		v.hints = append(v.hints, "nothing was changed")
	}
	return v
}

// is reports whether an error is of one type.
func is[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func isError(target error) func(error) bool {
	return func(err error) bool { return errors.Is(err, target) }
}

// outOfTime reports whether the time was up before a command knew what it needed.
func outOfTime(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) && !is[*plan.NotVisibleError](err)
}

// interrupted reports whether an error is of one type because of an interrupt.
func interrupted[E error](err error) bool { return is[E](err) && errors.Is(err, context.Canceled) }

// unrecorded reports whether the record of a change lacks what was written.
func unrecorded(err error) bool {
	incomplete, ok := errors.AsType[*plan.IncompleteError](err)
	return ok && incomplete.Change.Wrote() && (is[*plan.RecordError](err) || is[*plan.LockError](err))
}

// ownHints are the advice that an error has of its own, or else what to do about a failed sign-in or request.
func ownHints(err error, _ follow) []string {
	if hinted, ok := errors.AsType[*hintedError](err); ok {
		return given(hinted.hint)
	}
	return connectionHints(err)
}

// says is a text that does not depend on the error.
func says(text string) func(error) string { return func(error) string { return text } }

// text makes the text of an error of one type.
func text[E error](f func(E) string) func(error) string {
	return func(err error) string {
		e, _ := errors.AsType[E](err)
		return f(e)
	}
}

// hint makes the hints of an error of one type.
func hint[E error](f func(E, follow) []string) func(error, follow) []string {
	return func(err error, next follow) []string {
		e, _ := errors.AsType[E](err)
		return f(e, next)
	}
}

// advice are hints that do not depend on anything.
func advice(hints ...string) func(error, follow) []string {
	return func(error, follow) []string { return hints }
}

// afterTimeout is how to go on where the time was up, beside the advice about what is behind that.
func afterTimeout(err error, _ follow) []string {
	switch cause := causeOf(err); {
	case slices.Contains(ofProxies, cause):
		return nil // more time is of no use
	case cause == wire.CauseTimeout: // whose advice it is to try again
		return []string{debugHint}
	}
	return []string{timeoutHint}
}

// lookWith is a hint that ends with a command.
func lookWith(lead string, words ...string) func(error, follow) []string {
	return func(_ error, next follow) []string { return []string{lead + next.command(words...)} }
}

// seeHistory is how to see what is recorded.
func seeHistory(next follow) string { return "see what is recorded with: " + next.command("history") }

func seeRecorded(_ error, next follow) []string { return []string{seeHistory(next)} }

const (
	timeoutHint     = "try again, or allow more time with --timeout; " + debugHint
	debugHint       = "--debug shows what was requested and how long it took"
	stateFolderHint = "the state folder must be writable and have room: see --state-dir"
	unknownAppHint  = "this cloud does not know the application: see --cloud; trying again does not help"
	internalHint    = "if a change was under way, its record says how far it came: appleconsent history"
)

// itsTenant is how to sign in where a change was made. Which scenario a simulated tenant was is in no record.
func itsTenant(e *operation.OtherTenantError, _ follow) []string {
	if e.Tenant.Simulated {
		return []string{"it is a simulated tenant: name its scenario with --simulate"}
	}
	return []string{"sign in to that tenant: add --tenant " + plan.PrintableLine(e.Tenant.ID)}
}

// ownRecord is how to undo a change by the record of this machine.
func ownRecord(e *operation.OtherRecordError, next follow) []string {
	return []string{"to undo it by that one: " + next.command("rollback", e.ChangeID)}
}

func unnamedText(e *operation.UnnamedTenantError) string {
	return "--yes needs a tenant that is named; you are signed in to " + e.Tenant.Title()
}

func nameTenant(e *operation.UnnamedTenantError, _ follow) []string {
	return []string{"if that is the right one, add: --tenant " + plan.Printable(e.Tenant.ID)}
}

func blockedText(err error) string {
	e, _ := errors.AsType[*operation.BlockedError](err)
	if is[*seenError](err) {
		return "not applied: the plan is blocked"
	}
	return "blocked: " + render.Blocker(e.Notice, e.Plan)
}

// afterIncomplete returns the two ways on after a change that stopped halfway.
func afterIncomplete(e *plan.IncompleteError, next follow) []string {
	forward := next.command(string(e.Change.Operation))
	if e.Change.RollsBack != nil {
		forward = next.command(next.reasoned(againWords(e.Change))...)
	}
	undo := "to undo what was done: " + next.command(rollbackWords(e.Change)...)
	switch lasts := lasting(e); {
	case !e.Change.Wrote() && lasts:
		return []string{"nothing was changed"}
	case !e.Change.Wrote():
		return []string{"nothing was changed; try again with: " + forward}
	case lasts:
		return []string{undo}
	}
	return []string{"to go on: " + forward, undo}
}

// lasting reports whether the same would fail again, until somebody does something about its cause.
func lasting(err error) bool {
	return is[*plan.TakenError](err) || refusedFor((*wire.Error).UnknownApp)(err) || refusedFor((*wire.Error).UnknownScope)(err)
}

// refusedFor fits an answer of Graph that has a property.
func refusedFor(property func(*wire.Error) bool) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[*wire.Error](err)
		return ok && property(e)
	}
}

func afterTaken(e *plan.TakenError, next follow) []string {
	id := string(e.Holder.ID)
	if id == "" {
		return []string{"look for it among all applications in the Entra admin center: under Enterprise apps, also those that are hidden, and under " +
			"App registrations > Deleted applications; what was made a moment ago shows in some minutes, then look with: " + next.command("status")}
	}
	if !e.Holder.Deleted {
		return []string{"look at that service principal in the Entra admin center under Enterprise apps (object ID " + id +
			"): as long as it has the application's name, no other can be created"}
	}
	return []string{
		"restore it, with its object ID: POST /v1.0/directory/deletedItems/" + id + "/restore in Graph Explorer; or delete it for good there " +
			"(DELETE /v1.0/directory/deletedItems/" + id + ")",
		"then go on with: " + next.command("apply"),
	}
}

// withoutScope is how to go on without a scope that its resource does not publish any more.
func withoutScope(err error, next follow) []string {
	hints := []string{"a scope of the plan is not published by its resource in this tenant, or no longer"}
	incomplete, _ := errors.AsType[*plan.IncompleteError](err)
	ews := incomplete != nil && slices.ContainsFunc(incomplete.Change.Actions, func(a plan.RecordedAction) bool {
		return a.Status == plan.StatusFailed && a.Added().Has(consent.EWS)
	})
	if ews && incomplete.Change.Operation == plan.OperationApply && incomplete.Change.Requirement.Devices == consent.AllDevices {
		hints = append(hints, "if that is "+string(consent.EWS)+", which Microsoft switches off, grant the rest: "+next.command("apply", "--devices", "ios"))
	}
	return hints
}

func afterNotVisible(e *plan.NotVisibleError, next follow) []string {
	var hints []string
	policy := slices.ContainsFunc(e.Hidden, func(a plan.RecordedAction) bool { return a.Kind.Object == consent.OnPolicy })
	if policy && e.Change.Operation == plan.OperationApply {
		hints = append(hints, "tenants whose user consent Microsoft manages have been seen to accept another setting and to discard it: "+
			"if it does not show in a few minutes, undo this and use the tenant-wide grant instead (--route admin-consent)")
	}
	return append(hints,
		"Entra can take minutes to show a change; look again with: "+statusOf(e.Change, next),
		"to undo: "+next.command(rollbackWords(e.Change)...))
}

// statusOf is the command that shows what a change was about, by the route that it went.
func statusOf(c plan.Change, next follow) string {
	if c.Operation == plan.OperationRollback && c.Requirement.Route == consent.UserConsent {
		return next.command("status", "--route", string(consent.UserConsent))
	}
	return next.command("status") // which says it by itself
}

// signInChoices says in five lines how to sign in.
var signInChoices = []string{
	"an app registration: set AZURE_TENANT_ID, AZURE_CLIENT_ID and AZURE_CLIENT_SECRET (or AZURE_CLIENT_CERTIFICATE_PATH)",
	"the Azure CLI: run az login --tenant TENANT --allow-no-subscriptions first",
	"a browser on this machine: --auth browser",
	"a browser on another one: --auth device-code",
	"no tenant at all, to practise: --simulate fresh",
}
