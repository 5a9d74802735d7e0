package plan

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"

	"appleconsent/consent"
)

// The wire form of actions: flat, with one word for verb and object, and only the fields that the kind has. Everything else in
// this package works on consent.Action.

// actionNames are the words of documents for the kinds of actions (docs/schema/plan.schema.json). They never change.
var actionNames = map[consent.ActionKind]string{
	consent.CreateServicePrincipal:  "createServicePrincipal",
	consent.EnableServicePrincipal:  "enableServicePrincipal",
	consent.DisableServicePrincipal: "disableServicePrincipal",
	consent.DeleteServicePrincipal:  "deleteServicePrincipal",
	consent.CreateGrant:             "createGrant",
	consent.UpdateGrant:             "updateGrant",
	consent.DeleteGrant:             "deleteGrant",
	consent.ClassifyPermission:      "classifyPermission",
	consent.DeclassifyPermission:    "declassifyPermission",
	consent.SetUserConsentPolicy:    "setUserConsentPolicy",
}

// actionKind returns the kind that a document names.
func actionKind(name string) (consent.ActionKind, error) {
	for kind, known := range actionNames {
		if known == name {
			return kind, nil
		}
	}
	return consent.ActionKind{}, fmt.Errorf("unknown kind %q", name)
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
		ID: a.ID, Kind: actionNames[a.Kind], AppID: a.AppID, ServicePrincipalID: a.ServicePrincipalID,
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
		err = fmt.Errorf("action %q: %w", w.ID, err)
	}
	return a, err
}

// MarshalJSON writes the wire form.
func (a Action) MarshalJSON() ([]byte, error) { return json.Marshal(a.wire()) }

// UnmarshalJSON reads the wire form strictly.
func (a *Action) UnmarshalJSON(data []byte) error {
	var w wireAction
	if err := strictly(data, &w); err != nil {
		return err
	}
	var err error
	*a, err = w.action()
	return err
}

// MarshalJSON writes the wire form.
func (a RecordedAction) MarshalJSON() ([]byte, error) {
	return json.Marshal(wireRecordedAction{a.wire(), a.Status, a.Result, a.Error})
}

// UnmarshalJSON reads the wire form strictly.
func (a *RecordedAction) UnmarshalJSON(data []byte) error {
	var w wireRecordedAction
	if err := strictly(data, &w); err != nil {
		return err
	}
	action, err := w.action()
	*a = RecordedAction{action, w.Status, w.Result, w.Error}
	return err
}

// strictly reads one value that has no unknown fields.
func strictly(data []byte, v any) error {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	return decoder.Decode(v)
}

// wireType returns the type whose fields a value of that type has in JSON.
func wireType(t reflect.Type) reflect.Type {
	switch t {
	case reflect.TypeFor[Action]():
		return reflect.TypeFor[wireAction]()
	case reflect.TypeFor[RecordedAction]():
		return reflect.TypeFor[wireRecordedAction]()
	}
	return t
}
