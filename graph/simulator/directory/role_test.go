package directory_test

import (
	"net/http"
	"slices"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

// learn.microsoft.com/graph/api/oauth2permissiongrant-post and serviceprincipal-post-serviceprincipals
func TestSetAdminRoles(t *testing.T) {
	cases := map[string]struct {
		roles             []string
		grants            bool
		servicePrincipals bool
	}{
		"none":                            {nil, false, false},
		"Global Administrator":            {[]string{identity.GlobalAdministrator}, true, true},
		"Privileged Role Administrator":   {[]string{identity.PrivilegedRoleAdministrator}, true, false},
		"Cloud Application Administrator": {[]string{identity.CloudApplicationAdministrator}, true, true},
		"Application Administrator":       {[]string{identity.ApplicationAdministrator}, true, true},
		"Application Developer":           {[]string{identity.ApplicationDeveloper}, true, true},
		"Directory Writers":               {[]string{identity.DirectoryWriters}, true, false},
		"User Administrator":              {[]string{identity.UserAdministrator}, true, false},
		"Security Administrator":          {[]string{identity.SecurityAdministrator}, false, true},
		"Hybrid Identity Administrator":   {[]string{identity.HybridIdentityAdministrator}, false, true},
		"Global Reader and a good one":    {[]string{"f2ef992c-3afb-46b9-b7cf-a126ee74c451", identity.ApplicationAdministrator}, true, true},
		"Global Reader":                   {[]string{"f2ef992c-3afb-46b9-b7cf-a126ee74c451"}, false, false},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, "fresh")
			c.Server.SetAdminRoles(want.roles...)
			signedIn := c.SignInAdmin("https://graph.microsoft.com/.default")
			if held := signedIn.Claims(t).AdminRoles; !slices.Equal(held, want.roles) {
				t.Fatalf("the token has the roles %q", held)
			}
			asked := c.WithToken(signedIn.Field("access_token"))
			asked.Get("/servicePrincipals").Must(t, http.StatusOK)
			asked.Get("/oauth2PermissionGrants").Must(t, http.StatusOK)
			allowed(asked, want.servicePrincipals, asked.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`))
			c.Server.Edit(func(d *directory.Directory) { directory.Edit{Do: "createServicePrincipal"}.Apply(d) })
			apple, exchange := c.IDOf(identity.AppleAppID), c.IDOf(identity.ExchangeAppID)
			allowed(asked, want.grants, asked.Do("POST", "/oauth2PermissionGrants", asked.GrantBody(apple, exchange, "EAS.AccessAsUser.All")))
			c.Server.Edit(func(d *directory.Directory) { directory.Edit{Do: "grant", Scope: "EWS.AccessAsUser.All"}.Apply(d) })
			grant := "/oauth2PermissionGrants/" + directory.GrantID(apple, exchange, "")
			allowed(asked, want.grants, asked.Do("PATCH", grant, `{"scope":"EAS.AccessAsUser.All"}`))
			allowed(asked, want.grants, asked.Do("DELETE", grant, ""))
			allowed(asked, want.servicePrincipals, asked.Do("PATCH", "/servicePrincipals/"+apple, `{"accountEnabled":true}`))
			allowed(asked, want.servicePrincipals, asked.Do("DELETE", "/servicePrincipals/"+apple, ""))
		})
	}
}

// allowed fails the test unless a write went through, or was refused for a lack of roles.
func allowed(c *simtest.Client, want bool, got simtest.Response) {
	c.T.Helper()
	if want && got.Status >= http.StatusBadRequest {
		c.T.Errorf("got status %d: %s", got.Status, got.Text)
	}
	if !want && (got.Status != http.StatusForbidden || got.Code() != "Authorization_RequestDenied" ||
		got.Message() != "Insufficient privileges to complete the operation.") {
		c.T.Errorf("got status %d, want it refused: %s", got.Status, got.Text)
	}
}

func TestAdminRoles_appsNeedNone(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetAdminRoles()
	asApp(c, "Application.ReadWrite.All").Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated)
}

func TestAdminRoles_permissionIsNeededBesides(t *testing.T) {
	c := simtest.NewTenant(t, "fresh").With(identity.Claims{Scope: "Directory.Read.All", AdminRoles: []string{identity.GlobalAdministrator}})
	c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusForbidden)
}
