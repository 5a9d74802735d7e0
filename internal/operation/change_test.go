package operation_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
)

// What an apply does, in its order, and that its rollback leaves nothing.
func TestApply(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.tenant.lacks = "the sign-in lacks a role"
	preview := func(plan.Document) { s.said.add("preview") }
	confirm := func(_ context.Context, p operation.Planned) (bool, error) {
		s.said.add("asked about %d actions", len(p.Doc.Actions))
		return true, nil
	}
	result, err := s.Apply(t.Context(), required(), nil, operation.Terms{Reason: "CHG-1", Preview: preview, Confirm: confirm})
	if err != nil {
		t.Fatal(err)
	}
	want := `busy: signing in
free: signing in
busy: reading the tenant
free: reading the tenant
preview
warning: the sign-in lacks a role; trying anyway; Microsoft Graph decides
asked about 2 actions
busy: reading the tenant
free: reading the tenant
busy: signing in
free: signing in
started 1
finished 1: done
started 2
finished 2: done
busy: Verify the change
free: Verify the change
verified`
	if diff := cmp.Diff(want, s.said.text()); diff != "" {
		t.Errorf("what was heard (-want +got):\n%s", diff)
	}
	kept, err := s.Journal.Load(result.Change.ID)
	if err != nil || kept.Outcome != plan.OutcomeSucceeded || kept.Reason != "CHG-1" || kept.Operator != "admin@contoso.com" {
		t.Errorf("got the record %+v, %v", kept, err)
	}
	doc, err := s.Look(t.Context(), plan.KindStatus, required())
	if err != nil || !doc.Satisfied || doc.PlannedBy != nil {
		t.Errorf("got the status %+v, %v", doc, err)
	}
	if _, err := s.Rollback(t.Context(), "", consent.Choices{}, operation.Terms{}); err != nil || len(s.tenant.state.Grants) > 0 {
		t.Errorf("after the rollback there are %v, %v", s.tenant.state.Grants, err)
	}
}

// Whatever keeps a change from beginning leaves tenant and state folder alone, and returns the plan.
func TestApply_nothingIsWritten(t *testing.T) {
	t.Parallel()
	answer := func(yes bool, err error, meanwhile func(*stage)) func(*stage) operation.Terms {
		return func(s *stage) operation.Terms {
			return operation.Terms{Confirm: func(context.Context, operation.Planned) (bool, error) {
				meanwhile(s)
				return yes, err
			}}
		}
	}
	nothing, meddle := func(*stage) {}, func(s *stage) { s.tenant.state.Grants = []consent.PermissionGrant{foreign()} }
	yes := answer(true, nil, nothing)
	errAsk := errors.New("no answer")
	for name, test := range map[string]struct {
		terms   func(*stage) operation.Terms
		prepare func(s *stage) *plan.Document // returns the saved plan
		fails   func(error) bool
	}{
		"dry run":                           {func(*stage) operation.Terms { return operation.Terms{DryRun: true} }, nil, func(err error) bool { return err == nil }},
		"a no":                              {answer(false, nil, nothing), nil, func(err error) bool { return errors.Is(err, operation.ErrDeclined) }},
		"no reply":                          {answer(false, errAsk, nothing), nil, func(err error) bool { return errors.Is(err, errAsk) }},
		"it changed while a person thought": {answer(true, nil, meddle), nil, isType[*plan.StaleError]},
		"a saved plan of another state": {yes, func(s *stage) *plan.Document {
			saved, err := s.Look(t.Context(), plan.KindPlan, required())
			if err != nil {
				t.Fatal(err)
			}
			meddle(s)
			return &saved
		}, isType[*plan.StaleError]},
		"a blocker": {yes, func(s *stage) *plan.Document {
			s.tenant.state.ServicePrincipals = s.tenant.state.ServicePrincipals[:2]
			return nil
		}, isType[*operation.BlockedError]},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			dir := t.TempDir()
			s := open(t, newTenant(1), plan.NewJournal(dir))
			var saved *plan.Document
			if test.prepare != nil {
				saved = test.prepare(s)
			}
			terms := test.terms(s)
			result, err := s.Apply(t.Context(), required(), saved, terms)
			if !test.fails(err) || result.Change != nil || result.Plan.Kind != plan.KindPlan {
				t.Errorf("got %+v, %v", result, err)
			}
			changes, _, err := s.Journal.List()
			if s.tenant.writes > 0 || len(changes) > 0 || err != nil {
				t.Errorf("%d writes, records %v, %v", s.tenant.writes, changes, err)
			}
			if entries, _ := os.ReadDir(dir); terms.DryRun && len(entries) > 0 {
				t.Errorf("a dry run left %v", entries)
			}
		})
	}
}

// foreign is a grant that somebody else gave.
func foreign() consent.PermissionGrant {
	return consent.PermissionGrant{
		ID: "grant-2", ClientID: clientID, ResourceID: graphID, ConsentType: consent.AllPrincipals, Scopes: consent.Scopes("Mail.Read"),
	}
}

