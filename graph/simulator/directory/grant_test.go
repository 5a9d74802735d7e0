package directory_test

import (
	"net/http"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// absence is what Graph says of an object that it does not know.
func absence(id string) string {
	return "Resource '" + id + "' does not exist or one of its queried reference-property objects are not present."
}

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
			`{"clientId":"` + identity.AppleAppID + `","consentType":"AllPrincipals","resourceId":"GRAPH","scope":"x"}`,
			absence(identity.AppleAppID),
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
			c := simtest.NewTenant(t, "renamed")
			fill := strings.NewReplacer("USER", identity.UserID(c.Server.TenantID(), "adele"))
			before := c.Server.Directory()
			got := c.Do("POST", "/oauth2PermissionGrants", fill.Replace(placeholders(c).Replace(want.body))).Must(t, http.StatusBadRequest)
			if message := placeholders(c).Replace(want.message); got.Message() != message {
				t.Errorf("got %q, want %q", got.Message(), message)
			}
			if diff := cmp.Diff(before, c.Server.Directory()); diff != "" {
				t.Errorf("the refused request changed something:\n%s", diff)
			}
		})
	}
}

func TestCreateGrant_longestScope(t *testing.T) {
	c := simtest.NewTenant(t, "renamed")
	body := c.GrantBody(c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID), strings.Repeat("x", 3850))
	c.Do("POST", "/oauth2PermissionGrants", body).Must(t, http.StatusCreated)
}

// github.com/Azure/azure-cli/issues/20974: the grants to all and to one stand side
// by side.
func TestCreateGrant_besideAUsersOwn(t *testing.T) {
	c := simtest.NewClient(t, simulator.Options{Scenario: "user-consents", PerUserGrants: 2})
	body := c.GrantBody(c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID), "User.Read")
	c.Do("POST", "/oauth2PermissionGrants", body).Must(t, http.StatusCreated)
	got := c.Get("/servicePrincipals/"+c.IDOf(identity.AppleAppID)+"/oauth2PermissionGrants").Must(t, http.StatusOK)
	if n := len(got.Values("id")); n != 3 {
		t.Errorf("got %d grants, want 3", n)
	}
}

func TestScope_isKeptVerbatim(t *testing.T) {
	c := simtest.NewTenant(t, "renamed")
	const odd = " Contacts.ReadWrite  openid profile openid "
	created := c.Do("POST", "/oauth2PermissionGrants", c.GrantBody(c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID), odd)).Must(t, http.StatusCreated)
	path := "/oauth2PermissionGrants/" + created.Body["id"].(string)
	if got := c.Get(path).Body["scope"]; got != odd {
		t.Errorf("created: got %q, want %q", got, odd)
	}
	c.Do("PATCH", path, `{"scope":"  replaced"}`).Must(t, http.StatusNoContent)
	if got := c.Get(path).Body["scope"]; got != "  replaced" {
		t.Errorf("updated: got %q, want %q", got, "  replaced")
	}
}

func TestGrantIDs_dependOnCase(t *testing.T) {
	c := simtest.NewTenant(t, "partial")
	id := directory.GrantID(c.IDOf(identity.AppleAppID), c.IDOf(identity.ExchangeAppID), "")
	c.Get("/oauth2PermissionGrants/"+id).Must(t, http.StatusOK)
	c.Get("/oauth2PermissionGrants/"+strings.ToUpper(id)).Must(t, http.StatusNotFound)
}

func TestGrant_recreatedHasTheSameID(t *testing.T) {
	c := simtest.NewTenant(t, "partial")
	id := directory.GrantID(c.IDOf(identity.AppleAppID), c.IDOf(identity.ExchangeAppID), "")
	c.Do("DELETE", "/oauth2PermissionGrants/"+id, "").Must(t, http.StatusNoContent)
	c.Do("DELETE", "/oauth2PermissionGrants/"+id, "").Must(t, http.StatusNotFound)
	body := c.GrantBody(c.IDOf(identity.AppleAppID), c.IDOf(identity.ExchangeAppID), "EAS.AccessAsUser.All")
	if got := c.Do("POST", "/oauth2PermissionGrants", body).Must(t, http.StatusCreated).Body["id"]; got != id {
		t.Errorf("got id %v, want %s", got, id)
	}
}
