package simulator

import (
	"net/http"
	"testing"
	"time"
)

func (c *client) assert(assertionType, assertion string) response {
	c.t.Helper()
	return c.signIn(c.server.TenantID(), "grant_type", "client_credentials", "client_id", "app",
		"client_assertion_type", assertionType, "client_assertion", assertion, "scope", "https://graph.microsoft.com/.default"+withSignIn)
}

func TestClientAssertion(t *testing.T) {
	now := newClock()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	cases := map[string]struct {
		assertionType string
		assertion     string
		status        int
		aadsts        string
	}{
		"of now":            {jwtBearer, assertion(t, map[string]any{"nbf": at(0), "exp": at(10 * time.Minute)}), 200, ""},
		"without beginning": {jwtBearer, assertion(t, map[string]any{"exp": at(time.Minute)}), 200, ""},
		"a clock 4 m fast":  {jwtBearer, assertion(t, map[string]any{"nbf": at(4 * time.Minute), "exp": at(time.Hour)}), 200, ""},
		"ended 4 m ago":     {jwtBearer, assertion(t, map[string]any{"exp": at(-4 * time.Minute)}), 200, ""},
		"a clock 6 m fast":  {jwtBearer, assertion(t, map[string]any{"nbf": at(6 * time.Minute), "exp": at(time.Hour)}), 401, "AADSTS700024"},
		"ended 6 m ago":     {jwtBearer, assertion(t, map[string]any{"exp": at(-6 * time.Minute)}), 401, "AADSTS700024"},
		"without end":       {jwtBearer, assertion(t, map[string]any{"nbf": at(0)}), 401, "AADSTS50027"},
		"not a JWT":         {jwtBearer, "opaque", 401, "AADSTS50027"},
		"a text for a time": {jwtBearer, assertion(t, map[string]any{"exp": "soon"}), 401, "AADSTS50027"},
		"of no type":        {"", assertion(t, map[string]any{"exp": at(time.Minute)}), 400, "AADSTS900144"},
		"of another type":   {"urn:ietf:params:oauth:client-assertion-type:saml2-bearer", assertion(t, map[string]any{"exp": at(time.Minute)}), 400, "AADSTS900144"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := newClient(t, Options{Scenario: "fresh", Now: now.now}).assert(want.assertionType, want.assertion).must(t, want.status)
			if want.aadsts != "" {
				code := map[int]string{400: "invalid_request", 401: "invalid_client"}[want.status]
				got.refused(t, want.status, code, want.aadsts)
				return
			}
			if held := got.claims(t); held.IDType != "app" || held.Audience != "https://graph.microsoft.com" {
				t.Errorf("got token %+v", held)
			}
		})
	}
}

func TestClientSecret_expired(t *testing.T) {
	newTenant(t, "fresh").signIn("common", "grant_type", "client_credentials", "client_id", "app", "client_secret", "expired",
		"scope", "https://graph.microsoft.com/.default").refused(t, http.StatusUnauthorized, "invalid_client", "AADSTS7000222")
}

func TestSetTokenLifetime(t *testing.T) {
	now := newClock()
	c := newClient(t, Options{Scenario: "fresh", Now: now.now})
	for _, want := range []struct{ set, got time.Duration }{{5 * time.Minute, 5 * time.Minute}, {0, time.Hour}} {
		c.server.SetTokenLifetime(want.set)
		for name, signedIn := range map[string]response{
			"app": c.signInApp("https://graph.microsoft.com/.default"), "admin": c.signInAdmin(fullRead), "browser": c.signInPerson(fullRead),
		} {
			lives := time.Duration(signedIn.claims(t).Expires-now.Unix()) * time.Second
			if lives != want.got || signedIn.body["expires_in"] != want.got.Seconds() {
				t.Errorf("%s: the token lives %s, said to be %v s, want %s", name, lives, signedIn.body["expires_in"], want.got)
			}
		}
	}
}