func isType[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

// When the time is up the error says which time it was, wherever it is noticed, and an interrupt is heard of while a change is
// under way.
func TestApply_ends(t *testing.T) {
	t.Parallel()
	for name, at := range map[string]struct {
		call  string
		error string
	}{
		"while reading": {"Read", "tenant 7e000000-0000-4000-8000-000000000001: timed out after 10ms (--timeout)"},
		"while writing": {"CreateGrant", "stopped: timed out after 10ms (--timeout)"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newStage(t)
			setup := s.Setup
			setup.Limit.Time = 10 * time.Millisecond
			s.tenant.before = func(ctx context.Context, call string) error {
				if call != at.call {
					return nil
				}
				<-ctx.Done()
				return context.Cause(ctx)
			}
			short, err := operation.Open(t.Context(), setup, operation.Directory)
			if err != nil {
				t.Fatal(err)
			}
			_, err = short.Apply(t.Context(), required(), nil, operation.Terms{})
			if !isType[*operation.TimeoutError](err) || !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(err.Error(), at.error) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestApply_interrupted(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	ctx, cancel := context.WithCancel(t.Context())
	heard := make(chan struct{})
	s.tenant.before = func(_ context.Context, call string) error {
		if call == "CreateGrant" {
			cancel()
			<-heard
		}
		return nil
	}
	_, err := s.Apply(ctx, required(), nil, operation.Terms{Interrupted: func() { close(heard) }})
	incomplete, ok := errors.AsType[*plan.IncompleteError](err)
	if !ok || !errors.Is(err, context.Canceled) || incomplete.Change.Outcome != plan.OutcomeInterrupted || s.tenant.writes != 1 {
		t.Errorf("got %v after %d writes", err, s.tenant.writes)
	}
}

// Sessions share nothing: many change their tenants at once, with one state folder.
func TestApply_manyAtOnce(t *testing.T) {
	t.Parallel()
	const tenants = 20
	journal := plan.NewJournal(t.TempDir())
	stages := make([]*stage, tenants)
	for i := range stages {
		stages[i] = open(t, newTenant(i), journal)
	}
	var wait sync.WaitGroup
	for _, s := range stages {
		wait.Go(func() {
			if _, err := s.Apply(t.Context(), required(), nil, operation.Terms{}); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	for i, s := range stages {
		records, err := journal.Tenant(s.Identity.TenantID)
		if err != nil {
			t.Fatal(err)
		}
		standing, err := records.Standing()
		if err != nil || len(standing) != 1 || s.tenant.writes != 2 || strings.Count(s.said.text(), "finished") != 2 {
			t.Errorf("tenant %d: %d writes, records %v, %v", i, s.tenant.writes, len(standing), err)
		}
	}
}

// The lock keeps a second session away, and no longer than the first one needs it.
func TestLock(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	release, err := s.Lock(plan.OperationApply)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Apply(t.Context(), required(), nil, operation.Terms{}); !isType[*plan.LockedError](err) {
		t.Errorf("got %v", err)
	}
	release()
	s.apply(t)
}

func TestOpen_anotherTenant(t *testing.T) {
	t.Parallel()
	setup := newStage(t).Setup
	setup.Wanted = fmt.Sprintf("7e000000-0000-4000-8000-%012d", 2)
	if s, err := operation.Open(t.Context(), setup, operation.Directory); err == nil {
		t.Errorf("got %v", s.Identity)
	}
}

// Nobody's tenant is changed because somebody happens to be signed in there: without a question it must have been named. A dry run, a
// question, a saved plan, a record and a simulated tenant need no name.
func TestCarryOut_unnamedTenant(t *testing.T) {
	t.Parallel()
	yes := func(context.Context, operation.Planned) (bool, error) { return true, nil }
	for name, test := range map[string]struct {
		simulated bool
		do        func(*stage) (operation.Result, error)
		refused   bool
	}{
		"apply": {false, func(s *stage) (operation.Result, error) {
			return s.Apply(t.Context(), required(), nil, operation.Terms{})
		}, true},
		"rollback": {false, func(s *stage) (operation.Result, error) { return s.rollback(t, "", operation.Terms{}) }, true},
		"apply, asked": {false, func(s *stage) (operation.Result, error) {
			return s.Apply(t.Context(), required(), nil, operation.Terms{Confirm: yes})
		}, false},
		"apply, dry run": {false, func(s *stage) (operation.Result, error) {
			return s.Apply(t.Context(), required(), nil, operation.Terms{DryRun: true})
		}, false},
		"apply, simulated": {true, func(s *stage) (operation.Result, error) {
			return s.Apply(t.Context(), required(), nil, operation.Terms{})
		}, false},
		"a saved plan":                         {false, func(s *stage) (operation.Result, error) { return s.applySaved(t) }, false},
		"rollback of a record":                 {false, func(s *stage) (operation.Result, error) { return s.rollback(t, s.newest(t), operation.Terms{}) }, false},
		"rollback, nobody is asked, simulated": {true, func(s *stage) (operation.Result, error) { return s.rollback(t, "", operation.Terms{}) }, false},
	} {
		s := newStage(t)
		s.tenant.state.Tenant.Simulated = test.simulated
		if strings.Contains(name, "rollback") {
			s.apply(t)
		}
		s.Wanted = ""
		before := s.tenant.writes
		_, err := test.do(s)
		unnamed, refused := errors.AsType[*operation.UnnamedTenantError](err)
		switch {
		case refused != test.refused:
			t.Errorf("%s: got %v", name, err)
		case refused && (s.tenant.writes != before || !strings.Contains(unnamed.Error(), "Contoso ("+s.Identity.TenantID+")")):
			t.Errorf("%s: got %v and %d writes", name, err, s.tenant.writes-before)
		}
	}
}

func (s *stage) rollback(t *testing.T, id string, terms operation.Terms) (operation.Result, error) {
	t.Helper()
	return s.Rollback(t.Context(), id, consent.Choices{}, terms)
}

func (s *stage) newest(t *testing.T) string {
	t.Helper()
	changes, _, err := s.Journal.List()
	if err != nil || len(changes) == 0 {
		t.Fatalf("got %v, %v", changes, err)
	}
	return changes[0].ID
}

func (s *stage) applySaved(t *testing.T) (operation.Result, error) {
	t.Helper()
	saved, err := s.Look(t.Context(), plan.KindPlan, required())
	if err != nil {
		t.Fatal(err)
	}
	return s.Apply(t.Context(), required(), &saved, operation.Terms{})
}
