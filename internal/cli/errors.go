package cli

import (
	"errors"
	"fmt"

	"appleconsent/plan"
)

// The errors of the command line itself.

// errChangesDue is how a command says that the tenant is not as required. Its result has been printed already.
var errChangesDue = errors.New("changes are due")

// errLeft is the end of the guided flow without a change.
var errLeft = errors.New("cancelled")

// hintedError is an error with advice of its own.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// Hint says what to do next.
func (e *hintedError) Hint() string { return e.hint }

// widerError is a saved plan that does more than what the command line asks for.
type widerError struct{ hint string }

func (e *widerError) Error() string {
	return "the plan does more than tenant-wide grants, which the command line must ask for, too"
}

// Hint says what to do next.
func (e *widerError) Hint() string { return e.hint }

// unshownError is a change that is done and verified, and whose result could not be printed.
type unshownError struct {
	change plan.Change
	err    error
}

func (e *unshownError) Error() string {
	return fmt.Sprintf("%s %s is done and verified, but its result could not be shown: %v", e.change.Operation, e.change.ID, e.err)
}

func (e *unshownError) Unwrap() error { return e.err }

// internalError is a mistake of ours.
type internalError struct{ cause any }

func (e *internalError) Error() string {
	return fmt.Sprintf("internal error; please report it: %v", e.cause)
}

// Hint says what to do next.
func (e *internalError) Hint() string {
	return "if a change was under way, its record says how far it came: appleconsent history"
}
