package consent

import (
	"cmp"
	"slices"
	"strings"
)

// The difference between a requirement and a state.
//
// Terms. The requirement names a client, resources and scopes per resource. A tenant-wide grant is a delegated
// permission grant of that client with consent type AllPrincipals. What stands on a resource is the union of the
// client's tenant-wide grants on that very resource.
//
// Rules. A required scope is granted if it stands on its own resource; the same name on another resource, a grant for
// one user and a grant of another client do not count. What is missing is granted by one action per resource: a new
// grant where there is none, else an update of the first one that keeps every scope that stands, in its order, and
// appends the missing ones. A client without a service principal gets one first.
//
// Premises. Nothing is ever removed. Scopes beyond the requirement are shown and kept. Warnings do not stop a change;
// blockers stop all of it, so that a difference with a blocker has no actions and cannot be applied in part. Equal
// input gives equal output, in the order of the requirement.
//
// By the route UserConsent no grant is written. There each required permission is classified as low impact, and the
// authorization policy lets users consent to such permissions of verified publishers, in place of what it let them consent
// to before; its other entries stay. What stands tenant-wide is shown all the same.
//
// A client that is disabled for sign-in is enabled if the requirement says so, before anything else.
//
// Out of scope: who may write, whether the state is fresh, and how a difference is undone.

// Difference is the outcome of comparing a requirement with a state.
type Difference struct {
	// Client is the client's service principal; nil if the tenant has none.
	Client *ServicePrincipal
	Route  Route
	// EnablingDue: the client is to be enabled. PolicyDue: the user-consent setting is to be changed.
	EnablingDue, PolicyDue bool

	Resources []ResourceDifference // one for each resource of the requirement, in its order
	Actions   []Action             // in the order in which they must be applied; empty if blocked
	Notices   []Notice
}

// ResourceDifference is the part of a difference that concerns one resource.
type ResourceDifference struct {
	Resource
	ServicePrincipalID ObjectID // empty if the tenant has no service principal for the resource
	GrantID            GrantID  // the first tenant-wide grant; empty if there is none
	Required           ScopeSet
	Granted            ScopeSet // required and standing
	Missing            ScopeSet // required and not standing
	Extra              ScopeSet // standing and not required
	Classified         ScopeSet // required and classified as low impact; nil but for the route UserConsent
}

// Satisfied reports whether everything that is required stands.
func (d Difference) Satisfied() bool {
	lacks := func(r ResourceDifference) bool { return len(r.Missing) > 0 }
	if d.Route == UserConsent {
		lacks = func(r ResourceDifference) bool { return len(r.Classified) < len(r.Required) }
	}
	return !d.EnablingDue && !d.PolicyDue && !slices.ContainsFunc(d.Resources, lacks)
}

// Blocked reports whether a notice forbids to change anything.
func (d Difference) Blocked() bool {
	return slices.ContainsFunc(d.Notices, func(n Notice) bool { return n.Level == Blocker })
}

// Diff compares what is required with what stands.
func Diff(required Requirement, state State) Difference {
	d := Difference{Route: cmp.Or(required.Route, AdminConsent)}
	client, found := state.ServicePrincipal(required.App.ID)
	if found {
		d.Client, d.Notices = &client, clientNotices(required, client)
	}
	if required.EnableApp && client.Disabled() {
		d.EnablingDue = true
		d.Actions = append(d.Actions, Action{Kind: EnableServicePrincipal, AppID: client.AppID, ServicePrincipalID: client.ID})
	}
	for _, resource := range required.Resources {
		part, grants := d.compareResource(resource, client.ID, state)
		if d.Route == UserConsent {
			d.classify(&part, state)
		} else {
			d.grantMissing(part, client.ID, grants)
		}
		d.Resources = append(d.Resources, part)
	}
	switch {
	case d.Route == UserConsent:
		d.letUsersConsent(state.ConsentPolicies)
	case d.Client == nil && len(d.Actions) > 0: // grants need its service principal
		d.Actions = slices.Insert(d.Actions, 0, Action{Kind: CreateServicePrincipal, AppID: required.App.ID})
	}
	d.Notices = append(d.Notices, elsewhere(required, client.ID, state)...)
	d.Notices = append(d.Notices, required.Notices...)
	if d.Blocked() {
		d.Actions = nil
	}
	return d
}

