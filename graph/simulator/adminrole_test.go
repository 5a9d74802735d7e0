package simulator

import (
	"net/http"
	"slices"
	"testing"
)

// learn.microsoft.com/graph/api/oauth2permissiongrant-post and serviceprincipal-post-serviceprincipals
func TestSetAdminRoles(t *testing.T) {
	cases := map[string]struct {
		roles             []string
		grants            bool
		servicePrincipals bool
	}{
		"none":                            {nil, false, false},
		"Global Administrator":            {[]string{globalAdministrator}, true, true},
		"Privileged Role Administrator":   {[]string{privilegedRoleAdministrator}, true, false},
		"Cloud Application Administrator": {[]string{cloudApplicationAdministrator}, true, true},
		"Application Administrator":       {[]string{applicationAdministrator}, true, true},
		"Application Developer":           {[]string{applicationDeveloper}, true, true},
		"Directory Writers":               {[]string{directoryWriters}, true, false},
		"User Administrator":              {[]string{userAdministrator}, true, false},
		"Security Administrator":          {[]string{securityAdministrator}, false, true},
		"Hybrid Identity Administrator":   {[]string{hybridIdentityAdministrator}, false, true},
		"Global Reader and a good one":    {[]string{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", applicationAdministrator}, true, true},
		"Global Reader":                   {[]string{"f2ef992c-3afb-46b9-b7cf-a126ee74c451"}, false, false},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "fresh")
			c.server.SetAdminRoles(want.roles...)
			signedIn := c.signInAdmin("https://graph.microsoft.com/.default")
			if held := signedIn.claims(t).AdminRoles; !slices.Equal(held, want.roles) {
				t.Fatalf("the token has the roles %q", held)
			}
			asked := &client{t, c.server, signedIn.field("access_token")}
			asked.get("/servicePrincipals").must(t, http.StatusOK)
			asked.get("/oauth2PermissionGrants").must(t, http.StatusOK)
			asked.allowed(want.servicePrincipals, asked.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`))
			c.server.Edit(func(d *Directory) { Edit{Do: "createServicePrincipal"}.Apply(d) })
			apple, exchange := c.idOf(appleAppID), c.idOf(exchangeAppID)
			asked.allowed(want.grants, asked.do("POST", "/oauth2PermissionGrants", asked.grantBody(apple, exchange, "EAS.AccessAsUser.All")))
			c.server.Edit(func(d *Directory) { Edit{Do: "grant", Scope: "EWS.AccessAsUser.All"}.Apply(d) })
			grant := "/oauth2PermissionGrants/" + GrantID(apple, exchange, "")
			asked.allowed(want.grants, asked.do("PATCH", grant, `{"scope":"EAS.AccessAsUser.All"}`))
			asked.allowed(want.grants, asked.do("DELETE", grant, ""))
			asked.allowed(want.servicePrincipals, asked.do("PATCH", "/servicePrincipals/"+apple, `{"accountEnabled":true}`))
			asked.allowed(want.servicePrincipals, asked.do("DELETE", "/servicePrincipals/"+apple, ""))
		})
	}
}

// allowed fails the test unless a write went through, or was refused for a lack of roles.
func (c *client) allowed(want bool, got response) {
	c.t.Helper()
	if want && got.status >= http.StatusBadRequest {
		c.t.Errorf("got status %d: %s", got.status, got.text)
	}
	if !want && (got.status != http.StatusForbidden || got.code() != "Authorization_RequestDenied" ||
		got.message() != "Insufficient privileges to complete the operation.") {
		c.t.Errorf("got status %d, want it refused: %s", got.status, got.text)
	}
}

func TestAdminRoles_appsNeedNone(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetAdminRoles()
	c.asApp("Application.ReadWrite.All").do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusCreated)
}

func TestAdminRoles_permissionIsNeededBesides(t *testing.T) {
	c := newTenant(t, "fresh").with(claims{Scope: "Directory.Read.All", AdminRoles: []string{globalAdministrator}})
	c.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusForbidden)
}

func TestAdminRoles_insideABatch(t *testing.T) {
	c := newTenant(t, "fresh").with(claims{Scope: "Application.ReadWrite.All"})
	body := `{"requests":[{"id":"1","method":"POST","url":"/servicePrincipals","headers":{"Content-Type":"application/json"},"body":{"appId":"` + appleAppID + `"}}]}`
	got := c.do("POST", "/$batch", body).must(t, http.StatusOK)
	responses, _ := got.body["responses"].([]any)
	if item, _ := responses[0].(map[string]any); item["status"] != 403.0 {
		t.Errorf("got %s", got.text)
	}
}
