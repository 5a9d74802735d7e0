package consent

import (
	"cmp"
	"slices"
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
// to before; its other entries stay. What stands tenant-wide is shown all the same; where that is all that is required, users need no
// consent of their own, and the tenant is loosened only if the requirement says so (Choices.Loosen).
//
// A client that is disabled for sign-in is enabled if the requirement says so, before anything else.
//
// Out of scope: who may write, whether the state is fresh, and how a difference is undone.

// What follows, to the end of Diff, is all that a new kind of object adds to: what an application needs of it, what there is of
// it in a tenant, and what the comparison says of it.

// ApplicationResource is a resource with what an application needs on it.
type ApplicationResource struct {
	Resource
	Permissions []Permission
}

// State is what was read from a tenant about one requirement.
type State struct {
	Tenant            Tenant
	ServicePrincipals []ServicePrincipal // of Requirement.AppIDs, as far as they stand
	Grants            []PermissionGrant  // of the client, as Graph lists them; others are allowed and do not count
	OddGrants         []OddGrant
	// Deleted are service principals of the client that can be restored; they are read for a status or a plan of a tenant that has none.
	Deleted []Restorable // the newest first
	// ConsentPolicies are the entries of the authorization policy as they stand, if need be with one twice, and
	// Classifications those of the required resources; both are read for the route UserConsent only.
	ConsentPolicies ScopeSet
	Classifications []Classification
	// Published are the delegated permissions of the resources on which the requirement has anything in Also; of others they are not read.
	Published Catalogue
}

// Difference is the outcome of comparing a requirement with a state.
type Difference struct {
	// Client is the client's service principal; nil if the tenant has none.
	Client *ServicePrincipal
	Route  Route
	// Lacking: something that is required does not stand, whether or not an action brings it about.
	Lacking bool

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
func (d Difference) Satisfied() bool { return !d.Lacking }

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
	if !found && len(state.Deleted) > 0 {
		deleted := state.Deleted[0]
		d.note(Notice{Level: Info, Code: "clientDeleted", Name: required.App.Name, Detail: string(deleted.ID), Until: deleted.Until})
	}
	if required.EnableApp && client.Disabled() {
		// it is no grant, and nothing that the grants lack
		d.Actions = append(d.Actions, Action{Kind: EnableServicePrincipal, AppID: client.AppID, Target: string(client.ID)})
	}
	var grants [][]PermissionGrant
	for _, resource := range required.Resources {
		part, standing := d.compareResource(resource, client.ID, state)
		d.Resources, grants = append(d.Resources, part), append(grants, standing)
	}
	needless := d.Route == UserConsent && d.granted() && !required.Loosen
	for i := range d.Resources {
		switch part := &d.Resources[i]; {
		case d.Route != UserConsent:
			d.grantMissing(*part, client.ID, grants[i])
		case needless:
			part.Classified = part.lowImpact(state)
		default:
			d.classify(part, state)
		}
	}
	switch {
	case needless:
		d.note(Notice{Level: Info, Code: "userConsentNotNeeded"})
	case d.Route == UserConsent:
		d.letUsersConsent(state.ConsentPolicies)
	case d.Client == nil && len(d.Actions) > 0: // grants need its service principal
		d.Actions = slices.Insert(d.Actions, 0, Action{Kind: CreateServicePrincipal, AppID: required.App.ID})
	}
	d.note(elsewhere(required, client.ID, state)...)
	d.note(required.Notices...)
	if d.Blocked() {
		d.Actions = nil
	}
	return d
}

// granted reports whether all that is required stands for all users.
func (d *Difference) granted() bool {
	return !slices.ContainsFunc(d.Resources, func(r ResourceDifference) bool { return len(r.Missing) > 0 })
}

// plan adds an action that brings about what is lacking.
func (d *Difference) plan(a Action) {
	d.Lacking = true
	d.Actions = append(d.Actions, a)
}

// note adds notices.
func (d *Difference) note(notices ...Notice) { d.Notices = append(d.Notices, notices...) }

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

// find returns the first element that fits, and whether there is one.
func find[T any](list []T, fits func(T) bool) (first T, found bool) {
	if i := slices.IndexFunc(list, fits); i >= 0 {
		return list[i], true
	}
	return first, false
}
