package plan

import (
	"context"
	"errors"
	"time"

	"appleconsent/consent"
	"appleconsent/internal/replication"
)

// settle reads the tenant after a write without a clear answer until it shows what the action wants, or until it is
// time to send the write again. An error without an outcome means that it could not be found out.
func (r *run) settle(ctx context.Context, a consent.Action, f Failure, unclear bool, try int) (*outcome, error) {
	var waitErr error
	for look, pause := range pauses(a, f, try) {
		if pause > 0 {
			r.Progress.Waiting(r.waitingFor(a, f), pause)
			waitErr = r.Clock.Sleep(ctx, pause)
		}
		state, err := r.readEvenIfInterrupted(ctx)
		if err != nil {
			return nil, r.notYet(andThen(waitErr, err))
		}
		if client, found := state.ServicePrincipal(r.Required.App.ID); found && r.client == "" {
			r.client, r.clientIsNew = client.ID, true
		}
		if out, err := objectOf(a).judge(ctx, r, a, state, unclear); out != nil {
			return out, err
		}
		if target, shown := objectOf(a).shown(state, r.Required.App.ID, a); shown {
			result := &Result{Target: target, Before: a.Before, After: a.After}
			return settledBy(unclear, result, result), nil
		}
		if waitErr == nil && look == 1 && isThere(a, f) {
			waitErr = r.taken(ctx, a)
		}
		if waitErr != nil {
			return nil, waitErr
		}
	}
	if isThere(a, f) && a.Kind == consent.CreateServicePrincipal {
		return nil, &TakenError{}
	}
	return nil, nil
}

// notYet is the error of a read that waited in vain for what this run has created.
func (r *run) notYet(err error) error {
	if f := failure(err); r.clientIsNew && f != nil && f.Absent() {
		return &NotYetError{err}
	}
	return err
}

// pauses returns how long to wait before each read. What is said to exist is waited for; a lost answer is looked for
// at once and a few times more, and so is, less often, that of a conflict; what is not visible yet is tried again soon, then ever more seldom.
func pauses(a consent.Action, f Failure, try int) []time.Duration {
	const last = replication.LastPause
	switch {
	case isThere(a, f):
		return []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, last, last, last, last, last}
	case f.Conflicts(), f.Exists():
		return []time.Duration{0, max(f.RetryAfter(), time.Second)}
	case f.Absent():
		return []time.Duration{max(f.RetryAfter(), min(time.Second<<(try-1), 2*last))}
	}
	return []time.Duration{0, max(f.RetryAfter(), time.Second), 2 * time.Second, 4 * time.Second}
}

func (r *run) waitingFor(a consent.Action, f Failure) string {
	switch {
	case isThere(a, f):
		return "the existing object to become visible"
	case f.Conflicts(), f.Exists():
		return "the outcome after a conflict"
	case f.Absent() && createsOfClient(a) && r.clientIsNew:
		return "the new service principal to become visible"
	case f.Absent() && a.Kind.Verb == consent.Create:
		return "the objects it refers to"
	case f.Absent():
		return "a listed object that was not found"
	}
	return "the outcome, as the answer was lost"
}

// readEvenIfInterrupted reads the tenant again; after an interrupt it still takes one short look, so that the record can say
// what the request in flight has done.
func (r *run) readEvenIfInterrupted(ctx context.Context) (consent.State, error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), settleGrace)
		defer cancel()
	}
	return r.Tenant.Reread(ctx, r.Required, consent.Look{Client: r.client})
}
