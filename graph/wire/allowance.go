package wire

import (
	"context"
	"sync"
	"time"
)

// Within bounds work in time as context.WithTimeoutCause does, but the time in which it waits because the application is throttled in
// all tenants (see Network.Await), or for other tenants (see Pause), does not count: the tenant is not to blame for that. End releases
// it, and returns how long that was.
func Within(parent context.Context, limit time.Duration, cause error) (bounded context.Context, end func() (uncounted time.Duration)) {
	a := &allowance{parent: parent, due: realNow().Add(limit), done: make(chan struct{})}
	a.Context, a.cancel = context.WithCancelCause(context.WithoutCancel(parent))
	a.mu.Lock()
	a.timer = time.AfterFunc(limit, func() { a.finish(context.DeadlineExceeded, cause) })
	a.mu.Unlock()
	forget := context.AfterFunc(parent, func() { a.finish(parent.Err(), context.Cause(parent)) })
	switch { // nothing is begun in what is over already
	case parent.Err() != nil:
		a.finish(parent.Err(), context.Cause(parent))
	case limit <= 0:
		a.finish(context.DeadlineExceeded, cause)
	}
	return a, func() time.Duration {
		forget()
		a.finish(context.Canceled, context.Canceled)
		a.mu.Lock()
		defer a.mu.Unlock()
		return a.uncounted
	}
}

// allowance is a context whose deadline moves while its clock is stopped.
type allowance struct {
	context.Context // for values, the cause and what is to be done at its end; it ends right before Done is closed
	parent          context.Context
	cancel          context.CancelCauseFunc
	done            chan struct{}
	timer           *time.Timer

	mu        sync.Mutex
	due       time.Time // when the time is up; it moves while the clock is stopped
	stops     int       // so many wait
	since     time.Time // when the first of them began to
	uncounted time.Duration
	err       error // why it ended; nil: it has not
}

// finish ends it, once.
func (a *allowance) finish(err, cause error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.err != nil {
		return
	}
	a.err = err
	a.timer.Stop()
	a.cancel(cause) // first: who sees the end finds its cause
	close(a.done)
}

// stop stops the clock until resume is called. A nil allowance has none.
func (a *allowance) stop() (resume func()) {
	if a == nil {
		return func() {}
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stops++; a.stops == 1 {
		a.timer.Stop()
		a.since = realNow()
	}
	return a.resume
}

func (a *allowance) resume() {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.stops--; a.stops > 0 {
		return
	}
	now := realNow()
	a.uncounted += now.Sub(a.since)
	a.due = a.due.Add(now.Sub(a.since))
	if a.err == nil {
		a.timer.Reset(a.due.Sub(now))
	}
}

// Deadline is when the time is up if nothing more is waited for.
func (a *allowance) Deadline() (deadline time.Time, ok bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	due := a.due
	if a.stops > 0 {
		due = due.Add(realNow().Sub(a.since))
	}
	if outer, bounded := a.parent.Deadline(); bounded && outer.Before(due) {
		return outer, true
	}
	return due, true
}

// Done is closed at the end. It is not that of the Context, or else what is derived from this one would end with its error.
func (a *allowance) Done() <-chan struct{} { return a.done }

func (a *allowance) Err() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.err
}

// AfterFunc lets package context end what is derived from this one without a goroutine for each.
func (a *allowance) AfterFunc(f func()) (stop func() bool) { return context.AfterFunc(a.Context, f) }

// Pause stops the clock of Within until resume is called, for what is waited for on account of other tenants. It does nothing in a
// context that is not of Within.
func Pause(ctx context.Context) (resume func()) {
	a, _ := ctx.Value(allowanceKey{}).(*allowance)
	return a.stop()
}

type allowanceKey struct{}

func (a *allowance) Value(key any) any {
	if key == (allowanceKey{}) {
		return a
	}
	return a.Context.Value(key)
}

// allowanceOf returns the allowance whose time a context uses up, nil if there is none, and whether waiting is nobody's time: there is
// no other deadline that comes before.
func allowanceOf(ctx context.Context) (a *allowance, nobodys bool) {
	a, _ = ctx.Value(allowanceKey{}).(*allowance)
	if a == nil {
		_, bounded := ctx.Deadline()
		return nil, !bounded
	}
	due, _ := a.Deadline() // asked for first: it moves while others wait
	deadline, _ := ctx.Deadline()
	_, outer := a.parent.Deadline()
	return a, !outer && !deadline.Before(due)
}

// realNow is the time by which contexts end.
func realNow() time.Time { return time.Now() } //nolint:forbidigo // as package context has it
