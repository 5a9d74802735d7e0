package plan

import (
	"cmp"
	"encoding/json"
	"fmt"
	"sync"

	"appleconsent/consent"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The wire form of actions and of their results: flat, with one word for verb and object, and only the fields that the kind has.
// Everything else in this package works on consent.Action. An object with an id of its own adds it there and here.

// actionName is the word of documents for a kind of action; empty for one that there is not. They never change.
func actionName(kind consent.ActionKind) string {
	o, known := objects[kind.Object]
	if !known {
		return ""
	}
	return o.names()[kind.Verb]
}

// actionKinds has the kinds by their words.
var actionKinds = sync.OnceValue(func() map[string]consent.ActionKind {
	kinds := make(map[string]consent.ActionKind)
	for object, o := range objects {
		for verb, name := range o.names() {
			kinds[name] = consent.ActionKind{Verb: verb, Object: object}
		}
	}
	return kinds
})

// actionKind returns the kind that a document names.
func actionKind(name string) (consent.ActionKind, error) {
	kind, known := actionKinds()[name]
	if !known {
		return kind, fmt.Errorf("unknown kind %q", name)
	}
	return kind, nil
}

type wireAction struct {
	ID                 string           `json:"id"`
	Kind               string           `json:"kind"`
	AppID              consent.AppID    `json:"appId,omitempty"`
	ServicePrincipalID consent.ObjectID `json:"servicePrincipalId,omitempty"`
	GrantID            consent.GrantID  `json:"grantId,omitempty"`
	ResourceAppID      consent.AppID    `json:"resourceAppId,omitempty"`
	ResourceID         consent.ObjectID `json:"resourceId,omitempty"`
	Permission         consent.Scope    `json:"permission,omitempty"`
	PermissionID       string           `json:"permissionId,omitempty"`
	Classification     string           `json:"classification,omitempty"` // always low
	ClassificationID   string           `json:"classificationId,omitempty"`
	ClientID           clientID         `json:"clientId,omitzero"`
	Before             consent.ScopeSet `json:"before,omitzero"`
	After              consent.ScopeSet `json:"after,omitzero"`
}

type wireRecordedAction struct {
	wireAction
	Status Status  `json:"status"`
	Result *Result `json:"result,omitempty"`
	Error  string  `json:"error,omitempty"`
}

// Result is what stands because of an action. Scopes, or entries of the authorization policy, are those that stood before
// and after it, which differ from the planned ones where somebody else was faster.
type Result struct {
	GrantID            consent.GrantID  `json:"grantId,omitempty"`
	ServicePrincipalID consent.ObjectID `json:"servicePrincipalId,omitempty"`
	ClassificationID   string           `json:"classificationId,omitempty"`
	Before             consent.ScopeSet `json:"before,omitzero"`
	After              consent.ScopeSet `json:"after,omitzero"`
	RequestID          *string          `json:"requestId"` // Graph's own, which ties it to Entra's audit log; null as yet
}

// Performed returns the action with the scopes that it really had before and after, which differ from the planned ones
// where somebody else was faster.
func (a RecordedAction) Performed() consent.Action {
	action := a.Action.Action
	if a.Result == nil {
		return action
	}
	action.GrantID = cmp.Or(a.Result.GrantID, action.GrantID)
	action.ServicePrincipalID = cmp.Or(a.Result.ServicePrincipalID, action.ServicePrincipalID)
	action.ClassificationID = cmp.Or(a.Result.ClassificationID, action.ClassificationID)
	if a.Status == StatusDone {
		action.Before, action.After = a.Result.Before, a.Result.After
	}
	return action
}

// opaqueIDs are the ids of an action that Graph makes of others.
func opaqueIDs(a consent.Action) []string { return []string{string(a.GrantID), a.ClassificationID} }

// clientID is the clientId of a grant's action: null as long as the service principal is yet to be created, left out
// (the zero value) for all other actions.
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

// wire returns the action as documents have it.
func (a Action) wire() wireAction {
	w := wireAction{
		ID: a.ID, Kind: actionName(a.Kind), AppID: a.AppID, ServicePrincipalID: a.ServicePrincipalID,
		GrantID: a.GrantID, ResourceAppID: a.ResourceAppID, ResourceID: a.ResourceID,
		Permission: a.Permission, PermissionID: a.PermissionID, ClassificationID: a.ClassificationID,
		ClientID: clientID{a.Kind.Object == consent.OnGrant, a.ClientID}, Before: a.Before, After: a.After,
	}
	if a.Kind.Object == consent.OnClassification {
		w.Classification = consent.LowImpact
	}
	return w
}

// action returns what a document says, and refuses fields that the kind does not have.
func (w wireAction) action() (Action, error) {
	kind, err := actionKind(w.Kind)
	a := Action{ID: w.ID, Action: consent.Action{
		Kind: kind, AppID: w.AppID, ServicePrincipalID: w.ServicePrincipalID, GrantID: w.GrantID,
		ResourceAppID: w.ResourceAppID, ResourceID: w.ResourceID, ClientID: w.ClientID.id,
		Permission: w.Permission, PermissionID: w.PermissionID, ClassificationID: w.ClassificationID,
		Before: w.Before, After: w.After,
	}}
	if again := a.wire(); err == nil && (again.ClientID != w.ClientID || again.Classification != w.Classification) {
		err = fmt.Errorf("%s with another clientId or classification than such an action has", w.Kind)
	}
	if err != nil {
		err = &actionError{w.ID, err}
	}
	return a, err
}

// actionError is an action that no document of ours has.
type actionError struct {
	id  string
	err error
}

func (e *actionError) Error() string { return fmt.Sprintf("action %q: %v", e.id, e.err) }

// MarshalJSON writes the wire form.
func (a Action) MarshalJSON() ([]byte, error) { return json.Marshal(a.wire()) }

// UnmarshalJSONFrom reads the wire form, as strictly as the document that it is in.
func (a *Action) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	var w wireAction
	err := jsonv2.UnmarshalDecode(decoder, &w)
	if err == nil {
		*a, err = w.action()
	}
	return err
}

// MarshalJSON writes the wire form.
func (a RecordedAction) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireRecordedAction{a.wire(), a.Status, a.Result, a.Error})
}

// UnmarshalJSONFrom reads the wire form, as strictly as the document that it is in.
func (a *RecordedAction) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	var w wireRecordedAction
	if err := jsonv2.UnmarshalDecode(decoder, &w); err != nil {
		return err
	}
	action, err := w.action()
	*a = RecordedAction{action, w.Status, w.Result, w.Error}
	return err
}
