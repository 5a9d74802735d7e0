package wire

import (
	"context"
	"testing"
	"time"
)

// Whoever sees the end of the time finds its cause: it is there before.
func TestWithin_causeFirst(t *testing.T) {
	t.Parallel()
	ctx, end := Within(t.Context(), time.Hour, context.DeadlineExceeded)
	a, cancels := ctx.(*allowance), 0
	cancel := a.cancel
	a.cancel = func(cause error) {
		cancels++
		select {
		case <-a.done:
			t.Error("the end is seen before its cause")
		default:
		}
		cancel(cause)
	}
	if end(); cancels != 1 || ctx.Err() == nil {
		t.Errorf("ended %d times: %v", cancels, ctx.Err())
	}
}
