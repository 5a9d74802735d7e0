package simulator

import (
	"encoding/base64"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestAuthorize(t *testing.T) {
	c := newTenant(t, "fresh")
	const scope = fullRead + " " + fullWrite + withSignIn
	fields := c.authorize(authorizeRequest(scope))
	if fields.Get("state") != "a-state" || fields.Get("session_state") == "" || fields.Has("error") {
		t.Errorf("the app gets %v", fields)
	}
	got := c.redeem(fields.Get("code"), "scope", scope).must(t, http.StatusOK)
	held := got.claims(t)
	if held.Scope != "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All openid profile" || held.IDType != "user" {
		t.Errorf("got token %+v", held)
	}
	if want := fullRead + " " + fullWrite; got.field("scope") != want {
		t.Errorf("got scope %q, want %q", got.field("scope"), want)
	}
	tenantID := c.server.TenantID()
	id := jwt(t, got.field("id_token"))
	want := map[string]any{
		"aud": "app", "iss": authority + "/" + tenantID + "/v2.0", "tid": tenantID, "oid": held.ObjectID,
		"preferred_username": "admin@contoso.example", "name": "admin",
	}
	if diff := cmp.Diff(any(want), only(id, want)); diff != "" || id["sub"] == "" {
		t.Errorf("id token (-want +got):\n%s", diff)
	}
	info, err := base64.RawURLEncoding.DecodeString(got.field("client_info"))
	if wantInfo := `{"uid":"` + held.ObjectID + `","utid":"` + tenantID + `"}`; err != nil || string(info) != wantInfo {
		t.Errorf("got client_info %s, want %s", info, wantInfo)
	}
	if got.field("refresh_token") == "" {
		t.Error("there is no refresh token")
	}
}

func TestAuthorize_scopeInItsForm(t *testing.T) {
	const all = "Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All Directory.Read.All"
	cases := map[string]struct{ scope, want string }{
		"names stay names":         {"User.Read" + withSignIn, "User.Read"},
		"URIs stay URIs":           {"https://graph.microsoft.us/User.Read" + withSignIn, "https://graph.microsoft.us/User.Read"},
		"the default, and what it": {"https://g.example/.default" + withSignIn, "https://g.example/" + strings.ReplaceAll(all, " ", " https://g.example/") + " https://g.example/.default"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			if got := newTenant(t, "fresh").signInPerson(want.scope).field("scope"); got != want.want {
				t.Errorf("got scope %q, want %q", got, want.want)
			}
		})
	}
}

func TestAuthorize_onlyWhatIsAskedFor(t *testing.T) {
	got := newTenant(t, "fresh").signInPerson(fullRead)
	for _, name := range []string{"refresh_token", "id_token"} {
		if got.field(name) != "" {
			t.Errorf("there is a %s, although nobody asked for one", name)
		}
	}
}

func TestAuthorize_query(t *testing.T) {
	c := newTenant(t, "fresh")
	answer := c.browse("/common/oauth2/v2.0/authorize", authorizeRequest("User.Read", "response_mode", ""))
	defer answer.Body.Close() //nolint:errcheck // it is not read
	location, err := answer.Location()
	if answer.StatusCode != http.StatusFound || err != nil || location.Scheme+"://"+location.Host != redirectURI {
		t.Fatalf("got status %d to %v, %v", answer.StatusCode, location, err)
	}
	c.redeem(location.Query().Get("code")).must(t, http.StatusOK)
	if location.Query().Get("state") != "a-state" {
		t.Errorf("the app gets %v", location.Query())
	}
}

// What the app can be trusted with goes back to it.
func TestAuthorize_refused(t *testing.T) {
	cases := map[string]struct {
		prepare func(*Server)
		changes []string
		code    string
		aadsts  string
	}{
		"the person declines":      {func(s *Server) { s.SetPerson(Person{Declines: true}) }, nil, "access_denied", "AADSTS65004"},
		"no admin to consent":      {func(s *Server) { s.SetConsented(); s.SetAdminRoles() }, nil, "access_denied", "AADSTS90094"},
		"Conditional Access":       {func(s *Server) { s.RefuseSignIn(53003) }, nil, "interaction_required", "AADSTS53003"},
		"another response type":    {nil, []string{"response_type", "token"}, "unsupported_response_type", "AADSTS70005"},
		"no PKCE":                  {nil, []string{"code_challenge", ""}, "invalid_request", "AADSTS900144"},
		"the verifier itself":      {nil, []string{"code_challenge_method", "plain"}, "invalid_request", "AADSTS50149"},
		"a challenge that is none": {nil, []string{"code_challenge", "short"}, "invalid_request", "AADSTS501491"},
		"no scope":                 {nil, []string{"scope", ""}, "invalid_request", "AADSTS900144"},
		"default and single":       {nil, []string{"scope", "https://graph.microsoft.com/.default User.Read"}, "invalid_scope", "AADSTS70011"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "fresh")
			if want.prepare != nil {
				want.prepare(c.server)
			}
			got := c.authorize(authorizeRequest(fullRead, want.changes...))
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
			c := newTenant(t, "fresh")
			c.server.RefuseSignIn(want.number)
			answer := c.browse("/"+want.tenant+"/oauth2/v2.0/authorize", authorizeRequest(fullRead, want.changes...))
			page := text(t, answer)
			if answer.StatusCode != http.StatusBadRequest || !strings.Contains(page, want.want+":") || strings.Contains(page, "<form") {
				t.Errorf("got status %d: %s", answer.StatusCode, page)
			}
		})
	}
}

