package entra_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// consentPage opens the page of admin consent, and returns where it leads or what it says.
func consentPage(c *simtest.Client, tenant string, pairs ...string) (status int, location, page string) {
	c.T.Helper()
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	answer := browse(c, "/"+tenant+"/adminconsent", query)
	return answer.Status, answer.Header.Get("Location"), answer.Text
}

// granted are the tenant-wide scopes of Apple's app on Microsoft Graph and on Exchange Online.
func granted(d directory.Directory) (scopes []string) {
	apple, _ := d.ServicePrincipalOf(identity.AppleAppID)
	for _, appID := range []string{identity.GraphAppID, identity.ExchangeAppID} {
		resource, _ := d.ServicePrincipalOf(appID)
		for _, g := range d.PermissionGrants {
			if g.ID == directory.GrantID(apple.ID, resource.ID, "") {
				scopes = append(scopes, g.Scope)
			}
		}
	}
	return scopes
}

// perUser counts the grants to single users.
func perUser(d directory.Directory) (n int) {
	for _, g := range d.PermissionGrants {
		if g.PrincipalID != nil {
			n++
		}
	}
	return n
}

const (
	appleGraph    = "User.Read openid profile email offline_access"
	appleExchange = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
)

func TestAdminConsent(t *testing.T) {
	for scenario, tenant := range map[string]string{"fresh": "organizations", "extra": "", "renamed": identity.Domain, "deleted": "", "granted": ""} {
		t.Run(scenario, func(t *testing.T) {
			c := simtest.NewTenant(t, scenario)
			told := 0
			c.Server.OnWrite(func(directory.Directory, directory.Directory) { told++ })
			if tenant == "" {
				tenant = c.Server.TenantID()
			}
			status, location, _ := consentPage(c, tenant, "client_id", identity.AppleAppID)
			want := "com.apple.Preferences://oauth-redirect?admin_consent=True&tenant=" + c.Server.TenantID()
			if status != http.StatusFound || location != want {
				t.Fatalf("got status %d to %s, want %s", status, location, want)
			}
			if diff := cmp.Diff([]string{appleGraph, appleExchange}, granted(c.Server.Directory())); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if log := c.Server.Requests(); told != 1 || len(log) != 1 || len(log[0].Wrote) == 0 || log[0].Status != http.StatusFound {
				t.Errorf("the hook was called %d times, the log says %+v", told, log)
			}
			// Whoever consents again to the same writes nothing.
			consentPage(c, tenant, "client_id", identity.AppleAppID, "state", "a b")
			if log := c.Server.Requests(); told != 1 || len(log[1].Wrote) != 0 {
				t.Errorf("again: the hook was called %d times, the log says %+v", told, log)
			}
		})
	}
}

// Grants of the app on other resources go, those of single users and of other apps stay.
func TestAdminConsent_leavesWhatIsNotTenantWide(t *testing.T) {
	c := simtest.NewClient(t, simulator.Options{Scenario: "user-consents", PerUserGrants: 6})
	c.Server.Edit(func(d *directory.Directory) {
		d.Grant(idOfIn(d, identity.AppleAppID), identity.RetiredAADAppID, "", "User.Read")
	})
	want := c.Server.Directory()
	consentPage(c, c.Server.TenantID(), "client_id", identity.AppleAppID)
	got := c.Server.Directory()
	if perUser(got) != 6 || len(got.PermissionGrants) != len(want.PermissionGrants)+1 {
		t.Errorf("of %d grants became %d, of which %d per user", len(want.PermissionGrants), len(got.PermissionGrants), perUser(got))
	}
}

// idOfIn is IDOf inside an edit.
func idOfIn(d *directory.Directory, appID string) string {
	sp, _ := d.ServicePrincipalOf(appID)
	return sp.ID
}

func TestAdminConsent_state(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	if _, location, _ := consentPage(c, "organizations", "client_id", identity.AppleAppID, "state", "a&b"); !strings.HasSuffix(location, "&state=a%26b") {
		t.Errorf("got %s", location)
	}
}

func TestAdminConsent_refused(t *testing.T) {
	other := identity.ObjectID("tenant", "another")
	cases := map[string]struct {
		scenario string
		tenant   string
		clientID string
		prepare  func(*simtest.Server)
		says     string
	}{
		"a role that does not reach": {
			"fresh", "organizations", identity.AppleAppID, func(s *simtest.Server) { s.SetAdminRoles(identity.ApplicationDeveloper) }, "AADSTS90094",
		},
		"no role": {"fresh", "organizations", identity.AppleAppID, func(s *simtest.Server) { s.SetAdminRoles() }, "AADSTS90094"},
		"a person who says no": {
			"fresh", "organizations", identity.AppleAppID, func(s *simtest.Server) { s.SetPerson(entra.Person{Declines: true}) }, "AADSTS65004",
		},
		"a person of another tenant": {
			"fresh", "organizations", identity.AppleAppID, func(s *simtest.Server) { s.SetPerson(entra.Person{Tenant: other}) }, "AADSTS50020",
		},
		"another tenant":                 {"fresh", other, identity.AppleAppID, nil, "AADSTS90002"},
		"an app that nobody knows":       {"fresh", "organizations", other, nil, "AADSTS700016"},
		"no app":                         {"fresh", "organizations", "", nil, "AADSTS900144"},
		"an app that registered nothing": {"fresh", "organizations", identity.ExpensesAppID, nil, "AADSTS650056"},
		"a resource that is not there":   {"no-exchange", "organizations", identity.AppleAppID, nil, "AADSTS650052"},
		"an app that is disabled":        {"disabled", "organizations", identity.AppleAppID, nil, "AADSTS7000112"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, want.scenario)
			if want.prepare != nil {
				want.prepare(c.Server)
			}
			before := c.Server.Directory()
			status, location, page := consentPage(c, want.tenant, "client_id", want.clientID)
			if status != http.StatusBadRequest || location != "" || !strings.Contains(page, want.says+":") || strings.ContainsAny(page, "{}") {
				t.Errorf("got status %d to %q: %s", status, location, page)
			}
			if diff := cmp.Diff(before, c.Server.Directory()); diff != "" {
				t.Errorf("something changed:\n%s", diff)
			}
		})
	}
}

func TestAdminConsent_roles(t *testing.T) {
	for _, role := range []string{
		identity.GlobalAdministrator, identity.PrivilegedRoleAdministrator, identity.CloudApplicationAdministrator, identity.ApplicationAdministrator,
	} {
		c := simtest.NewTenant(t, "fresh")
		c.Server.SetAdminRoles(role)
		if status, _, page := consentPage(c, "organizations", "client_id", identity.AppleAppID); status != http.StatusFound {
			t.Errorf("%s: got status %d: %s", role, status, page)
		}
	}
}

func TestAdminConsent_lags(t *testing.T) {
	c := simtest.NewTenant(t, "lagging")
	consentPage(c, "organizations", "client_id", identity.AppleAppID)
	var seen []int
	for range 4 {
		seen = append(seen, len(c.Get("/oauth2PermissionGrants?$filter=clientId eq '"+c.IDOf(identity.AppleAppID)+"'").Values("id")))
	}
	if diff := cmp.Diff([]int{0, 0, 0, 2}, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
