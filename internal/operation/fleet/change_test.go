package fleet_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"
)

// All that is due is shown and asked about once, written, verified and recorded with the run; a second run has nothing to do; and
// the rollback of the run leaves nothing.
func TestChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30)
	blocked := w.tenants[idOf(4)]
	blocked.state.ServicePrincipals = blocked.state.ServicePrincipals[:2]
	h := w.apply(t.Context(), w.rows(), nil)
	h.check(t, w.rows())
	if h.States[fleet.Done] != 29 || h.States[fleet.Blocked] != 1 || h.asked != 29 || len(h.shown) != 30 || h.Exit != 1 || w.grants() != 58 {
		t.Errorf("got %v, asked about %d of %d shown, exit code %d, %d grants", h.States, h.asked, len(h.shown), h.Exit, w.grants())
	}
	again := w.apply(t.Context(), w.rows(), nil)
	if again.States[fleet.NothingToDo] != 29 || again.asked != 0 {
		t.Errorf("the second run: got %v, asked about %d", again.States, again.asked)
	}
	changes, _, err := w.journal.OfRun(runID)
	if err != nil || len(changes) != 29 {
		t.Fatalf("%d changes are recorded of the run, %v", len(changes), err)
	}
	back := w.rollBack(t.Context(), t, nil)
	if back.States[fleet.Done] != 29 || back.Exit != 0 || w.grants() != 0 {
		t.Errorf("the rollback: got %v, exit code %d, %d grants are left", back.States, back.Exit, w.grants())
	}
	if standing, _, err := w.journal.OfRun(runID); err != nil || len(standing) != 0 {
		t.Errorf("after the rollback %d changes of the run stand, %v", len(standing), err)
	}
}

// rollBack undoes the run in all of its tenants.
func (w *world) rollBack(ctx context.Context, t *testing.T, adapt func(*fleet.Changing)) *heard {
	t.Helper()
	changes, _, err := w.journal.OfRun(runID)
	if err != nil {
		t.Fatal(err)
	}
	made := make(map[string]string)
	var rows []fleet.Row
	for _, c := range changes {
		made[c.Tenant.ID] = c.ID
		rows = append(rows, fleet.Row{Tenant: c.Tenant.ID})
	}
	return w.apply(ctx, rows, func(c *fleet.Changing) {
		c.Terms.Run = "20261124T130000Z-bbbbbb"
		c.Do = func(ctx context.Context, s *operation.Session, _ fleet.Row, _ *plan.Document, t operation.Terms) (operation.Result, error) {
			return s.Rollback(ctx, made[s.Identity.TenantID], consent.Choices{}, t)
		}
		if adapt != nil {
			adapt(c)
		}
	})
}

// What keeps a run from writing keeps it from writing anywhere.
func TestChange_nothingIsWritten(t *testing.T) {
	t.Parallel()
	noAnswer := errors.New("no answer")
	for name, test := range map[string]struct {
		adapt func(*fleet.Changing)
		exit  int
		state fleet.State // of the ten that are due
		cause func(error) bool
	}{
		"a no": {func(c *fleet.Changing) {
			c.Confirm = func(context.Context, int) (bool, error) { return false, nil }
		}, 3, fleet.NotBegun, func(err error) bool { return errors.Is(err, operation.ErrDeclined) }},
		"no answer": {func(c *fleet.Changing) {
			c.Confirm = func(context.Context, int) (bool, error) { return true, noAnswer }
		}, 1, fleet.NotBegun, func(err error) bool { return errors.Is(err, noAnswer) }},
		"too many": {func(c *fleet.Changing) { c.AtMost = 9 }, 1, fleet.NotBegun, func(err error) bool {
			_, ok := errors.AsType[*fleet.TooManyError](err)
			return ok
		}},
		"too many, and nobody is asked": {func(c *fleet.Changing) { c.AtMost, c.Confirm = 1, nil }, 1, fleet.NotBegun, func(err error) bool {
			return err != nil
		}},
		"a dry run":            {func(c *fleet.Changing) { c.Terms.DryRun = true }, 0, fleet.ChangesDue, func(err error) bool { return err == nil }},
		"a dry run, in detail": {func(c *fleet.Changing) { c.Terms.DryRun, c.Detailed = true, true }, 2, fleet.ChangesDue, func(err error) bool { return err == nil }},
	} {
		w := newWorld(t, 10)
		h := w.apply(t.Context(), w.rows(), test.adapt)
		h.check(t, w.rows())
		if h.Exit != test.exit || h.States[test.state] != 10 || !test.cause(h.Cause) || w.grants() != 0 {
			t.Errorf("%s: exit code %d, %v, %v, %d grants", name, h.Exit, h.States, h.Cause, w.grants())
		}
	}
}

