package simulator

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

const authority = "https://login.example"

// signIn posts a form of name, value pairs to a tenant's token endpoint.
func (c *client) signIn(tenant string, pairs ...string) response {
	c.t.Helper()
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	r := httptest.NewRequestWithContext(c.t.Context(), "POST", authority+"/"+tenant+"/oauth2/v2.0/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.send(r)
}

func (c *client) signInApp(scope string) response {
	c.t.Helper()
	return c.signIn(c.server.TenantID(), "grant_type", "client_credentials", "client_id", "app", "client_secret", "right", "scope", scope)
}

func (c *client) signInAdmin(scope string) response {
	c.t.Helper()
	return c.signIn("organizations", "grant_type", SimulatedAdmin, "client_id", "app", "scope", scope)
}

// claims decodes the access token of a token response.
func (r response) claims(t *testing.T) claims {
	t.Helper()
	token, _ := r.must(t, http.StatusOK).body["access_token"].(string)
	c, ok := parseToken(token)
	if !ok {
		t.Fatalf("%q is no token", token)
	}
	return c
}

func TestSignIn_app(t *testing.T) {
	now := time.Date(2026, time.November, 23, 20, 0, 0, 0, time.UTC)
	c := newClient(t, Options{Scenario: "fresh", Now: func() time.Time { return now }})
	tenantID := c.server.TenantID()
	want := claims{
		Audience: "https://graph.microsoft.com", Issuer: "https://sts.windows.net/" + tenantID + "/",
		IssuedAt: now.Unix(), NotBefore: now.Unix(), Expires: now.Unix() + 3600,
		TenantID: tenantID, ObjectID: objectID(tenantID, "app", "app"), AppID: "app", IDType: "app",
		Roles: []string{"Application.ReadWrite.All", "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"},
	}
	if diff := cmp.Diff(want, c.signInApp("https://graph.microsoft.com/.default").claims(t)); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.server.SetAppRoles("Directory.Read.All")
	if got := c.signInApp("https://graph.microsoft.com/.default").claims(t).Roles; !slices.Equal(got, []string{"Directory.Read.All"}) {
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
			c := newTenant(t, "fresh")
			if want.allowed != nil {
				c.server.SetDelegatedScopes(want.allowed...)
			}
			got := c.signInAdmin(want.scope).claims(t)
			if got.Scope != want.want || got.Audience != want.wantAudience {
				t.Errorf("got scopes %q for %s, want %q for %s", got.Scope, got.Audience, want.want, want.wantAudience)
			}
			if got.Name != "admin@contoso.example" || got.IDType != "user" || !slices.Equal(got.AdminRoles, []string{cloudApplicationAdministrator, privilegedRoleAdministrator}) {
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
		"no client":                {"common", []string{"grant_type", SimulatedAdmin, "scope", scope}, 400, "invalid_request", "AADSTS900144:"},
		"another tenant":           {"fabrikam.example", []string{"grant_type", SimulatedAdmin, "client_id", "a", "scope", scope}, 400, "invalid_request", "AADSTS90002:"},
		"an unknown grant type":    {"common", []string{"grant_type", "password", "client_id", "a", "scope", scope}, 400, "unsupported_grant_type", "AADSTS70003:"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := newTenant(t, "fresh").signIn(want.tenant, want.form...).must(t, want.status)
			description, _ := got.body["error_description"].(string)
			if got.body["error"] != want.code || !strings.HasPrefix(description, want.aadsts) {
				t.Errorf("got %v: %s, want %s: %s", got.body["error"], description, want.code, want.aadsts)
			}
		})
	}
}

func TestSignIn_nothingAllowed(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetDelegatedScopes()
	got := c.signInAdmin("https://graph.microsoft.com/.default").must(t, http.StatusBadRequest)
	if got.body["error"] != "invalid_grant" {
		t.Errorf("got error %v", got.body["error"])
	}
}

func TestDiscovery(t *testing.T) {
	c := newTenant(t, "fresh")
	tenantID := c.server.TenantID()
	for tenant, issuer := range map[string]string{
		tenantID:          tenantID,
		"contoso.example": tenantID,
		"organizations":   "{tenantid}",
		"common":          "{tenantid}",
	} {
		got := c.get(authority+"/"+tenant+"/v2.0/.well-known/openid-configuration").must(t, http.StatusOK).body
		want := map[string]any{
			"issuer":                 authority + "/" + issuer + "/v2.0",
			"token_endpoint":         authority + "/" + tenant + "/oauth2/v2.0/token",
			"authorization_endpoint": authority + "/" + tenant + "/oauth2/v2.0/authorize",
		}
		if diff := cmp.Diff(any(want), only(got, want)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", tenant, diff)
		}
	}
	c.get(authority+"/fabrikam.example/v2.0/.well-known/openid-configuration").must(t, http.StatusBadRequest)
	instances := c.get(authority+"/common/discovery/instance?api-version=1.1").must(t, http.StatusOK)
	if !strings.Contains(instances.text, `"aliases":["login.example"]`) {
		t.Errorf("the host is not its own alias: %s", instances.text)
	}
	c.get(authority+"/").must(t, http.StatusNotFound)
}

func TestAuthenticate(t *testing.T) {
	c := newTenant(t, "fresh")
	held := claims{TenantID: c.server.TenantID(), Expires: time.Now().Add(time.Hour).Unix(), Scope: "Directory.Read.All"}
	expired, foreign := held, held
	expired.Expires = time.Now().Add(-time.Second).Unix()
	foreign.TenantID = objectID("tenant", "elsewhere")
	cases := map[string]string{
		"no token":           "",
		"no bearer token":    "Basic " + held.token(),
		"no JWT":             "Bearer opaque",
		"an undecodable JWT": "Bearer a.!.c",
		"an expired token":   "Bearer " + expired.token(),
		"a foreign token":    "Bearer " + foreign.token(),
	}
	for name, authorization := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.do("GET", "/servicePrincipals", "", "Authorization", authorization).must(t, http.StatusUnauthorized)
			if got.code() != "InvalidAuthenticationToken" || !strings.HasPrefix(got.header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("got code %q and WWW-Authenticate %q", got.code(), got.header.Get("WWW-Authenticate"))
			}
		})
	}
	c.do("GET", "/servicePrincipals", "", "Authorization", "Bearer "+held.token()).must(t, http.StatusOK)
}

func TestSignIn_thenGraph(t *testing.T) {
	c := newTenant(t, "fresh")
	for name, signedIn := range map[string]response{
		"admin": c.signInAdmin("https://graph.microsoft.com/.default"),
		"app":   c.signInApp("https://graph.microsoft.com/.default"),
	} {
		token, _ := signedIn.must(t, http.StatusOK).body["access_token"].(string)
		t.Run(name, func(t *testing.T) {
			(&client{t, c.server, token}).get("/oauth2PermissionGrants").must(t, http.StatusOK)
		})
	}
}
