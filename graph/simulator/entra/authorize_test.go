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
	const scope = simtest.FullRead + " " + fullWrite + withSignIn
	fields := authorize(c, authorizeRequest(scope))
	if fields.Get("state") != "a-state" || fields.Get("session_state") == "" || fields.Has("error") {
		t.Errorf("the app gets %v", fields)
	}
	got := redeem(c, fields.Get("code"), "scope", scope).Must(t, http.StatusOK)
	held := got.Claims(t)
	if held.Scope != "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All openid profile" || held.IDType != "user" {
		t.Errorf("got token %+v", held)
	}
	if want := simtest.FullRead + " " + fullWrite; got.Field("scope") != want {
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
		"names stay names":         {"User.Read" + withSignIn, "User.Read"},
		"URIs stay URIs":           {"https://graph.microsoft.us/User.Read" + withSignIn, "https://graph.microsoft.us/User.Read"},
		"the default, and what it": {"https://g.example/.default" + withSignIn, "https://g.example/" + strings.ReplaceAll(all, " ", " https://g.example/") + " https://g.example/.default"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			if got := signInPerson(simtest.NewTenant(t, "fresh"), want.scope).Field("scope"); got != want.want {
				t.Errorf("got scope %q, want %q", got, want.want)
			}
		})
	}
}

func TestAuthorize_onlyWhatIsAskedFor(t *testing.T) {
	got := signInPerson(simtest.NewTenant(t, "fresh"), simtest.FullRead)
	for _, name := range []string{"refresh_token", "id_token"} {
		if got.Field(name) != "" {
			t.Errorf("there is a %s, although nobody asked for one", name)
		}
	}
}

func TestAuthorize_query(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	answer := browse(c, "/common/oauth2/v2.0/authorize", authorizeRequest("User.Read", "response_mode", ""))
	location, err := url.Parse(answer.Header.Get("Location"))
	if answer.Status != http.StatusFound || err != nil || location.Scheme+"://"+location.Host != redirectURI {
		t.Fatalf("got status %d to %v, %v", answer.Status, location, err)
	}
	redeem(c, location.Query().Get("code")).Must(t, http.StatusOK)
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
			got := authorize(c, authorizeRequest(simtest.FullRead, want.changes...))
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
			answer := browse(c, "/"+want.tenant+"/oauth2/v2.0/authorize", authorizeRequest(simtest.FullRead, want.changes...))
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
	q := authorizeRequest(simtest.FullRead, "state", state)
	if got := authorize(c, q).Get("state"); got != state {
		t.Errorf("got state %q", got)
	}
	if page := browse(c, "/common/oauth2/v2.0/authorize", q).Text; strings.Contains(page, "<script>alert") {
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
		"the challenge itself": {[]string{"code_verifier", challenge}, "AADSTS501481", "invalid_grant"},
		"another way back":     {[]string{"redirect_uri", "http://localhost:1"}, "AADSTS500112", "invalid_client"},
		"more than was asked":  {[]string{"scope", simtest.FullRead + " " + fullWrite}, "AADSTS70000", "invalid_grant"},
		"an unknown code":      {[]string{"code", "1.AXsAmadeup"}, "AADSTS70000", "invalid_grant"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, "fresh")
			code := authorize(c, authorizeRequest(simtest.FullRead)).Get("code")
			redeem(c, code, want.changes...).Refused(t, http.StatusBadRequest, want.code, want.aadsts)
		})
	}
}

func TestRedeemCode_once(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	code := authorize(c, authorizeRequest(simtest.FullRead)).Get("code")
	redeem(c, code).Must(t, http.StatusOK)
	redeem(c, code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS54005")
	code = authorize(c, authorizeRequest(simtest.FullRead)).Get("code")
	redeem(c, code, "code_verifier", "wrong").Must(t, http.StatusBadRequest)
	redeem(c, code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS54005")
}

func TestRedeemCode_late(t *testing.T) {
	now := simtest.NewClock()
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: now.Now})
	code := authorize(c, authorizeRequest(simtest.FullRead)).Get("code")
	now.Time = now.Add(10*time.Minute + time.Second)
	redeem(c, code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70008")
}

func TestRefresh(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetPerson(entra.Person{Name: "first@contoso.example"})
	first := signInPerson(c, simtest.FullRead+withSignIn)
	c.Server.SetPerson(entra.Person{Name: "second@contoso.example"})
	token := first.Field("refresh_token")
	for range 2 {
		got := refresh(c, token, fullWrite+withSignIn).Must(t, http.StatusOK)
		if held := got.Claims(t); held.Name != "first@contoso.example" || !slices.Contains(strings.Fields(held.Scope), "DelegatedPermissionGrant.ReadWrite.All") {
			t.Errorf("got token %+v", held)
		}
		if next := got.Field("refresh_token"); next == "" || next == token {
			t.Errorf("got refresh token %q", next)
		}
	}
	if got := refresh(c, token, "", "scope", "").Must(t, http.StatusOK).Field("scope"); got != simtest.FullRead {
		t.Errorf("without a scope it gives %q, want what the person signed in for", got)
	}
}

func TestRefresh_refused(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	token := signInPerson(c, simtest.FullRead+withSignIn).Field("refresh_token")
	refresh(c, token, simtest.FullRead, "client_id", "other").Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70000")
	refresh(c, "1.AXsAmadeup", simtest.FullRead).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS70000")
	refresh(c, "", simtest.FullRead, "refresh_token", "").Refused(t, http.StatusBadRequest, "invalid_request", "AADSTS900144")
}

func TestConsent(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented("Directory.Read.All")
	token := signInPerson(c, simtest.FullRead+withSignIn).Field("refresh_token")
	refresh(c, token, simtest.FullRead+withSignIn).Must(t, http.StatusOK)
	got := refresh(c, token, simtest.FullRead+" "+fullWrite+withSignIn)
	got.Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
	if got.Field("suberror") != "consent_required" {
		t.Errorf("got suberror %q", got.Field("suberror"))
	}
	signInPerson(c, fullWrite+withSignIn) // an admin, who consents
	refresh(c, token, simtest.FullRead+" "+fullWrite+withSignIn).Must(t, http.StatusOK)
	if held := signInPerson(c, "https://graph.microsoft.com/.default").Claims(t); held.Scope != "Directory.Read.All DelegatedPermissionGrant.ReadWrite.All" {
		t.Errorf("the default is %q, want what was consented to", held.Scope)
	}
}

func TestConsent_declinedIsNone(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented("Directory.Read.All")
	token := signInPerson(c, simtest.FullRead+withSignIn).Field("refresh_token")
	c.Server.SetPerson(entra.Person{Declines: true})
	authorize(c, authorizeRequest(fullWrite))
	refresh(c, token, fullWrite).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
}

func TestConsent_needsAnAdminForMoreOnly(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented("Directory.Read.All")
	c.Server.SetAdminRoles(identity.UserAdministrator)
	signInPerson(c, simtest.FullRead+withSignIn)
	if got := authorize(c, authorizeRequest(fullWrite)); !strings.HasPrefix(got.Get("error_description"), "AADSTS90094:") {
		t.Errorf("the app gets %v", got)
	}
}

func TestConsent_toWhatCanBeGot(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented()
	c.Server.SetDelegatedScopes("Directory.Read.All")
	if got := signInPerson(c, simtest.FullRead+" "+fullWrite).Field("scope"); got != simtest.FullRead {
		t.Errorf("got scope %q, want %q", got, simtest.FullRead)
	}
	code := authorize(c, authorizeRequest(fullWrite)).Get("code")
	redeem(c, code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
}
