package operation

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"

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
	read := s.readToShow
	if t.Unseen || !t.DryRun && t.Confirm == nil { // nobody decides by it, and each request counts
		read = s.ReadFor
	}
	p, err := s.planApply(ctx, required, read)
	if err != nil {
		return Result{}, err
	}
	if saved != nil {
		p.named = true
		if err := unlessStale(*saved, p.Doc); err != nil {
			return Result{Plan: p.Doc}, err
		}
	}
	return s.CarryOut(ctx, p, t)
}

// PlanApply reads the tenant and plans what is to be granted.
func (s *Session) PlanApply(ctx context.Context, required consent.Requirement) (Planned, error) {
	return s.planApply(ctx, required, s.readToShow)
}

func (s *Session) planApply(ctx context.Context, required consent.Requirement, read readTenant) (Planned, error) {
	required, state, err := read(ctx, required)
	doc, err := s.document(plan.KindPlan, required, state, err)
	replan := func(ctx context.Context) (plan.Document, error) {
		_, state, err := s.ReadFor(ctx, required) // looked up already
		return s.document(plan.KindPlan, required, state, err)
	}
	return Planned{Doc: doc, Operation: plan.OperationApply, required: required, replan: replan}, err
}

// lockUnless locks the tenant, unless nothing is to be written.
func (s *Session) lockUnless(dryRun bool, operation plan.Operation) (release func(), err error) {
	if dryRun {
		return func() {}, nil
	}
	return s.Lock(operation)
}

// Terms are on which a change is carried out. The zero value carries it out at once.
type Terms struct {
	Reason string
	Run    string // the run over many tenants that the change belongs to, by its id; empty: none
	DryRun bool   // plan it, and nothing else
	Unseen bool   // of a dry run: nobody is going to decide by the plan
	// Accept refuses a plan before anything is asked or written; nil: none is refused.
	Accept func(plan.Document) error
	// Preview shows what is about to be asked or done; nil: nobody looks.
	Preview func(plan.Document)
	// Confirm reports whether the plan may be carried out; nil: nobody is asked. After a yes the tenant is read again, since
	// time has passed.
	Confirm func(context.Context, Planned) (bool, error)
	// Interrupted is called when the context ends while the change is under way; nil: nobody hears of it.
	Interrupted func()
}

// Result is what a change came to.
type Result struct {
	Plan   plan.Document
	Change *plan.Change // nil: none was begun, because of a dry run or because there is nothing to do
}

// ErrDeclined is a no to the question whether a plan may be carried out. Nothing was written.
var ErrDeclined = errors.New("not applied")

// BlockedError is a plan that cannot be carried out: a notice of it is a blocker. Nothing was written.
type BlockedError struct {
	Plan   plan.Document
	Notice plan.Notice // the first blocker
}

func (e *BlockedError) Error() string {
	return fmt.Sprintf("tenant %s: the plan is blocked: %s", e.Plan.Tenant.ID, e.Notice.Code)
}

// UnverifiedError is an interrupt after everything was written.
type UnverifiedError struct {
	Change plan.Change
	Err    error
}

func (e *UnverifiedError) Error() string {
	return fmt.Sprintf("%s %s was written and recorded, but not verified", e.Change.Operation, e.Change.ID)
}

func (e *UnverifiedError) Unwrap() error { return e.Err }

// Planned is a change that has been planned and not begun.
type Planned struct {
	Doc       plan.Document
	Operation plan.Operation

	required consent.Requirement
	keepOpen bool         // the change that is rolled back stays open, see plan.Undo
	named    bool         // the plan or the record that somebody chose says which tenant it is for
	adopt    *plan.Change // a record from elsewhere that becomes one of this machine before anything is written; nil: none
	// replan plans again from a fresh state, for when time has passed.
	replan func(context.Context) (plan.Document, error)
}

// Blocked returns why the plan cannot be carried out: a *BlockedError, or nil.
func (p Planned) Blocked() error {
	for _, n := range p.Doc.Notices {
		if n.Level == consent.Blocker {
			return &BlockedError{p.Doc, n}
		}
	}
	return nil
}

// UnnamedTenantError is a change that nobody is asked about, in a tenant that nobody named: whoever signed in last elsewhere
// would decide where it is made. Nothing was written.
type UnnamedTenantError struct{ Tenant plan.TenantInfo }

func (e *UnnamedTenantError) Error() string {
	return "nobody named the tenant " + e.Tenant.Title() + ", and nobody is asked"
}

// unlessUnnamed refuses to change without a question a tenant that neither the session was opened for nor the plan was chosen for.
func (s *Session) unlessUnnamed(p Planned, t Terms) error {
	if t.DryRun || t.Confirm != nil || s.Wanted != "" || p.named || p.Doc.Tenant.Simulated {
		return nil
	}
	return &UnnamedTenantError{p.Doc.Tenant}
}

