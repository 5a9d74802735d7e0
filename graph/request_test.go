package graph

import (
	"errors"
	"testing"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire"

	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// A panic of the SDK is a lost answer, not the end of the program.
func TestCall_panic(t *testing.T) {
	t.Parallel()
	c := &Client{credential: signin.Credential{Secrets: new(wire.Secrets)}}
	err := c.send(t.Context(), opCreateGrant, built(abstractions.NewRequestInformation(), nil), nil) // without an adapter
	if answered, ok := errors.AsType[*wire.Error](err); !ok || !answered.Unanswered() {
		t.Errorf("got error %v, want a lost answer", err)
	}
}

// A member counts by its exact name alone, however often it is there in other letters.
func TestUnmarshal(t *testing.T) {
	t.Parallel()
	for _, body := range []string{`{"Scope":"a"}`, `{"SCOPE":"a","scope":null}`, `{}`, `null`} {
		var row grantRow
		if err := unmarshal([]byte(body), &row); err != nil || row.Scope != nil {
			t.Errorf("%s: got %v, %v", body, row.Scope, err)
		}
	}
	var row grantRow
	if err := unmarshal([]byte(`{"scope":"a","Scope":"b"}`), &row); err != nil || *row.Scope != "a" {
		t.Errorf("got %v, %v", row.Scope, err)
	}
	for _, body := range []string{`{"scope":1}`, `[]`, `1`, ``} {
		if err := unmarshal([]byte(body), &row); err == nil {
			t.Errorf("%q is taken for an object", body)
		}
	}
}
