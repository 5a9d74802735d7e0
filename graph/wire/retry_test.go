package wire_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

const second = time.Second

// Which failures are tried again, by whom, and after how long. want is how many requests arrive before a good answer.
func TestRetry(t *testing.T) {
	t.Parallel()
	soon := func(status int) http.HandlerFunc { return wiretest.Refusal(status, "x", "y", "Retry-After", "7") }
	for name, test := range map[string]struct {
		answer      http.HandlerFunc
		read, write []time.Duration // pauses before each further attempt; nil: it is not tried again
	}{
		"429 with Retry-After": {soon(429), []time.Duration{7 * second}, []time.Duration{7 * second}},
		"429 without":          {wiretest.Refusal(429, "x", "y"), []time.Duration{second}, []time.Duration{second}},
		"503 with Retry-After": {soon(503), []time.Duration{7 * second}, nil},
		"504 with Retry-After": {soon(504), []time.Duration{7 * second}, nil},
		"503":                  {wiretest.Refusal(503, "x", "y"), []time.Duration{second}, nil},
		"500":                  {wiretest.Refusal(500, "x", "y"), []time.Duration{second}, nil},
		"502 of a proxy":       {wiretest.Raw(502, "text/html", "<h1>Bad Gateway</h1>"), []time.Duration{second}, nil},
		"408":                  {wiretest.Refusal(408, "x", "y"), []time.Duration{second}, nil},
		"501":                  {wiretest.Refusal(501, "x", "y"), nil, nil},
		"another operation":    {wiretest.Refusal(409, "Directory_ConcurrencyViolation", "y"), []time.Duration{second}, []time.Duration{second}},
		"the same in words":    {wiretest.Refusal(400, "x", "Another operation is in progress."), []time.Duration{second}, []time.Duration{second}},
		"another conflict":     {wiretest.Refusal(409, "x", "y"), nil, nil},
		"400":                  {wiretest.Refusal(400, "x", "y"), nil, nil},
		"403":                  {wiretest.Refusal(403, "x", "y"), nil, nil},
		"404":                  {wiretest.Refusal(404, "x", "y"), nil, nil},
		"no answer":            {wiretest.HangUp, []time.Duration{second}, nil},
		"cut":                  {wiretest.Cut, []time.Duration{second}, nil},
		"HTML with status 200": {wiretest.Raw(200, "text/html", "<h1>Hotel</h1>"), []time.Duration{second}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			read := newLine(t, test.answer, wiretest.JSON(200, `{"value":[]}`))
			_, err := read.read(t.Context())
			checkPauses(t, "read", read, test.read, err)
			write := newLine(t, test.answer, wiretest.JSON(201, thing))
			_, err = write.write(t.Context())
			checkPauses(t, "write", write, test.write, err)
		})
	}
}

func checkPauses(t *testing.T, what string, w *line, want []time.Duration, err error) {
	t.Helper()
	if diff := cmp.Diff(want, w.Clock.Slept()); diff != "" {
		t.Errorf("%s: pauses (-want +got):\n%s", what, diff)
	}
	if n := len(w.Requests()); n != len(want)+1 {
		t.Errorf("%s: %d requests, want %d", what, n, len(want)+1)
	}
	if (err == nil) != (len(want) > 0) {
		t.Errorf("%s: got error %v", what, err)
	}
}

// Without Retry-After there are five attempts; with it, as many as the deadline allows, and more than the 100 seconds
// that the SDK's own client would take in all (github.com/microsoft/kiota-http-go v1.5.4).
func TestRetry_bounds(t *testing.T) {
	t.Parallel()
	w := newLine(t, wiretest.Refusal(503, "x", "y"))
	if _, err := w.read(t.Context()); err == nil {
		t.Error("it never succeeds, and yet there is no error")
	}
	if diff := cmp.Diff([]time.Duration{second, 2 * second, 4 * second, 8 * second}, w.Clock.Slept()); diff != "" {
		t.Errorf("pauses (-want +got):\n%s", diff)
	}

	throttled := wiretest.Refusal(429, "x", "y", "Retry-After", "60")
	patient := newLine(t, throttled, throttled, throttled, throttled, throttled, throttled, throttled, wiretest.JSON(200, `{"value":[]}`))
	if _, err := patient.read(t.Context()); err != nil {
		t.Errorf("after seven times Retry-After: %v", err)
	}

	date := newLine(t, func(rw http.ResponseWriter, r *http.Request) {
		wiretest.Refusal(429, "x", "y", "Retry-After", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))(rw, r)
	}, wiretest.JSON(200, `{"value":[]}`))
	if _, err := date.read(t.Context()); err != nil || len(date.Clock.Slept()) != 1 || date.Clock.Slept()[0].Round(time.Minute) != time.Hour {
		t.Errorf("with a date in an hour: slept %v, %v", date.Clock.Slept(), err)
	}
}

