package fleet

import (
	"errors"
	"slices"

	"appleconsent/consent"
	"appleconsent/internal/exitcode"
	"appleconsent/internal/operation"
	"appleconsent/plan"
)

// State is what became of a row, in one word. The words never change.
type State string

// The states.
const (
	InPlace      State = "inPlace"      // nothing is missing; of doctor: no problem
	ChangesDue   State = "changesDue"   // something is missing, or would be changed; of doctor: a problem
	CannotSignIn State = "cannotSignIn" // all is granted, but nobody can sign in to the application
	Done         State = "done"         // changed and verified; of link: made
	NothingToDo  State = "nothingToDo"
	Blocked      State = "blocked"    // cannot be changed, such as for want of Exchange Online
	Refused      State = "refused"    // it is not as it was planned, or more was asked for than may be
	NotVisible   State = "notVisible" // written, and not visible in time
	Failed       State = "failed"
	NotBegun     State = "notBegun"  // the run ended before it was changed
	Duplicate    State = "duplicate" // another row is the same tenant
)

// States returns all states, those that need nobody first.
func States() []State {
	return []State{
		InPlace, NothingToDo, Done, ChangesDue, Duplicate, CannotSignIn, Blocked, Refused, NotVisible, Failed, NotBegun,
	}
}

// Well reports whether nobody has to look after such a row.
func (s State) Well() bool {
	return slices.Contains([]State{InPlace, ChangesDue, Done, NothingToDo, Duplicate}, s)
}

// severity has the exit codes of rows: of a run it is the first that one of its rows has.
var severity = []int{exitcode.Interrupted, exitcode.Error, exitcode.NotVisible, exitcode.Stale, exitcode.ChangesDue, exitcode.Done}

// graver returns the one of two exit codes that tells of both; one that no row should have is an error.
func graver(a, b int) int {
	rank := func(code int) int {
		if i := slices.Index(severity, code); i >= 0 {
			return i
		}
		return slices.Index(severity, exitcode.Error)
	}
	return severity[min(rank(a), rank(b))]
}

// Looked is what a status or a plan comes to. That something is due is an exit code of a plan only if detailed.
func Looked(doc plan.Document, detailed bool) Finding {
	f := Finding{State: InPlace, Document: doc}
	due := len(doc.Actions) > 0 || !doc.Satisfied
	switch {
	case doc.Blocked():
		f.State = Blocked
	case due:
		f.State = ChangesDue
	case doc.Client.SignInDisabled():
		f.State = CannotSignIn
	}
	if doc.Kind == plan.KindStatus && f.State != InPlace || detailed && due {
		f.Exit = exitcode.ChangesDue
	}
	return f
}

// changed is what a change, or a dry run of one, came to.
func (r *run) changed(row Row, result operation.Result, err error, detailed bool) Result {
	switch {
	case isType[*operation.RolledBackError](err):
		rolledBack, _ := errors.AsType[*operation.RolledBackError](err)
		return Result{Row: row, State: NothingToDo, Document: rolledBack.Change}
	case isType[*operation.BlockedError](err):
		return Result{Row: row, State: Blocked, Exit: exitcode.Error, Document: result.Plan, Err: err}
	case isType[*UnchangedError](err):
		return Result{Row: row, State: NothingToDo, Err: err}
	case isType[*operation.NothingToUndoError](err):
		return Result{Row: row, State: NothingToDo}
	case err != nil:
		return r.failed(row, err)
	case result.Change != nil:
		return Result{Row: row, State: Done, Document: *result.Change}
	case len(result.Plan.Actions) == 0:
		return Result{Row: row, State: NothingToDo, Document: result.Plan}
	}
	due := Result{Row: row, State: ChangesDue, Document: result.Plan}
	if detailed {
		due.Exit = exitcode.ChangesDue
	}
	return due
}

// failed is what an error of one tenant comes to.
func (r *run) failed(row Row, err error) Result {
	exit := r.Judge(err).Exit
	states := map[int]State{exitcode.Stale: Refused, exitcode.NotVisible: NotVisible}
	state, known := states[exit]
	switch {
	case exit == exitcode.Interrupted && !begun(err):
		return r.notBegun(row, err, exit)
	case !known:
		state = Failed
	}
	return Result{Row: row, State: state, Exit: exit, Err: err}
}

// begun reports whether an error ended a change that may have written.
func begun(err error) bool {
	return isType[*plan.IncompleteError](err) || isType[*operation.UnverifiedError](err)
}

// notBegun is the result of a row that the run ended before.
func (r *run) notBegun(row Row, cause error, exit int) Result {
	code := r.Judge(cause).Code
	if same, ok := errors.AsType[*SameFailureError](cause); ok {
		code = same.Code
	}
	return Result{Row: row, State: NotBegun, Exit: exit, Err: &NotBegunError{Code: code}}
}

// isType reports whether an error is of one type.
func isType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// Narrowed are the devices that both a row and the command line are for. Errors: *BadRowError.
func (r Row) Narrowed(asked consent.Devices) (consent.Devices, error) {
	switch {
	case r.Devices == "" || r.Devices == consent.AllDevices || r.Devices == asked:
		return asked, nil
	case asked == consent.AllDevices || asked == "":
		return r.Devices, nil
	}
	return "", &BadRowError{r.Line, "its devices are " + string(r.Devices) + ", and the command line asks for " + string(asked)}
}
