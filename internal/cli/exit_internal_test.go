package cli

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"appleconsent/graph/signin"
	"appleconsent/plan"
)

// The whole table of exit codes, each for an error that is wrapped. An error that nobody knows is 1.
func TestExitCode(t *testing.T) {
	t.Parallel()
	if code := exitCode(nil); code != 0 {
		t.Errorf("no error: got %d", code)
	}
	for want, errs := range map[int][]error{
		1: {
			errors.New("odd"), &hintedError{errors.New("odd"), "hint"}, signin.ErrNotSignedIn, &signin.Error{}, &plan.LockedError{}, plan.ErrNoChange,
			&plan.IncompleteError{Err: errors.New("odd")}, &internalError{"odd"}, context.DeadlineExceeded, &unshownError{err: errors.New("odd")},
		},
		2:   {errChangesDue},
		3:   {errDeclined, errLeft},
		4:   {&plan.NotVisibleError{}},
		5:   {&plan.StaleError{}, &plan.DriftError{}, &plan.IncompleteError{Err: &plan.DriftError{}}},
		130: {context.Canceled, &plan.IncompleteError{Err: context.Canceled}, &verifyInterrupted{err: context.Canceled}},
	} {
		for _, err := range errs {
			if code := exitCode(fmt.Errorf("apply: %w", err)); code != want {
				t.Errorf("%T %v: got %d, want %d", err, err, code, want)
			}
		}
	}
}