// Kinds returns what the actions of a difference may be whose requirement is made by the choices.
func (c Choices) Kinds() []ActionKind {
	kinds := []ActionKind{CreateServicePrincipal, CreateGrant, UpdateGrant}
	if c.Route == UserConsent {
		kinds = []ActionKind{CreateServicePrincipal, ClassifyPermission, SetUserConsentPolicy}
	}
	if c.EnableApp {
		kinds = append(kinds, EnableServicePrincipal)
	}
	return kinds
}

// grantMissing plans to grant what is missing on a resource: in a new grant, or in the first of those that stand.
func (d *Difference) grantMissing(part ResourceDifference, client ObjectID, grants []PermissionGrant) {
	if len(part.Missing) == 0 || part.ServicePrincipalID == "" {
		return
	}
	a := Action{Kind: CreateGrant, ResourceAppID: part.AppID, ResourceID: part.ServicePrincipalID, ClientID: client, Before: ScopeSet{}}
	if len(grants) > 0 {
		a.Kind, a.GrantID, a.Before = UpdateGrant, grants[0].ID, grants[0].Scopes
	}
	a.After = a.Before.With(part.Missing...)
	if length := len(a.After.String()); length > MaxScopeLength {
		d.Notices = append(d.Notices, Notice{Level: Blocker, Code: "scopeTooLong", Name: part.Name, Number: length})
	}
	d.Actions = append(d.Actions, a)
}

// compareResource compares what is required of one resource with the tenant-wide grants on it, which it returns too.
func (d *Difference) compareResource(required ResourceRequirement, client ObjectID, state State) (ResourceDifference, []PermissionGrant) {
	part := ResourceDifference{
		Resource: required.Resource, Required: required.Scopes,
		Granted: ScopeSet{}, Missing: required.Scopes, Extra: ScopeSet{},
	}
	sp, found := state.ServicePrincipal(required.AppID)
	if !found {
		d.Notices = append(d.Notices, Notice{Level: Blocker, Code: "resourceMissing", Name: required.Name, AppID: required.AppID})
		return part, nil
	}
	part.ServicePrincipalID = sp.ID
	part.Name = cmp.Or(sp.DisplayName, part.Name)

	if odd, found := state.OddGrant(sp.ID); found {
		d.Notices = append(d.Notices, odd.Notice(Blocker, part.Name))
	}
	grants := state.TenantWideGrants(client, sp.ID)
	stands := ScopeSet{}
	for _, grant := range grants {
		stands = stands.With(grant.Scopes...)
	}
	part.Granted = required.Scopes.In(stands)
	part.Missing = required.Scopes.Without(stands)
	part.Extra = stands.Without(required.Scopes)
	if sp.Disabled() {
		d.Notices = append(d.Notices, Notice{Level: Warning, Code: "resourceDisabled", Name: sp.DisplayName})
	}
	if len(grants) > 0 {
		part.GrantID = grants[0].ID
	}
	if len(grants) > 1 {
		d.Notices = append(d.Notices, Notice{Level: Info, Code: "severalGrants", Name: part.Name, Number: len(grants)})
	}
	return part, grants
}

// clientNotices say what keeps users out although everything may be granted, and what looks odd about the client.
func clientNotices(required Requirement, sp ServicePrincipal) []Notice {
	var notices []Notice
	add := func(applies bool, code, detail string) {
		if applies {
			notices = append(notices, Notice{
				Level: Warning, Code: code, Name: cmp.Or(sp.DisplayName, required.App.Name), AppID: sp.AppID, Detail: detail,
				Owner: sp.OwnerOrganizationID, Expected: required.App.Publisher.Name,
			})
		}
	}
	add(sp.Disabled() && !required.EnableApp, "clientDisabled", "")
	add(sp.DisabledByMicrosoft != "" && !strings.EqualFold(sp.DisabledByMicrosoft, "NotDisabled"), "clientDisabledByMicrosoft", sp.DisabledByMicrosoft)
	add(sp.AssignmentRequired, "assignmentRequired", "")
	add(!required.App.Publisher.looksRight(sp), "unexpectedPublisher", sp.VerifiedPublisher)
	return notices
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
