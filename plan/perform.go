package plan

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"appleconsent/consent"
)

// How one action is carried out.
//
// Premise. The answer to a write can be lost, wrong or early: a request that ended in a reset or a 5xx may have been
// carried out, a 409 means that somebody was faster, and a 404 after the service principal was created means that the
// directory has not replicated yet. So no write is ever repeated blindly. After each answer that is not clear the tenant
// is read; if it shows what the action wants, the action happened; only if it does not is the write sent again.
//
// Before a write that replaces or deletes something, the object is read again and compared with the plan: Graph has no
// If-Match for grants. If it is not what was planned, nothing is sent (DriftError).

// How often a write is sent at the most: when its answers were lost, and when what it refers to is not found. A grant that
// is refused because its service principal is not visible everywhere yet is tried until the context's deadline, as long as
// the list shows that service principal: a run that timed out may have created it minutes ago.
const (
	maxLostAnswers = 3
	maxAbsent      = 5
)

// settleGrace is how long the tenant may take to say what stands after the run was interrupted.
const settleGrace = 10 * time.Second

// lastPause is the longest pause between two reads while something is not visible yet.
const lastPause = 16 * time.Second

// outcome is what became of an action.
type outcome struct {
	status Status
	result *Result
	note   string // why the action left something alone
}

// perform carries out one action. The outcome holds with and without an error.
func (r *run) perform(ctx context.Context, a consent.Action) (outcome, error) {
	unclear := false // an earlier try may have happened
	for try := 1; ; try++ {
		out, settled, err := r.inspect(ctx, a, unclear)
		if settled || err != nil {
			return out, err
		}
		result, err := r.send(ctx, a)
		if err == nil {
			return outcome{status: StatusDone, result: result}, nil
		}
		f := failure(err)
		if f == nil || !f.Unanswered() && !f.Exists() && !f.Absent() {
			return outcome{status: undecided(unclear)}, err
		}
		unclear = unclear || f.Unanswered() || f.Absent() && isCreation(a)
		out, settled, settleErr := r.settle(ctx, a, f, unclear, try)
		if settled {
			return out, settleErr
		}
		if settleErr != nil {
			return outcome{status: undecided(unclear)}, andThen(err, settleErr)
		}
		if r.giveUp(a, f, try) {
			return outcome{status: undecided(unclear)}, err
		}
	}
}

// giveUp tells whether the write, which has not happened as far as the tenant shows, is not sent again.
func (r *run) giveUp(a consent.Action, f Failure, try int) bool {
	switch {
	case f.Exists():
		return true
	case f.Absent():
		return try >= maxAbsent && a.Kind != consent.CreateGrant
	}
	return try >= maxLostAnswers && f.RetryAfter() == 0 // a server that says when to come back is taken at its word
}

// isCreation tells whether a 404 leaves it open if the action happened: Graph has been seen to answer so to a POST that
// it carried out (graph-facts.md §2.7).
func isCreation(a consent.Action) bool {
	return a.Kind == consent.CreateServicePrincipal || a.Kind == consent.CreateGrant
}

// undecided is the status of an action that was given up: it could not be known whether an unclear try happened.
func undecided(unclear bool) Status {
	if unclear {
		return StatusStarted
	}
	return StatusFailed
}

// send sends the write once.
func (r *run) send(ctx context.Context, a consent.Action) (*Result, error) {
	switch a.Kind {
	case consent.CreateServicePrincipal:
		sp, err := r.Tenant.CreateServicePrincipal(ctx, a.AppID)
		if err != nil {
			return nil, err
		}
		r.client, r.clientIsNew = sp.ID, true
		return &Result{ServicePrincipalID: sp.ID}, nil
	case consent.CreateGrant:
		grant, err := r.Tenant.CreateGrant(ctx, consent.PermissionGrant{
			ClientID: r.client, ResourceID: a.ResourceID, ConsentType: consent.AllPrincipals, Scopes: a.After,
		})
		return &Result{GrantID: grant.ID, Before: consent.ScopeSet{}, After: a.After}, err
	case consent.UpdateGrant:
		return updated(a), r.Tenant.UpdateGrant(ctx, a.GrantID, a.After)
	case consent.DeleteGrant:
		r.deleted = append(r.deleted, consent.PermissionGrant{ID: a.GrantID, Scopes: a.Before})
		return updated(a), r.Tenant.DeleteGrant(ctx, a.GrantID)
	case consent.DeleteServicePrincipal:
		return &Result{ServicePrincipalID: a.ServicePrincipalID}, r.Tenant.DeleteServicePrincipal(ctx, a.ServicePrincipalID)
	}
	return nil, errors.New("unknown kind of action " + string(a.Kind))
}

