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
	for _, body := range []string{`{"ID":"a"}`, `{"Id":"a","id":null}`, `{}`, `null`} {
		var row classificationRow
		if err := unmarshal([]byte(body), &row); err != nil || row.ID != "" {
			t.Errorf("%s: got %v, %v", body, row.ID, err)
		}
	}
	var row classificationRow
	if err := unmarshal([]byte(`{"id":"a","Id":"b"}`), &row); err != nil || row.ID != "a" {
		t.Errorf("got %v, %v", row.ID, err)
	}
	for _, body := range []string{`{"id":1}`, `[]`, `1`, ``} {
		if err := unmarshal([]byte(body), &row); err == nil {
			t.Errorf("%q is taken for an object", body)
		}
	}
}
