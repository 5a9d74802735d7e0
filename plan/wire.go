package plan

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"appleconsent/consent"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
)

// The wire form of actions and of their results: flat, with one word for verb and object, the id of the object under the name that
// its form says, and only the fields that the kind has. Everything else in this package works on consent.Action.

// actionName is the word of documents for a kind of action; empty for one that there is not. They never change.
func actionName(kind consent.ActionKind) string { return formOf(kind).names[kind.Verb] }

// actionKind returns the kind that a document names.
func actionKind(name string) (consent.ActionKind, error) {
	for object, f := range forms() {
		for verb, known := range f.names {
			if known == name {
				return consent.ActionKind{Verb: verb, Object: object}, nil
			}
		}
	}
	return consent.ActionKind{}, fmt.Errorf("unknown kind %q", name)
}

type wireAction struct {
	wireHead
	wireTarget
	wireResource
	wireScopes
}

type wireHead struct {
	ID    string        `json:"id"`
	Kind  string        `json:"kind"`
	AppID consent.AppID `json:"appId,omitempty"`
}

type wireResource struct {
	ResourceAppID  consent.AppID    `json:"resourceAppId,omitempty"`
	ResourceID     consent.ObjectID `json:"resourceId,omitempty"`
	Permission     consent.Scope    `json:"permission,omitempty"`
	PermissionID   string           `json:"permissionId,omitempty"`
	Classification string           `json:"classification,omitempty"`
}

type wireScopes struct {
	ClientID clientID         `json:"clientId,omitzero"`
	Before   consent.ScopeSet `json:"before,omitzero"`
	After    consent.ScopeSet `json:"after,omitzero"`
}

type wireOutcome struct {
	Status Status      `json:"status"`
	Result *wireResult `json:"result,omitempty"`
	Error  string      `json:"error,omitempty"`
}

type wireResult struct {
	wireTarget
	Result
}

// MarshalJSON writes the wire form.
func (r wireResult) MarshalJSON() ([]byte, error) { return joined(r.IDs, r.Result) }

// Result is what stands because of an action. Scopes, or entries of the authorization policy, are those that stood before
// and after it, which differ from the planned ones where somebody else was faster.
type Result struct {
	Target    string           `json:"-"` // the id of what was created, changed or deleted
	Before    consent.ScopeSet `json:"before,omitzero"`
	After     consent.ScopeSet `json:"after,omitzero"`
	RequestID *string          `json:"requestId"` // Graph's own, which ties it to Entra's audit log; null as yet
}

// Performed returns the action with the scopes that it really had before and after, which differ from the planned ones
// where somebody else was faster.
func (a RecordedAction) Performed() consent.Action {
	action := a.Action.Action
	if a.Result == nil {
		return action
	}
	action.Target = cmp.Or(a.Result.Target, action.Target)
	if a.Status == StatusDone {
		action.Before, action.After = a.Result.Before, a.Result.After
	}
	return action
}

// wireTarget is the id of an object under its name; empty if there is none.
type wireTarget struct {
	IDs map[string]string `json:",embed"`
}

func (f form) wireTarget(id string) wireTarget {
	if id == "" {
		return wireTarget{map[string]string{}}
	}
	return wireTarget{map[string]string{f.target: id}}
}

// of returns the id, and refuses one under a name that the form does not say.
func (t wireTarget) of(f form) (id string, err error) {
	for name := range t.IDs {
		if name != f.target {
			return "", fmt.Errorf("unknown field %q", name)
		}
	}
	return t.IDs[f.target], nil
}

// clientID is the clientId of what belongs to the client: null as long as the service principal is yet to be created, left out
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

// wire returns the parts of the action in their order: the id of the object stands behind the permission that it is about.
func (a Action) wire() []any {
	f := formOf(a.Kind)
	head, target := wireHead{a.ID, actionName(a.Kind), a.AppID}, f.wireTarget(a.Target).IDs
	resource := wireResource{a.ResourceAppID, a.ResourceID, a.Permission, a.PermissionID, f.level}
	scopes := wireScopes{clientID{f.ofClient, a.ClientID}, a.Before, a.After}
	if a.Permission != "" {
		return []any{head, resource, target, scopes}
	}
	return []any{head, target, resource, scopes}
}

// action returns what a document says, and refuses fields that the kind does not have.
func (w wireAction) action() (Action, error) {
	kind, err := actionKind(w.Kind)
	f := formOf(kind)
	a := Action{ID: w.ID, Action: consent.Action{
		Kind: kind, AppID: w.AppID, ResourceAppID: w.ResourceAppID, ResourceID: w.ResourceID, ClientID: w.ClientID.id,
		Permission: w.Permission, PermissionID: w.PermissionID, Before: w.Before, After: w.After,
	}}
	if err == nil {
		a.Target, err = w.of(f)
	}
	if err == nil && (w.ClientID.applies != f.ofClient || w.Classification != f.level) {
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
func (a Action) MarshalJSON() ([]byte, error) { return joined(a.wire()...) }

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
	outcome := wireOutcome{Status: a.Status, Error: a.Error}
	if a.Result != nil {
		outcome.Result = &wireResult{formOf(a.Kind).wireTarget(a.Result.Target), *a.Result}
	}
	return joined(append(a.wire(), outcome)...)
}

// UnmarshalJSONFrom reads the wire form, as strictly as the document that it is in.
func (a *RecordedAction) UnmarshalJSONFrom(decoder *jsontext.Decoder) error {
	var w struct {
		wireAction
		wireOutcome
	}
	if err := jsonv2.UnmarshalDecode(decoder, &w); err != nil {
		return err
	}
	action, err := w.action()
	*a = RecordedAction{Action: action, Status: w.Status, Error: w.Error}
	if w.Result != nil && err == nil {
		a.Result = &w.Result.Result
		a.Result.Target, err = w.Result.of(formOf(action.Kind))
	}
	return err
}

// joined writes the members of several JSON objects as one.
func joined(objects ...any) ([]byte, error) {
	var members [][]byte
	for _, o := range objects {
		text, err := json.Marshal(o)
		if err != nil {
			return nil, err
		}
		if inner := text[1 : len(text)-1]; len(inner) > 0 {
			members = append(members, inner)
		}
	}
	return slices.Concat([]byte("{"), bytes.Join(members, []byte(",")), []byte("}")), nil
}
