package consent

// ActionKind names what an action does, in the words of the plan document.
type ActionKind string

// The kinds of actions. Apply creates, updates, enables, classifies and sets; rollback may do any of them.
const (
	CreateServicePrincipal  ActionKind = "createServicePrincipal"
	EnableServicePrincipal  ActionKind = "enableServicePrincipal"
	DisableServicePrincipal ActionKind = "disableServicePrincipal"
	DeleteServicePrincipal  ActionKind = "deleteServicePrincipal"
	CreateGrant             ActionKind = "createGrant"
	UpdateGrant             ActionKind = "updateGrant"
	DeleteGrant             ActionKind = "deleteGrant"
	ClassifyPermission      ActionKind = "classifyPermission"
	DeclassifyPermission    ActionKind = "declassifyPermission"
	SetUserConsentPolicy    ActionKind = "setUserConsentPolicy"
)

// ActionKinds returns all kinds.
func ActionKinds() []ActionKind {
	return []ActionKind{
		CreateServicePrincipal, EnableServicePrincipal, DisableServicePrincipal, DeleteServicePrincipal,
		CreateGrant, UpdateGrant, DeleteGrant, ClassifyPermission, DeclassifyPermission, SetUserConsentPolicy,
	}
}

// Action is one change of a tenant, as data: it can be saved, compared, shown, applied and inverted. Which fields
// are set depends on the kind.
type Action struct {
	Kind ActionKind
	// AppID is the application whose service principal is created, enabled, disabled or deleted; empty otherwise.
	AppID AppID
	// ServicePrincipalID is the service principal that is enabled, disabled or deleted; empty otherwise.
	ServicePrincipalID ObjectID
	// GrantID is the grant that is updated or deleted; empty for a grant that is to be created.
	GrantID GrantID
	// ResourceAppID and ResourceID name the resource of a grant or of a permission that is classified.
	ResourceAppID AppID
	ResourceID    ObjectID
	// ClientID is the client of a grant; empty while an earlier action is to create its service principal.
	ClientID ObjectID
	// Permission, by name and id, is classified as low impact, or no longer.
	Permission   Scope
	PermissionID string
	// ClassificationID is the classification that is deleted; empty otherwise.
	ClassificationID string
	// Before and After are all scopes of a grant, or all entries of the authorization policy, never a part: Graph
	// replaces the whole of either.
	Before, After ScopeSet
}

// Added returns the scopes that the action grants, or the entries that it adds.
func (a Action) Added() ScopeSet { return a.After.Without(a.Before) }

// Removed returns the scopes that the action revokes, or the entries that it removes.
func (a Action) Removed() ScopeSet { return a.Before.Without(a.After) }

// ShownIn tells whether the state shows that the action happened, whoever did it: what it creates or grants is
// there and what it deletes or revokes is not. What else others granted meanwhile does not matter.
func (a Action) ShownIn(s State, client AppID) bool {
	switch a.Kind {
	case CreateServicePrincipal:
		_, found := s.ServicePrincipal(a.AppID)
		return found
	case EnableServicePrincipal, DisableServicePrincipal:
		sp, found := s.ServicePrincipal(a.AppID)
		return found && sp.ID == a.ServicePrincipalID && sp.Disabled() == (a.Kind == DisableServicePrincipal)
	case DeleteServicePrincipal:
		sp, found := s.ServicePrincipal(a.AppID)
		return !found || sp.ID != a.ServicePrincipalID
	case CreateGrant, UpdateGrant, DeleteGrant:
		sp, _ := s.ServicePrincipal(client)
		grants := s.TenantWideGrants(sp.ID, a.ResourceID)
		return union(grants).HasAll(a.After) && !anyHolds(grants, a.GrantID, a.Removed())
	case ClassifyPermission:
		c, found := s.Classification(a.ResourceID, a.PermissionID)
		return found && c.Low()
	case DeclassifyPermission:
		c, found := s.Classification(a.ResourceID, a.PermissionID)
		return !found || c.ID != a.ClassificationID
	case SetUserConsentPolicy:
		return s.ConsentPolicies.HasAll(a.Added()) && len(a.Removed().In(s.ConsentPolicies)) == 0
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

// OnGrant tells whether actions of the kind concern a grant.
func (k ActionKind) OnGrant() bool {
	return k == CreateGrant || k == UpdateGrant || k == DeleteGrant
}

// OnServicePrincipal tells whether actions of the kind concern a service principal itself.
func (k ActionKind) OnServicePrincipal() bool {
	return k == CreateServicePrincipal || k == EnableServicePrincipal || k == DisableServicePrincipal || k == DeleteServicePrincipal
}

// OnClassification tells whether actions of the kind concern how a permission is classified.
func (k ActionKind) OnClassification() bool {
	return k == ClassifyPermission || k == DeclassifyPermission
}

// OnUserConsent tells whether actions of the kind concern what users may consent to for themselves.
func (k ActionKind) OnUserConsent() bool {
	return k.OnClassification() || k == SetUserConsentPolicy
}
