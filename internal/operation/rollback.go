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
	return "nothing to roll back: no active change for this tenant on this machine"
}

// OtherTenantError is a change of another tenant than the one that is signed in to.
type OtherTenantError struct {
	ChangeID string
	Tenant   plan.TenantInfo // of the change
	SignedIn string          // the id of the other
}

func (e *OtherTenantError) Error() string {
	return fmt.Sprintf("change %s was made in %s; you are signed in to tenant %s", e.ChangeID, e.Tenant.Title(), e.SignedIn)
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

// Rollback undoes the change of that id; with an empty one the newest that is active, with plan.Latest the newest apply. What is asked for bounds what it brings about, see
// plan.NewUndo. Errors: plan.ErrNoChange, *plan.DamagedError, *plan.WiderError, *NothingToUndoError, *OtherTenantError,
// *RolledBackError, and those of Session.Lock and Session.CarryOut.
func (s *Session) Rollback(ctx context.Context, id string, asked consent.Choices, t Terms) (Result, error) {
	return s.rollBack(ctx, source{named: id != "" && id != plan.Latest, changes: func() ([]plan.Change, *plan.Change, error) {
		changes, err := s.active(id)
		return changes, nil, err
	}}, asked, t)
}

// source is where a rollback gets what it undoes.
type source struct {
	named bool // it says which tenant it is for
	// changes returns the candidates, the newest first, and the record that this machine does not have yet; nil: none.
	changes func() (candidates []plan.Change, adopt *plan.Change, err error)
}

func (s *Session) rollBack(ctx context.Context, from source, asked consent.Choices, t Terms) (Result, error) {
	release, err := s.lockUnless(t.DryRun, plan.OperationRollback)
	if err != nil {
		return Result{}, err
	}
	defer release()
	candidates, adopt, err := from.changes()
	if err != nil {
		return Result{}, err
	}
	u := undoing{s, s.now(asked), t.DryRun}
	doc, undo, err := u.plan(ctx, candidates)
	if err != nil {
		return Result{}, err
	}
	replan := func(ctx context.Context) (plan.Document, error) {
		fresh, _, err := u.plan(ctx, []plan.Change{undo.Change})
		return fresh, err
	}
	p := Planned{
		Doc: doc, Operation: plan.OperationRollback, required: undo.Required, keepOpen: undo.Unsettled(s.Clock.Now()), named: from.named,
		adopt: adopt, replan: replan,
	}
	return s.CarryOut(ctx, p, t)
}

// Active returns the changes of this tenant that can be rolled back, the newest first. Errors: *NothingToUndoError, and the
// *plan.DamagedError of a record that is newer than all of them.
func (s *Session) Active() ([]plan.Change, error) { return s.active("") }

// active returns the change of that id, or those that are active, the newest first; they are of this tenant.
func (s *Session) active(id string) ([]plan.Change, error) {
	if id == "" {
		records, err := s.records()
		if err != nil {
			return nil, err
		}
		standing, err := records.Standing()
		if errors.Is(err, plan.ErrNoChange) {
			return nil, &NothingToUndoError{s.Identity.TenantID}
		}
		return standing, err
	}
	change, err := s.load(id)
	switch {
	case err != nil:
		return nil, err
	case change.Tenant.ID != s.Identity.TenantID:
		return nil, &OtherTenantError{id, change.Tenant, s.Identity.TenantID}
	case change.RolledBack():
		return nil, s.rolledBack(change)
	}
	return []plan.Change{change}, nil
}

// load returns the change of that id, or the newest apply of the tenant.
func (s *Session) load(id string) (plan.Change, error) {
	if id != plan.Latest {
		return s.Journal.LoadOf(s.Identity.TenantID, id)
	}
	records, err := s.records()
	if err != nil {
		return plan.Change{}, err
	}
	change, err := records.Latest()
	if errors.Is(err, plan.ErrNoChange) { // no apply, perhaps because it was forgotten, but what can be undone all the same
		standing, none := records.Standing()
		if none == nil {
			return standing[0], nil
		}
		err = &NothingToUndoError{s.Identity.TenantID}
	}
	return change, err
}

func (s *Session) rolledBack(change plan.Change) error {
	e := &RolledBackError{Change: change, By: *change.RolledBackBy}
	if by, err := s.Journal.LoadOf(change.Tenant.ID, e.By); err == nil {
		e.UndoneBy = by.RolledBackBy
	}
	return e
}

// undoing is a rollback at work.
type undoing struct {
	*Session
	asked  consent.Choices
	dryRun bool
}

// plan reads the tenant and plans how the first of the changes that has something left to undo is undone; if none has, the
// plan of the first has nothing to do. One whose effects may still appear is not passed over.
func (s undoing) plan(ctx context.Context, candidates []plan.Change) (plan.Document, *plan.Undo, error) {
	states := make(map[string]consent.State)
	var firstDoc plan.Document
	var first *plan.Undo
	for i, change := range candidates {
		required, err := change.Required()
		if err != nil {
			return plan.Document{}, nil, rollingBack(change, err)
		}
		read := fmt.Sprint(required.Route, required.AppIDs())
		state, known := states[read]
		if !known {
			if state, err = s.readFor(ctx, required); err != nil {
				return plan.Document{}, nil, err
			}
			states[read] = state
		}
		if state, err = s.completed(ctx, change, state); err != nil {
			return plan.Document{}, nil, err
		}
		undo, err := s.undo(ctx, change, state)
		if err != nil {
			return plan.Document{}, nil, err
		}
		doc := s.planned(undo.Plan(s.Tool, s.Clock.Now(), state))
		if !undo.Nothing() || undo.Unsettled(s.Clock.Now()) {
			return doc, undo, nil
		}
		if i == 0 {
			firstDoc, first = doc, undo
		}
		if i+1 < len(candidates) {
			s.Reporter.Note(fmt.Sprintf("change %s is already undone in the tenant; looking at the one before it", change.ID))
		}
	}
	return firstDoc, first, nil
}

// readFor is Read for a requirement that may need more than what was asked for when the session was opened.
func (s *Session) readFor(ctx context.Context, required consent.Requirement) (consent.State, error) {
	if need := NeedOf(required.Choices); need != Directory {
		if err := s.Reach(ctx, need); err != nil {
			return consent.State{}, err
		}
	}
	return s.Read(ctx, required)
}

// completed is the state with what lists leave out of what the change did. A record that is not trusted is not asked about.
func (s *Session) completed(ctx context.Context, change plan.Change, state consent.State) (consent.State, error) {
	if trusted := change.Trust() == nil; !trusted {
		return state, nil
	}
	state.Grants, state.ServicePrincipals = slices.Clone(state.Grants), slices.Clone(state.ServicePrincipals)
	return spend(ctx, s, "reading what the change did", func(ctx context.Context) (consent.State, error) {
		err := change.Complete(ctx, s.Tenant, &state)
		return state, err
	})
}

// undo plans how one change is undone. If there is nothing left of it because an earlier rollback did everything and could only
// not be verified, that is noted now.
func (s undoing) undo(ctx context.Context, change plan.Change, state consent.State) (*plan.Undo, error) {
	records, err := s.records()
	if err != nil {
		return nil, err
	}
	earlier := records.Rollbacks(change.ID)
	undo, err := plan.NewUndo(change, earlier, state, s.asked)
	if err != nil {
		return nil, rollingBack(change, err)
	}
	i := slices.IndexFunc(earlier, func(c plan.Change) bool { return c.Outcome == plan.OutcomeSucceeded })
	if undo.Nothing() && i >= 0 && !s.dryRun && !undo.Unsettled(s.Clock.Now()) {
		return undo, s.Journal.MarkRolledBack(earlier[i])
	}
	if undo.Client == "" {
		return undo, nil
	}
	return undo, s.budget.spend(ctx, func(ctx context.Context) error {
		left, err := s.Tenant.Leftovers(ctx, undo.Client, undo.Actions())
		if err == nil && !left.None() {
			undo.KeepServicePrincipal(left)
		}
		return s.inTenant(err)
	})
}

func rollingBack(change plan.Change, err error) error {
	return fmt.Errorf("roll back %s: %w", change.ID, err)
}