// Exactly as many as may be are changed.
func TestChange_atMost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 10)
	if h := w.apply(t.Context(), w.rows(), func(c *fleet.Changing) { c.AtMost = 10 }); h.Exit != 0 || h.States[fleet.Done] != 10 {
		t.Errorf("got %v, exit code %d", h.States, h.Exit)
	}
}

// A tenant that is not as it was shown is refused, and no other.
func TestChange_stale(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	h := w.apply(t.Context(), w.rows(), func(c *fleet.Changing) {
		c.Confirm = func(context.Context, int) (bool, error) {
			f := w.tenants[idOf(7)]
			f.state.Grants = append(f.state.Grants, consent.PermissionGrant{
				ID: "other", ClientID: f.state.ServicePrincipals[0].ID, ResourceID: f.state.ServicePrincipals[1].ID,
				ConsentType: consent.AllPrincipals, Scopes: consent.Scopes("Mail.Read"),
			})
			return true, nil
		}
	})
	h.check(t, w.rows())
	if h.results[7].State != fleet.Refused || h.States[fleet.Done] != 11 || h.Exit != 5 || w.tenants[idOf(7)].writes != 0 {
		t.Errorf("got %v, exit code %d, %d writes", h.statesInOrder(), h.Exit, w.tenants[idOf(7)].writes)
	}
}

// Until one tenant is verified they are changed one at a time, and three that fail alike end the run.
func TestChange_firstOneByOne(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 20)
	w.before = func(_ context.Context, _, call string) error {
		if call == "CreateGrant" {
			return &codedError{code: "permissionDenied"}
		}
		return nil
	}
	h := w.apply(t.Context(), w.rows(), nil)
	h.check(t, w.rows())
	if _, ok := errors.AsType[*fleet.SameFailureError](h.Cause); !ok || h.States[fleet.Failed] != 3 || h.States[fleet.NotBegun] != 17 || h.Exit != 1 {
		t.Errorf("got %v, %v, exit code %d", h.States, h.Cause, h.Exit)
	}
	var mu sync.Mutex
	writing, tooMany, verified := 0, 0, false
	w = newWorld(t, 20)
	w.before = func(_ context.Context, id, call string) error {
		mu.Lock()
		defer mu.Unlock()
		if call != "CreateGrant" {
			return nil
		}
		if id < idOf(2) { // of two reasons of their own
			return &codedError{code: "code" + id[35:]}
		}
		if id > idOf(2) && w.tenants[idOf(2)].writes < 2 {
			tooMany++
		}
		verified = verified || id > idOf(2)
		writing++
		return nil
	}
	h = w.apply(t.Context(), w.rows(), nil)
	if tooMany > 0 || !verified || writing != 36 || h.States[fleet.Done] != 18 || h.States[fleet.Failed] != 2 {
		t.Errorf("%d wrote before one was verified, %d writes, got %v", tooMany, writing, h.States)
	}
}

