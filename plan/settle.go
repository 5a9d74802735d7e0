package plan

import (
	"context"
	"errors"
	"slices"
	"time"

	"appleconsent/consent"
)

// settle reads the tenant after a write without a clear answer until it shows what the action wants, or until it is
// time to send the write again. An error without settled means that it could not be found out.
func (r *run) settle(ctx context.Context, a consent.Action, f Failure, unclear bool, try int) (outcome, bool, error) {
	var waitErr error
	for _, pause := range pauses(f, try) {
		if pause > 0 {
			r.Progress.Waiting(waitingFor(a, f), pause)
			waitErr = r.Clock.Sleep(ctx, pause)
		}
		state, err := r.readEvenIfInterrupted(ctx)
		if err != nil {
			return outcome{}, false, andThen(waitErr, err)
		}
		if out, settled, err := r.judge(ctx, a, state, unclear); settled {
			return out, true, err
		}
		if waitErr != nil {
			return outcome{}, false, waitErr
		}
	}
	return outcome{}, false, nil
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
	case f.Absent() && a.Kind == consent.CreateGrant:
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

// judge tells from the state whether the action is settled.
func (r *run) judge(ctx context.Context, a consent.Action, state consent.State, unclear bool) (outcome, bool, error) {
	client, found := state.ServicePrincipal(r.Required.Client)
	if found && r.client == "" {
		r.client = client.ID
	}
	if a.Kind == consent.CreateGrant {
		if !found && !r.clientIsNew {
			return outcome{status: StatusFailed}, true, &DriftError{Reason: "the client's service principal is gone"}
		}
		return r.judgeNewGrant(ctx, a, state, unclear)
	}
	if !a.ShownIn(state, r.Required.Client) {
		err := classifiedOtherwise(a, state)
		return outcome{status: undecided(unclear)}, err != nil, err
	}
	result := updated(a)
	switch a.Kind {
	case consent.CreateServicePrincipal:
		r.clientIsNew = true
		result = &Result{ServicePrincipalID: client.ID}
	case consent.EnableServicePrincipal, consent.DisableServicePrincipal, consent.DeleteServicePrincipal:
		result = &Result{ServicePrincipalID: a.ServicePrincipalID}
	case consent.ClassifyPermission:
		stands, _ := state.Classification(a.ResourceID, a.PermissionID)
		result = &Result{ClassificationID: stands.ID}
	case consent.DeclassifyPermission:
		result = &Result{ClassificationID: a.ClassificationID}
	case consent.CreateGrant, consent.UpdateGrant, consent.DeleteGrant, consent.SetUserConsentPolicy:
	}
	return settledBy(unclear, result, result), true, nil
}

// judgeNewGrant looks for the grant that was to be created. One that lacks scopes is somebody else's: what is missing
// is merged into it.
func (r *run) judgeNewGrant(ctx context.Context, a consent.Action, state consent.State, unclear bool) (outcome, bool, error) {
	grants := state.TenantWideGrants(r.client, a.ResourceID)
	if len(grants) == 0 {
		return outcome{}, false, nil
	}
	grant := grants[0]
	if grant.Scopes.HasAll(a.After) {
		return settledBy(unclear,
			&Result{GrantID: grant.ID, Before: consent.ScopeSet{}, After: a.After},
			&Result{GrantID: grant.ID, Before: grant.Scopes, After: grant.Scopes}), true, nil
	}
	merge := a
	merge.Kind, merge.GrantID, merge.ClientID = consent.UpdateGrant, grant.ID, r.client
	merge.Before, merge.After = grant.Scopes, grant.Scopes.With(a.After...)
	out, err := r.perform(ctx, merge)
	return out, true, err
}

// Verify re-reads the tenant until it shows every action of the change that was carried out or found to be done already.
// Only then does a rollback mark the change that it took back, unless that is kept open. Errors: *NotVisibleError when the tenant does not show it
// in time or cannot be read, *IncompleteError when that mark cannot be written, context.Canceled when interrupted.
func (e Engine) Verify(ctx context.Context, c Change) error {
	if hidden, err := e.awaitVisible(ctx, c); err != nil {
		return e.noteHidden(c, hidden, err)
	}
	if c.RollsBack == nil || e.KeepOpen {
		return nil
	}
	if err := e.Journal.MarkRolledBack(c); err != nil {
		return &IncompleteError{Change: c, Err: &RecordError{Err: err}}
	}
	return nil
}

// noteHidden keeps in the record what was written and did not show in time, so that it does not say more than is known.
func (e Engine) noteHidden(c Change, hidden []RecordedAction, err error) error {
	reason := "re-reading did not show it before the time was up"
	if errors.Is(err, context.Canceled) {
		reason = "re-reading was interrupted before it showed"
	}
	c.Actions = slices.Clone(c.Actions)
	for i, a := range c.Actions {
		if slices.ContainsFunc(hidden, func(hidden RecordedAction) bool { return hidden.ID == a.ID }) {
			c.Actions[i].Error = reason
		}
	}
	var saveErr error
	if len(hidden) > 0 {
		saveErr = e.Journal.Save(c)
	}
	if saveErr != nil {
		err = andThen(err, &RecordError{Err: saveErr})
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &NotVisibleError{Change: c, Hidden: hidden, Err: err}
}

// awaitVisible returns what the last look did not show, and why there is no other look.
func (e Engine) awaitVisible(ctx context.Context, c Change) ([]RecordedAction, error) {
	pause := time.Second
	for {
		state, err := e.Tenant.Read(ctx, e.Required)
		hidden := c.notShownIn(state, e.Required.Client)
		if err == nil && len(hidden) == 0 {
			return nil, nil
		}
		if f := failure(err); err == nil || f != nil && f.Absent() {
			e.Progress.Waiting("the change to become visible", pause)
			err = e.Clock.Sleep(ctx, pause)
			pause = min(2*pause, lastPause)
		}
		if err != nil {
			return hidden, err
		}
	}
}

// notShownIn returns the actions that were carried out, or found to be done already, and that the state does not show.
// What was left alone for a reason is not among them.
func (c Change) notShownIn(state consent.State, client consent.AppID) []RecordedAction {
	var hidden []RecordedAction
	for _, a := range c.Actions {
		settled := a.Status == StatusDone || a.Status == StatusUnchanged && a.Error == ""
		if settled && !a.performed().ShownIn(state, client) {
			hidden = append(hidden, a)
		}
	}
	return hidden
}

// performed returns the action with the scopes that it really had before and after, which differ from the planned ones
// where somebody else was faster.
func (a RecordedAction) performed() consent.Action {
	action := a.domain()
	if a.Result == nil {
		return action
	}
	if a.Result.GrantID != "" {
		action.GrantID = a.Result.GrantID
	}
	if a.Result.ServicePrincipalID != "" {
		action.ServicePrincipalID = a.Result.ServicePrincipalID
	}
	if a.Result.ClassificationID != "" {
		action.ClassificationID = a.Result.ClassificationID
	}
	if a.Status == StatusDone {
		action.Before, action.After = a.Result.Before, a.Result.After
	}
	return action
}
