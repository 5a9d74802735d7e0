package cli

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"
)

// The time of a command is for all its parts together, and time outside of them does not count.
func TestBudget(t *testing.T) {
	t.Parallel()
	clock := &steppingClock{}
	b := &budget{clock: clock, left: time.Hour}
	for range 2 {
		clock.now = clock.now.Add(24 * time.Hour) // a person thinks
		err := b.spend(t.Context(), func(ctx context.Context) error {
			clock.now = clock.now.Add(20 * time.Minute)
			return ctx.Err()
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if b.left != 20*time.Minute {
		t.Errorf("%s are left of an hour, want 20m", b.left)
	}
	b.left = -time.Second
	if err := b.spend(t.Context(), func(ctx context.Context) error { return ctx.Err() }); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("with nothing left: got error %v", err)
	}
}

// steppingClock moves when it is told to.
type steppingClock struct{ now time.Time }

func (c *steppingClock) Now() time.Time                             { return c.now }
func (c *steppingClock) Sleep(context.Context, time.Duration) error { return nil }

// A mistake of ours is one line and exit code 1, not a stack trace.
func TestMain_panic(t *testing.T) {
	t.Parallel()
	var out, errs strings.Builder
	code := Main(t.Context(), []string{"appleconsent", "status"}, Environment{
		In: strings.NewReader(""), Out: &out, Err: &errs, Getenv: func(string) string { panic("odd\nenvironment") },
	})
	if code != exitError || out.Len() > 0 || !strings.HasPrefix(errs.String(), "error: this is a mistake in appleconsent, please report it: odd environment\n") {
		t.Errorf("exit code %d, stdout %q, stderr %q", code, out.String(), errs.String())
	}
}