// A wait that would outlast the deadline is not begun, whatever the server asks for.
func TestRetry_deadline(t *testing.T) {
	t.Parallel()
	for _, value := range []string{"31536000", "99999999999999999999", "Wed, 21 Oct 2099 07:28:00 GMT", "-5", "soon", "0"} {
		w := newLine(t, wiretest.Refusal(429, "x", "y", "Retry-After", value))
		ctx, cancel := context.WithDeadline(t.Context(), w.Clock.Now().Add(time.Hour))
		_, err := w.read(ctx)
		cancel()
		if answered, ok := errors.AsType[*wire.Error](err); !ok || answered.Status != 429 {
			t.Errorf("Retry-After %q: got error %v", value, err)
		}
		if slept := w.Clock.Now().Sub(w.Clock.Now().Add(-sum(w.Clock.Slept()))); slept > time.Hour {
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
	w := newLine(t, wiretest.Refusal(429, "x", "y", "Retry-After", "7"), wiretest.Refusal(503, "x", "y"), wiretest.JSON(200, `{"value":[]}`))
	if _, err := w.read(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"7s: Graph, to read things (throttled)", "2s: Graph, to read things (Service Unavailable)"}
	if diff := cmp.Diff(want, w.waits); diff != "" {
		t.Errorf("waits (-want +got):\n%s", diff)
	}
}

// A body that is sent again is the same, plain and of known length. The SDK's middlewares may send it again as plain
// text that is labelled gzip (the same, where compression lies inside of retry).
func TestRetry_body(t *testing.T) {
	t.Parallel()
	throttled := wiretest.Refusal(429, "x", "y", "Retry-After", "1")
	w := newLine(t, throttled, throttled, wiretest.JSON(201, thing))
	if _, err := w.write(t.Context()); err != nil {
		t.Fatal(err)
	}
	ids := make(map[string]bool)
	for i, r := range w.Requests() {
		if r.Body != thing || r.Length != int64(len(thing)) || r.Header.Get("Content-Encoding") != "" || r.Header.Get("Content-Type") != "application/json" {
			t.Errorf("attempt %d: %q, length %d, headers %v", i+1, r.Body, r.Length, r.Header)
		}
		if got := r.Header.Values("Client-Request-Id"); len(got) != 1 || ids[got[0]] {
			t.Errorf("attempt %d: client-request-id %v; want one of its own", i+1, got)
		}
		ids[r.Header.Get("Client-Request-Id")] = true
		if got := r.Header.Get("User-Agent"); !strings.HasPrefix(got, "appleconsent/") {
			t.Errorf("attempt %d: user agent %q", i+1, got)
		}
	}
	if len(ids) != 3 {
		t.Errorf("%d attempts, want 3", len(ids))
	}
}

// Whoever stops a request that waits to be sent again hears of that, and not of a failure that might have passed.
func TestRetry_stoppedWhileWaiting(t *testing.T) {
	t.Parallel()
	for name, answer := range map[string]http.HandlerFunc{
		"tenant":      wiretest.Refusal(429, "x", "y", "Retry-After", "60"),
		"application": wiretest.Refusal(429, "x", "y", "Retry-After", "60", "X-Ms-Throttle-Scope", "Application/x"),
		"collision":   wiretest.Refusal(409, "Directory_ConcurrencyViolation", "y"),
	} {
		for _, method := range []string{http.MethodGet, http.MethodPost} {
			ctx, cancel := context.WithCancel(t.Context())
			w := newLine(t, answer)
			w.transport.OnWait = func(string, time.Duration) { cancel() }
			_, err := w.do(ctx, wire.Operation{Name: "try it", Writes: method == http.MethodPost}, method, "")
			failure, ok := errors.AsType[*wire.Error](err)
			if !ok || !errors.Is(err, context.Canceled) || failure.Answered() || failure.Unanswered() || len(w.Requests()) != 1 {
				t.Errorf("%s, %s: got %v after %d requests", name, method, err, len(w.Requests()))
			}
			cancel()
		}
	}
}

// An interrupt ends a wait at once.
func TestRetry_interrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := newLine(t, func(rw http.ResponseWriter, r *http.Request) {
		cancel()
		wiretest.Refusal(429, "x", "y", "Retry-After", "60")(rw, r)
	})
	if _, err := w.write(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the interrupt", err)
	}
	if len(w.Clock.Slept()) > 0 || len(w.Requests()) != 1 {
		t.Errorf("slept %v, %d requests; want one and no wait", w.Clock.Slept(), len(w.Requests()))
	}
}

// A write in flight is awaited although the context was cancelled meanwhile.
func TestWrite_isAwaited(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	w := newLine(t, func(rw http.ResponseWriter, r *http.Request) {
		cancel()
		wiretest.JSON(201, thing)(rw, r)
	})
	if got, err := w.write(ctx); err != nil || got != thing {
		t.Errorf("got %q, %v; want the thing", got, err)
	}
}

// A write that is never answered ends with the deadline of the command, and may have happened.
func TestWrite_deadline(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	w := newLine(t, func(http.ResponseWriter, *http.Request) { <-release })
	t.Cleanup(func() { close(release) })
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		_, err := w.write(ctx)
		ended <- err
	}()
	select {
	case err := <-ended:
		if answered, ok := errors.AsType[*wire.Error](err); !ok || !answered.Unanswered() {
			t.Errorf("got error %v, want a lost answer", err)
		}
	case <-time.After(30 * time.Second):
		t.Error("the write outlasts the deadline")
	}
}
