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

// errWider is a saved plan that does more than what the command line asks for.
var errWider = errors.New("the plan does more than tenant-wide grants, which the command line must ask for, too")

var errInternal = errors.New("internal error; please report it")

// hintedError is an error with advice of its own.
type hintedError struct {
	err  error
	hint string
}

func (e *hintedError) Error() string { return e.err.Error() }
func (e *hintedError) Unwrap() error { return e.err }

// unshownError is a change that is done and verified, and whose result could not be printed.
type unshownError struct {
	change plan.Change
	err    error
}

func (e *unshownError) Error() string {
	return fmt.Sprintf("%s %s is done and verified, but its result could not be shown: %v", e.change.Operation, e.change.ID, e.err)
}

func (e *unshownError) Unwrap() error { return e.err }
