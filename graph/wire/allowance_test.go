package wire_test

import (
	"context"
	"errors"
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"
)

// passingClock is the time of a bubble.
type passingClock struct{}

func (passingClock) Now() time.Time { return time.Now() }

func (passingClock) Sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

var errTimeIsUp = errors.New("the time is up")

// bounded bounds work to a minute.
func bounded(parent context.Context) (context.Context, func() time.Duration) {
	return wire.Within(parent, time.Minute, errTimeIsUp)
}

// awaits waits for the gate of a network, silently.
func awaits(ctx context.Context, n *wire.Network) error {
	return n.Await(ctx, passingClock{}, func(string, time.Duration) {})
}

// The time ends what is derived from it as any deadline does, and what it waited for the gate does not count, however many wait at once.
func TestWithin(t *testing.T) {
	t.Parallel()
	for name, held := range map[string]time.Duration{"nothing is held back": 0, "for longer than the whole time": 10 * time.Minute} {
		synctest.Test(t, func(t *testing.T) {
			n, begin := wiretest.Network(t), time.Now()
			ctx, end := bounded(t.Context())
			defer end()
			derived, cancel := context.WithTimeout(ctx, 3*time.Hour)
			defer cancel()
			time.Sleep(20 * time.Second)
			n.Hold(time.Now(), held)
			second := make(chan error)
			go func() { second <- awaits(derived, n) }()
			if err := errors.Join(awaits(ctx, n), <-second); err != nil {
				t.Errorf("%s: got error %v", name, err)
			}
			if due, ok := ctx.Deadline(); !ok || due.Sub(begin) != time.Minute+held {
				t.Errorf("%s: the time is up after %s", name, due.Sub(begin))
			}
			<-derived.Done()
			for _, c := range []context.Context{ctx, derived} {
				if !errors.Is(c.Err(), context.DeadlineExceeded) || !errors.Is(context.Cause(c), errTimeIsUp) {
					t.Errorf("%s: it ended with %v, %v", name, c.Err(), context.Cause(c))
				}
			}
			if after := time.Since(begin); after != time.Minute+held {
				t.Errorf("%s: it ended after %s", name, after)
			}
			if uncounted := end(); uncounted != held {
				t.Errorf("%s: %s do not count", name, uncounted)
			}
		})
	}
}

// An interrupt ends it at once, also while it waits, and tells so.
func TestWithin_interrupted(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		n := wiretest.Network(t)
		parent, interrupt := context.WithCancel(t.Context())
		ctx, end := bounded(parent)
		defer end()
		n.Hold(time.Now(), 5*time.Minute)
		time.AfterFunc(time.Second, interrupt)
		if err := awaits(ctx, n); !errors.Is(err, context.Canceled) || !errors.Is(ctx.Err(), context.Canceled) {
			t.Errorf("got %v, and the context ended with %v", err, ctx.Err())
		}
	})
}

// What is held back for too long in one go fails, and so does what has a time of its own; an answer in between begins anew.
func TestWithin_tooLong(t *testing.T) {
	t.Parallel()
	long := wire.MaxHold - time.Minute
	for name, test := range map[string]struct {
		holds  []time.Duration
		answer bool // between them
		own    time.Duration
		held   bool
	}{
		"as long as may be":        {holds: []time.Duration{wire.MaxHold}},
		"longer":                   {holds: []time.Duration{wire.MaxHold + time.Second}, held: true},
		"longer, little by little": {holds: []time.Duration{long, 2 * time.Minute}, held: true},
		"with an answer between":   {holds: []time.Duration{long, 2 * time.Minute}, answer: true},
		"with a time of its own":   {holds: []time.Duration{40 * time.Second}, own: 30 * time.Second, held: true},
		"within that time":         {holds: []time.Duration{20 * time.Second}, own: 30 * time.Second},
	} {
		synctest.Test(t, func(t *testing.T) {
			n := wiretest.Network(t)
			ctx, end := bounded(t.Context())
			defer end()
			if test.own > 0 {
				own, cancel := context.WithTimeout(ctx, test.own)
				defer cancel()
				ctx = own
			}
			var err error
			for _, hold := range test.holds {
				n.Hold(time.Now(), hold)
				err = awaits(ctx, n)
				if test.answer {
					n.Passed()
				}
			}
			if _, held := errors.AsType[*wire.HeldError](err); held != test.held {
				t.Errorf("%s: got %v", name, err)
			}
		})
	}
}

