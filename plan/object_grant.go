package plan

import (
	"context"
	"slices"

	"appleconsent/consent"
)

type grantTenant interface {
	// Grant returns one delegated permission grant, and whether it stands.
	Grant(ctx context.Context, id consent.GrantID) (consent.PermissionGrant, bool, error)
	CreateGrant(ctx context.Context, grant consent.PermissionGrant) (consent.PermissionGrant, error)
	// UpdateGrant replaces all scopes of a grant.
	UpdateGrant(ctx context.Context, id consent.GrantID, scopes consent.ScopeSet) error
	DeleteGrant(ctx context.Context, id consent.GrantID) error
}

// grants are delegated permission grants for all users.
type grants struct{}

func (grants) form() form {
	return form{
		names:  map[consent.Verb]string{consent.Create: "createGrant", consent.Update: "updateGrant", consent.Delete: "deleteGrant"},
		target: "grantId", isTarget: consent.IsOpaque[string], ofClient: true,
	}
}

func (grants) allows(t trust, a consent.Action) error {
	allowed := t.Scopes(a.ResourceAppID)
	touched := a.Added()
	if !t.undone {
		touched = touched.With(a.Removed()...)
	}
	switch {
	case len(allowed) == 0:
		return refused("a grant on %s", a.ResourceAppID)
	case !allowed.HasAll(touched):
		return refused("%s on %s", touched.Without(allowed), a.ResourceAppID)
	case !t.takes() && len(a.Removed()) > 0:
		return refused("to revoke %s without a change that this undoes", a.Removed())
	case a.Kind == consent.DeleteGrant && len(a.After) > 0:
		return refused("to delete a grant and to keep %s", a.After)
	}
	return nil
}

func (g grants) inspect(ctx context.Context, r *run, a consent.Action, unclear bool) (*outcome, error) {
	if a.Kind == consent.CreateGrant {
		return nil, nil
	}
	grant, found, err := g.standing(ctx, r, consent.GrantID(a.Target))
	stands := grant.Scopes
	switch {
	case err != nil:
		return nil, err
	case !found && a.Kind == consent.UpdateGrant:
		return nil, &DriftError{Reason: "the grant that was to be updated is gone"}
	case !found || a.Kind == consent.UpdateGrant && stands.SameAs(a.After):
		return settledBy(unclear, asPlanned(a), &Result{Target: a.Target, Before: stands, After: stands}), nil
	case !stands.SameAs(a.Before):
		return nil, holdsOther("the grant", a, stands)
	}
	return nil, nil
}

// standing reads one grant. That it is not found is believed only if the list does not show it either: right after a
// write a replica may not know it yet (learn.microsoft.com/graph/api/oauth2permissiongrant-list).
func (grants) standing(ctx context.Context, r *run, id consent.GrantID) (consent.PermissionGrant, bool, error) {
	grant, found, err := r.Tenant.Grant(ctx, id)
	if found || err != nil {
		return grant, found, err
	}
	state, err := r.Tenant.Read(ctx, r.Required)
	i := slices.IndexFunc(state.Grants, func(g consent.PermissionGrant) bool { return g.ID == id })
	if err != nil || i < 0 {
		return consent.PermissionGrant{}, false, err
	}
	return state.Grants[i], true, nil
}

func (grants) send(ctx context.Context, r *run, a consent.Action) (*Result, error) {
	switch a.Kind {
	case consent.CreateGrant:
		grant, err := r.Tenant.CreateGrant(ctx, consent.PermissionGrant{
			ClientID: r.client, ResourceID: a.ResourceID, ConsentType: consent.AllPrincipals, Scopes: a.After,
		})
		return &Result{Target: string(grant.ID), Before: consent.ScopeSet{}, After: a.After}, err
	case consent.DeleteGrant:
		return asPlanned(a), r.Tenant.DeleteGrant(ctx, consent.GrantID(a.Target))
	}
	return asPlanned(a), r.Tenant.UpdateGrant(ctx, consent.GrantID(a.Target), a.After)
}

func (grants) byID(ctx context.Context, t Tenant, a consent.Action, into *consent.State) (bool, error) {
	id := consent.GrantID(a.Target)
	grant, found, err := t.Grant(ctx, id)
	if err != nil {
		return true, err
	}
	into.Grants = slices.DeleteFunc(into.Grants, func(g consent.PermissionGrant) bool { return g.ID == id })
	if found {
		into.Grants = append(into.Grants, grant)
	}
	return true, nil
}

func (grants) shown(s consent.State, client consent.AppID, a consent.Action) (string, bool) {
	sp, _ := s.ServicePrincipal(client)
	holds := func(g consent.PermissionGrant) bool {
		return string(g.ID) == a.Target && len(a.Removed().In(g.Scopes)) > 0
	}
	stays := slices.ContainsFunc(s.TenantWideGrants(sp.ID, a.ResourceID), holds)
	return a.Target, !stays && s.TenantWideScopes(sp.ID, a.ResourceID).HasAll(a.After)
}

