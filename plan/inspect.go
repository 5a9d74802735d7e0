package plan

import (
	"context"
	"fmt"
	"slices"
	"time"

	"appleconsent/consent"
)

// inspect looks at what a write would replace or delete, and tells whether the action is settled without it.
func (r *run) inspect(ctx context.Context, a consent.Action, unclear bool) (outcome, bool, error) {
	switch a.Kind {
	case consent.UpdateGrant, consent.DeleteGrant:
		return r.inspectGrant(ctx, a, unclear)
	case consent.DeleteServicePrincipal:
		return r.inspectServicePrincipal(ctx, a, unclear)
	case consent.EnableServicePrincipal, consent.DisableServicePrincipal:
		return r.inspectEnabling(ctx, a, unclear)
	case consent.ClassifyPermission, consent.DeclassifyPermission:
		return r.inspectClassification(ctx, a, unclear)
	case consent.SetUserConsentPolicy:
		return r.inspectPolicy(ctx, a, unclear)
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