// A request that is refused because the application is throttled waits with all others, for longer than its own time. One that replaces
// something is left to who looks first, who need not wait any more.
func TestGate_ownRequest(t *testing.T) {
	t.Parallel()
	refusal := wiretest.Refusal(429, "TooManyRequests", "y", "Retry-After", "300", "X-Ms-Throttle-Scope", "Application/Read/x")
	ctx, end := wire.Within(t.Context(), time.Minute, errTimeIsUp)
	defer end()
	l := newLine(t, refusal, wiretest.JSON(200, `{"value":[]}`))
	if _, err := l.read(ctx); err != nil || len(l.Requests()) != 2 {
		t.Errorf("got %v after %d requests", err, len(l.Requests()))
	}
	l = newLine(t, refusal)
	_, err := l.do(ctx, opWrite, http.MethodPatch, thing)
	e, _ := errors.AsType[*wire.Error](err)
	if e == nil || e.Status != 429 || len(l.Requests()) != 1 || len(l.Clock.Slept()) != 1 {
		t.Fatalf("got %v after %d requests and pauses of %v", err, len(l.Requests()), l.Clock.Slept())
	}
	if pause, times := e.Again(); pause != time.Second || times < 1000 {
		t.Errorf("it is sent again %d times, after %s", times, pause)
	}
	alone, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	l = newLine(t, refusal)
	if _, err := l.read(alone); err == nil || len(l.Clock.Slept()) != 0 {
		t.Errorf("of a single tenant, whose time counts: got %v after pauses of %v", err, l.Clock.Slept())
	}
}

// What is over when it begins is over at once: nothing is asked for in between.
func TestWithin_over(t *testing.T) {
	t.Parallel()
	over, cancel := context.WithCancelCause(t.Context())
	cancel(errors.New("stopped"))
	for name, test := range map[string]struct {
		parent     context.Context
		limit      time.Duration
		err, cause error
	}{
		"no time is left":           {t.Context(), 0, context.DeadlineExceeded, errTimeIsUp},
		"more was spent":            {t.Context(), -time.Second, context.DeadlineExceeded, errTimeIsUp},
		"it was stopped":            {over, time.Minute, context.Canceled, context.Cause(over)},
		"stopped with no time left": {over, 0, context.Canceled, context.Cause(over)},
	} {
		ctx, end := wire.Within(test.parent, test.limit, errTimeIsUp)
		if err, cause := ctx.Err(), context.Cause(ctx); !errors.Is(err, test.err) || !errors.Is(cause, test.cause) {
			t.Errorf("%s: it ended with %v, %v", name, err, cause)
		}
		end()
	}
}

// What is waited for on account of other tenants does not count, and the time goes on behind it.
func TestPause(t *testing.T) {
	t.Parallel()
	wire.Pause(t.Context())() // which has no clock
	synctest.Test(t, func(t *testing.T) {
		begin := time.Now()
		ctx, end := bounded(t.Context())
		time.Sleep(20 * time.Second)
		resume := wire.Pause(context.WithValue(ctx, errTimeIsUp, 0))
		time.Sleep(time.Hour)
		resume()
		<-ctx.Done()
		if after, uncounted := time.Since(begin), end(); after != time.Hour+time.Minute || uncounted != time.Hour {
			t.Errorf("it ended after %s, of which %s do not count", after, uncounted)
		}
	})
}
