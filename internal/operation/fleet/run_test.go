package fleet_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
)

// Each row has one result, in the order of the file, however many are at work at once; no more than there may be.
func TestLook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 600)
	w.before = func(_ context.Context, id, call string) error {
		if call == "Read" && strings.HasSuffix(id, "7") {
			return &codedError{code: "permissionDenied"}
		}
		return nil
	}
	rows := w.rows()
	rows[5].Bad, rows[5].Tenant = &fleet.BadRowError{Line: 6, Why: "no"}, ""
	rows[9].Skip = errors.New("no plan")
	w.domains["contoso.com"] = idOf(3)
	rows = append(rows, fleet.Row{Line: 601, Tenant: idOf(1)}, fleet.Row{Line: 602, Tenant: "contoso.com"})
	h := w.look(t.Context(), rows, 8)
	h.check(t, rows)
	for i, want := range map[int]fleet.State{
		0: fleet.ChangesDue, 5: fleet.Failed, 7: fleet.Failed, 9: fleet.NotBegun, 600: fleet.Duplicate, 601: fleet.Duplicate,
	} {
		if got := h.results[i].State; got != want {
			t.Errorf("row %d: got %s, want %s", i, got, want)
		}
	}
	if w.most > 8 || h.Exit != 1 || h.Cause != nil {
		t.Errorf("%d at once, exit code %d, %v", w.most, h.Exit, h.Cause)
	}
}

// What a tenant comes to is what it would come to alone, whatever the others do.
func TestLook_asAlone(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 40)
	w.before = func(_ context.Context, id, call string) error {
		if call == "SignIn" && strings.HasSuffix(id, "3") {
			return &codedError{code: "signIn"}
		}
		return nil
	}
	h := w.look(t.Context(), w.rows(), 16)
	for i, r := range h.results {
		alone := w.look(t.Context(), w.rows()[i:i+1], 1)
		if diff := cmp.Diff(alone.results[0].Document, r.Document); diff != "" || alone.results[0].Exit != r.Exit {
			t.Errorf("row %d (-alone +together):\n%s", i, diff)
		}
		if doc, ok := r.Document.(plan.Document); ok && doc.Tenant.ID != idOf(i) {
			t.Errorf("row %d is about tenant %s", i, doc.Tenant.ID)
		}
	}
}

// While nothing has gone well, ten failures for one reason that all have in common end the run; a reason of a tenant's own, and
// any after the first success, do not.
func TestLook_endsEarly(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		err   *codedError
		after int // so many go well first
		ends  bool
	}{
		"the application's secret":   {&codedError{code: "signIn", common: true}, 0, true},
		"each tenant's own":          {&codedError{code: "signIn"}, 0, false},
		"after one that went well":   {&codedError{code: "signIn", common: true}, 1, false},
		"no way to the host, at all": {&codedError{code: "network", common: true}, 0, true},
	} {
		w := newWorld(t, 50)
		w.before = func(_ context.Context, id, _ string) error {
			if id < idOf(test.after) {
				return nil
			}
			return test.err
		}
		h := w.look(t.Context(), w.rows(), 1)
		h.check(t, w.rows())
		failed, notBegun := h.States[fleet.Failed], h.States[fleet.NotBegun]
		same, _ := errors.AsType[*fleet.SameFailureError](h.Cause)
		if test.ends && (failed != 10 || notBegun != 40 || same == nil || same.Code != test.err.code) {
			t.Errorf("%s: %d failed, %d not begun, %v", name, failed, notBegun, h.Cause)
		}
		if !test.ends && (failed != 50-test.after || h.Cause != nil) {
			t.Errorf("%s: %d failed, %v", name, failed, h.Cause)
		}
		if h.Exit != 1 {
			t.Errorf("%s: exit code %d", name, h.Exit)
		}
	}
}

// A run that is interrupted anywhere gives each row one result, begins nothing more, and ends with 130.
func TestLook_interrupted(t *testing.T) {
	t.Parallel()
	for _, at := range []int{1, 2, 17, 60, 119} {
		w := newWorld(t, 60)
		ctx, cancel := context.WithCancel(t.Context())
		var count sync.Mutex
		calls := 0
		w.before = func(context.Context, string, string) error {
			count.Lock()
			defer count.Unlock()
			if calls++; calls == at {
				cancel()
			}
			return nil
		}
		h := w.look(ctx, w.rows(), 4)
		h.check(t, w.rows())
		if h.Exit != 130 || !errors.Is(h.Cause, context.Canceled) || h.States[fleet.NotBegun] == 0 {
			t.Errorf("at %d: exit code %d, %v, %v", at, h.Exit, h.Cause, h.States)
		}
	}
}

