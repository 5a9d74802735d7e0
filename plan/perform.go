package plan

import (
	"context"
	"errors"
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
// If-Match. If it is not what was planned, nothing is sent (DriftError).

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
	return a.Kind == consent.CreateServicePrincipal || a.Kind == consent.CreateGrant || a.Kind == consent.ClassifyPermission
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
	case consent.EnableServicePrincipal, consent.DisableServicePrincipal:
		enable := a.Kind == consent.EnableServicePrincipal
		return &Result{ServicePrincipalID: a.ServicePrincipalID}, r.Tenant.SetAccountEnabled(ctx, a.ServicePrincipalID, enable)
	case consent.ClassifyPermission:
		id, err := r.Tenant.ClassifyPermission(ctx, a.ResourceID, a.Permission, a.PermissionID)
		return &Result{ClassificationID: id}, err
	case consent.DeclassifyPermission:
		return &Result{ClassificationID: a.ClassificationID}, r.Tenant.DeclassifyPermission(ctx, a.ResourceID, a.ClassificationID)
	case consent.SetUserConsentPolicy:
		return updated(a), r.Tenant.SetConsentPolicies(ctx, a.After)
	}
	return nil, errors.New("unknown kind of action " + string(a.Kind))
}

func updated(a consent.Action) *Result {
	return &Result{GrantID: a.GrantID, Before: a.Before, After: a.After}
}
