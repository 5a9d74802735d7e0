package operation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
)

// NothingToUndoError means that no change of the tenant is active: none is recorded, or all were rolled back.
type NothingToUndoError struct{ TenantID string }

func (e *NothingToUndoError) Error() string {
	return fmt.Sprintf("nothing to roll back: no active change for tenant %s on this machine", e.TenantID)
}

// OtherTenantError is a change of another tenant than the one that is signed in to.
type OtherTenantError struct{ ChangeID, TenantID, SignedIn string }

func (e *OtherTenantError) Error() string {
	return fmt.Sprintf("change %s was made in tenant %s, and you are signed in to %s", e.ChangeID, e.TenantID, e.SignedIn)
}

// RolledBackError is a change that was rolled back already.
type RolledBackError struct {
	Change plan.Change
	By     string // the rollback
	// UndoneBy is the change that undid that rollback; nil if none did.
	UndoneBy *string
}

func (e *RolledBackError) Error() string {
	return fmt.Sprintf("change %s was rolled back already, by %s", e.Change.ID, e.By)
}

// Rollback undoes the change of that id; with an empty one the newest that is active. Errors: plan.ErrNoChange,
// *plan.DamagedError, *NothingToUndoError, *OtherTenantError, *RolledBackError, and those of Session.Lock and
// Session.CarryOut.
func (s *Session) Rollback(ctx context.Context, id string, t Terms) (Result, error) {
	release, err := s.lockUnless(t.DryRun, plan.OperationRollback)
	if err != nil {
		return Result{}, err
	}
	defer release()
	candidates, err := s.active(id)
	if err != nil {
		return Result{}, err
	}
	r := rollback{s, t.DryRun}
	doc, undo, err := r.plan(ctx, candidates)
	if err != nil {
		return Result{}, err
	}
	replan := func(ctx context.Context) (plan.Document, error) {
		fresh, _, err := r.plan(ctx, []plan.Change{undo.Change})
		return fresh, err
	}
	return s.CarryOut(ctx, Planned{doc, plan.OperationRollback, undo.Required, undo.Unsettled(s.Clock.Now()), replan}, t)
}

// active returns the change of that id, or those that are active, the newest first; they are of this tenant.
func (s *Session) active(id string) ([]plan.Change, error) {
	if id == "" {
		records, err := s.records()
		if err != nil {
			return nil, err
		}
		standing, err := records.Standing()
		if errors.Is(err, plan.ErrNoChange) {
			return nil, &NothingToUndoError{s.identity.TenantID}
		}
		return standing, err
	}
	change, err := s.Journal.Load(id)
	switch {
	case err != nil:
		return nil, err
	case change.Tenant.ID != s.identity.TenantID:
		return nil, &OtherTenantError{id, change.Tenant.ID, s.identity.TenantID}
	case change.RolledBack():
		return nil, s.rolledBack(change)
	}
	return []plan.Change{change}, nil
}

func (s *Session) rolledBack(change plan.Change) error {
	e := &RolledBackError{Change: change, By: *change.RolledBackBy}
	if by, err := s.Journal.Load(e.By); err == nil {
		e.UndoneBy = by.RolledBackBy
	}
	return e
}

// rollback plans how changes are undone.
type rollback struct {
	*Session
	dryRun bool // nothing is written, records included
}

// plan reads the tenant and plans how the first of the changes that has something left to undo is undone; if none has, the
// plan of the first has nothing to do. One whose effects may still appear is not passed over.
func (r rollback) plan(ctx context.Context, candidates []plan.Change) (plan.Document, *plan.Undo, error) {
	states := make(map[consent.Route]consent.State)
	var firstDoc plan.Document
	var first *plan.Undo
	for i, change := range candidates {
		required, err := change.Required()
		if err != nil {
			return plan.Document{}, nil, rollingBack(change, err)
		}
		state, known := states[required.Route]
		if !known {
			if state, err = r.readFor(ctx, required); err != nil {
				return plan.Document{}, nil, err
			}
			states[required.Route] = state
		}
		undo, err := r.undo(ctx, change, state)
		if err != nil {
			return plan.Document{}, nil, err
		}
		doc := r.planned(undo.Plan(r.Tool, r.Clock.Now(), state))
		if !undo.Nothing() || undo.Unsettled(r.Clock.Now()) {
			return doc, undo, nil
		}
		if i == 0 {
			firstDoc, first = doc, undo
		}
		if i+1 < len(candidates) {
			r.Reporter.Note(fmt.Sprintf("change %s is already undone in the tenant; looking at the one before it", change.ID))
		}
	}
	return firstDoc, first, nil
}

// readFor is Read for a requirement that may need more than what was asked for when the session was opened.
func (r rollback) readFor(ctx context.Context, required consent.Requirement) (consent.State, error) {
	if need := NeedOf(required.Choices); need != Directory {
		r.ask(need)
		if err := r.signIn(ctx); err != nil {
			return consent.State{}, err
		}
	}
	return r.Read(ctx, required)
}

// undo plans how one change is undone. If there is nothing left of it because an earlier rollback did everything and could only
// not be verified, that is noted now.
func (r rollback) undo(ctx context.Context, change plan.Change, state consent.State) (*plan.Undo, error) {
	records, err := r.records()
	if err != nil {
		return nil, err
	}
	earlier := records.Rollbacks(change.ID)
	undo, err := plan.NewUndo(change, earlier, state)
	if err != nil {
		return nil, rollingBack(change, err)
	}
	i := slices.IndexFunc(earlier, func(c plan.Change) bool { return c.Outcome == plan.OutcomeSucceeded })
	if undo.Nothing() && i >= 0 && !r.dryRun && !undo.Unsettled(r.Clock.Now()) {
		return undo, r.Journal.MarkRolledBack(earlier[i])
	}
	if undo.Client == "" {
		return undo, nil
	}
	return undo, r.budget.spend(ctx, func(ctx context.Context) error {
		left, err := r.Tenant.Leftovers(ctx, undo.Client, undo.Deleted)
		if err == nil && !left.None() {
			undo.KeepServicePrincipal(left)
		}
		return r.inTenant(err)
	})
}

func rollingBack(change plan.Change, err error) error {
	return fmt.Errorf("roll back %s: %w", change.ID, err)
}
