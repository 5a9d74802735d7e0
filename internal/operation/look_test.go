package operation_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/internal/operation"
	"appleconsent/plan"
)

// What is waited for has arrived when it is there and moves no more; what is less is given time, and a look that fails is no end.
func TestAwait(t *testing.T) {
	t.Parallel()
	errPasses, errEnds := errors.New("it passes"), errors.New("it ends")
	for name, test := range map[string]struct {
		grants []int // how many stand at each look; the last one stays
		fails  map[int]error
		took   time.Duration
		want   error
	}{
		"all at once":       {[]int{2}, nil, 10 * time.Second, nil},
		"one after another": {[]int{0, 1, 1, 2}, nil, 35 * time.Second, nil},
		"only a part":       {[]int{1}, nil, 2*time.Minute + 20*time.Second, nil},
		"a failed look":     {[]int{2}, map[int]error{1: errPasses}, 20 * time.Second, nil},
		"the end":           {[]int{2}, map[int]error{0: errEnds}, 5 * time.Second, errEnds},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			looks := 0
			s.tenant.before = func(context.Context, string) error {
				looks++
				return test.fails[looks-1]
			}
			stood := 0
			begin := s.clock.now
			err := s.Await(t.Context(), required(), func(consent.State) operation.Seen {
				stands := test.grants[min(looks, len(test.grants))-1]
				seen := operation.Seen{Moved: stands != stood, Changed: stands > 0, Satisfied: stands == 2}
				stood = stands
				return seen
			}, func(err error) bool { return errors.Is(err, errPasses) })
			if took := s.clock.now.Sub(begin); !errors.Is(err, test.want) || took != test.took {
				t.Errorf("got %v after %s, want %v after %s", err, took, test.want, test.took)
			}
			if noted := strings.Contains(s.said.text(), "it passes; trying again"); noted != (test.fails[1] != nil) {
				t.Errorf("heard: %s", s.said.text())
			}
		})
	}
}

// How many people it is about is asked for once in a session, beside the first look, and for nothing that fails; what does not tell it
// is not asked.
func TestLook_usage(t *testing.T) {
	t.Parallel()
	setup := func(t *testing.T) *stage {
		t.Helper()
		s := newStage(t)
		s.Usage = true
		return s
	}
	t.Run("once", func(t *testing.T) {
		t.Parallel()
		s := setup(t)
		for range 2 {
			doc, err := s.Look(t.Context(), plan.KindPlan, required())
			if err != nil || doc.Usage == nil || *doc.Usage.MailOnMacs != 41 {
				t.Fatalf("got %+v, %v", doc.Usage, err)
			}
		}
		_, facts, err := s.Examine(t.Context(), required())
		if err != nil || facts.Usage == nil || s.tenant.counts.Load() != 1 {
			t.Errorf("got %+v, %v; counted %d times", facts.Usage, err, s.tenant.counts.Load())
		}
	})
	t.Run("a failed look", func(t *testing.T) {
		t.Parallel()
		s := setup(t)
		broken := errors.New("broken")
		s.tenant.before = func(context.Context, string) error { return broken }
		s.tenant.stuck = true // until it is given up
		if _, err := s.Look(t.Context(), plan.KindPlan, required()); !errors.Is(err, broken) {
			t.Errorf("got error %v", err)
		}
	})
	t.Run("not asked for", func(t *testing.T) {
		t.Parallel()
		s := newStage(t)
		doc, err := s.Look(t.Context(), plan.KindPlan, required())
		if err != nil || doc.Usage != nil || s.tenant.counts.Load() != 0 {
			t.Errorf("got %+v, %v; counted %d times", doc.Usage, err, s.tenant.counts.Load())
		}
	})
}

// A status, a plan and an apply tell what can be restored where there is no service principal, and nothing depends on it.
func TestLook_deleted(t *testing.T) {
	t.Parallel()
	restorable := doctor.DeletedServicePrincipal{ID: "d1", DeletedAt: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)}
	gone := doctor.DeletedServicePrincipal{ID: "d0", DeletedAt: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}
	for name, test := range map[string]struct {
		binned []doctor.DeletedServicePrincipal
		stands bool
		fails  error
		want   string // the id of what is told; empty: nothing
		asked  bool
	}{
		"one":               {binned: []doctor.DeletedServicePrincipal{gone, restorable}, want: "d1", asked: true},
		"too long ago":      {binned: []doctor.DeletedServicePrincipal{gone}, asked: true},
		"none":              {asked: true},
		"it cannot be read": {binned: []doctor.DeletedServicePrincipal{restorable}, fails: errors.New("forbidden"), asked: true},
		"beside one":        {binned: []doctor.DeletedServicePrincipal{restorable}, stands: true},
	} {
		s := newStage(t)
		s.tenant.binned = test.binned
		if !test.stands {
			s.tenant.state.ServicePrincipals = s.tenant.state.ServicePrincipals[1:]
		}
		asked := false
		s.tenant.before = func(_ context.Context, call string) error {
			if call != "Deleted" {
				return nil
			}
			asked = true
			return test.fails
		}
		for what, look := range map[string]func() (plan.Document, error){
			"status": func() (plan.Document, error) { return s.Look(t.Context(), plan.KindStatus, required()) },
			"plan":   func() (plan.Document, error) { return s.Look(t.Context(), plan.KindPlan, required()) },
			"apply": func() (plan.Document, error) {
				p, err := s.PlanApply(t.Context(), required())
				return p.Doc, err
			},
		} {
			asked = false
			doc, err := look()
			if err != nil {
				t.Fatal(err)
			}
			told := ""
			for _, n := range doc.Notices {
				if n.Code == "clientDeleted" {
					told = n.About.Detail
				}
			}
			if told != test.want || asked != test.asked {
				t.Errorf("%s, %s: tells of %q, asked %v", name, what, told, asked)
			}
		}
	}
	s := newStage(t)
	s.tenant.state.ServicePrincipals = nil
	ctx, cancel := context.WithCancel(t.Context())
	s.tenant.before = func(_ context.Context, call string) error {
		if call == "Deleted" {
			cancel()
		}
		return ctx.Err()
	}
	if _, err := s.Look(ctx, plan.KindPlan, required()); !errors.Is(err, context.Canceled) {
		t.Errorf("an interrupt is passed over: %v", err)
	}
}