// Nobody reads any more: nothing more is begun, and the error is that of the reader.
func TestLook_nobodyReads(t *testing.T) {
	t.Parallel()
	w, gone, given := newWorld(t, 2000), errors.New("broken pipe"), 0
	s := new(heard).setup(w, 4)
	s.Emit = func(fleet.Result) error {
		if given++; given > 3 {
			return gone
		}
		return nil
	}
	ended := s.Look(t.Context(), w.rows(), func(context.Context, *operation.Session, fleet.Row) (fleet.Finding, error) {
		return fleet.Finding{State: fleet.InPlace}, nil
	})
	if !errors.Is(ended.Cause, gone) || ended.Exit != 1 || given != 4 || w.all > 1000 {
		t.Errorf("got %+v after %d results and %d calls", ended, given, w.all)
	}
}

// A mistake of ours in one tenant is that tenant's failure.
func TestLook_panic(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	w.before = func(_ context.Context, id, call string) error {
		if id == idOf(2) && call == "Read" {
			panic("at the disco")
		}
		return nil
	}
	h := w.look(t.Context(), w.rows(), 2)
	h.check(t, w.rows())
	if h.results[2].State != fleet.Failed || h.States[fleet.ChangesDue] != 4 {
		t.Errorf("got %v", h.statesInOrder())
	}
}

// The exit code of a run is the first that fits.
func TestExit(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		exits []int
		want  int
	}{
		{nil, 0}, {[]int{0, 0}, 0}, {[]int{0, 2}, 2}, {[]int{2, 5, 0}, 5}, {[]int{5, 4, 2}, 4}, {[]int{4, 1, 5}, 1}, {[]int{1, 130, 4}, 130}, {[]int{0, 77}, 1},
	} {
		w := newWorld(t, len(test.exits))
		ended := new(heard).setup(w, 3).Look(t.Context(), w.rows(), func(_ context.Context, s *operation.Session, row fleet.Row) (fleet.Finding, error) {
			return fleet.Finding{State: fleet.ChangesDue, Exit: test.exits[row.Line-1]}, nil
		})
		if ended.Exit != test.want {
			t.Errorf("%v: got %d, want %d", test.exits, ended.Exit, test.want)
		}
	}
}

func TestLooked(t *testing.T) {
	t.Parallel()
	disabled := plan.SignInDisabled
	blocked := plan.Document{Kind: plan.KindPlan, Notices: []plan.Notice{{Level: consent.Blocker}}}
	status, due := plan.Document{Kind: plan.KindStatus, Satisfied: true}, plan.Document{Kind: plan.KindPlan, Actions: make([]plan.Action, 1)}
	off, missing := status, plan.Document{Kind: plan.KindStatus}
	off.Client.SignIn = &disabled
	for name, test := range map[string]struct {
		doc      plan.Document
		detailed bool
		state    fleet.State
		exit     int
	}{
		"status, in place":         {status, false, fleet.InPlace, 0},
		"status, missing":          {missing, false, fleet.ChangesDue, 2},
		"status, disabled":         {off, false, fleet.CannotSignIn, 2},
		"plan, due":                {due, false, fleet.ChangesDue, 0},
		"plan, due, in detail":     {due, true, fleet.ChangesDue, 2},
		"plan, blocked":            {blocked, false, fleet.Blocked, 0},
		"plan, blocked, in detail": {blocked, true, fleet.Blocked, 2},
	} {
		if got := fleet.Looked(test.doc, test.detailed); got.State != test.state || got.Exit != test.exit {
			t.Errorf("%s: got %s, %d", name, got.State, got.Exit)
		}
	}
}

// Results wait in a window, so that a slow first tenant does not make all others pile up.
func TestLook_window(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1000)
	release, begun := make(chan struct{}), make(chan string, 2000)
	w.before = func(_ context.Context, id, call string) error {
		if call == "SignIn" {
			begun <- id
		}
		if id == idOf(0) {
			<-release
		}
		return nil
	}
	done := make(chan *heard)
	go func() { done <- w.look(t.Context(), w.rows(), 4) }()
	for range 256 { // as many as there is room for, the first among them
		<-begun
	}
	select {
	case id := <-begun:
		t.Errorf("%s was begun beyond the window", id)
	default:
	}
	close(release)
	h := <-done
	h.check(t, w.rows())
}

// A run ends also if nothing more may be begun while it is as far ahead of a row that waits as it may be.
func TestLook_endsFarAhead(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		const rows, ahead = 400, 255
		w, h := newWorld(t, rows), new(heard)
		var begun, read atomic.Int32
		release := make(chan struct{})
		w.before = func(_ context.Context, _, call string) error {
			if call == "Read" && read.Add(1) == ahead {
				close(release)
			}
			return nil
		}
		setup := h.setup(w, 2)
		setup.Await = func(context.Context) error {
			if begun.Add(1) > 1 {
				return nil
			}
			<-release
			return errors.New("nothing more")
		}
		h.Ended = setup.Look(t.Context(), w.rows(), func(ctx context.Context, s *operation.Session, _ fleet.Row) (fleet.Finding, error) {
			doc, err := s.Look(ctx, plan.KindPlan, required())
			return fleet.Looked(doc, true), err
		})
		if h.check(t, w.rows()); h.States[fleet.NotBegun] == 0 || h.Cause == nil {
			t.Errorf("got %v, %v", h.States, h.Cause)
		}
	})
}
