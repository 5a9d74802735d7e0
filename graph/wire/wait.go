package wire

import (
	"context"
	"time"
)

// Clock is the time as requests and sign-ins see it.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the context's error as soon as it ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// OnWait hears of each pause before a retry and, with a zero duration, of an answer that lets wait; the latter from another
// goroutine.
type OnWait func(what string, d time.Duration)

// slowAfter is how long an answer may take before somebody is told that it is waited for.
const slowAfter = 3 * time.Second

// Announce says that something is waited for, once it takes long; stop ends that.
func (w OnWait) Announce(what string) (stop func()) {
	timer := time.AfterFunc(slowAfter, func() { w(what, 0) })
	return func() { timer.Stop() }
}
