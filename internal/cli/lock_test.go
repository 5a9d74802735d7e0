package cli_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// One change at a time: the second one says who is at work and sends no write; dry-runs do not wait.
func TestLock(t *testing.T) {
	t.Parallel()
	inBubble(t, "fresh", func(b *bubble) {
		lock := func() func() {
			release, err := plan.NewJournal(b.State).Lock(b.Tenant.TenantID(), plan.Holder{PID: 4711, Host: "mac-mini", Operation: plan.OperationApply})
			if err != nil {
				t.Fatal(err)
			}
			return release
		}
		refused := func(args ...string) {
			t.Helper()
			b.Tenant.ResetLog()
			if a := b.Must(1, args...); !strings.Contains(a.Stderr, "another apply (process 4711 on mac-mini)") || len(testbed.Writes(b.Tenant)) > 0 {
				t.Errorf("%v sent %v:\n%s", args, testbed.Writes(b.Tenant), a.Stderr)
			}
		}
		release := lock()
		refused("apply", "--yes")
		b.Must(0, "apply", "--dry-run")
		release()
		b.Must(0, "apply", "--yes")
		release = lock()
		refused("rollback", "--yes")
		b.Must(0, "rollback", "--dry-run")
		release()
		b.Must(0, "rollback", "--yes")
	})
}

// The lock is held until the change is verified.
func TestLock_isHeld(t *testing.T) {
	t.Parallel()
	inBubble(t, "partial", func(b *bubble) {
		var free atomic.Int32
		b.Tenant.Before(func(*http.Request) {
			if release, err := plan.NewJournal(b.State).Lock(b.Tenant.TenantID(), plan.Holder{}); err == nil {
				free.Add(1)
				release()
			}
		})
		b.Must(0, "apply", "--yes")
		b.Must(0, "rollback", "--yes")
		if n := free.Load(); n > 0 {
			t.Errorf("during %d requests the tenant was not locked", n)
		}
	})
}