// judge looks for the grant that was to be created. One that lacks scopes is somebody else's: what is missing is merged into it.
func (g grants) judge(ctx context.Context, r *run, a consent.Action, s consent.State, unclear bool) (*outcome, error) {
	if a.Kind != consent.CreateGrant {
		return nil, nil
	}
	if _, found := s.ServicePrincipal(r.Required.App.ID); !found && !r.clientIsNew {
		return &outcome{status: StatusFailed}, &DriftError{Reason: "the client's service principal is gone"}
	}
	grant, found, err := g.listedOrNot(ctx, r, a, s)
	if !found || err != nil {
		return nil, err
	}
	if grant.Scopes.HasAll(a.After) {
		return settledBy(unclear,
			&Result{Target: string(grant.ID), Before: consent.ScopeSet{}, After: a.After},
			&Result{Target: string(grant.ID), Before: grant.Scopes, After: grant.Scopes}), nil
	}
	merge := a
	merge.Kind, merge.Target, merge.ClientID = consent.UpdateGrant, string(grant.ID), r.client
	merge.Before, merge.After = grant.Scopes, grant.Scopes.With(a.After...)
	out, err := r.perform(ctx, merge)
	return &out, err
}

// listedOrNot returns the first grant of the state for what was to be created, or the one that the list leaves out although it
// stands: its id follows from whom it connects.
func (grants) listedOrNot(ctx context.Context, r *run, a consent.Action, s consent.State) (consent.PermissionGrant, bool, error) {
	if grants := s.TenantWideGrants(r.client, a.ResourceID); len(grants) > 0 {
		return grants[0], true, nil
	}
	id := consent.TenantWideGrantID(r.client, a.ResourceID)
	if id == "" {
		return consent.PermissionGrant{}, false, nil
	}
	grant, found, err := r.Tenant.Grant(ctx, id)
	fits := grant.ClientID == r.client && grant.ResourceID == a.ResourceID && grant.ConsentType == consent.AllPrincipals
	return grant, found && fits, err
}

func (g grants) undo(u *Undo, e effect, s consent.State) {
	client, _ := s.ServicePrincipal(u.Required.App.ID)
	resource, found := s.ServicePrincipal(e.ResourceAppID)
	if !found {
		return // and with it all grants on it
	}
	if odd, found := s.OddGrant(resource.ID); found {
		u.notices = append(u.notices, odd.Notice(consent.Blocker, resource.DisplayName))
	}
	a := g.withoutUndone(e)
	undo := consent.Action{ResourceAppID: a.ResourceAppID, ResourceID: resource.ID, ClientID: client.ID, Before: consent.ScopeSet{}}
	grant, stands := grantOf(a, s.TenantWideGrants(client.ID, resource.ID))
	if stands {
		undo.Target, undo.Before = string(grant.ID), grant.Scopes
	}
	undo.After = undo.Before.Without(a.Added()).With(a.Removed()...)
	switch {
	case undo.After.SameAs(undo.Before):
		return
	case !stands:
		undo.Kind = consent.CreateGrant
	case len(undo.After) == 0:
		undo.Kind = consent.DeleteGrant
		if a.Kind == consent.UpdateGrant || len(a.Before) > 0 {
			u.note(consent.Info, "emptyGrant")
		}
	default:
		undo.Kind = consent.UpdateGrant
	}
	u.actions = append(u.actions, undo)
}

// withoutUndone leaves out of an effect what earlier rollbacks that stopped halfway have undone already.
func (g grants) withoutUndone(e effect) consent.Action {
	a := e.Action
	for _, done := range e.halfway {
		if _, partly := g.undoneBy(a, done); partly {
			a.Before, a.After = a.Before.Without(done.Added()), a.After.Without(done.Removed())
		}
	}
	return a
}

// grantOf returns the one of the grants that an action wrote: the one of its id, or the first where the id is not known
// or was deleted.
func grantOf(a consent.Action, grants []consent.PermissionGrant) (consent.PermissionGrant, bool) {
	i := slices.IndexFunc(grants, func(g consent.PermissionGrant) bool { return string(g.ID) == a.Target })
	switch {
	case i >= 0:
		return grants[i], true
	case len(grants) > 0 && (a.Target == "" || a.Kind == consent.DeleteGrant):
		return grants[0], true
	}
	return consent.PermissionGrant{}, false
}

// undoneBy never says wholly: a grant loses scope by scope.
func (grants) undoneBy(a, undone consent.Action) (wholly, partly bool) {
	return false, undone.Kind.Object == consent.OnGrant && undone.ResourceAppID == a.ResourceAppID
}
