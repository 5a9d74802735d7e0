package plan

import (
	"fmt"
	"strings"

	"appleconsent/consent"
)

// RecordError means that the change record could not be written. If it was the first write of a change, nothing was
// sent to the tenant.
type RecordError struct {
	Err error
}

func (e *RecordError) Error() string { return "keep the change record: " + e.Err.Error() }

func (e *RecordError) Unwrap() error { return e.Err }

// DriftError means that the tenant is not as it was when the change was planned, noticed while it was carried out.
type DriftError struct {
	Reason string
}

func (e *DriftError) Error() string {
	return "the tenant has changed since this was planned: " + e.Reason
}

// StaleError means that a saved plan is not what the tenant would get now. Nothing was written.
type StaleError struct {
	Reasons []string // see Stale
}

func (e *StaleError) Error() string {
	return strings.Join(e.Reasons, "; ")
}

// IncompleteError means that a change was begun and stopped before its end. The record tells what was done.
type IncompleteError struct {
	Change Change
	Err    error // why it stopped
}

func (e *IncompleteError) Error() string {
	return fmt.Sprintf("%s %s stopped: %v", e.Change.Operation, e.Change.ID, e.Err)
}

func (e *IncompleteError) Unwrap() error { return e.Err }

// NotYetError means that a change stopped because what it had created could not be seen everywhere before the time was up.
type NotYetError struct {
	Err error
}

func (e *NotYetError) Error() string {
	return "the created object is not visible everywhere yet: " + e.Err.Error()
}

func (e *NotYetError) Unwrap() error { return e.Err }

// TakenError means that a service principal cannot be created: Graph says that it exists already, and it is not one that
// could be used.
type TakenError struct {
	Holder consent.NameHolder // zero: it could not be found out
}

func (e *TakenError) Error() string {
	what := "another service principal has"
	switch {
	case e.Holder.ID == "":
		return "a hidden object has the application's name"
	case e.Holder.Deleted:
		what = "a deleted service principal still has"
	}
	return fmt.Sprintf("%s the application's name: %s", what, strings.TrimSpace(Printable(e.Holder.DisplayName)+" "+string(e.Holder.ID)))
}

// NotVisibleError means that everything was written, and that re-reading does not show all of it yet.
type NotVisibleError struct {
	Change Change
	Hidden []RecordedAction // empty if the tenant could not be read
	Err    error            // what ended the wait
}

func (e *NotVisibleError) Error() string {
	return fmt.Sprintf("%s %s was written but is not visible yet: %v", e.Change.Operation, e.Change.ID, e.Err)
}

func (e *NotVisibleError) Unwrap() error { return e.Err }

// andThen joins two errors, each of which may be nil, in one line. What was said last is not said again.
func andThen(first, second error) error {
	if first == nil {
		return second
	}
	if second == nil || strings.HasSuffix(first.Error(), second.Error()) {
		return first
	}
	return fmt.Errorf("%w; and then: %w", first, second)
}
