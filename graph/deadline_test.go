package graph_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"appleconsent/graph"
)

// A write that is never answered ends with the deadline of the command, and may have happened.
func TestWrite_deadline(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	w := newWire(t, func(http.ResponseWriter, *http.Request) { <-release })
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
		if answered, ok := errors.AsType[*graph.Error](err); !ok || !answered.Unanswered() {
			t.Errorf("got error %v, want a lost answer", err)
		}
	case <-time.After(10 * time.Second):
		t.Error("the write outlasts the deadline")
	}
}

// A cancelled context ends a write before it is sent.
func TestWrite_cancelled(t *testing.T) {
	t.Parallel()
	w := newWire(t, jsonAnswer(201, grantRow("a", clientID, graphID, "AllPrincipals", "User.Read")))
	client := w.client()
	if _, err := client.SignIn(t.Context()); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := client.CreateGrant(ctx, userRead()); !errors.Is(err, context.Canceled) {
		t.Errorf("got error %v", err)
	}
	if n := len(w.requests()); n != 0 {
		t.Errorf("%d requests were sent", n)
	}
}

// A token is replaced before it expires, and not asked for each time.
func TestToken_refresh(t *testing.T) {
	t.Parallel()
	w := newWire(t, jsonAnswer(200, `{"value":[]}`))
	var tokens atomic.Int32
	w.server.Config.Handler = http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/token") {
			tokens.Add(1)
		}
		w.ServeHTTP(rw, r)
	})
	client := w.client()
	for _, test := range []struct {
		after time.Duration
		want  int32
	}{{0, 1}, {50 * time.Minute, 1}, {9 * time.Minute, 2}} {
		_ = w.clock.Sleep(t.Context(), test.after)
		if _, err := client.SignIn(t.Context()); err != nil || tokens.Load() != test.want {
			t.Errorf("%s later: %d tokens, %v; want %d", test.after, tokens.Load(), err, test.want)
		}
	}
}
