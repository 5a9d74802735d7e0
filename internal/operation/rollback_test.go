package operation_test

import (
	"errors"
	"testing"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/plan"
)

// What cannot be rolled back is told with what a person needs to go on.
func TestRollback_refused(t *testing.T) {
	t.Parallel()
	journal := plan.NewJournal(t.TempDir())
	here, there := open(t, newTenant(1), journal), open(t, newTenant(2), journal)
	if _, err := here.Rollback(t.Context(), "", consent.Choices{}, operation.Terms{}); !isType[*operation.NothingToUndoError](err) {
		t.Errorf("with no change: got %v", err)
	}
	if _, err := here.Rollback(t.Context(), "20261124T120000Z-000000", consent.Choices{}, operation.Terms{}); !errors.Is(err, plan.ErrNoChange) {
		t.Errorf("an unknown change: got %v", err)
	}
	other := there.apply(t)
	if _, err := here.Rollback(t.Context(), other.ID, consent.Choices{}, operation.Terms{}); !isType[*operation.OtherTenantError](err) || here.tenant.writes > 0 {
		t.Errorf("a change of another tenant: got %v", err)
	}
}

// A change is rolled back once; after its rollback was rolled back, the error says how to go on from there.
func TestRollback_twice(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	applied := s.apply(t)
	first, err := s.Rollback(t.Context(), applied.ID, consent.Choices{}, operation.Terms{})
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Rollback(t.Context(), applied.ID, consent.Choices{}, operation.Terms{})
	already, ok := errors.AsType[*operation.RolledBackError](err)
	if !ok || already.By != first.Change.ID || already.UndoneBy != nil {
		t.Fatalf("got %v", err)
	}
	second, err := s.Rollback(t.Context(), first.Change.ID, consent.Choices{}, operation.Terms{})
	if err != nil || len(s.tenant.state.Grants) != 2 {
		t.Fatalf("got %v with %v", err, s.tenant.state.Grants)
	}
	_, err = s.Rollback(t.Context(), applied.ID, consent.Choices{}, operation.Terms{})
	if already, ok := errors.AsType[*operation.RolledBackError](err); !ok || already.UndoneBy == nil || *already.UndoneBy != second.Change.ID {
		t.Errorf("got %v", err)
	}
}

// What somebody else has undone already is passed over for the change before it.
func TestRollback_passesOver(t *testing.T) {
	t.Parallel()
	s := newStage(t)
	s.apply(t)
	s.tenant.state.Grants = nil
	result, err := s.Rollback(t.Context(), "", consent.Choices{}, operation.Terms{})
	if err != nil || result.Change != nil || len(result.Plan.Actions) > 0 {
		t.Errorf("got %+v, %v", result, err)
	}
}
