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

// Object is a kind of thing in a tenant that actions are about. Each has a file of its own, with its kinds of actions, with what
// is known of it and with its part of the difference.
type Object string

// ActionKind is what an action does, and to which kind of thing.
type ActionKind struct {
	Verb   Verb
	Object Object
}

// Action is one change of a tenant, as data: it can be saved, compared, shown, applied and inverted. Which fields
// are set depends on the object.
type Action struct {
	Kind ActionKind
	// Target is the id of the thing that is changed or deleted; empty for one that is to be created.
	Target string
	// AppID is the application of a service principal.
	AppID AppID
	// ResourceAppID and ResourceID name the resource that the thing is about or belongs to.
	ResourceAppID AppID
	ResourceID    ObjectID
	// ClientID is the client that the thing belongs to; empty while an earlier action is to create its service principal.
	ClientID ObjectID
	// Permission is the one permission that the thing is about, by name and id.
	Permission   Scope
	PermissionID string
	// Before and After are all scopes of a grant, or all entries of the authorization policy, never a part: Graph
	// replaces the whole of either.
	Before, After ScopeSet
}

// Added returns the scopes that the action grants, or the entries that it adds.
func (a Action) Added() ScopeSet { return a.After.Without(a.Before) }

// Removed returns the scopes that the action revokes, or the entries that it removes.
func (a Action) Removed() ScopeSet { return a.Before.Without(a.After) }
