package operation

import (
	"context"

	"appleconsent/consent"
	"appleconsent/plan"
)

// Apply grants what is missing. With a saved plan it carries out exactly that one, or nothing. Errors: *plan.StaleError, and
// those of Session.Lock and Session.CarryOut.
func (s *Session) Apply(ctx context.Context, required consent.Requirement, saved *plan.Document, t Terms) (Result, error) {
	release, err := s.lockUnless(t.DryRun, plan.OperationApply)
	if err != nil {
		return Result{}, err
	}
	defer release()
	p, err := s.PlanApply(ctx, required)
	if err != nil {
		return Result{}, err
	}
	if saved != nil {
		if err := unlessStale(*saved, p.Doc); err != nil {
			return Result{Plan: p.Doc}, err
		}
	}
	return s.CarryOut(ctx, p, t)
}

// PlanApply reads the tenant and plans what is to be granted.
func (s *Session) PlanApply(ctx context.Context, required consent.Requirement) (Planned, error) {
	replan := func(ctx context.Context) (plan.Document, error) { return s.Look(ctx, plan.KindPlan, required) }
	doc, err := replan(ctx)
	return Planned{Doc: doc, Operation: plan.OperationApply, required: required, replan: replan}, err
}

// lockUnless locks the tenant, unless nothing is to be written.
func (s *Session) lockUnless(dryRun bool, operation plan.Operation) (release func(), err error) {
	if dryRun {
		return func() {}, nil
	}
	return s.Lock(operation)
}
