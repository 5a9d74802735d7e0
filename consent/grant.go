package consent

import (
	"cmp"
	"slices"
	"strings"
)

// OnGrant is a delegated permission grant.
const OnGrant Object = "grant"

// What is done to grants.
var (
	CreateGrant = ActionKind{Create, OnGrant}
	UpdateGrant = ActionKind{Update, OnGrant}
	DeleteGrant = ActionKind{Delete, OnGrant}
)

// GrantID is the id of a delegated permission grant as Graph returns it. It may begin with a hyphen.
type GrantID string

// ConsentType tells for whom a grant stands.
type ConsentType string

// The consent types that Graph knows: for all users of the tenant, for one user.
const (
	AllPrincipals ConsentType = "AllPrincipals"
	Principal     ConsentType = "Principal"
)

// PermissionGrant is a delegated permission grant (oAuth2PermissionGrant): the client may call the resource with
// these scopes in the name of all users or of one.
type PermissionGrant struct {
	ID          GrantID
	ClientID    ObjectID
	ResourceID  ObjectID
	ConsentType ConsentType
	Scopes      ScopeSet
}

// UserScope is a scope that single users have granted the client on a resource, and how many of them did.
type UserScope struct {
	ResourceID ObjectID
	Scope      Scope
	Users      int
}

// OddGrant is what Graph lists among the tenant-wide grants of the client and what cannot be understood, so that it is not
// known what stands on its resource.
type OddGrant struct {
	ID         string   // as Graph has it; empty: not told
	ResourceID ObjectID // empty: not known, so that it may be any
	Member     string   // the first that is missing or has another form than it should
}

// OddGrant returns what makes it unknown what stands on a resource, and whether there is anything.
func (s State) OddGrant(resource ObjectID) (OddGrant, bool) {
	return find(s.OddGrants, func(g OddGrant) bool { return g.ResourceID == resource || g.ResourceID == "" })
}

// Notice says on which resource a grant cannot be understood; if that is not known, it may be any.
func (g OddGrant) Notice(level Level, resource string) Notice {
	if g.ResourceID == "" {
		return Notice{Level: level, Code: "oddGrantAnywhere", Detail: g.ID, Member: g.Member}
	}
	return Notice{Level: level, Code: "oddGrant", Name: resource, Detail: g.ID, Member: g.Member}
}

// TenantWideGrants returns the grants of the client for all users on one resource, in the order of the state.
// Normally there is one at the most.
func (s State) TenantWideGrants(client, resource ObjectID) []PermissionGrant {
	return slices.DeleteFunc(s.grantsOf(client), func(g PermissionGrant) bool { return g.ResourceID != resource })
}

// TenantWideScopes returns all that these grants hold.
func (s State) TenantWideScopes(client, resource ObjectID) ScopeSet {
	all := ScopeSet{}
	for _, g := range s.TenantWideGrants(client, resource) {
		all = all.With(g.Scopes...)
	}
	return all
}

// grantsOf returns the tenant-wide grants of the client on any resource.
func (s State) grantsOf(client ObjectID) []PermissionGrant {
	var grants []PermissionGrant
	for _, g := range s.Grants {
		if client != "" && g.ClientID == client && strings.EqualFold(string(g.ConsentType), string(AllPrincipals)) {
			grants = append(grants, g)
		}
	}
	return grants
}

// compareResource compares what is required of one resource with the tenant-wide grants on it, which it returns too.
func (d *Difference) compareResource(required ResourceRequirement, client ObjectID, state State) (ResourceDifference, []PermissionGrant) {
	part := ResourceDifference{
		Resource: required.Resource, Required: required.Scopes,
		Granted: ScopeSet{}, Missing: required.Scopes, Extra: ScopeSet{},
	}
	sp, found := state.ServicePrincipal(required.AppID)
	if !found {
		d.note(Notice{Level: Blocker, Code: "resourceMissing", Name: required.Name, AppID: required.AppID})
		return part, nil
	}
	part.ServicePrincipalID = sp.ID
	part.Name = cmp.Or(sp.DisplayName, part.Name)

	if odd, found := state.OddGrant(sp.ID); found {
		d.note(odd.Notice(Blocker, part.Name))
	}
	grants, stands := state.TenantWideGrants(client, sp.ID), state.TenantWideScopes(client, sp.ID)
	part.Granted = required.Scopes.In(stands)
	part.Missing = required.Scopes.Without(stands)
	part.Extra = stands.Without(required.Scopes)
	if sp.Disabled() {
		d.note(Notice{Level: Warning, Code: "resourceDisabled", Name: sp.DisplayName})
	}
	if len(grants) > 0 {
		part.GrantID = grants[0].ID
	}
	if len(grants) > 1 {
		d.note(Notice{Level: Info, Code: "severalGrants", Name: part.Name, Number: len(grants)})
	}
	return part, grants
}

// grantMissing plans to grant what is missing on a resource: in a new grant, or in the first of those that stand.
func (d *Difference) grantMissing(part ResourceDifference, client ObjectID, grants []PermissionGrant) {
	d.Lacking = d.Lacking || len(part.Missing) > 0
	if len(part.Missing) == 0 || part.ServicePrincipalID == "" {
		return
	}
	a := Action{Kind: CreateGrant, ResourceAppID: part.AppID, ResourceID: part.ServicePrincipalID, ClientID: client, Before: ScopeSet{}}
	if len(grants) > 0 {
		a.Kind, a.Target, a.Before = UpdateGrant, string(grants[0].ID), grants[0].Scopes
	}
	a.After = a.Before.With(part.Missing...)
	if length := len(a.After.String()); length > MaxScopeLength {
		d.note(Notice{Level: Blocker, Code: "scopeTooLong", Name: part.Name, Number: length})
	}
	d.plan(a)
}

// elsewhere finds required scopes that stand on a resource on which they are not required.
func elsewhere(required Requirement, client ObjectID, state State) []Notice {
	all := ScopeSet{}
	for _, r := range required.Resources {
		all = all.With(r.Scopes...)
	}
	var notices []Notice
	for _, grant := range state.grantsOf(client) {
		sp, _ := find(state.ServicePrincipals, func(sp ServicePrincipal) bool { return sp.ID == grant.ResourceID })
		if misplaced := grant.Scopes.In(all).Without(required.Scopes(sp.AppID)); len(misplaced) > 0 {
			name := cmp.Or(sp.DisplayName, string(sp.AppID), "resource "+string(grant.ResourceID))
			notices = append(notices, Notice{Level: Info, Code: "sameScopeElsewhere", Name: name, Scopes: misplaced})
		}
	}
	slices.SortFunc(notices, func(a, b Notice) int {
		return cmp.Or(cmp.Compare(a.Scopes.String(), b.Scopes.String()), cmp.Compare(a.Name, b.Name))
	})
	return notices
}
