package operation

import (
	"context"
	"errors"
	"strings"
	"time"

	"appleconsent/plan"
)

// Limit is the time that a session may take in all.
type Limit struct {
	Time time.Duration
	Name string // what it is called where it was set, for the error; may be empty
}

// TimeoutError means that the time is up. It is a context.DeadlineExceeded.
type TimeoutError struct {
	Limit Limit
	Err   error // what says so in other words; may be nil
}

func (e *TimeoutError) Error() string {
	text := "timed out after " + shortTime(e.Limit.Time)
	if e.Limit.Name != "" {
		text += " (" + e.Limit.Name + ")"
	}
	return text
}

func (e *TimeoutError) Unwrap() error { return e.Err }

// Is makes it a context.DeadlineExceeded, of which it is the cause.
func (e *TimeoutError) Is(target error) bool { return target == context.DeadlineExceeded }

// Timeout makes it what package net calls a timeout.
func (e *TimeoutError) Timeout() bool { return true }

// shortTime leaves out the minutes and seconds that are zero.
func shortTime(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// named makes an error that only says that a deadline has passed one that says which.
func (l Limit) named(err error) error {
	if _, told := errors.AsType[*TimeoutError](err); told || !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return &TimeoutError{Limit: l, Err: err}
}

// budget is the time that a session has left. Time spent outside of spend, such as on an answer at a prompt, does not count.
type budget struct {
	clock plan.Clock
	limit Limit
	left  time.Duration
}

// spend runs f with what is left of the time. Contexts tell by their cause which time is up.
func (b *budget) spend(ctx context.Context, f func(context.Context) error) error {
	begin := b.clock.Now()
	ctx, cancel := context.WithTimeoutCause(ctx, b.left, &TimeoutError{Limit: b.limit})
	defer cancel()
	err := f(ctx)
	b.left -= b.clock.Now().Sub(begin)
	return b.limit.named(err)
}
