package consent

// ActionKind names what an action does, in the words of the plan document.
type ActionKind string

// The kinds of actions. Apply creates and updates; rollback may do any of them.
const (
	CreateServicePrincipal ActionKind = "createServicePrincipal"
	CreateGrant            ActionKind = "createGrant"
	UpdateGrant            ActionKind = "updateGrant"
	DeleteGrant            ActionKind = "deleteGrant"
	DeleteServicePrincipal ActionKind = "deleteServicePrincipal"
)

// Action is one change of a tenant, as data: it can be saved, compared, shown, applied and inverted. Which fields
// are set depends on the kind.
type Action struct {
	Kind ActionKind
	// AppID is the application whose service principal is created or deleted; empty for grants.
	AppID AppID
	// ServicePrincipalID is the service principal that is deleted; empty otherwise.
	ServicePrincipalID ObjectID
	// GrantID is the grant that is updated or deleted; empty for a grant that is to be created.
	GrantID GrantID
	// ResourceAppID and ResourceID name the resource of a grant.
	ResourceAppID AppID
	ResourceID    ObjectID
	// ClientID is the client of a grant; empty while an earlier action is to create its service principal.
	ClientID ObjectID
	// Before and After are all scopes of a grant, never a part: Graph replaces the whole string.
	Before, After ScopeSet
}

// Added returns the scopes that the action grants.
func (a Action) Added() ScopeSet { return a.After.Without(a.Before) }

// Removed returns the scopes that the action revokes.
func (a Action) Removed() ScopeSet { return a.Before.Without(a.After) }

// ShownIn tells whether the state shows that the action happened, whoever did it: what it creates or grants is
// there and what it deletes or revokes is not. What else others granted meanwhile does not matter.
func (a Action) ShownIn(s State, client AppID) bool {
	switch a.Kind {
	case CreateServicePrincipal:
		_, found := s.ServicePrincipal(a.AppID)
		return found
	case DeleteServicePrincipal:
		sp, found := s.ServicePrincipal(a.AppID)
		return !found || sp.ID != a.ServicePrincipalID
	case CreateGrant, UpdateGrant, DeleteGrant:
		sp, _ := s.ServicePrincipal(client)
		grants := s.TenantWideGrants(sp.ID, a.ResourceID)
		return union(grants).HasAll(a.After) && !anyHolds(grants, a.GrantID, a.Removed())
	}
	return false
}

// anyHolds tells whether the grant of that id still holds one of the scopes.
func anyHolds(grants []PermissionGrant, id GrantID, scopes ScopeSet) bool {
	for _, grant := range grants {
		if grant.ID == id && len(scopes.In(grant.Scopes)) > 0 {
			return true
		}
	}
	return false
}

// OnGrant tells whether actions of the kind concern a grant and not a service principal.
func (k ActionKind) OnGrant() bool {
	return k == CreateGrant || k == UpdateGrant || k == DeleteGrant
}
