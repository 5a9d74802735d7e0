package entra_test

import (
	"net/http"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

const jwtBearer = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// assert signs an app in with a client assertion.
func assert(c *simtest.Client, assertionType, assertion string) simtest.Response {
	c.T.Helper()
	return c.SignIn(c.Server.TenantID(), "grant_type", "client_credentials", "client_id", "app",
		"client_assertion_type", assertionType, "client_assertion", assertion, "scope", "https://graph.microsoft.com/.default"+withSignIn)
}

func TestClientAssertion(t *testing.T) {
	now := simtest.NewClock()
	at := func(d time.Duration) int64 { return now.Add(d).Unix() }
	cases := map[string]struct {
		assertionType string
		assertion     string
		status        int
		aadsts        string
	}{
		"of now":            {jwtBearer, identity.UnsignedJWT(map[string]any{"nbf": at(0), "exp": at(10 * time.Minute)}), 200, ""},
		"without beginning": {jwtBearer, identity.UnsignedJWT(map[string]any{"exp": at(time.Minute)}), 200, ""},
		"a clock 4 m fast":  {jwtBearer, identity.UnsignedJWT(map[string]any{"nbf": at(4 * time.Minute), "exp": at(time.Hour)}), 200, ""},
		"ended 4 m ago":     {jwtBearer, identity.UnsignedJWT(map[string]any{"exp": at(-4 * time.Minute)}), 200, ""},
		"a clock 6 m fast":  {jwtBearer, identity.UnsignedJWT(map[string]any{"nbf": at(6 * time.Minute), "exp": at(time.Hour)}), 401, "AADSTS700024"},
		"ended 6 m ago":     {jwtBearer, identity.UnsignedJWT(map[string]any{"exp": at(-6 * time.Minute)}), 401, "AADSTS700024"},
		"without end":       {jwtBearer, identity.UnsignedJWT(map[string]any{"nbf": at(0)}), 401, "AADSTS50027"},
		"not a JWT":         {jwtBearer, "opaque", 401, "AADSTS50027"},
		"a text for a time": {jwtBearer, identity.UnsignedJWT(map[string]any{"exp": "soon"}), 401, "AADSTS50027"},
		"of no type":        {"", identity.UnsignedJWT(map[string]any{"exp": at(time.Minute)}), 400, "AADSTS900144"},
		"of another type":   {"urn:ietf:params:oauth:client-assertion-type:saml2-bearer", identity.UnsignedJWT(map[string]any{"exp": at(time.Minute)}), 400, "AADSTS900144"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := assert(simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: now.Now}), want.assertionType, want.assertion).Must(t, want.status)
			if want.aadsts != "" {
				code := map[int]string{400: "invalid_request", 401: "invalid_client"}[want.status]
				got.Refused(t, want.status, code, want.aadsts)
				return
			}
			if held := got.Claims(t); held.IDType != "app" || held.Audience != "https://graph.microsoft.com" {
				t.Errorf("got token %+v", held)
			}
		})
	}
}

func TestClientSecret_expired(t *testing.T) {
	simtest.NewTenant(t, "fresh").SignIn("common", "grant_type", "client_credentials", "client_id", "app", "client_secret", "expired",
		"scope", "https://graph.microsoft.com/.default").Refused(t, http.StatusUnauthorized, "invalid_client", "AADSTS7000222")
}

func TestSetTokenLifetime(t *testing.T) {
	now := simtest.NewClock()
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: now.Now})
	for _, want := range []struct{ set, got time.Duration }{{5 * time.Minute, 5 * time.Minute}, {0, time.Hour}} {
		c.Server.SetTokenLifetime(want.set)
		for name, signedIn := range map[string]simtest.Response{
			"app": c.SignInApp("https://graph.microsoft.com/.default"), "admin": c.SignInAdmin(simtest.FullRead), "browser": signInPerson(c, simtest.FullRead),
		} {
			lives := time.Duration(signedIn.Claims(t).Expires-now.Unix()) * time.Second
			if lives != want.got || signedIn.Body["expires_in"] != want.got.Seconds() {
				t.Errorf("%s: the token lives %s, said to be %v s, want %s", name, lives, signedIn.Body["expires_in"], want.got)
			}
		}
	}
}
