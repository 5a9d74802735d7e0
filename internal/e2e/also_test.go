//go:build unix

package e2e_test

import (
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
)

// What single users granted is shown by name, and a person says yes to it. What one more user clicks on meanwhile is not in the yes.
func TestAlso_consentedByAPerson(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		keys string
		code int
	}{"yes": {"yes\r", 0}, "no": {"\r", 3}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "mac-on-graph"})
			before := testbed.Stands(b.Tenant)
			s := b.onTerminal([]string{"ACCESSIBLE=1"}, "apply", "--also", "consented", "--quiet")
			s.await("Group.Read.All: 2 users")
			s.await("MailboxSettings.ReadWrite: 5 users")
			s.await("Type yes")
			b.Tenant.Edit(func(d *directory.Directory) {
				directory.Edit{Do: "consent", Resource: identity.GraphAppID, Scope: "Mail.Send"}.Apply(d)
			})
			s.send(test.keys)
			if code := s.end(); code != test.code {
				t.Errorf("exit code %d, want %d:\n%s", code, test.code, s.text())
			}
			d := b.Tenant.Directory()
			granted := d.PermissionGrants[testbed.GrantOf(&d, identity.GraphAppID)].Scope
			want := "User.Read"
			if test.code == 0 {
				want += " Calendars.ReadWrite.Shared Contacts.ReadWrite Group.Read.All MailboxSettings.ReadWrite offline_access openid profile User.Read.All"
			}
			if granted != want {
				t.Errorf("granted is %q", granted)
			}
			if test.code != 0 {
				return
			}
			b.Must(0, "rollback", "--yes")
			after := b.Tenant.Directory()
			if got := after.PermissionGrants[testbed.GrantOf(&after, identity.GraphAppID)].Scope; got != "User.Read" {
				t.Errorf("after the rollback there stands %q; before\n%s", got, before)
			}
		})
	}
}
