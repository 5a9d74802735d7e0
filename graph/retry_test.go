package graph_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"

	"github.com/google/go-cmp/cmp"
)

const second = time.Second

// Which failures are tried again, by whom, and after how long. want is how many requests arrive before a good answer.
func TestRetry(t *testing.T) {
	t.Parallel()
	soon := func(status int) http.HandlerFunc { return errorAnswer(status, "x", "y", "Retry-After", "7") }
	for name, test := range map[string]struct {
		answer      http.HandlerFunc
		read, write []time.Duration // pauses before each further attempt; nil: it is not tried again
	}{
		"429 with Retry-After": {soon(429), []time.Duration{7 * second}, []time.Duration{7 * second}},
		"429 without":          {errorAnswer(429, "x", "y"), []time.Duration{second}, []time.Duration{second}},
		"503 with Retry-After": {soon(503), []time.Duration{7 * second}, nil},
		"504 with Retry-After": {soon(504), []time.Duration{7 * second}, nil},
		"503":                  {errorAnswer(503, "x", "y"), []time.Duration{second}, nil},
		"500":                  {errorAnswer(500, "x", "y"), []time.Duration{second}, nil},
		"502 of a proxy":       {rawAnswer(502, "text/html", "<h1>Bad Gateway</h1>"), []time.Duration{second}, nil},
		"408":                  {errorAnswer(408, "x", "y"), []time.Duration{second}, nil},
		"501":                  {errorAnswer(501, "x", "y"), nil, nil},
		"400":                  {errorAnswer(400, "x", "y"), nil, nil},
		"403":                  {errorAnswer(403, "x", "y"), nil, nil},
		"404":                  {errorAnswer(404, "x", "y"), nil, nil},
		"no answer":            {hangUp, []time.Duration{second}, nil},
		"cut":                  {cut, []time.Duration{second}, nil},
		"HTML with status 200": {rawAnswer(200, "text/html", "<h1>Hotel</h1>"), []time.Duration{second}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := newWire(t, test.answer, jsonAnswer(200, `{"value":[]}`))
			_, err := read.client().Read(t.Context(), allDevices)
			checkPauses(t, "read", read, test.read, err)
			write := newWire(t, test.answer, jsonAnswer(201, grantRow("a", clientID, graphID, "AllPrincipals", "User.Read")))
			_, err = write.client().CreateGrant(t.Context(), userRead())
			checkPauses(t, "write", write, test.write, err)
		})
	}
}

func userRead() consent.PermissionGrant {
	return consent.PermissionGrant{ClientID: clientID, ResourceID: graphID, ConsentType: consent.AllPrincipals, Scopes: consent.Scopes("User.Read")}
}

func checkPauses(t *testing.T, what string, w *wire, want []time.Duration, err error) {
	t.Helper()
	if diff := cmp.Diff(want, w.clock.slept); diff != "" {
		t.Errorf("%s: pauses (-want +got):\n%s", what, diff)
	}
	if n := len(w.requests()); n != len(want)+1 {
		t.Errorf("%s: %d requests, want %d", what, n, len(want)+1)
	}
	if (err == nil) != (len(want) > 0) {
		t.Errorf("%s: got error %v", what, err)
	}
}

// Without Retry-After there are five attempts; with it, as many as the deadline allows, and more than the 100 seconds
// that the SDK's own client would take in all (graph-facts.md §11.2).
func TestRetry_bounds(t *testing.T) {
	t.Parallel()
	w := newWire(t, errorAnswer(503, "x", "y"))
	if _, err := w.client().Read(t.Context(), allDevices); err == nil {
		t.Error("it never succeeds, and yet there is no error")
	}
	if diff := cmp.Diff([]time.Duration{second, 2 * second, 4 * second, 8 * second}, w.clock.slept); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}

	throttled := errorAnswer(429, "x", "y", "Retry-After", "60")
	patient := newWire(t, throttled, throttled, throttled, throttled, throttled, throttled, throttled, jsonAnswer(200, `{"value":[]}`))
	if _, err := patient.client().Read(t.Context(), allDevices); err != nil {
		t.Errorf("after seven times Retry-After: %v", err)
	}

	date := newWire(t, func(rw http.ResponseWriter, r *http.Request) {
		errorAnswer(429, "x", "y", "Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))(rw, r)
	}, jsonAnswer(200, `{"value":[]}`))
	if _, err := date.client().Read(t.Context(), allDevices); err != nil || len(date.clock.slept) != 1 || date.clock.slept[0].Round(time.Minute) != time.Hour {
		t.Errorf("with a date in an hour: slept %v, %v", date.clock.slept, err)
	}
}