func updated(a consent.Action) *Result {
	return &Result{GrantID: a.GrantID, Before: a.Before, After: a.After}
}

// inspect looks at what a write would replace or delete, and tells whether the action is settled without it.
func (r *run) inspect(ctx context.Context, a consent.Action, unclear bool) (outcome, bool, error) {
	switch a.Kind {
	case consent.UpdateGrant, consent.DeleteGrant:
		return r.inspectGrant(ctx, a, unclear)
	case consent.DeleteServicePrincipal:
		return r.inspectServicePrincipal(ctx, a, unclear)
	case consent.CreateServicePrincipal, consent.CreateGrant:
	}
	return outcome{}, false, nil
}

func (r *run) inspectGrant(ctx context.Context, a consent.Action, unclear bool) (outcome, bool, error) {
	grant, found, err := r.standingGrant(ctx, a.GrantID)
	stands := grant.Scopes
	switch {
	case err != nil:
		return outcome{status: undecided(unclear)}, false, err
	case !found && a.Kind == consent.UpdateGrant:
		return outcome{status: undecided(unclear)}, false, &DriftError{Reason: "the grant that was to be updated is gone"}
	case !found || a.Kind == consent.UpdateGrant && stands.SameAs(a.After):
		return settledBy(unclear, updated(a), &Result{GrantID: a.GrantID, Before: stands, After: stands}), true, nil
	case !stands.SameAs(a.Before):
		return outcome{status: undecided(unclear)}, false, &DriftError{
			Reason: "the grant held [" + a.Before.String() + "] when this was planned and now holds [" + stands.String() + "]",
		}
	}
	return outcome{}, false, nil
}

// standingGrant reads one grant. That it is not found is believed only if the list does not show it either: right after a
// write a replica may not know it yet (graph-facts.md §2.7).
func (r *run) standingGrant(ctx context.Context, id consent.GrantID) (consent.PermissionGrant, bool, error) {
	grant, found, err := r.Tenant.Grant(ctx, id)
	if found || err != nil {
		return grant, found, err
	}
	state, err := r.Tenant.Read(ctx, r.Required)
	if err != nil {
		return consent.PermissionGrant{}, false, err
	}
	i := slices.IndexFunc(state.Grants, func(g consent.PermissionGrant) bool { return g.ID == id })
	if i < 0 {
		return consent.PermissionGrant{}, false, nil
	}
	return state.Grants[i], true, nil
}

func (r *run) inspectServicePrincipal(ctx context.Context, a consent.Action, unclear bool) (outcome, bool, error) {
	result := &Result{ServicePrincipalID: a.ServicePrincipalID}
	left, err := r.awaitDeletions(ctx, a.ServicePrincipalID)
	if f := failure(err); f != nil && f.Absent() {
		state, readErr := r.Tenant.Read(ctx, r.Required)
		if readErr == nil && a.ShownIn(state, r.Required.Client) {
			return settledBy(unclear, result, result), true, nil
		}
		err = andThen(err, readErr)
	}
	if err != nil {
		return outcome{status: undecided(unclear)}, false, err
	}
	if !left.None() {
		return outcome{StatusUnchanged, result, keptBecause(left)}, true, nil
	}
	return outcome{}, false, nil
}

// awaitDeletions returns what is left on the service principal once the tenant no longer shows the grants that this run
// deleted. As long as it does, they may be there again, granted by somebody else.
func (r *run) awaitDeletions(ctx context.Context, client consent.ObjectID) (consent.Leftovers, error) {
	pause := time.Second
	for {
		left, err := r.Tenant.Leftovers(ctx, client, r.deleted)
		if err != nil || !left.None() || len(left.Excepted) == 0 {
			return left, err
		}
		r.Progress.Waiting("the deleted grants to disappear", pause)
		if err := r.Clock.Sleep(ctx, pause); err != nil {
			r.doubtDeletions(left.Excepted)
			return left, fmt.Errorf("the tenant still shows grants that were deleted: %w", err)
		}
		pause = min(2*pause, lastPause)
	}
}

// doubtDeletions notes of grants that still show that it is not known whether they were deleted.
func (r *run) doubtDeletions(showing []consent.GrantID) {
	for i := range r.change.Actions {
		if a := &r.change.Actions[i]; a.Kind == consent.DeleteGrant && a.Status == StatusDone && slices.Contains(showing, a.GrantID) {
			a.Status, a.Error = StatusStarted, "it was answered with success, but the tenant still shows the grant"
		}
	}
}

// settledBy tells who made the tenant look as the action wants it: this run, if an earlier try may have happened, or
// somebody else.
func settledBy(unclear bool, ours, others *Result) outcome {
	if unclear {
		return outcome{status: StatusDone, result: ours}
	}
	return outcome{status: StatusUnchanged, result: others}
}