func TestAuthorize_markupInTheState(t *testing.T) {
	const state = `"><script>alert(1)</script>`
	c := newTenant(t, "fresh")
	q := authorizeRequest(fullRead, "state", state)
	if got := c.authorize(q).Get("state"); got != state {
		t.Errorf("got state %q", got)
	}
	if page := text(t, c.browse("/common/oauth2/v2.0/authorize", q)); strings.Contains(page, "<script>alert") { //nolint:bodyclose // text closes it
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
		"another verifier":     {[]string{"code_verifier", verifier + "x"}, "AADSTS501481", "invalid_grant"},
		"no verifier":          {[]string{"code_verifier", ""}, "AADSTS501481", "invalid_grant"},
		"the challenge itself": {[]string{"code_verifier", challengeOf(verifier)}, "AADSTS501481", "invalid_grant"},
		"another way back":     {[]string{"redirect_uri", "http://localhost:1"}, "AADSTS500112", "invalid_client"},
		"more than was asked":  {[]string{"scope", fullRead + " " + fullWrite}, "AADSTS70000", "invalid_grant"},
		"an unknown code":      {[]string{"code", "1.AXsAmadeup"}, "AADSTS70000", "invalid_grant"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "fresh")
			code := c.authorize(authorizeRequest(fullRead)).Get("code")
			c.redeem(code, want.changes...).refused(t, http.StatusBadRequest, want.code, want.aadsts)
		})
	}
}

func TestRedeemCode_once(t *testing.T) {
	c := newTenant(t, "fresh")
	code := c.authorize(authorizeRequest(fullRead)).Get("code")
	c.redeem(code).must(t, http.StatusOK)
	c.redeem(code).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS54005")
	code = c.authorize(authorizeRequest(fullRead)).Get("code")
	c.redeem(code, "code_verifier", "wrong").must(t, http.StatusBadRequest)
	c.redeem(code).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS54005")
}

func TestRedeemCode_late(t *testing.T) {
	now := newClock()
	c := newClient(t, Options{Scenario: "fresh", Now: now.now})
	code := c.authorize(authorizeRequest(fullRead)).Get("code")
	now.Time = now.Add(codeLifetime + time.Second)
	c.redeem(code).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70008")
}

func TestRefresh(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetPerson(Person{Name: "first@contoso.example"})
	first := c.signInPerson(fullRead + withSignIn)
	c.server.SetPerson(Person{Name: "second@contoso.example"})
	token := first.field("refresh_token")
	for range 2 {
		got := c.refresh(token, fullWrite+withSignIn).must(t, http.StatusOK)
		if held := got.claims(t); held.Name != "first@contoso.example" || !slices.Contains(held.scopes(), "DelegatedPermissionGrant.ReadWrite.All") {
			t.Errorf("got token %+v", held)
		}
		if next := got.field("refresh_token"); next == "" || next == token {
			t.Errorf("got refresh token %q", next)
		}
	}
	if got := c.refresh(token, "", "scope", "").must(t, http.StatusOK).field("scope"); got != fullRead {
		t.Errorf("without a scope it gives %q, want what the person signed in for", got)
	}
}

func TestRefresh_refused(t *testing.T) {
	c := newTenant(t, "fresh")
	token := c.signInPerson(fullRead + withSignIn).field("refresh_token")
	c.refresh(token, fullRead, "client_id", "other").refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70000")
	c.refresh("1.AXsAmadeup", fullRead).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70000")
	c.refresh("", fullRead, "refresh_token", "").refused(t, http.StatusBadRequest, "invalid_request", "AADSTS900144")
}

func TestConsent(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetConsented("Directory.Read.All")
	token := c.signInPerson(fullRead + withSignIn).field("refresh_token")
	c.refresh(token, fullRead+withSignIn).must(t, http.StatusOK)
	got := c.refresh(token, fullRead+" "+fullWrite+withSignIn)
	got.refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
	if got.field("suberror") != "consent_required" {
		t.Errorf("got suberror %q", got.field("suberror"))
	}
	c.signInPerson(fullWrite + withSignIn) // an admin, who consents
	c.refresh(token, fullRead+" "+fullWrite+withSignIn).must(t, http.StatusOK)
	if held := c.signInPerson("https://graph.microsoft.com/.default").claims(t); held.Scope != "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All" {
		t.Errorf("the default is %q, want what was consented to", held.Scope)
	}
}

func TestConsent_declinedIsNone(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetConsented("Directory.Read.All")
	token := c.signInPerson(fullRead + withSignIn).field("refresh_token")
	c.server.SetPerson(Person{Declines: true})
	c.authorize(authorizeRequest(fullWrite))
	c.refresh(token, fullWrite).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
}

func TestConsent_needsAnAdminForMoreOnly(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetConsented("Directory.Read.All")
	c.server.SetAdminRoles(userAdministrator)
	c.signInPerson(fullRead + withSignIn)
	if got := c.authorize(authorizeRequest(fullWrite)); !strings.HasPrefix(got.Get("error_description"), "AADSTS90094:") {
		t.Errorf("the app gets %v", got)
	}
}

func TestConsent_toWhatCanBeGot(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetConsented()
	c.server.SetDelegatedScopes("Directory.Read.All")
	if got := c.signInPerson(fullRead + " " + fullWrite).field("scope"); got != fullRead {
		t.Errorf("got scope %q, want %q", got, fullRead)
	}
	code := c.authorize(authorizeRequest(fullWrite)).Get("code")
	c.redeem(code).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
}