// A record that cannot be written stops all that is not begun.
func TestChange_unrecorded(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 40)
	damaged := make(chan struct{})
	h := w.apply(t.Context(), w.rows(), func(c *fleet.Changing) {
		do := c.Do
		c.Do = func(ctx context.Context, s *operation.Session, row fleet.Row, planned *plan.Document, t operation.Terms) (operation.Result, error) {
			if row.Line == 6 && !t.DryRun {
				<-damaged // of a row that was begun before
				return operation.Result{}, &plan.RecordError{Err: errors.New("no space left on device")}
			}
			if row.Line == 3 && !t.DryRun { // its own damage stops no other
				defer close(damaged)
				return operation.Result{}, &plan.RecordError{Err: &plan.DamagedError{ID: "x", Err: errors.New("odd")}}
			}
			return do(ctx, s, row, planned, t)
		}
	})
	h.check(t, w.rows())
	_, ok := errors.AsType[*fleet.UnrecordedError](h.Cause)
	if !ok || h.States[fleet.Failed] != 2 || h.States[fleet.NotBegun] < 20 || h.Exit != 1 || h.results[2].State != fleet.Failed {
		t.Errorf("got %v, %v, exit code %d", h.States, h.Cause, h.Exit)
	}
}

// Interrupted at any request: each row has one result, what was not begun was not touched, and running it again converges. Then
// the rollback of both runs leaves nothing.
func TestChange_interrupted(t *testing.T) {
	t.Parallel()
	for at := 1; at < 200; at += 28 {
		w := newWorld(t, 12)
		ctx, cancel := context.WithCancel(t.Context())
		w.before = func(context.Context, string, string) error {
			w.mu.Lock()
			defer w.mu.Unlock()
			if w.all == at {
				cancel()
			}
			return nil
		}
		h := w.apply(ctx, w.rows(), nil)
		h.check(t, w.rows())
		w.before = nil
		for i, r := range h.results {
			if n := w.tenants[idOf(i)].writes; r.State == fleet.NotBegun && n > 0 || r.State == fleet.Done && n != 2 {
				t.Errorf("at %d: row %d is %s after %d writes", at, i, r.State, n)
			}
		}
		if incomplete := h.States[fleet.Done] < 12; incomplete && (h.Exit != 130 || !errors.Is(h.Cause, context.Canceled)) {
			t.Errorf("at %d: got %v, exit code %d, %v", at, h.States, h.Exit, h.Cause)
		}
		again := w.apply(t.Context(), w.rows(), func(c *fleet.Changing) { c.Confirm = nil })
		if w.grants() != 24 || again.Exit != 0 {
			t.Errorf("at %d: after the second run there are %d grants: %v", at, w.grants(), again.States)
		}
		for w.grants() > 0 {
			before := w.grants()
			if w.rollBack(t.Context(), t, nil); w.grants() == before {
				t.Fatalf("at %d: %d grants stay", at, before)
			}
		}
	}
}

// Saved plans are carried out as they are, or not at all: lines that were swapped between tenants, or edited, are refused.
func TestChange_savedPlans(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6)
	looked := w.look(t.Context(), w.rows(), 2)
	rows := w.rows()
	for i, r := range looked.results {
		doc := r.Document.(plan.Document)
		if i == 3 {
			doc.Actions[0].After = consent.Scopes("Mail.ReadWrite")
		}
		rows[i].Saved = []byte(lineOf(t, doc))
	}
	rows[1].Saved, rows[2].Saved = rows[2].Saved, rows[1].Saved
	h := w.apply(t.Context(), rows, nil)
	h.check(t, rows)
	want := []fleet.State{fleet.Done, fleet.Refused, fleet.Refused, fleet.Refused, fleet.Done, fleet.Done}
	if got := h.statesInOrder(); !slices.Equal(got, want) || h.Exit != 5 || w.grants() != 6 {
		t.Errorf("got %v, exit code %d, %d grants", got, h.Exit, w.grants())
	}
}

func ExampleState_Well() {
	for _, s := range fleet.States() {
		if !s.Well() {
			fmt.Print(s, " ")
		}
	}
	// Output: cannotSignIn blocked refused notVisible failed notBegun
}
