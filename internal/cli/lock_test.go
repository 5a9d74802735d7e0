//go:build unix

package cli_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/plan"
)

// One change at a time: the second one says who is at work and sends no write; dry-runs do not wait.
func TestLock(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	lock := func() func() {
		release, err := plan.NewJournal(b.state).Lock(b.tenant.TenantID(), plan.Holder{PID: 4711, Host: "mac-mini", Operation: plan.OperationApply})
		if err != nil {
			t.Fatal(err)
		}
		return release
	}
	refused := func(args ...string) {
		t.Helper()
		b.tenant.ResetLog()
		if a := b.must(1, args...); !strings.Contains(a.stderr, "another apply (process 4711 on mac-mini)") || len(writes(b.tenant)) > 0 {
			t.Errorf("%v sent %v:\n%s", args, writes(b.tenant), a.stderr)
		}
	}
	release := lock()
	refused("apply", "--yes")
	b.must(0, "apply", "--dry-run")
	release()
	b.must(0, "apply", "--yes")
	release = lock()
	refused("rollback", "--yes")
	b.must(0, "rollback", "--dry-run")
	release()
	b.must(0, "rollback", "--yes")
}

// The lock is held until the change is verified.
func TestLock_isHeld(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "partial"})
	var free atomic.Int32
	b.tenant.Before(func(*http.Request) {
		if release, err := plan.NewJournal(b.state).Lock(b.tenant.TenantID(), plan.Holder{}); err == nil {
			free.Add(1)
			release()
		}
	})
	b.must(0, "apply", "--yes")
	b.must(0, "rollback", "--yes")
	if n := free.Load(); n > 0 {
		t.Errorf("during %d requests the tenant was not locked", n)
	}
}
