package plan

import (
	"encoding/json"
	"strconv"
	"time"

	"appleconsent/consent"
)

// SchemaVersion is the version of the documents that this program writes, and the newest that it reads.
const SchemaVersion = 1

// Kind says what a document is.
type Kind string

// The kinds of documents. A status has no actions.
const (
	KindStatus Kind = "status"
	KindPlan   Kind = "plan"
	KindChange Kind = "change"
)

// Document is a plan or a status: what stands in a tenant, what is required, and what would be done about it. It is
// made by New or Decode and never changed. Its JSON form is docs/schema/plan.schema.json.
type Document struct {
	SchemaVersion int        `json:"schemaVersion"`
	Kind          Kind       `json:"kind"`
	Tool          Tool       `json:"tool"`
	CreatedAt     time.Time  `json:"createdAt"`
	Tenant        TenantInfo `json:"tenant"`
	Client        ClientInfo `json:"client"`
	// RollsBack is the change that the actions take back; absent unless this is the plan of a rollback.
	RollsBack string `json:"rollsBack,omitempty"`
	// Route is how users come by consent; absent for consent.AdminConsent.
	Route consent.Route `json:"route,omitempty"`
	// EnableApp: the plan was asked to enable the client, if it is disabled; absent otherwise.
	EnableApp bool       `json:"enableApp,omitempty"`
	Satisfied bool       `json:"satisfied"`
	Resources []Resource `json:"resources"`
	// UserConsentPolicies are the entries of the authorization policy; absent but for consent.UserConsent.
	UserConsentPolicies consent.ScopeSet `json:"userConsentPolicies,omitzero"`
	Actions             []Action         `json:"actions,omitzero"` // nil in a status, never nil in a plan
	Notices             []Notice         `json:"notices"`
}

// Tool is the program that made a document.
type Tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

// TenantInfo names the tenant of a document.
type TenantInfo struct {
	ID          string  `json:"id"`
	DisplayName *string `json:"displayName"` // null if it could not be read
	Cloud       string  `json:"cloud"`
}

// ClientInfo describes the client application; all but AppID are null while it has no service principal.
type ClientInfo struct {
	AppID              consent.AppID     `json:"appId"`
	ServicePrincipalID *consent.ObjectID `json:"servicePrincipalId"`
	DisplayName        *string           `json:"displayName"`
	AccountEnabled     *bool             `json:"accountEnabled"`
	Publisher          *string           `json:"publisher"`
}

// Resource is what is required of one resource and what stands there.
type Resource struct {
	AppID              consent.AppID     `json:"appId"`
	DisplayName        string            `json:"displayName"`
	ServicePrincipalID *consent.ObjectID `json:"servicePrincipalId"`
	GrantID            *consent.GrantID  `json:"grantId"`
	Required           consent.ScopeSet  `json:"required"`
	Granted            consent.ScopeSet  `json:"granted"`
	Missing            consent.ScopeSet  `json:"missing"`
	Extra              consent.ScopeSet  `json:"extra"`
	Classified         consent.ScopeSet  `json:"classified,omitzero"` // as low impact; absent but for consent.UserConsent
}

// Action is consent.Action in a document. Fields that its kind does not have are left out.
type Action struct {
	ID                 string             `json:"id"` // its place in the plan, from "1"
	Kind               consent.ActionKind `json:"kind"`
	AppID              consent.AppID      `json:"appId,omitempty"`
	ServicePrincipalID consent.ObjectID   `json:"servicePrincipalId,omitempty"`
	GrantID            consent.GrantID    `json:"grantId,omitempty"`
	ResourceAppID      consent.AppID      `json:"resourceAppId,omitempty"`
	ResourceID         consent.ObjectID   `json:"resourceId,omitempty"`
	Permission         consent.Scope      `json:"permission,omitempty"`
	PermissionID       string             `json:"permissionId,omitempty"`
	Classification     string             `json:"classification,omitempty"` // always low
	ClassificationID   string             `json:"classificationId,omitempty"`
	ClientID           clientID           `json:"clientId,omitzero"`
	Before             consent.ScopeSet   `json:"before,omitzero"`
	After              consent.ScopeSet   `json:"after,omitzero"`
}

