package simtest

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
)

// What the app of a [Client] signs in with.
const (
	Authority   = "https://login.example"
	RedirectURI = "http://localhost:51234"
	Verifier    = "a-verifier-that-is-long-enough-to-be-one-of-RFC-7636"
	Challenge   = "7kO8K2WMlbmEqz2Iwi4NPcTbvPjpSw_CYxB9YhK5poA" // SHA-256 of Verifier, in base64url
	WithSignIn  = " openid offline_access profile"
	FullRead    = "https://graph.microsoft.com/Directory.Read.All"
	FullWrite   = "https://graph.microsoft.com/DelegatedPermissionGrant.ReadWrite.All"
)

// form makes a form of names and values in turn; a later value replaces an earlier one, an empty one removes it.
func form(list ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(list); i += 2 {
		form.Set(list[i], list[i+1])
		if list[i+1] == "" {
			form.Del(list[i])
		}
	}
	return form
}

// Browse gets a page as a browser does that does not follow the way back.
func (c *Client) Browse(path string, q url.Values) Response {
	return c.fetch(httptest.NewRequestWithContext(c.T.Context(), "GET", Authority+path+"?"+q.Encode(), http.NoBody))
}

// AuthorizeRequest is what MSAL asks a browser to open, with changes: names and values in turn, of
// which an empty value removes the name.
func AuthorizeRequest(scope string, changes ...string) url.Values {
	return form(append([]string{
		"client_id", "app", "response_type", "code", "redirect_uri", RedirectURI, "scope", scope, "state", "a-state",
		"code_challenge", Challenge, "code_challenge_method", "S256", "response_mode", "form_post",
	}, changes...)...)
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)" />`)
	formAction  = regexp.MustCompile(`<form method="POST" name="hiddenform" action="([^"]*)">`)
)

// Authorize signs the person in and returns what the browser would post to the app.
func (c *Client) Authorize(q url.Values) url.Values {
	c.T.Helper()
	page := c.Browse("/organizations/oauth2/v2.0/authorize", q)
	action := formAction.FindStringSubmatch(page.Text)
	if page.Status != http.StatusOK || action == nil || action[1] != RedirectURI {
		c.T.Fatalf("got status %d and no form for the app: %s", page.Status, page.Text)
	}
	fields := url.Values{}
	for _, field := range hiddenField.FindAllStringSubmatch(page.Text, -1) {
		fields.Set(field[1], html.UnescapeString(field[2]))
	}
	return fields
}

// Post sends a form, names and values in turn, to an endpoint of a tenant below /oauth2/v2.0/.
func (c *Client) Post(tenant, endpoint string, pairs ...string) Response {
	c.T.Helper()
	address := Authority + "/" + tenant + "/oauth2/v2.0/" + endpoint
	r := httptest.NewRequestWithContext(c.T.Context(), "POST", address, strings.NewReader(form(pairs...).Encode()))
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

// SignInPerson takes a person through the browser.
func (c *Client) SignInPerson(scope string) Response {
	c.T.Helper()
	code := c.Authorize(AuthorizeRequest(scope)).Get("code")
	return c.Redeem(code, "scope", scope).Must(c.T, http.StatusOK)
}

// Redeem asks for tokens for a code.
func (c *Client) Redeem(code string, changes ...string) Response {
	c.T.Helper()
	return c.SignIn("organizations", append([]string{
		"grant_type", "authorization_code", "client_id", "app", "code", code, "code_verifier", Verifier,
		"redirect_uri", RedirectURI, "client_info", "1",
	}, changes...)...)
}

// Refresh asks for tokens for a refresh token.
func (c *Client) Refresh(token, scope string, changes ...string) Response {
	c.T.Helper()
	return c.SignIn("organizations", append([]string{
		"grant_type", "refresh_token", "client_id", "app", "refresh_token", token, "scope", scope, "client_info", "1",
	}, changes...)...)
}

// StartDevice asks for a device code.
func (c *Client) StartDevice(scope string) Response {
	c.T.Helper()
	return c.Post("organizations", "devicecode", "client_id", "app", "scope", scope)
}

// Poll asks for tokens for a device code.
func (c *Client) Poll(deviceCode string, changes ...string) Response {
	c.T.Helper()
	return c.SignIn("organizations", append([]string{
		"grant_type", "device_code", "client_id", "app", "device_code", deviceCode, "client_info", "1",
	}, changes...)...)
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
