package simulator

import (
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestCreateGrant_refused(t *testing.T) {
	cases := map[string]struct{ body, message string }{
		"no client": {
			`{"consentType":"AllPrincipals","resourceId":"GRAPH","scope":"x"}`,
			"A value is required for property 'clientId' of resource 'OAuth2PermissionGrant'.",
		},
		"no resource": {
			`{"clientId":"CLIENT","consentType":"AllPrincipals","scope":"x"}`,
			"A value is required for property 'resourceId' of resource 'OAuth2PermissionGrant'.",
		},
		"a client that is no GUID": {
			`{"clientId":"Apple","consentType":"AllPrincipals","resourceId":"GRAPH","scope":"x"}`,
			"Invalid value specified for property 'clientId' of resource 'OAuth2PermissionGrant'.",
		},
		"an appId where an object id belongs": {
			`{"clientId":"` + appleAppID + `","consentType":"AllPrincipals","resourceId":"GRAPH","scope":"x"}`,
			absence(appleAppID),
		},
		"an unknown consent type": {
			`{"clientId":"CLIENT","consentType":"Everybody","resourceId":"GRAPH","scope":"x"}`,
			"Invalid value specified for property 'consentType' of resource 'OAuth2PermissionGrant'.",
		},
		"a grant to all that names a user": {
			`{"clientId":"CLIENT","consentType":"AllPrincipals","principalId":"USER","resourceId":"GRAPH","scope":"x"}`,
			"Invalid value specified for property 'principalId' of resource 'OAuth2PermissionGrant'.",
		},
		"a grant to one that names none": {
			`{"clientId":"CLIENT","consentType":"Principal","resourceId":"GRAPH","scope":"x"}`,
			"A value is required for property 'principalId' of resource 'OAuth2PermissionGrant'.",
		},
		"a grant to somebody unknown": {
			`{"clientId":"CLIENT","consentType":"Principal","principalId":"GRAPH","resourceId":"GRAPH","scope":"x"}`,
			"Resource 'GRAPH' does not exist or one of its queried reference-property objects are not present.",
		},
		"a scope that is no text": {
			`{"clientId":"CLIENT","consentType":"AllPrincipals","resourceId":"GRAPH","scope":["x"]}`,
			"Invalid value specified for property 'scope' of resource 'OAuth2PermissionGrant'.",
		},
		"a scope that is too long": {
			`{"clientId":"CLIENT","consentType":"AllPrincipals","resourceId":"GRAPH","scope":"` + strings.Repeat("x", 3851) + `"}`,
			"Invalid value specified for property 'scope' of resource 'OAuth2PermissionGrant'.",
		},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "renamed")
			fill := strings.NewReplacer("USER", userID(c.server.TenantID(), "adele"))
			before := c.server.Directory()
			got := c.do("POST", "/oauth2PermissionGrants", fill.Replace(c.placeholders().Replace(want.body))).must(t, http.StatusBadRequest)
			if message := c.placeholders().Replace(want.message); got.message() != message {
				t.Errorf("got %q, want %q", got.message(), message)
			}
			if diff := cmp.Diff(before, c.server.Directory()); diff != "" {
				t.Errorf("the refused request changed something:\n%s", diff)
			}
		})
	}
}

func TestCreateGrant_longestScope(t *testing.T) {
	c := newTenant(t, "renamed")
	body := c.grantBody(c.idOf(appleAppID), c.idOf(graphAppID), strings.Repeat("x", 3850))
	c.do("POST", "/oauth2PermissionGrants", body).must(t, http.StatusCreated)
}

// github.com/Azure/azure-cli/issues/20974: the grants to all and to one stand side
// by side.
func TestCreateGrant_besideAUsersOwn(t *testing.T) {
	c := newClient(t, Options{Scenario: "user-consents", PerUserGrants: 2})
	body := c.grantBody(c.idOf(appleAppID), c.idOf(graphAppID), "User.Read")
	c.do("POST", "/oauth2PermissionGrants", body).must(t, http.StatusCreated)
	got := c.get("/servicePrincipals/"+c.idOf(appleAppID)+"/oauth2PermissionGrants").must(t, http.StatusOK)
	if n := len(got.values("id")); n != 3 {
		t.Errorf("got %d grants, want 3", n)
	}
}

func TestScope_isKeptVerbatim(t *testing.T) {
	c := newTenant(t, "renamed")
	const odd = " Contacts.ReadWrite  openid profile openid "
	created := c.do("POST", "/oauth2PermissionGrants", c.grantBody(c.idOf(appleAppID), c.idOf(graphAppID), odd)).must(t, http.StatusCreated)
	path := "/oauth2PermissionGrants/" + created.body["id"].(string)
	if got := c.get(path).body["scope"]; got != odd {
		t.Errorf("created: got %q, want %q", got, odd)
	}
	c.do("PATCH", path, `{"scope":"  replaced"}`).must(t, http.StatusNoContent)
	if got := c.get(path).body["scope"]; got != "  replaced" {
		t.Errorf("updated: got %q, want %q", got, "  replaced")
	}
}

func TestGrantIDs_dependOnCase(t *testing.T) {
	c := newTenant(t, "partial")
	id := GrantID(c.idOf(appleAppID), c.idOf(exchangeAppID), "")
	c.get("/oauth2PermissionGrants/"+id).must(t, http.StatusOK)
	c.get("/oauth2PermissionGrants/"+strings.ToUpper(id)).must(t, http.StatusNotFound)
}

func TestGrant_recreatedHasTheSameID(t *testing.T) {
	c := newTenant(t, "partial")
	id := GrantID(c.idOf(appleAppID), c.idOf(exchangeAppID), "")
	c.do("DELETE", "/oauth2PermissionGrants/"+id, "").must(t, http.StatusNoContent)
	c.do("DELETE", "/oauth2PermissionGrants/"+id, "").must(t, http.StatusNotFound)
	body := c.grantBody(c.idOf(appleAppID), c.idOf(exchangeAppID), "EAS.AccessAsUser.All")
	if got := c.do("POST", "/oauth2PermissionGrants", body).must(t, http.StatusCreated).body["id"]; got != id {
		t.Errorf("got id %v, want %s", got, id)
	}
}
