package fleet_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
)

// A tenant that does not show in time what was written ends no run, and proves nothing: as long as none has shown it, they go one at a
// time; as soon as one does, even later, they go side by side. One that cannot be read is a failure like any other.
func TestChange_lag(t *testing.T) {
	t.Parallel()
	const tenants = 12
	late := &operation.TimeoutError{}
	for name, test := range map[string]struct {
		hidden  time.Duration // what was written shows after that
		why     error
		states  map[fleet.State]int
		most    int // were written side by side
		stopped bool
	}{
		"for ever":          {time.Hour, late, map[fleet.State]int{fleet.NotVisible: tenants}, 1, false},
		"for a while":       {3 * time.Minute, late, map[fleet.State]int{fleet.NotVisible: tenants}, 4, false},
		"it cannot be read": {time.Hour, &codedError{code: "permissionDenied"}, map[fleet.State]int{fleet.NotVisible: 3, fleet.NotBegun: tenants - 3}, 1, true},
	} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, tenants)
			h := w.apply(t.Context(), w.rows(), func(c *fleet.Changing) {
				c.Do = w.hidingFor(test.hidden, test.why, c.Do)
			})
			h.check(t, w.rows())
			_, stopped := errors.AsType[*fleet.SameFailureError](h.Cause)
			for state, n := range test.states {
				if h.States[state] != n {
					t.Errorf("%s: %d are %s, want %d", name, h.States[state], state, n)
				}
			}
			if w.mostWriting != test.most || stopped != test.stopped {
				t.Errorf("%s: %d were written side by side, want %d; stopped: %v", name, w.mostWriting, test.most, stopped)
			}
		})
	}
}

type doing func(context.Context, *operation.Session, fleet.Row, *plan.Document, operation.Terms) (operation.Result, error)

// hidingFor makes tenants hide for so long what is written to them, and waits for that in vain for a minute.
func (w *world) hidingFor(hidden time.Duration, why error, do doing) doing {
	return func(ctx context.Context, s *operation.Session, row fleet.Row, planned *plan.Document, t operation.Terms) (operation.Result, error) {
		if t.DryRun {
			return do(ctx, s, row, planned, t)
		}
		w.mu.Lock()
		w.writing++
		w.mostWriting = max(w.mostWriting, w.writing)
		w.mu.Unlock()
		result, err := do(ctx, s, row, planned, t)
		if err != nil {
			return result, err
		}
		f := w.tenants[row.Tenant]
		f.setHides(true)
		time.AfterFunc(hidden, func() { f.setHides(false) })
		time.Sleep(time.Minute)
		w.mu.Lock()
		defer w.mu.Unlock()
		w.writing--
		return operation.Result{}, &plan.NotVisibleError{Change: *result.Change, Err: why}
	}
}

func (f *fakeTenant) setHides(hides bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.hides = hides
}
