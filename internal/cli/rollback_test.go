package cli_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// A rollback that stopped halfway is continued: what it undid and somebody granted again since is theirs.
func TestRollback_continued(t *testing.T) {
	t.Parallel()
	inBubble(t, "fresh", func(b *bubble) {
		b.Must(0, "apply", "--yes")
		b.Tenant.SetDelegatedScopes("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All") // not the service principal
		a := b.Must(1, "rollback", "--yes")
		if !strings.Contains(a.Stderr, "to go on: appleconsent rollback 2") {
			t.Errorf("it does not say how to go on with this change:\n%s", a.Stderr)
		}
		const again = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
		b.Tenant.Edit(func(d *directory.Directory) {
			client, _ := d.ServicePrincipalOf(identity.AppleAppID)
			api, _ := d.ServicePrincipalOf(identity.ExchangeAppID)
			d.PermissionGrants = append(d.PermissionGrants, directory.PermissionGrant{
				ID: directory.GrantID(client.ID, api.ID, ""), ClientID: client.ID, ResourceID: api.ID, ConsentType: "AllPrincipals", Scope: again,
			})
		})
		b.Tenant.SetDelegatedScopes("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Application.ReadWrite.All")
		b.Must(0, "rollback", "--yes")
		d := b.Tenant.Directory()
		if i := testbed.GrantOf(&d, identity.ExchangeAppID); i < 0 || d.PermissionGrants[i].Scope != again {
			t.Errorf("what somebody else granted is gone:\n%s", testbed.Stands(b.Tenant))
		}
	})
}

// A dry run writes nothing, records included, also where a rollback would note that an earlier one had done everything.
func TestRollback_dryRunKeepsRecords(t *testing.T) {
	t.Parallel()
	inBubble(t, "fresh", func(b *bubble) {
		start := testbed.Stands(b.Tenant)
		b.Must(0, "apply", "--yes")
		b.Front = func(w http.ResponseWriter, r *http.Request) bool {
			gone := r.Method == http.MethodGet && testbed.Stands(b.Tenant) == start // all is deleted: the reads that verify fail
			if gone {
				w.WriteHeader(http.StatusUnauthorized)
			}
			return gone
		}
		b.Must(4, "rollback", "--yes")
		b.Front = nil
		id := testbed.RecordIDs(b.T, b.State)[0]
		record := func() string {
			text, err := os.ReadFile(plan.NewJournal(b.State).File(b.Tenant.TenantID(), id))
			if err != nil {
				t.Fatal(err)
			}
			return string(text)
		}
		before := record()
		b.Must(0, "rollback", "--dry-run")
		if record() != before {
			t.Errorf("the dry run changed the record to\n%s", record())
		}
		b.Must(0, "rollback", "--yes")
		if record() == before {
			t.Error("the rollback did not note that everything is undone")
		}
	})
}

// Where no change is recorded, nobody is asked to sign in to hear that there is nothing to undo.
func TestRollback_nothingRecorded(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{}, {"latest"}, {"--dry-run", "--tenant", "contoso.onmicrosoft.com"}} {
		args = append([]string{"rollback", "--yes", "--auth", "browser", "--state-dir", t.TempDir()}, args...)
		if got := offline(t, nil, args...).Must(t, 1, nil); !strings.Contains(got.Stderr, "nothing to roll back") {
			t.Errorf("%q: got %s", args, got.Stderr)
		}
	}
}
