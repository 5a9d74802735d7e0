package simtest

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
)

// What the app of a [Client] signs in with.
const (
	Authority = "https://login.example"
	FullRead  = "https://graph.microsoft.com/Directory.Read.All"
)

// Form makes a form of names and values in turn; a later value replaces an earlier one, an empty one removes it.
func Form(list ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(list); i += 2 {
		form.Set(list[i], list[i+1])
		if list[i+1] == "" {
			form.Del(list[i])
		}
	}
	return form
}

// Post sends a form, names and values in turn, to an endpoint of a tenant below /oauth2/v2.0/.
func (c *Client) Post(tenant, endpoint string, pairs ...string) Response {
	c.T.Helper()
	address := Authority + "/" + tenant + "/oauth2/v2.0/" + endpoint
	r := httptest.NewRequestWithContext(c.T.Context(), "POST", address, strings.NewReader(Form(pairs...).Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.Send(r)
}

// SignIn is Post to the token endpoint.
func (c *Client) SignIn(tenant string, pairs ...string) Response {
	c.T.Helper()
	return c.Post(tenant, "token", pairs...)
}

// SignInApp signs an app in with a secret.
func (c *Client) SignInApp(scope string) Response {
	c.T.Helper()
	return c.SignIn(c.Server.TenantID(), "grant_type", "client_credentials", "client_id", "app", "client_secret", "right", "scope", scope)
}

// SignInAdmin signs the admin in without a browser.
func (c *Client) SignInAdmin(scope string) Response {
	c.T.Helper()
	return c.SignIn("organizations", "grant_type", entra.SimulatedAdmin, "client_id", "app", "scope", scope)
}

// Refused fails the test unless the sign-in was refused so.
func (r Response) Refused(t *testing.T, status int, code, aadsts string) {
	t.Helper()
	if r.Must(t, status).Field("error") != code || !strings.HasPrefix(r.Field("error_description"), aadsts+": ") {
		t.Errorf("got %s: %s, want %s: %s", r.Field("error"), r.Field("error_description"), code, aadsts)
	}
}

// Claims decodes the access token of a token response.
func (r Response) Claims(t *testing.T) (c identity.Claims) {
	t.Helper()
	token := r.Must(t, http.StatusOK).Field("access_token")
	if !identity.DecodeJWT(token, &c) {
		t.Fatalf("%q is no token", token)
	}
	return c
}

// Clock is a time that tests move.
type Clock struct{ time.Time }

// Now is the time; for Options.Now.
func (c *Clock) Now() time.Time { return c.Time }

// NewClock begins on an evening in November 2026.
func NewClock() *Clock { return &Clock{time.Date(2026, time.November, 23, 20, 0, 0, 0, time.UTC)} }
