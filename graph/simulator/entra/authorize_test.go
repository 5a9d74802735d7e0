package entra_test

import (
	"encoding/base64"
	"net/http"
	"net/url"
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

func TestAuthorize(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	const scope = simtest.FullRead + " " + simtest.FullWrite + simtest.WithSignIn
	fields := c.Authorize(simtest.AuthorizeRequest(scope))
	if fields.Get("state") != "a-state" || fields.Get("session_state") == "" || fields.Has("error") {
		t.Errorf("the app gets %v", fields)
	}
	got := c.Redeem(fields.Get("code"), "scope", scope).Must(t, http.StatusOK)
	held := got.Claims(t)
	if held.Scope != "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All openid profile" || held.IDType != "user" {
		t.Errorf("got token %+v", held)
	}
	if want := simtest.FullRead + " " + simtest.FullWrite; got.Field("scope") != want {
		t.Errorf("got scope %q, want %q", got.Field("scope"), want)
	}
	tenantID := c.Server.TenantID()
	id := map[string]any{}
	if !identity.DecodeJWT(got.Field("id_token"), &id) {
		t.Fatal("the id token is no JWT")
	}
	want := map[string]any{
		"aud": "app", "iss": simtest.Authority + "/" + tenantID + "/v2.0", "tid": tenantID, "oid": held.ObjectID,
		"preferred_username": "admin@contoso.example", "name": "admin",
	}
	if diff := cmp.Diff(any(want), simtest.Only(id, want)); diff != "" || id["sub"] == "" {
		t.Errorf("id token (-want +got):\n%s", diff)
	}
	info, err := base64.RawURLEncoding.DecodeString(got.Field("client_info"))
	if wantInfo := `{"uid":"` + held.ObjectID + `","utid":"` + tenantID + `"}`; err != nil || string(info) != wantInfo {
		t.Errorf("got client_info %s, want %s", info, wantInfo)
	}
	if got.Field("refresh_token") == "" {
		t.Error("there is no refresh token")
	}
}

func TestAuthorize_scopeInItsForm(t *testing.T) {
	const all = "Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All Directory.Read.All"
	cases := map[string]struct{ scope, want string }{
		"names stay names":         {"User.Read" + simtest.WithSignIn, "User.Read"},
		"URIs stay URIs":           {"https://graph.microsoft.us/User.Read" + simtest.WithSignIn, "https://graph.microsoft.us/User.Read"},
		"the default, and what it": {"https://g.example/.default" + simtest.WithSignIn, "https://g.example/" + strings.ReplaceAll(all, " ", " https://g.example/") + " https://g.example/.default"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			if got := simtest.NewTenant(t, "fresh").SignInPerson(want.scope).Field("scope"); got != want.want {
				t.Errorf("got scope %q, want %q", got, want.want)
			}
		})
	}
}

func TestAuthorize_onlyWhatIsAskedFor(t *testing.T) {
	got := simtest.NewTenant(t, "fresh").SignInPerson(simtest.FullRead)
	for _, name := range []string{"refresh_token", "id_token"} {
		if got.Field(name) != "" {
			t.Errorf("there is a %s, although nobody asked for one", name)
		}
	}
}

func TestAuthorize_query(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	answer := c.Browse("/common/oauth2/v2.0/authorize", simtest.AuthorizeRequest("User.Read", "response_mode", ""))
	location, err := url.Parse(answer.Header.Get("Location"))
	if answer.Status != http.StatusFound || err != nil || location.Scheme+"://"+location.Host != simtest.RedirectURI {
		t.Fatalf("got status %d to %v, %v", answer.Status, location, err)
	}
	c.Redeem(location.Query().Get("code")).Must(t, http.StatusOK)
	if location.Query().Get("state") != "a-state" {
		t.Errorf("the app gets %v", location.Query())
	}
}

