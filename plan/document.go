package plan

import (
	"slices"
	"strconv"
	"time"

	"appleconsent/consent"
)

// SchemaVersion is the version of the documents that this program writes, and the newest that it reads.
const SchemaVersion = 1

// MaxReason is how long the reason of a plan or a change can be, in bytes.
const MaxReason = 1000

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
	// Requirement is what the document was made for.
	Requirement RequirementInfo `json:"requirement"`
	// Reason and PlannedBy are why a plan was made, and the user principal name or appId of who made it; null if not known.
	Reason    *string `json:"reason"`
	PlannedBy *string `json:"plannedBy"`
	// Usage is how many people it is about; absent unless somebody asked for that.
	Usage     *UsageInfo `json:"usage,omitempty"`
	Satisfied bool       `json:"satisfied"`
	Resources []Resource `json:"resources"`
	// UserConsentPolicies are the entries of the authorization policy; absent but for consent.UserConsent.
	UserConsentPolicies consent.ScopeSet `json:"userConsentPolicies,omitzero"`
	Actions             []Action         `json:"actions,omitzero"` // nil in a status, never nil in a plan
	Notices             []Notice         `json:"notices"`
	// Asked is what the command line asks for beyond what the application needs: a file does not have it, and so permits nothing.
	Asked []consent.Also `json:"-"`
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
	Simulated   bool    `json:"simulated"`
}

// ClientInfo describes the client application; all but AppID are null while it has no service principal.
type ClientInfo struct {
	AppID              consent.AppID     `json:"appId"`
	ServicePrincipalID *consent.ObjectID `json:"servicePrincipalId"`
	DisplayName        *string           `json:"displayName"`
	AccountEnabled     *bool             `json:"accountEnabled"`
	Publisher          *string           `json:"publisher"`
	SignIn             *SignIn           `json:"signIn"`
}

// SignIn says whether users can sign in to the client.
type SignIn string

// The values of SignIn. Of a client that is disabled in more than one way, the one counts that the tenant cannot undo.
const (
	SignInEnabled         SignIn = "enabled"
	SignInDisabled        SignIn = "disabled"        // in this tenant, or by Microsoft
	SignInDisabledByOwner SignIn = "disabledByOwner" // in all tenants
)

// SignInDisabled reports whether it is known that users cannot sign in to the client.
func (c ClientInfo) SignInDisabled() bool { return c.SignIn != nil && *c.SignIn != SignInEnabled }

// SignInUnknown reports whether the tenant has the client and does not tell whether users can sign in to it.
func (c ClientInfo) SignInUnknown() bool { return c.ServicePrincipalID != nil && c.SignIn == nil }

// InPlace reports whether users are served: all that is required is there, and they can sign in to the client. By the route
// consent.UserConsent a tenant that does not have the client yet serves them, too: the first user's consent brings it, enabled.
func (d Document) InPlace() bool {
	return d.Satisfied && !d.Client.SignInDisabled() && !d.Client.SignInUnknown()
}

// Action is an action in a plan. Its JSON form has no fields that its kind does not have.
type Action struct {
	ID string // its place in the plan, from "1"
	consent.Action
}

// Notice is a notice in a document.
type Notice struct {
	Level consent.Level `json:"level"`
	Code  string        `json:"code"`
	// Message is the sentence for people. Package render writes it; it is empty until then.
	Message string `json:"message"`
	// About has the parameters of the sentence; zero in a document that was read from a file.
	About consent.Notice `json:"-"`
}

// New makes the plan that carries the difference out, or the status that only shows it.
func New(kind Kind, tool Tool, at time.Time, required consent.Requirement, state consent.State) Document {
	d := consent.Diff(required, state)
	doc := Document{
		SchemaVersion: SchemaVersion, Kind: kind, Tool: tool, CreatedAt: at.UTC().Truncate(time.Second),
		Tenant:      TenantOf(state.Tenant),
		Client:      ClientOf(required.App.ID, d.Client),
		Requirement: RequirementOf(required.Choices),
		Satisfied:   d.Satisfied(),
		Resources:   make([]Resource, 0, len(d.Resources)),
		Notices:     documentNotices(d.Notices),
		Asked:       required.Also,
	}
	for _, r := range d.Resources {
		doc.Resources = append(doc.Resources, resourceOf(r))
	}
	if d.Route == consent.UserConsent {
		doc.UserConsentPolicies = append(consent.ScopeSet{}, state.ConsentPolicies...)
	}
	if kind == KindPlan {
		doc.Actions = documentActions(d.Actions)
	}
	return doc
}

// TenantOf names a tenant in a document.
func TenantOf(t consent.Tenant) TenantInfo {
	return TenantInfo{t.ID, orNull(t.DisplayName), t.Cloud, t.Simulated}
}

// ClientOf describes the client in a document; sp is nil if the tenant has none.
func ClientOf(app consent.AppID, sp *consent.ServicePrincipal) ClientInfo {
	if sp == nil {
		return ClientInfo{AppID: app}
	}
	info := ClientInfo{app, orNull(sp.ID), orNull(sp.DisplayName), sp.AccountEnabled, orNull(sp.VerifiedPublisher), nil}
	switch {
	case sp.DisabledByOwner:
		info.SignIn = new(SignInDisabledByOwner)
	case sp.Disabled() || sp.Barred():
		info.SignIn = new(SignInDisabled)
	case sp.AccountEnabled != nil:
		info.SignIn = new(SignInEnabled)
	}
	return info
}

func documentActions(actions []consent.Action) []Action {
	out := make([]Action, 0, len(actions))
	for i, a := range actions {
		out = append(out, Action{strconv.Itoa(i + 1), a})
	}
	return out
}

func documentNotices(notices []consent.Notice) []Notice {
	out := make([]Notice, 0, len(notices))
	for _, n := range notices {
		out = append(out, Notice{Level: n.Level, Code: n.Code, About: n})
	}
	return out
}

// Planned returns the actions as they are apart from the document.
func (d Document) Planned() []consent.Action {
	actions := make([]consent.Action, len(d.Actions))
	for i, a := range d.Actions {
		actions[i] = a.Action
	}
	return actions
}

// Kinds returns what the actions are, in their order.
func (d Document) Kinds() []consent.ActionKind { return KindsOf(d.Planned()) }

// KindsOf returns what actions are, in their order.
func KindsOf(actions []consent.Action) []consent.ActionKind {
	kinds := make([]consent.ActionKind, len(actions))
	for i, a := range actions {
		kinds[i] = a.Kind
	}
	return kinds
}

// Blocked reports whether a notice forbids to apply the plan.
func (d Document) Blocked() bool {
	return slices.ContainsFunc(d.Notices, func(n Notice) bool { return n.Level == consent.Blocker })
}

// orNull returns nil for the zero value, which JSON shows as null.
func orNull[T comparable](v T) *T {
	var zero T
	if v == zero {
		return nil
	}
	return &v
}
