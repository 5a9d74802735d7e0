package simulator

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// consentPage opens the page of admin consent, and returns where it leads or what it says.
func (c *client) consentPage(tenant string, pairs ...string) (status int, location, page string) {
	c.t.Helper()
	query := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		query.Set(pairs[i], pairs[i+1])
	}
	answer := c.browse("/"+tenant+"/adminconsent", query)
	defer answer.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer.StatusCode, answer.Header.Get("Location"), string(text)
}

const (
	appleGraph    = "User.Read openid profile email offline_access"
	appleExchange = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
)

func TestAdminConsent(t *testing.T) {
	for scenario, tenant := range map[string]string{"fresh": "organizations", "extra": "", "renamed": domain, "deleted": "", "granted": ""} {
		t.Run(scenario, func(t *testing.T) {
			c := newTenant(t, scenario)
			told := 0
			c.server.OnWrite(func(Directory, Directory) { told++ })
			if tenant == "" {
				tenant = c.server.TenantID()
			}
			status, location, _ := c.consentPage(tenant, "client_id", appleAppID)
			want := "com.apple.Preferences://oauth-redirect?admin_consent=True&tenant=" + c.server.TenantID()
			if status != http.StatusFound || location != want {
				t.Fatalf("got status %d to %s, want %s", status, location, want)
			}
			got := factsOf(c.server.Directory())
			if diff := cmp.Diff([]string{appleGraph, appleExchange}, []string{got.Graph, got.Exchange}); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
			if log := c.server.Requests(); told != 1 || len(log) != 1 || len(log[0].Wrote) == 0 || log[0].Status != http.StatusFound {
				t.Errorf("the hook was called %d times, the log says %+v", told, log)
			}
			// Whoever consents again to the same writes nothing.
			c.consentPage(tenant, "client_id", appleAppID, "state", "a b")
			if log := c.server.Requests(); told != 1 || len(log[1].Wrote) != 0 {
				t.Errorf("again: the hook was called %d times, the log says %+v", told, log)
			}
		})
	}
}

// Grants of the app on other resources go, those of single users and of other apps stay.
func TestAdminConsent_leavesWhatIsNotTenantWide(t *testing.T) {
	c := newClient(t, Options{Scenario: "user-consents", PerUserGrants: 6})
	c.server.Edit(func(d *Directory) { d.grant(c.idOfIn(d, appleAppID), retiredAADAppID, "", "User.Read") })
	want := c.server.Directory()
	c.consentPage(c.server.TenantID(), "client_id", appleAppID)
	got := c.server.Directory()
	if factsOf(got).PerUser != 6 || len(got.PermissionGrants) != len(want.PermissionGrants)+1 {
		t.Errorf("of %d grants became %d, of which %d per user", len(want.PermissionGrants), len(got.PermissionGrants), factsOf(got).PerUser)
	}
}

// idOfIn is idOf inside an edit.
func (c *client) idOfIn(d *Directory, appID string) string {
	sp, _ := d.ServicePrincipalOf(appID)
	return sp.ID
}

func TestAdminConsent_state(t *testing.T) {
	c := newTenant(t, "fresh")
	if _, location, _ := c.consentPage("organizations", "client_id", appleAppID, "state", "a&b"); !strings.HasSuffix(location, "&state=a%26b") {
		t.Errorf("got %s", location)
	}
}

func TestAdminConsent_refused(t *testing.T) {
	other := objectID("tenant", "another")
	cases := map[string]struct {
		scenario string
		tenant   string
		clientID string
		prepare  func(*Server)
		says     string
	}{
		"a role that does not reach": {
			"fresh", "organizations", appleAppID, func(s *Server) { s.SetAdminRoles(applicationDeveloper) }, "AADSTS90094",
		},
		"no role": {"fresh", "organizations", appleAppID, func(s *Server) { s.SetAdminRoles() }, "AADSTS90094"},
		"a person who says no": {
			"fresh", "organizations", appleAppID, func(s *Server) { s.SetPerson(Person{Declines: true}) }, "AADSTS65004",
		},
		"a person of another tenant": {
			"fresh", "organizations", appleAppID, func(s *Server) { s.SetPerson(Person{Tenant: other}) }, "AADSTS50020",
		},
		"another tenant":                 {"fresh", other, appleAppID, nil, "AADSTS90002"},
		"an app that nobody knows":       {"fresh", "organizations", other, nil, "AADSTS700016"},
		"no app":                         {"fresh", "organizations", "", nil, "AADSTS900144"},
		"an app that registered nothing": {"fresh", "organizations", expensesAppID, nil, "AADSTS650056"},
		"a resource that is not there":   {"no-exchange", "organizations", appleAppID, nil, "AADSTS650052"},
		"an app that is disabled":        {"disabled", "organizations", appleAppID, nil, "AADSTS7000112"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, want.scenario)
			if want.prepare != nil {
				want.prepare(c.server)
			}
			before := c.server.Directory()
			status, location, page := c.consentPage(want.tenant, "client_id", want.clientID)
			if status != http.StatusBadRequest || location != "" || !strings.Contains(page, want.says+":") || strings.ContainsAny(page, "{}") {
				t.Errorf("got status %d to %q: %s", status, location, page)
			}
			if diff := cmp.Diff(before, c.server.Directory()); diff != "" {
				t.Errorf("something changed:\n%s", diff)
			}
		})
	}
}

func TestAdminConsent_roles(t *testing.T) {
	for _, role := range []string{
		globalAdministrator, privilegedRoleAdministrator, cloudApplicationAdministrator, applicationAdministrator,
	} {
		c := newTenant(t, "fresh")
		c.server.SetAdminRoles(role)
		if status, _, page := c.consentPage("organizations", "client_id", appleAppID); status != http.StatusFound {
			t.Errorf("%s: got status %d: %s", role, status, page)
		}
	}
}

func TestAdminConsent_lags(t *testing.T) {
	c := newTenant(t, "lagging")
	c.consentPage("organizations", "client_id", appleAppID)
	var seen []int
	for range 4 {
		seen = append(seen, len(c.get("/oauth2PermissionGrants?$filter=clientId eq '"+c.idOf(appleAppID)+"'").values("id")))
	}
	if diff := cmp.Diff([]int{0, 0, 0, 2}, seen); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}
