package operation

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// The time of a command is for all its parts together, and time outside of them does not count.
func TestBudget(t *testing.T) {
	t.Parallel()
	clock := &steppingClock{}
	b := &budget{clock: clock, limit: Limit{3 * time.Minute, "--timeout"}, left: time.Hour}
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
	for name, end := range map[string]func(context.Context) error{"the cause": context.Cause, "the plain error": context.Context.Err} {
		err := b.spend(t.Context(), func(ctx context.Context) error { return fmt.Errorf("read: %w", end(ctx)) })
		if !errors.Is(err, context.DeadlineExceeded) || !strings.HasSuffix(err.Error(), "timed out after 3m (--timeout)") {
			t.Errorf("with nothing left, %s: got error %v", name, err)
		}
	}
}

// steppingClock moves when it is told to.
type steppingClock struct{ now time.Time }

func (c *steppingClock) Now() time.Time                             { return c.now }
func (c *steppingClock) Sleep(context.Context, time.Duration) error { return nil }

func TestTimeoutError(t *testing.T) {
	t.Parallel()
	for d, want := range map[time.Duration]string{
		3 * time.Minute: "3m", 90 * time.Second: "1m30s", time.Hour: "1h", 10 * time.Second: "10s", 20*time.Hour + 10*time.Minute: "20h10m",
	} {
		if got := (&TimeoutError{Limit: Limit{Time: d}}).Error(); got != "timed out after "+want {
			t.Errorf("%s: got %s, want %s", d, got, want)
		}
	}
}
