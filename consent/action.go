package consent

// Verb says what an action does to its object.
type Verb string

// The verbs.
const (
	Create  Verb = "create"
	Update  Verb = "update"
	Delete  Verb = "delete"
	Enable  Verb = "enable"
	Disable Verb = "disable"
)

// Object is a kind of thing in a tenant that actions are about.
type Object string

// The objects: a service principal (its existence and its switch for sign-in), a delegated permission grant, the
// classification of a permission, and the entries of the authorization policy.
const (
	OnServicePrincipal Object = "service principal"
	OnGrant            Object = "grant"
	OnClassification   Object = "classification"
	OnPolicy           Object = "authorization policy"
)

// ActionKind is what an action does, and to which kind of thing.
type ActionKind struct {
	Verb   Verb
	Object Object
}

// The kinds of actions. Apply creates, updates and enables; rollback may do any of them.
var (
	CreateServicePrincipal  = ActionKind{Create, OnServicePrincipal}
	EnableServicePrincipal  = ActionKind{Enable, OnServicePrincipal}
	DisableServicePrincipal = ActionKind{Disable, OnServicePrincipal}
	DeleteServicePrincipal  = ActionKind{Delete, OnServicePrincipal}
	CreateGrant             = ActionKind{Create, OnGrant}
	UpdateGrant             = ActionKind{Update, OnGrant}
	DeleteGrant             = ActionKind{Delete, OnGrant}
	ClassifyPermission      = ActionKind{Create, OnClassification}
	DeclassifyPermission    = ActionKind{Delete, OnClassification}
	SetUserConsentPolicy    = ActionKind{Update, OnPolicy}
)

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
