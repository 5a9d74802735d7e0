package operation_test

import (
	"errors"
	"testing"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/plan"
)

// A record of another machine becomes one of this machine when its rollback begins, and not before; then it counts as rolled back.
func TestRollbackRecord(t *testing.T) {
	t.Parallel()
	there := newStage(t)
	record := there.apply(t)
	here := open(t, there.tenant, plan.NewJournal(t.TempDir()))
	undo := func(c plan.Change, terms operation.Terms) error {
		_, err := here.RollbackRecord(t.Context(), c, consent.Choices{}, terms)
		return err
	}
	foreign := record
	foreign.Tenant.ID = "7e000000-0000-4000-8000-000000000002"
	if err := undo(foreign, operation.Terms{}); !errors.As(err, new(*operation.OtherTenantError)) {
		t.Errorf("of another tenant: %v", err)
	}
	played := record
	played.Tenant.Simulated = true
	if err := undo(played, operation.Terms{}); !errors.Is(err, plan.ErrRefused) {
		t.Errorf("of a simulated tenant: %v", err)
	}
	if err := undo(record, operation.Terms{DryRun: true}); err != nil {
		t.Errorf("a dry run: %v", err)
	}
	if changes, _, err := here.Journal.List(); err != nil || len(changes) > 0 {
		t.Fatalf("recorded are %v, %v", changes, err)
	}
	writes := here.tenant.writes
	if err := undo(record, operation.Terms{}); err != nil || here.tenant.writes == writes {
		t.Fatalf("%d writes, %v", here.tenant.writes-writes, err)
	}
	kept, err := here.Journal.Load(record.ID)
	if err != nil || !kept.RolledBack() || !kept.SameAs(record) {
		t.Errorf("the record is kept as %+v, %v", kept, err)
	}
	if err := undo(record, operation.Terms{}); !errors.As(err, new(*operation.RolledBackError)) {
		t.Errorf("a second time: %v", err)
	}
	record.Reason = "another"
	if err := undo(record, operation.Terms{}); !errors.As(err, new(*operation.OtherRecordError)) {
		t.Errorf("another record of the same change: %v", err)
	}
}
