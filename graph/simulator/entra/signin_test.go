package entra_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestSignIn_app(t *testing.T) {
	now := time.Date(2026, time.November, 23, 20, 0, 0, 0, time.UTC)
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: func() time.Time { return now }})
	tenantID := c.Server.TenantID()
	want := identity.Claims{
		Audience: "https://graph.microsoft.com", Issuer: "https://sts.windows.net/" + tenantID + "/",
		IssuedAt: now.Unix(), NotBefore: now.Unix(), Expires: now.Unix() + 3600,
		TenantID: tenantID, ObjectID: identity.ObjectID(tenantID, "app", "app"), AppID: "app", IDType: "app",
		Roles: []string{"Application.ReadWrite.All", "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"},
	}
	got, again := c.SignInApp("https://graph.microsoft.com/.default").Claims(t), c.SignInApp("https://graph.microsoft.com/.default").Claims(t)
	if got.TokenID == "" || got.TokenID == again.TokenID {
		t.Errorf("two tokens have the ids %q and %q", got.TokenID, again.TokenID)
	}
	want.TokenID = got.TokenID
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.Server.SetAppRoles("Directory.Read.All")
	if got := c.SignInApp("https://graph.microsoft.com/.default").Claims(t).Roles; !slices.Equal(got, []string{"Directory.Read.All"}) {
		t.Errorf("got roles %q", got)
	}
}

func TestSignIn_admin(t *testing.T) {
	cases := map[string]struct {
		allowed      []string
		scope        string
		want         string
		wantAudience string
	}{
		"names as they are": {
			nil, "User.Read Directory.Read.All", "User.Read Directory.Read.All", "https://graph.microsoft.com",
		},
		"URIs are cut to the name": {
			nil, "https://graph.microsoft.us/Directory.Read.All", "Directory.Read.All", "https://graph.microsoft.us",
		},
		"the default is what it takes to apply": {
			nil, "https://graph.microsoft.com/.default",
			"Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All Directory.Read.All", "https://graph.microsoft.com",
		},
		"offline_access is no permission": {
			nil, "openid offline_access User.Read", "openid User.Read", "https://graph.microsoft.com",
		},
		"what is not allowed is left out": {
			[]string{"User.Read"}, "User.Read Directory.Read.All", "User.Read", "https://graph.microsoft.com",
		},
		"the default is what is allowed": {
			[]string{"User.Read", "Policy.Read.All"}, "https://graph.microsoft.com/.default", "User.Read Policy.Read.All", "https://graph.microsoft.com",
		},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, "fresh")
			if want.allowed != nil {
				c.Server.SetDelegatedScopes(want.allowed...)
			}
			got := c.SignInAdmin(want.scope).Claims(t)
			if got.Scope != want.want || got.Audience != want.wantAudience {
				t.Errorf("got scopes %q for %s, want %q for %s", got.Scope, got.Audience, want.want, want.wantAudience)
			}
			if got.Name != "admin@contoso.example" || got.IDType != "user" || !slices.Equal(got.AdminRoles, []string{identity.CloudApplicationAdministrator, identity.PrivilegedRoleAdministrator}) {
				t.Errorf("this is not the admin: %+v", got)
			}
		})
	}
}

// learn.microsoft.com/entra/identity-platform/reference-error-codes
func TestSignIn_refused(t *testing.T) {
	const scope = "https://graph.microsoft.com/.default"
	cases := map[string]struct {
		tenant string
		form   []string
		status int
		code   string
		aadsts string
	}{
		"a wrong secret":           {"common", []string{"grant_type", "client_credentials", "client_id", "a", "client_secret", "wrong", "scope", scope}, 401, "invalid_client", "AADSTS7000215:"},
		"no secret":                {"common", []string{"grant_type", "client_credentials", "client_id", "a", "scope", scope}, 401, "invalid_client", "AADSTS7000218:"},
		"an app that names scopes": {"common", []string{"grant_type", "client_credentials", "client_id", "a", "client_assertion", "x", "scope", "User.Read"}, 400, "invalid_scope", "AADSTS1002012:"},
		"no client":                {"common", []string{"grant_type", entra.SimulatedAdmin, "scope", scope}, 400, "invalid_request", "AADSTS900144:"},
		"another tenant":           {"fabrikam.example", []string{"grant_type", entra.SimulatedAdmin, "client_id", "a", "scope", scope}, 400, "invalid_request", "AADSTS90002:"},
		"an unknown grant type":    {"common", []string{"grant_type", "password", "client_id", "a", "scope", scope}, 400, "unsupported_grant_type", "AADSTS70003:"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := simtest.NewTenant(t, "fresh").SignIn(want.tenant, want.form...).Must(t, want.status)
			description, _ := got.Body["error_description"].(string)
			if got.Body["error"] != want.code || !strings.HasPrefix(description, want.aadsts) {
				t.Errorf("got %v: %s, want %s: %s", got.Body["error"], description, want.code, want.aadsts)
			}
		})
	}
}

func TestSignIn_nothingAllowed(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetDelegatedScopes()
	got := c.SignInAdmin("https://graph.microsoft.com/.default").Must(t, http.StatusBadRequest)
	if got.Body["error"] != "invalid_grant" {
		t.Errorf("got error %v", got.Body["error"])
	}
}

func TestDiscovery(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	tenantID := c.Server.TenantID()
	for tenant, issuer := range map[string]string{
		tenantID:          tenantID,
		"contoso.example": tenantID,
		"organizations":   "{tenantid}",
		"common":          "{tenantid}",
	} {
		got := c.Get(simtest.Authority+"/"+tenant+"/v2.0/.well-known/openid-configuration").Must(t, http.StatusOK).Body
		want := map[string]any{
			"issuer":                 simtest.Authority + "/" + issuer + "/v2.0",
			"token_endpoint":         simtest.Authority + "/" + tenant + "/oauth2/v2.0/token",
			"authorization_endpoint": simtest.Authority + "/" + tenant + "/oauth2/v2.0/authorize",
		}
		if diff := cmp.Diff(any(want), simtest.Only(got, want)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tenant, diff)
		}
	}
	c.Get(simtest.Authority+"/fabrikam.example/v2.0/.well-known/openid-configuration").Must(t, http.StatusBadRequest)
	instances := c.Get(simtest.Authority+"/common/discovery/instance?api-version=1.1").Must(t, http.StatusOK)
	if !strings.Contains(instances.Text, `"aliases":["login.example"]`) {
		t.Errorf("the host is not its own alias: %s", instances.Text)
	}
	c.Get(simtest.Authority+"/").Must(t, http.StatusNotFound)
}

func TestSignIn_thenGraph(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	for name, signedIn := range map[string]simtest.Response{
		"admin": c.SignInAdmin("https://graph.microsoft.com/.default"),
		"app":   c.SignInApp("https://graph.microsoft.com/.default"),
	} {
		token, _ := signedIn.Must(t, http.StatusOK).Body["access_token"].(string)
		t.Run(name, func(t *testing.T) {
			c.WithToken(token).Get("/oauth2PermissionGrants").Must(t, http.StatusOK)
		})
	}
}