// What the app can be trusted with goes back to it.
func TestAuthorize_refused(t *testing.T) {
	cases := map[string]struct {
		prepare func(*simtest.Server)
		changes []string
		code    string
		aadsts  string
	}{
		"the person declines":      {func(s *simtest.Server) { s.SetPerson(entra.Person{Declines: true}) }, nil, "access_denied", "AADSTS65004"},
		"no admin to consent":      {func(s *simtest.Server) { s.SetConsented(); s.SetAdminRoles() }, nil, "access_denied", "AADSTS90094"},
		"Conditional Access":       {func(s *simtest.Server) { s.RefuseSignIn(53003) }, nil, "interaction_required", "AADSTS53003"},
		"another response type":    {nil, []string{"response_type", "token"}, "unsupported_response_type", "AADSTS70005"},
		"no PKCE":                  {nil, []string{"code_challenge", ""}, "invalid_request", "AADSTS900144"},
		"the verifier itself":      {nil, []string{"code_challenge_method", "plain"}, "invalid_request", "AADSTS50149"},
		"a challenge that is none": {nil, []string{"code_challenge", "short"}, "invalid_request", "AADSTS501491"},
		"no scope":                 {nil, []string{"scope", ""}, "invalid_request", "AADSTS900144"},
		"default and single":       {nil, []string{"scope", "https://graph.microsoft.com/.default User.Read"}, "invalid_scope", "AADSTS70011"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, "fresh")
			if want.prepare != nil {
				want.prepare(c.Server)
			}
			got := c.Authorize(simtest.AuthorizeRequest(simtest.FullRead, want.changes...))
			if got.Get("error") != want.code || !strings.HasPrefix(got.Get("error_description"), want.aadsts+":") || got.Has("code") {
				t.Errorf("the app gets %v, want %s: %s", got, want.code, want.aadsts)
			}
			if got.Get("state") != "a-state" {
				t.Errorf("got state %q", got.Get("state"))
			}
		})
	}
}

// What is not certain to be the app hears nothing.
func TestAuthorize_refusedInTheBrowser(t *testing.T) {
	cases := map[string]struct {
		tenant  string
		number  int
		changes []string
		want    string
	}{
		"no client":              {"common", 0, []string{"client_id", ""}, "AADSTS900144"},
		"no way back":            {"common", 0, []string{"redirect_uri", ""}, "AADSTS900144"},
		"a way back elsewhere":   {"common", 0, []string{"redirect_uri", "http://evil.example"}, "AADSTS50011"},
		"a way that looks local": {"common", 0, []string{"redirect_uri", "http://localhost.evil.example"}, "AADSTS50011"},
		"local for a part":       {"common", 0, []string{"redirect_uri", "http://localhost@evil.example"}, "AADSTS50011"},
		"local with a path":      {"common", 0, []string{"redirect_uri", "http://localhost/path"}, "AADSTS50011"},
		"local over TLS":         {"common", 0, []string{"redirect_uri", "https://localhost"}, "AADSTS50011"},
		"an unknown mode":        {"common", 0, []string{"response_mode", "fragment"}, "AADSTS70007"},
		"another tenant":         {"fabrikam.example", 0, nil, "AADSTS90002"},
		"an unknown app":         {"common", 700016, nil, "AADSTS700016"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, "fresh")
			c.Server.RefuseSignIn(want.number)
			answer := c.Browse("/"+want.tenant+"/oauth2/v2.0/authorize", simtest.AuthorizeRequest(simtest.FullRead, want.changes...))
			page := answer.Text
			if answer.Status != http.StatusBadRequest || !strings.Contains(page, want.want+":") || strings.Contains(page, "<form") {
				t.Errorf("got status %d: %s", answer.Status, page)
			}
		})
	}
}

func TestAuthorize_markupInTheState(t *testing.T) {
	const state = `"><script>alert(1)</script>`
	c := simtest.NewTenant(t, "fresh")
	q := simtest.AuthorizeRequest(simtest.FullRead, "state", state)
	if got := c.Authorize(q).Get("state"); got != state {
		t.Errorf("got state %q", got)
	}
	if page := c.Browse("/common/oauth2/v2.0/authorize", q).Text; strings.Contains(page, "<script>alert") {
		t.Errorf("the state became markup: %s", page)
	}
}

func TestRedeemCode_refused(t *testing.T) {
	cases := map[string]struct {
		changes []string
		aadsts  string
		code    string
	}{
		"another client":       {[]string{"client_id", "other"}, "AADSTS70000", "invalid_grant"},
		"another verifier":     {[]string{"code_verifier", simtest.Verifier + "x"}, "AADSTS501481", "invalid_grant"},
		"no verifier":          {[]string{"code_verifier", ""}, "AADSTS501481", "invalid_grant"},
		"the challenge itself": {[]string{"code_verifier", simtest.Challenge}, "AADSTS501481", "invalid_grant"},
		"another way back":     {[]string{"redirect_uri", "http://localhost:1"}, "AADSTS500112", "invalid_client"},
		"more than was asked":  {[]string{"scope", simtest.FullRead + " " + simtest.FullWrite}, "AADSTS70000", "invalid_grant"},
		"an unknown code":      {[]string{"code", "1.AXsAmadeup"}, "AADSTS70000", "invalid_grant"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, "fresh")
			code := c.Authorize(simtest.AuthorizeRequest(simtest.FullRead)).Get("code")
			c.Redeem(code, want.changes...).Refused(t, http.StatusBadRequest, want.code, want.aadsts)
		})
	}
}

