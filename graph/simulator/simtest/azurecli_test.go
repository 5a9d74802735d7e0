package simtest_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// cli decodes what az would print.
func cli(c *simtest.Client, resource, tenant string) (document map[string]any, held identity.Claims, token string) {
	c.T.Helper()
	if err := json.Unmarshal(c.Server.CLIDocument(resource, tenant), &document); err != nil {
		c.T.Fatal(err)
	}
	token, _ = document["accessToken"].(string)
	if !identity.DecodeJWT(token, &held) {
		c.T.Fatalf("%q is no token", token)
	}
	delete(document, "accessToken")
	return document, held, token
}

func TestCLIDocument(t *testing.T) {
	now := simtest.NewClock()
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: now.Now})
	document, held, _ := cli(c, "https://graph.microsoft.com", "")
	tenantID, expires := c.Server.TenantID(), now.Add(time.Hour)
	want := map[string]any{
		"expiresOn": expires.Local().Format("2006-01-02 15:04:05.000000"), "expires_on": float64(expires.Unix()),
		"subscription": identity.ObjectID(tenantID, "subscription"), "tenant": tenantID, "tokenType": "Bearer",
	}
	if diff := cmp.Diff(want, document); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !strings.Contains(held.Scope, "DelegatedPermissionGrant.ReadWrite.All") || held.AppID != "04b07795-8ddb-461a-bbee-02f9e1bf7b46" || held.Name != "admin@contoso.example" ||
		held.Audience != "https://graph.microsoft.com" || held.TenantID != tenantID {
		t.Errorf("got token %+v", held)
	}
}

func TestCLIDocument_ofATenant(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	elsewhere := identity.ObjectID("tenant", "elsewhere")
	for tenant, want := range map[string]struct {
		tenantID string
		status   int
	}{
		"contoso.example":   {c.Server.TenantID(), http.StatusForbidden}, // of Organization.Read.All the CLI has none
		c.Server.TenantID(): {c.Server.TenantID(), http.StatusForbidden},
		elsewhere:           {elsewhere, http.StatusUnauthorized},
	} {
		document, held, token := cli(c, "https://graph.microsoft.com", tenant)
		if held.TenantID != want.tenantID || document["tenant"] != want.tenantID || document["subscription"] != nil {
			t.Errorf("%s: got tid %s and %v", tenant, held.TenantID, document)
		}
		c.WithToken(token).Get("/organization").Must(t, want.status)
	}
}

// What the CLI's fixed permissions open, by a documented path.
func TestCLIDocument_thenGraph(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	_, _, token := cli(c, "https://graph.microsoft.com", "")
	asked := c.WithToken(token)
	asked.Get("/servicePrincipals").Must(t, http.StatusOK)
	asked.Get("/oauth2PermissionGrants").Must(t, http.StatusOK)
	asked.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated)
}
