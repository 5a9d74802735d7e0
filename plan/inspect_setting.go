package plan

import (
	"context"
	"fmt"

	"appleconsent/consent"
)

// What stands before the writes that concern settings: the service principal's switch, the classification of permissions
// and the authorization policy.

func (r *run) inspectEnabling(ctx context.Context, a consent.Action, unclear bool) (outcome, bool, error) {
	sp, found, err := r.Tenant.ServicePrincipal(ctx, a.AppID)
	result := &Result{ServicePrincipalID: a.ServicePrincipalID}
	switch {
	case err != nil:
		return outcome{status: undecided(unclear)}, false, err
	case !found || sp.ID != a.ServicePrincipalID:
		return outcome{status: undecided(unclear)}, false, &DriftError{Reason: "the client's service principal is gone or another one"}
	case sp.Disabled() == (a.Kind == consent.DisableServicePrincipal):
		return settledBy(unclear, result, result), true, nil
	}
	return outcome{}, false, nil
}

func (r *run) inspectClassification(ctx context.Context, a consent.Action, unclear bool) (outcome, bool, error) {
	all, err := r.Tenant.Classifications(ctx, a.ResourceID)
	if err != nil {
		return outcome{status: undecided(unclear)}, false, err
	}
	stands, found := consent.State{Classifications: all}.Classification(a.ResourceID, a.PermissionID)
	result := &Result{ClassificationID: stands.ID}
	switch wanted := a.Kind == consent.ClassifyPermission; {
	case !found && wanted, found && !wanted && stands.ID == a.ClassificationID && stands.Low():
		return outcome{}, false, nil
	case !found, wanted && stands.Low():
		return settledBy(unclear, result, result), true, nil
	}
	return outcome{status: undecided(unclear)}, false, classifiedAs(a, stands)
}

func classifiedAs(a consent.Action, c consent.Classification) error {
	return &DriftError{Reason: fmt.Sprintf("%s is now classified as %s impact, by somebody else", a.Permission, c.Level)}
}

// classifiedOtherwise is the error for a permission that was to be classified and is, but not as low impact: to wait or to
// send it again is of no use. It is nil otherwise.
func classifiedOtherwise(a consent.Action, state consent.State) error {
	if c, found := state.Classification(a.ResourceID, a.PermissionID); found && a.Kind == consent.ClassifyPermission && !c.Low() {
		return classifiedAs(a, c)
	}
	return nil
}

func (r *run) inspectPolicy(ctx context.Context, a consent.Action, unclear bool) (outcome, bool, error) {
	stands, err := r.Tenant.ConsentPolicies(ctx)
	switch {
	case err != nil:
		return outcome{status: undecided(unclear)}, false, err
	case stands.SameAs(a.After):
		return settledBy(unclear, updated(a), &Result{Before: stands, After: stands}), true, nil
	case !stands.SameAs(a.Before):
		return outcome{status: undecided(unclear)}, false, &DriftError{
			Reason: "the authorization policy held [" + a.Before.String() + "] when this was planned and now holds [" + stands.String() + "]",
		}
	}
	return outcome{}, false, nil
}
