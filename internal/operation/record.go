package operation

import (
	"context"
	"errors"
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// OtherRecordError is a record of a change of which this machine has another one.
type OtherRecordError struct{ ChangeID string }

func (e *OtherRecordError) Error() string {
	return fmt.Sprintf("the record says something else of change %s than the one on this machine", e.ChangeID)
}

// RollbackRecord is Rollback of a record that is kept elsewhere. It is trusted as those of this machine are, and becomes one of them when
// the rollback begins, so that it is rolled back once. Errors: *OtherRecordError, and those of Rollback.
func (s *Session) RollbackRecord(ctx context.Context, record plan.Change, asked consent.Choices, t Terms) (Result, error) {
	return s.rollBack(ctx, source{named: true, changes: func() ([]plan.Change, *plan.Change, error) { return s.fromElsewhere(record) }}, asked, t)
}

// fromElsewhere returns the record, or what this machine knows of the same change: that may have been rolled back since.
func (s *Session) fromElsewhere(record plan.Change) (changes []plan.Change, adopt *plan.Change, err error) {
	if record.Tenant.ID != s.Identity.TenantID {
		return nil, nil, &OtherTenantError{record.ID, record.Tenant, s.Identity.TenantID}
	}
	known, err := s.Journal.LoadIn(record.Tenant.ID, record.ID)
	switch {
	case errors.Is(err, plan.ErrNoChange):
		adopt = &record
		record.RolledBackBy, err = s.rollbackOf(record)
	case err == nil && !known.SameAs(record):
		err = &OtherRecordError{record.ID}
	case err == nil && known.RolledBack():
		record = known
	}
	switch {
	case err != nil:
		return nil, nil, err
	case record.RolledBack():
		return nil, nil, s.rolledBack(record)
	}
	return []plan.Change{record}, adopt, nil
}

// rollbackOf returns which change of this machine rolled back the one of a record that this machine has forgotten, or what the record
// says of that; nil: none.
func (s *Session) rollbackOf(record plan.Change) (*string, error) {
	records, err := s.records()
	if err != nil {
		return nil, err
	}
	for _, c := range records.Rollbacks(record.ID) {
		if c.Outcome == plan.OutcomeSucceeded {
			return &c.ID, nil
		}
	}
	return record.RolledBackBy, nil
}
