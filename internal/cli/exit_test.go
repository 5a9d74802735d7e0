package cli_test

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
)

// onceAfterTheUpdate makes another admin's change before the first read that follows the update of a grant.
func (b *bubble) onceAfterTheUpdate(do func(d *directory.Directory)) {
	var wrote, did atomic.Bool
	b.Tenant.Before(func(r *http.Request) {
		if r.Method == http.MethodPatch {
			wrote.Store(true)
		} else if r.Method == http.MethodGet && wrote.Load() && did.CompareAndSwap(false, true) {
			b.Tenant.Edit(do)
		}
	})
}

// What was written and does not show in time: exit 4, with the record and both ways on.
func TestExit_notVisible(t *testing.T) {
	t.Parallel()
	inBubble(t, "extra", func(b *bubble) {
		b.onceAfterTheUpdate(func(d *directory.Directory) {
			d.PermissionGrants[testbed.GrantOf(d, identity.ExchangeAppID)].Scope = "EAS.AccessAsUser.All IMAP.AccessAsUser.All"
		})
		a := b.Must(4, "apply", "--yes", "--timeout", "8s")
		for _, words := range []string{"was written but is not visible yet", "look again with: appleconsent status", "to undo: appleconsent rollback 2"} {
			if !strings.Contains(a.Stderr, words) {
				t.Errorf("stderr does not say %q:\n%s", words, a.Stderr)
			}
		}
		if len(testbed.Records(b.T, b.State)) != 1 || a.Stdout != "" {
			t.Errorf("records %v, stdout %q; want one record and no result", testbed.Records(b.T, b.State), a.Stdout)
		}
	})
}

// Drift that is noticed only when a grant is looked at: exit 5, nothing written to it.
func TestExit_drift(t *testing.T) {
	t.Parallel()
	inBubble(t, "extra", func(b *bubble) {
		b.Tenant.Before(func(r *http.Request) {
			if r.Method == http.MethodGet && strings.HasPrefix(r.URL.Path, "/v1.0/oauth2PermissionGrants/") {
				b.Tenant.Edit(func(d *directory.Directory) {
					d.PermissionGrants[testbed.GrantOf(d, identity.ExchangeAppID)].Scope = "EAS.AccessAsUser.All Mail.Send"
				})
			}
		})
		a := b.Must(5, "apply", "--yes")
		if sent := testbed.Writes(b.Tenant); len(sent) > 0 || !strings.Contains(a.Stderr, "nothing was changed; try again with: appleconsent apply") {
			t.Errorf("writes %v, stderr:\n%s", sent, a.Stderr)
		}
	})
}

// A change that stopped halfway, or that could not be verified, gives its record in the form that was asked for.
func TestExit_recordAsDocument(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		rule simulator.Rule
		code int
	}{
		"stopped":     {simulator.Rule{Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Match: 2, Times: -1, Trouble: simulator.TroubleStatus, Status: 403}, 1},
		"not visible": {simulator.Rule{Method: "GET", Path: "/v1.0/oauth2PermissionGrants", Times: -1, Trouble: simulator.TroubleStatus, Status: 404}, 4},
	} {
		inBubble(t, "fresh", func(b *bubble) {
			if err := b.Tenant.SetRules(test.rule); err != nil {
				t.Fatal(err)
			}
			report := filepath.Join(b.State, "change.md")
			b.Must(test.code, "apply", "--yes", "--timeout", "1m", "--out", report)
			text, err := os.ReadFile(report)
			if err != nil || !strings.Contains(string(text), "# Change record") {
				t.Errorf("%s: got %v: %s", name, err, text)
			}
		})
	}
}
