package graph_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"time"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"
)

// A write that is never answered ends with the deadline of the command, and may have happened.
func TestWrite_deadline(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	w := newTenant(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	client := w.client()
	if _, err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 200*time.Millisecond)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := client.CreateGrant(ctx, userRead())
		ended <- err
	}()
	select {
	case err := <-ended:
		if answered, ok := errors.AsType[*wire.Error](err); !ok || !answered.Unanswered() {
			t.Errorf("got error %v, want a lost answer", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the write outlasts the deadline")
	}
}

// A cancelled context ends a write before it is sent.
func TestWrite_cancelled(t *testing.T) {
	t.Parallel()
	w := newTenant(t, wiretest.JSON(201, grantRow("a", clientID, graphID, "AllPrincipals", "User.Read")))
	client := w.client()
	if _, err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.CreateGrant(ctx, userRead()); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if n := len(w.Requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}
