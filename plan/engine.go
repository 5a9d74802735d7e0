package plan

import (
	"context"
	"errors"
	"time"

	"appleconsent/consent"
)

// Engine carries changes out. All fields but KeepOpen are required.
type Engine struct {
	Tenant   Tenant
	Journal  Journal
	Clock    Clock
	Required consent.Requirement
	Progress Progress
	// KeepOpen leaves the change that a rollback takes back as one that stands: see Undo.Unsettled.
	KeepOpen bool
}

// Progress hears what an engine does while it does it.
type Progress interface {
	Started(a RecordedAction)
	Finished(a RecordedAction)
	// Waiting is called before each pause, with what is waited for.
	Waiting(what string, d time.Duration)
	// ListsLag is called when a change is verified although lists do not show all of it yet.
	ListsLag()
}

// Beginning is what a new change record needs beyond the plan.
type Beginning struct {
	ID        string // see Records.NewID
	Operation Operation
	Operator  string
	Reason    string
	Run       string // the run over many tenants that it belongs to; empty: none
	At        time.Time
}

// Begin makes the record of a change that is about to carry the plan out.
func Begin(doc Document, b Beginning) Change {
	c := Change{
		SchemaVersion: SchemaVersion, Kind: KindChange, ID: b.ID, Operation: b.Operation, RollsBack: orNull(doc.RollsBack), Run: orNull(b.Run),
		Tenant: doc.Tenant, Client: doc.Client, Requirement: doc.Requirement, Operator: b.Operator, Reason: b.Reason,
		StartedAt: b.At.UTC().Truncate(time.Second), Outcome: OutcomeRunning, Asked: doc.Asked,
		Actions: make([]RecordedAction, 0, len(doc.Actions)),
	}
	for _, a := range doc.Actions {
		c.Actions = append(c.Actions, RecordedAction{Action: a, Status: StatusPending})
	}
	return c
}

// Run sends the actions of the change one after the other and keeps its record. It stops at the first that fails, and
// before the next one when the context ends; the request in flight is awaited in any case, which is the Tenant's part.
// The error is a *IncompleteError if anything may have been written; otherwise nothing was.
func (e Engine) Run(ctx context.Context, c Change) (Change, error) {
	if err := e.Journal.Create(c); err != nil {
		return c, &RecordError{Err: err}
	}
	r := &run{Engine: e, change: c, client: deref(c.Client.ServicePrincipalID)}
	for i := range r.change.Actions {
		if err := r.step(ctx, &r.change.Actions[i]); err != nil {
			return r.end(err)
		}
	}
	return r.end(nil)
}

// run is one change at work.
type run struct {
	Engine
	change      Change
	client      consent.ObjectID // the client's service principal as soon as there is one
	clientIsNew bool             // it was created during this run, so that it may not be visible everywhere yet
}

// step carries out one action between two writes of the record.
func (r *run) step(ctx context.Context, a *RecordedAction) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	a.Status = StatusStarted
	if err := r.Journal.Save(r.change); err != nil {
		a.Status = StatusPending
		return &RecordError{Err: err}
	}
	r.Progress.Started(*a)
	out, err := r.perform(ctx, a.Action.Action)
	a.Status, a.Result, a.Error = out.status, out.result, out.note
	switch {
	case a.Status == StatusFailed && errors.Is(err, context.Canceled): // before anything of it was sent
		a.Status = StatusPending
	case err != nil:
		a.Error = err.Error()
	}
	r.Progress.Finished(*a)
	if saveErr := r.Journal.Save(r.change); saveErr != nil {
		return &RecordError{Err: andThen(err, saveErr)}
	}
	return err
}

// end closes the record of a change that is complete, or cannot go on because of the cause. It does not try again what has
// just failed: to write it.
func (r *run) end(cause error) (Change, error) {
	switch {
	case cause == nil:
		r.change.Outcome = OutcomeSucceeded
	case errors.Is(cause, context.Canceled):
		r.change.Outcome = OutcomeInterrupted
	default:
		r.change.Outcome = OutcomeFailed
	}
	r.change.FinishedAt = new(r.Clock.Now().UTC().Truncate(time.Second))
	if _, ok := errors.AsType[*RecordError](cause); !ok {
		if err := r.Journal.Save(r.change); err != nil {
			cause = &RecordError{Err: andThen(cause, err)}
		}
	}
	if cause == nil {
		return r.change, nil
	}
	return r.change, &IncompleteError{Change: r.change, Err: cause}
}

// deref returns what the pointer points to, and the zero value for nil.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
