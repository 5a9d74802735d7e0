package fleet_test

import (
	"context"
	"runtime"
	"sync"
	"testing"
	"weak"

	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
)

// What a run keeps of a tenant until its end, its results above all, keeps nothing of the session that it came from: each has a client with
// what signed in to it, and there may be thousands.
func TestChange_keepsNoSession(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	blocked := w.tenants[idOf(4)]
	blocked.state.ServicePrincipals = blocked.state.ServicePrincipals[:2]
	w.apply(t.Context(), w.rows()[:3], nil).check(t, w.rows()[:3]) // in place in the second run
	var mu sync.Mutex
	var sessions []weak.Pointer[operation.Session]
	left := func() (n int) {
		runtime.GC()
		for _, s := range sessions {
			if s.Value() != nil {
				n++
			}
		}
		return n
	}
	h := w.apply(t.Context(), w.rows(), func(c *fleet.Changing) {
		c.Do = func(ctx context.Context, s *operation.Session, _ fleet.Row, planned *plan.Document, t operation.Terms) (operation.Result, error) {
			mu.Lock()
			sessions = append(sessions, weak.Make(s))
			mu.Unlock()
			return s.Apply(ctx, required(), planned, t)
		}
		c.Confirm = func(context.Context, int) (bool, error) {
			if n := left(); n > 0 {
				t.Errorf("while the yes is waited for, %d of %d sessions are kept", n, len(sessions))
			}
			return true, nil
		}
	})
	h.check(t, w.rows())
	if n := left(); n > 0 || len(sessions) != 8+4 {
		t.Errorf("with the results, %d of %d sessions are kept", n, len(sessions))
	}
	runtime.KeepAlive(h)
}
