package plan

import (
	"context"
	"errors"
	"time"

	"appleconsent/consent"
)

// settle reads the tenant after a write without a clear answer until it shows what the action wants, or until it is
// time to send the write again. An error without an outcome means that it could not be found out.
func (r *run) settle(ctx context.Context, a consent.Action, f Failure, unclear bool, try int) (*outcome, error) {
	var waitErr error
	for _, pause := range pauses(f, try) {
		if pause > 0 {
			r.Progress.Waiting(waitingFor(a, f), pause)
			waitErr = r.Clock.Sleep(ctx, pause)
		}
		state, err := r.readEvenIfInterrupted(ctx)
		if err != nil {
			return nil, andThen(waitErr, err)
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
		if waitErr != nil {
			return nil, waitErr
		}
	}
	return nil, nil
}

// pauses returns how long to wait before each read. What is said to exist is waited for; a lost answer is looked for
// at once and a few times more; what is not visible yet is tried again soon, then ever more seldom.
func pauses(f Failure, try int) []time.Duration {
	switch {
	case f.Exists():
		return []time.Duration{0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second, lastPause, lastPause}
	case f.Absent():
		return []time.Duration{max(f.RetryAfter(), min(time.Second<<(try-1), lastPause))}
	}
	return []time.Duration{0, max(f.RetryAfter(), time.Second), 2 * time.Second, 4 * time.Second}
}

func waitingFor(a consent.Action, f Failure) string {
	switch {
	case f.Exists():
		return "what somebody else just created to become visible"
	case f.Absent() && createsOfClient(a):
		return "the new service principal to become visible"
	case f.Absent():
		return "what was not found although it was listed"
	}
	return "the outcome, since the answer was lost"
}

// readEvenIfInterrupted reads the state; after an interrupt it still takes one short look, so that the record can say
// what the request in flight has done.
func (r *run) readEvenIfInterrupted(ctx context.Context) (consent.State, error) {
	if errors.Is(ctx.Err(), context.Canceled) {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), settleGrace)
		defer cancel()
	}
	return r.Tenant.Read(ctx, r.Required)
}