// A wait that would outlast the deadline is not begun, whatever the server asks for.
func TestRetry_deadline(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"31536000", "99999999999999999999", "Wed, 21 Oct 2099 07:28:00 GMT", "-5", "soon", "0"} {
		w := newWire(t, errorAnswer(429, "x", "y", "Retry-After", value))
		ctx, cancel := context.WithDeadline(t.Context(), w.clock.now.Add(time.Hour))
		_, err := w.client().Read(ctx, allDevices)
		cancel()
		if answered, ok := errors.AsType[*graph.Error](err); !ok || answered.Status != 429 {
			t.Errorf("Retry-After %q: got error %v", value, err)
		}
		if slept := w.clock.now.Sub(w.clock.now.Add(-sum(w.clock.slept))); slept > time.Hour {
			t.Errorf("Retry-After %q: slept %s", value, slept)
		}
	}
}

func sum(list []time.Duration) (total time.Duration) {
	for _, d := range list {
		total += d
	}
	return total
}

// Each wait is told.
func TestRetry_isTold(t *testing.T) {
	t.Parallel()
	w := newWire(t, errorAnswer(429, "x", "y", "Retry-After", "7"), errorAnswer(503, "x", "y"), jsonAnswer(200, `{"value":[]}`))
	if _, err := w.client().Read(t.Context(), allDevices); err != nil {
		t.Fatal(err)
	}
	want := []string{"7s: Graph, to read service principals (throttled)", "2s: Graph, to read service principals (Service Unavailable)"}
	if diff := cmp.Diff(want, w.waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

// A body that is sent again is the same, plain and of known length. The SDK's middlewares may send it again as plain
// text that is labelled gzip (graph-facts.md §11.2).
func TestRetry_body(t *testing.T) {
	t.Parallel()
	throttled := errorAnswer(429, "x", "y", "Retry-After", "1")
	w := newWire(t, throttled, throttled, jsonAnswer(201, grantRow("a", clientID, graphID, "AllPrincipals", "User.Read")))
	if _, err := w.client().CreateGrant(t.Context(), userRead()); err != nil {
		t.Fatal(err)
	}
	const body = `{"clientId":"c1000000-0000-4000-8000-000000000001","consentType":"AllPrincipals","resourceId":"c1000000-0000-4000-8000-000000000002","scope":"User.Read"}`
	ids := make(map[string]bool)
	for i, r := range w.requests() {
		if r.body != body || r.length != int64(len(body)) || r.header.Get("Content-Encoding") != "" || r.header.Get("Content-Type") != "application/json" {
			t.Errorf("attempt %d: %q, length %d, headers %v", i+1, r.body, r.length, r.header)
		}
		if got := r.header.Values("Client-Request-Id"); len(got) != 1 || ids[got[0]] {
			t.Errorf("attempt %d: client-request-id %v; want one of its own", i+1, got)
		}
		ids[r.header.Get("Client-Request-Id")] = true
		if got := r.header.Get("User-Agent"); !strings.HasPrefix(got, "appleconsent/") {
			t.Errorf("attempt %d: user agent %q", i+1, got)
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d attempts, want 3", len(ids))
	}
}

// An interrupt ends a wait at once.
func TestRetry_interrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := newWire(t, func(rw http.ResponseWriter, r *http.Request) {
		cancel()
		errorAnswer(429, "x", "y", "Retry-After", "60")(rw, r)
	})
	if _, err := w.client().CreateGrant(ctx, userRead()); err == nil {
		t.Error("got no error")
	}
	if len(w.clock.slept) > 0 || len(w.requests()) != 1 {
		t.Errorf("slept %v, %d requests; want one and no wait", w.clock.slept, len(w.requests()))
	}
}

// A write in flight is awaited although the context was cancelled meanwhile.
func TestWrite_isAwaited(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := newWire(t, func(rw http.ResponseWriter, r *http.Request) {
		cancel()
		jsonAnswer(201, grantRow("a", clientID, graphID, "AllPrincipals", "User.Read"))(rw, r)
	})
	if g, err := w.client().CreateGrant(ctx, userRead()); err != nil || g.ID != "a" {
		t.Errorf("got %+v, %v; want the grant", g, err)
	}
}
