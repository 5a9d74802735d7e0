package simulator

import (
	"encoding/json"
	"net/http"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// cli decodes what az would print.
func (c *client) cli(resource, tenant string) (document map[string]any, held claims, token string) {
	c.t.Helper()
	if err := json.Unmarshal(c.server.CLIDocument(resource, tenant), &document); err != nil {
		c.t.Fatal(err)
	}
	token, _ = document["accessToken"].(string)
	held, ok := parseToken(token)
	if !ok {
		c.t.Fatalf("%q is no token", token)
	}
	delete(document, "accessToken")
	return document, held, token
}

func TestCLIDocument(t *testing.T) {
	now := newClock()
	c := newClient(t, Options{Scenario: "fresh", Now: now.now})
	document, held, _ := c.cli("https://graph.microsoft.com", "")
	tenantID, expires := c.server.TenantID(), now.Add(time.Hour)
	want := map[string]any{
		"expiresOn": expires.Local().Format("2006-01-02 15:04:05.000000"), "expires_on": float64(expires.Unix()),
		"subscription": objectID(tenantID, "subscription"), "tenant": tenantID, "tokenType": "Bearer",
	}
	if diff := cmp.Diff(want, document); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if held.Scope != azureCLIScopes || held.AppID != azureCLI || held.Name != "admin@contoso.example" ||
		held.Audience != "https://graph.microsoft.com" || held.TenantID != tenantID {
		t.Errorf("got token %+v", held)
	}
}

func TestCLIDocument_ofATenant(t *testing.T) {
	c := newTenant(t, "fresh")
	elsewhere := objectID("tenant", "elsewhere")
	for tenant, want := range map[string]struct {
		tenantID string
		status   int
	}{
		"contoso.example":   {c.server.TenantID(), http.StatusForbidden}, // of Organization.Read.All the CLI has none
		c.server.TenantID(): {c.server.TenantID(), http.StatusForbidden},
		elsewhere:           {elsewhere, http.StatusUnauthorized},
	} {
		document, held, token := c.cli("https://graph.microsoft.com", tenant)
		if held.TenantID != want.tenantID || document["tenant"] != want.tenantID || document["subscription"] != nil {
			t.Errorf("%s: got tid %s and %v", tenant, held.TenantID, document)
		}
		(&client{t, c.server, token}).get("/organization").must(t, want.status)
	}
}

// What the CLI's fixed permissions open, by a documented path.
func TestCLIDocument_thenGraph(t *testing.T) {
	c := newTenant(t, "fresh")
	_, _, token := c.cli("https://graph.microsoft.com", "")
	asked := &client{t, c.server, token}
	asked.get("/servicePrincipals").must(t, http.StatusOK)
	asked.get("/oauth2PermissionGrants").must(t, http.StatusOK)
	asked.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusCreated)
}