// clientID is the clientId of a grant's action: null as long as the service principal is yet to be created, left out
// (the zero value) for actions on service principals.
type clientID struct {
	applies bool
	id      consent.ObjectID
}

// MarshalJSON writes the object ID, or null while there is none.
func (c clientID) MarshalJSON() ([]byte, error) { return json.Marshal(orNull(c.id)) }

// UnmarshalJSON reads an object ID or null.
func (c *clientID) UnmarshalJSON(data []byte) error {
	c.applies = true
	return json.Unmarshal(data, &c.id)
}

// Notice is consent.Notice in a document.
type Notice struct {
	Level   consent.Level `json:"level"`
	Code    string        `json:"code"`
	Message string        `json:"message"`
}

// New makes the plan that carries the difference out, or the status that only shows it.
func New(kind Kind, tool Tool, at time.Time, required consent.Requirement, state consent.State) Document {
	d := consent.Diff(required, state)
	doc := Document{
		SchemaVersion: SchemaVersion, Kind: kind, Tool: tool, CreatedAt: at.UTC().Truncate(time.Second),
		Tenant:    TenantOf(state.Tenant),
		Client:    ClientOf(required.Client, d.Client),
		EnableApp: required.EnableClient,
		Satisfied: d.Satisfied(),
		Resources: make([]Resource, 0, len(d.Resources)),
		Notices:   documentNotices(d.Notices),
	}
	for _, r := range d.Resources {
		doc.Resources = append(doc.Resources, Resource{
			r.AppID, r.Name, orNull(r.ServicePrincipalID), orNull(r.GrantID), r.Required, r.Granted, r.Missing, r.Extra, r.Classified,
		})
	}
	if d.Route == consent.UserConsent {
		doc.Route, doc.UserConsentPolicies = d.Route, append(consent.ScopeSet{}, state.ConsentPolicies...)
	}
	if kind == KindPlan {
		doc.Actions = documentActions(d.Actions)
	}
	return doc
}

// TenantOf names a tenant.
func TenantOf(t consent.Tenant) TenantInfo { return TenantInfo{t.ID, orNull(t.DisplayName), t.Cloud} }

// ClientOf describes the client; sp is nil while it has no service principal.
func ClientOf(app consent.AppID, sp *consent.ServicePrincipal) ClientInfo {
	if sp == nil {
		return ClientInfo{AppID: app}
	}
	return ClientInfo{app, orNull(sp.ID), orNull(sp.DisplayName), sp.AccountEnabled, orNull(sp.VerifiedPublisher)}
}

func documentActions(actions []consent.Action) []Action {
	out := make([]Action, 0, len(actions))
	for i, a := range actions {
		action := Action{
			ID: strconv.Itoa(i + 1), Kind: a.Kind, AppID: a.AppID, ServicePrincipalID: a.ServicePrincipalID,
			GrantID: a.GrantID, ResourceAppID: a.ResourceAppID, ResourceID: a.ResourceID,
			Permission: a.Permission, PermissionID: a.PermissionID, ClassificationID: a.ClassificationID,
			ClientID: clientID{a.Kind.OnGrant(), a.ClientID}, Before: a.Before, After: a.After,
		}
		if a.Kind.OnClassification() {
			action.Classification = consent.LowImpact
		}
		out = append(out, action)
	}
	return out
}

func documentNotices(notices []consent.Notice) []Notice {
	out := make([]Notice, 0, len(notices))
	for _, n := range notices {
		out = append(out, Notice(n))
	}
	return out
}

// domain returns the action as package consent has it.
func (a Action) domain() consent.Action {
	return consent.Action{
		Kind: a.Kind, AppID: a.AppID, ServicePrincipalID: a.ServicePrincipalID, GrantID: a.GrantID,
		ResourceAppID: a.ResourceAppID, ResourceID: a.ResourceID, ClientID: a.ClientID.id,
		Permission: a.Permission, PermissionID: a.PermissionID, ClassificationID: a.ClassificationID,
		Before: a.Before, After: a.After,
	}
}

// Blocked tells whether a notice forbids to apply the plan.
func (d Document) Blocked() bool {
	for _, n := range d.Notices {
		if n.Level == consent.Blocker {
			return true
		}
	}
	return false
}

// orNull returns nil for the zero value, which JSON shows as null.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
