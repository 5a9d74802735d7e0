package e2e_test

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

// azureCLI is the client id of the Azure CLI.
const azureCLI = "04b07795-8ddb-461a-bbee-02f9e1bf7b46"

// azureCLIScopes are the permissions on Microsoft Graph that the Azure CLI has, always
// and in every tenant, whatever is asked for.
const azureCLIScopes = "Application.ReadWrite.All AppRoleAssignment.ReadWrite.All AuditLog.Read.All " +
	"DelegatedPermissionGrant.ReadWrite.All Directory.AccessAsUser.All Group.ReadWrite.All User.Read.All User.ReadWrite.All"

// cliDocument returns what az account get-access-token -o json prints for a person who
// is signed in to the Azure CLI. A tenant that is empty is the simulated one, and so is
// each of its names; any other gets a token of that tenant, which Graph here refuses.
func cliDocument(s *simtest.Server, resource, tenant string) []byte {
	var c identity.Claims
	_ = s.Exclusively(func(t *simulator.Tenant) bool { // which cannot fail, as no file keeps the tenant
		c = t.SignIn.PersonClaims(azureCLI, resource, azureCLIScopes)
		return false
	})
	if tenant != "" && !strings.EqualFold(tenant, s.TenantID()) && !strings.EqualFold(tenant, identity.Domain) {
		c.TenantID, c.Issuer = tenant, strings.Replace(c.Issuer, c.TenantID, tenant, 1)
	}
	document := map[string]any{
		"accessToken": c.Token(), "expiresOn": time.Unix(c.Expires, 0).Format("2006-01-02 15:04:05.000000"), "expires_on": c.Expires,
		"tenant": c.TenantID, "tokenType": "Bearer",
	}
	if tenant == "" {
		document["subscription"] = identity.ObjectID(s.TenantID(), "subscription") // az leaves it out where a tenant was named
	}
	text, _ := json.MarshalIndent(document, "", "  ") // texts and a number
	return append(text, '\n')
}

// cli decodes what az would print.
func cli(c *simtest.Client, resource, tenant string) (document map[string]any, held identity.Claims, token string) {
	c.T.Helper()
	if err := json.Unmarshal(cliDocument(c.Server, resource, tenant), &document); err != nil {
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