// CarryOut asks, writes and verifies, under a lock that the caller holds. Errors: *UnnamedTenantError, *BlockedError, ErrDeclined,
// *plan.StaleError, those of plan.Engine, *UnverifiedError.
func (s *Session) CarryOut(ctx context.Context, p Planned, t Terms) (Result, error) {
	if err := s.unlessUnnamed(p, t); err != nil {
		return Result{Plan: p.Doc}, err
	}
	if t.Reason != "" {
		p.Doc.Reason = &t.Reason
	}
	if err := p.Blocked(); err != nil || t.DryRun || len(p.Doc.Actions) == 0 {
		return Result{Plan: p.Doc}, err
	}
	if t.Accept != nil {
		if err := t.Accept(p.Doc); err != nil {
			return Result{Plan: p.Doc}, err
		}
	}
	if t.Preview != nil {
		t.Preview(p.Doc)
	}
	if lacks := s.Tenant.Shortfall(p.Doc.Kinds()); lacks != "" {
		s.Reporter.Warning(lacks + "; trying anyway; Microsoft Graph decides")
	}
	if t.Confirm != nil {
		if err := s.confirm(ctx, p, t); err != nil {
			return Result{Plan: p.Doc}, err
		}
	}
	change, err := s.run(ctx, p, t)
	if err != nil {
		return Result{Plan: p.Doc}, err
	}
	return Result{p.Doc, &change}, nil
}

// confirm asks for a yes, and then makes sure that the answer still fits the tenant.
func (s *Session) confirm(ctx context.Context, p Planned, t Terms) error {
	yes, err := t.Confirm(ctx, p)
	if err != nil {
		return err
	}
	if !yes {
		return ErrDeclined
	}
	fresh, err := p.replan(ctx)
	if err != nil {
		return err
	}
	return unlessStale(p.Doc, fresh)
}

// unlessStale refuses a plan that is no longer what the tenant would get.
func unlessStale(planned, fresh plan.Document) error {
	if reasons := plan.Stale(planned, fresh); len(reasons) > 0 {
		return &plan.StaleError{Reasons: reasons}
	}
	return nil
}

func (s *Session) run(ctx context.Context, p Planned, t Terms) (plan.Change, error) {
	s.Tenant.StepUp(p.Doc.Kinds())
	if err := s.signIn(ctx); err != nil {
		return plan.Change{}, err
	}
	s.Tenant.KeepAccount()
	if t.Interrupted != nil {
		defer context.AfterFunc(ctx, t.Interrupted)()
	}
	s.Reporter.Begins(p.Doc)
	engine := s.engine(p.required)
	engine.KeepOpen = p.keepOpen
	var change plan.Change
	err := s.budget.spend(ctx, func(ctx context.Context) error {
		if err := s.adopt(p.adopt); err != nil {
			return err
		}
		beginning, err := s.beginning(p, t)
		if err == nil {
			change, err = engine.Run(ctx, plan.Begin(p.Doc, beginning))
		}
		if err != nil {
			return s.inTenant(err)
		}
		return s.verify(ctx, engine, change)
	})
	return change, err
}

func (s *Session) engine(required consent.Requirement) plan.Engine {
	return plan.Engine{Tenant: s.Tenant, Journal: s.Journal, Clock: s.Clock, Required: required, Progress: s.Reporter}
}

// Shows reports whether the tenant shows by now, at one look, what a change did there.
func (s *Session) Shows(ctx context.Context, c plan.Change) (bool, error) {
	required, err := c.Required()
	if err != nil {
		return false, err
	}
	return spend(ctx, s, "Verify the change", func(ctx context.Context) (bool, error) {
		return s.engine(required).Shows(ctx, c)
	})
}

// adopt makes a record from elsewhere one of this machine.
func (s *Session) adopt(record *plan.Change) error {
	if record == nil {
		return nil
	}
	if err := s.Journal.Create(*record); err != nil {
		return &plan.RecordError{Err: err}
	}
	s.known = nil
	return nil
}

func (s *Session) verify(ctx context.Context, engine plan.Engine, change plan.Change) error {
	verified := s.Reporter.Busy("Verify the change")
	err := engine.Verify(ctx, change)
	verified()
	switch {
	case err == nil:
		s.Reporter.Verified()
	case errors.Is(err, context.Canceled):
		return &UnverifiedError{change, err}
	}
	return s.inTenant(err)
}

func (s *Session) beginning(p Planned, t Terms) (plan.Beginning, error) {
	records, err := s.records()
	if err != nil {
		return plan.Beginning{}, &plan.RecordError{Err: err}
	}
	var tail [3]byte
	_, _ = rand.Read(tail[:]) // never fails, see its documentation
	now := s.Clock.Now()
	return plan.Beginning{
		ID: records.NewID(now, tail), Operation: p.Operation, Operator: s.Identity.Operator, Reason: t.Reason, Run: t.Run, At: now,
	}, nil
}
