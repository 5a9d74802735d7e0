package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"appleconsent/graph/wire"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// manyError is a run after which somebody has to look at tenants. It holds nothing of any one of them, nor does its cause.
type manyError struct {
	fleet.Ended
	failed string // the file that names them; empty: none does
}

func (e *manyError) Error() string {
	if e.Cause != nil && !errors.Is(e.Cause, context.Canceled) {
		return e.Cause.Error()
	}
	var parts []string
	for _, state := range fleet.States() {
		if n := e.States[state]; n > 0 && !state.Well() {
			parts = append(parts, fmt.Sprintf("%d %s", n, render.StateWord(string(state))))
		}
	}
	text := fmt.Sprintf("of %s: %s", render.Count(e.Rows, "tenant"), strings.Join(parts, ", "))
	if e.Cause != nil {
		return "interrupted: " + text
	}
	return text
}

func (e *manyError) Unwrap() error { return e.Cause }

// manyEnded is what a run ends with.
func manyEnded(ended fleet.Ended, r *manyRun) error {
	switch {
	case errors.Is(ended.Cause, operation.ErrDeclined):
		return operation.ErrDeclined
	case ended.Exit == exitDone:
		return nil
	case ended.Exit == exitChangesDue:
		return errChangesDue
	}
	return &manyError{ended, r.o.failed}
}

// endsWith fits a run that ends with that exit code.
func endsWith(exit int) func(error) bool {
	return func(err error) bool {
		e, ok := errors.AsType[*manyError](err)
		return ok && e.Exit == exit
	}
}

// runHeld fits a run that ends because the application is throttled in all tenants.
func runHeld(err error) bool { return is[*manyError](err) && is[*wire.HeldError](err) }

// afterMany is how to go on after a run.
func afterMany(e *manyError, _ follow) []string {
	advice := ""
	if same, ok := errors.AsType[*fleet.SameFailureError](e); ok {
		advice = same.Advice
	}
	switch {
	case is[*fleet.TooManyError](e):
		return []string{"look at them with --dry-run, and allow more with --at-most"}
	case errors.Is(e, context.Canceled):
		return []string{"to go on, run it again: what is done costs a look"}
	case is[*wire.HeldError](e):
		return []string{"to go on, run it again after that: what is done costs a look"}
	case e.failed != "":
		return given(advice, "solve what stopped them, then run it again with: --tenants "+plan.Printable(e.failed))
	}
	return given(advice, "solve what stopped them, then run it again: what is in place costs a look; --failed FILE writes the others to a file")
}