func TestRedeemCode_once(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	code := c.Authorize(simtest.AuthorizeRequest(simtest.FullRead)).Get("code")
	c.Redeem(code).Must(t, http.StatusOK)
	c.Redeem(code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS54005")
	code = c.Authorize(simtest.AuthorizeRequest(simtest.FullRead)).Get("code")
	c.Redeem(code, "code_verifier", "wrong").Must(t, http.StatusBadRequest)
	c.Redeem(code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS54005")
}

func TestRedeemCode_late(t *testing.T) {
	now := simtest.NewClock()
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: now.Now})
	code := c.Authorize(simtest.AuthorizeRequest(simtest.FullRead)).Get("code")
	now.Time = now.Add(10*time.Minute + time.Second)
	c.Redeem(code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70008")
}

func TestRefresh(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetPerson(entra.Person{Name: "first@contoso.example"})
	first := c.SignInPerson(simtest.FullRead + simtest.WithSignIn)
	c.Server.SetPerson(entra.Person{Name: "second@contoso.example"})
	token := first.Field("refresh_token")
	for range 2 {
		got := c.Refresh(token, simtest.FullWrite+simtest.WithSignIn).Must(t, http.StatusOK)
		if held := got.Claims(t); held.Name != "first@contoso.example" || !slices.Contains(strings.Fields(held.Scope), "DelegatedPermissionGrant.ReadWrite.All") {
			t.Errorf("got token %+v", held)
		}
		if next := got.Field("refresh_token"); next == "" || next == token {
			t.Errorf("got refresh token %q", next)
		}
	}
	if got := c.Refresh(token, "", "scope", "").Must(t, http.StatusOK).Field("scope"); got != simtest.FullRead {
		t.Errorf("without a scope it gives %q, want what the person signed in for", got)
	}
}

func TestRefresh_refused(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	token := c.SignInPerson(simtest.FullRead + simtest.WithSignIn).Field("refresh_token")
	c.Refresh(token, simtest.FullRead, "client_id", "other").Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70000")
	c.Refresh("1.AXsAmadeup", simtest.FullRead).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70000")
	c.Refresh("", simtest.FullRead, "refresh_token", "").Refused(t, http.StatusBadRequest, "invalid_request", "AADSTS900144")
}

func TestConsent(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented("Directory.Read.All")
	token := c.SignInPerson(simtest.FullRead + simtest.WithSignIn).Field("refresh_token")
	c.Refresh(token, simtest.FullRead+simtest.WithSignIn).Must(t, http.StatusOK)
	got := c.Refresh(token, simtest.FullRead+" "+simtest.FullWrite+simtest.WithSignIn)
	got.Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
	if got.Field("suberror") != "consent_required" {
		t.Errorf("got suberror %q", got.Field("suberror"))
	}
	c.SignInPerson(simtest.FullWrite + simtest.WithSignIn) // an admin, who consents
	c.Refresh(token, simtest.FullRead+" "+simtest.FullWrite+simtest.WithSignIn).Must(t, http.StatusOK)
	if held := c.SignInPerson("https://graph.microsoft.com/.default").Claims(t); held.Scope != "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All" {
		t.Errorf("the default is %q, want what was consented to", held.Scope)
	}
}

func TestConsent_declinedIsNone(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented("Directory.Read.All")
	token := c.SignInPerson(simtest.FullRead + simtest.WithSignIn).Field("refresh_token")
	c.Server.SetPerson(entra.Person{Declines: true})
	c.Authorize(simtest.AuthorizeRequest(simtest.FullWrite))
	c.Refresh(token, simtest.FullWrite).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
}

func TestConsent_needsAnAdminForMoreOnly(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented("Directory.Read.All")
	c.Server.SetAdminRoles(identity.UserAdministrator)
	c.SignInPerson(simtest.FullRead + simtest.WithSignIn)
	if got := c.Authorize(simtest.AuthorizeRequest(simtest.FullWrite)); !strings.HasPrefix(got.Get("error_description"), "AADSTS90094:") {
		t.Errorf("the app gets %v", got)
	}
}

func TestConsent_toWhatCanBeGot(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented()
	c.Server.SetDelegatedScopes("Directory.Read.All")
	if got := c.SignInPerson(simtest.FullRead + " " + simtest.FullWrite).Field("scope"); got != simtest.FullRead {
		t.Errorf("got scope %q, want %q", got, simtest.FullRead)
	}
	code := c.Authorize(simtest.AuthorizeRequest(simtest.FullWrite)).Get("code")
	c.Redeem(code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
}
