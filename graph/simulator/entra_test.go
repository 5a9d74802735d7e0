package simulator

import (
	"encoding/json"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

const (
	redirectURI = "http://localhost:51234"
	verifier    = "a-verifier-that-is-long-enough-to-be-one-of-RFC-7636"
	withSignIn  = " openid offline_access profile"
	fullRead    = "https://graph.microsoft.com/Directory.Read.All"
	fullWrite   = "https://graph.microsoft.com/DelegatedPermissionGrant.ReadWrite.All"
)

// pairs makes a form of names and values in turn; a later value replaces an earlier one, an empty one removes it.
func pairs(list ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(list); i += 2 {
		form.Set(list[i], list[i+1])
		if list[i+1] == "" {
			form.Del(list[i])
		}
	}
	return form
}

// browse gets a page as a browser does that does not follow the way back.
func (c *client) browse(path string, q url.Values) *http.Response {
	c.t.Helper()
	recorder := httptest.NewRecorder()
	c.server.ServeHTTP(recorder, httptest.NewRequestWithContext(c.t.Context(), "GET", authority+path+"?"+q.Encode(), http.NoBody))
	return recorder.Result()
}

// authorizeRequest is what MSAL asks a browser to open, with changes.
func authorizeRequest(scope string, changes ...string) url.Values {
	return pairs(append([]string{
		"client_id", "app", "response_type", "code", "redirect_uri", redirectURI, "scope", scope, "state", "a-state",
		"code_challenge", challengeOf(verifier), "code_challenge_method", "S256", "response_mode", "form_post",
	}, changes...)...)
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)" />`)
	formAction  = regexp.MustCompile(`<form method="POST" name="hiddenform" action="([^"]*)">`)
)

// authorize signs the person in and returns what the browser would post to the app.
func (c *client) authorize(q url.Values) url.Values {
	c.t.Helper()
	answer := c.browse("/organizations/oauth2/v2.0/authorize", q)
	page := text(c.t, answer)
	action := formAction.FindStringSubmatch(page)
	if answer.StatusCode != http.StatusOK || action == nil || action[1] != redirectURI {
		c.t.Fatalf("got status %d and no form for the app: %s", answer.StatusCode, page)
	}
	fields := url.Values{}
	for _, field := range hiddenField.FindAllStringSubmatch(page, -1) {
		fields.Set(field[1], html.UnescapeString(field[2]))
	}
	return fields
}

func text(t *testing.T, r *http.Response) string {
	t.Helper()
	defer r.Body.Close() //nolint:errcheck // it is read here
	var b strings.Builder
	if err := r.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// redeem asks for tokens for a code.
func (c *client) redeem(code string, changes ...string) response {
	c.t.Helper()
	return c.signIn("organizations", append([]string{
		"grant_type", "authorization_code", "client_id", "app", "code", code, "code_verifier", verifier,
		"redirect_uri", redirectURI, "client_info", "1",
	}, changes...)...)
}

// signInPerson takes a person through the browser.
func (c *client) signInPerson(scope string) response {
	c.t.Helper()
	code := c.authorize(authorizeRequest(scope)).Get("code")
	return c.redeem(code, "scope", scope).must(c.t, http.StatusOK)
}

func (c *client) refresh(token, scope string, changes ...string) response {
	c.t.Helper()
	return c.signIn("organizations", append([]string{
		"grant_type", "refresh_token", "client_id", "app", "refresh_token", token, "scope", scope, "client_info", "1",
	}, changes...)...)
}

// startDevice asks for a device code.
func (c *client) startDevice(scope string) response {
	c.t.Helper()
	form := pairs("client_id", "app", "scope", scope)
	r := httptest.NewRequestWithContext(c.t.Context(), "POST", authority+"/organizations/oauth2/v2.0/devicecode", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return c.send(r)
}

func (c *client) poll(deviceCode string, changes ...string) response {
	c.t.Helper()
	return c.signIn("organizations", append([]string{
		"grant_type", "device_code", "client_id", "app", "device_code", deviceCode, "client_info", "1",
	}, changes...)...)
}

func (r response) field(name string) string {
	value, _ := r.body[name].(string)
	return value
}

// refused fails the test unless the sign-in was refused so.
func (r response) refused(t *testing.T, status int, code, aadsts string) {
	t.Helper()
	if r.must(t, status).field("error") != code || !strings.HasPrefix(r.field("error_description"), aadsts+": ") {
		t.Errorf("got %s: %s, want %s: %s", r.field("error"), r.field("error_description"), code, aadsts)
	}
}

// jwt decodes the claims of a token.
func jwt(t *testing.T, token string) map[string]any {
	t.Helper()
	var claims map[string]any
	if !decodeToken(token, &claims) {
		t.Fatalf("%q is no JWT", token)
	}
	return claims
}

// clock is a time that tests move.
type clock struct{ time.Time }

func (c *clock) now() time.Time { return c.Time }

func newClock() *clock { return &clock{time.Date(2026, time.November, 23, 20, 0, 0, 0, time.UTC)} }

// assertion is an unsigned client assertion with the claims.
func assertion(t *testing.T, claims map[string]any) string {
	t.Helper()
	if _, err := json.Marshal(claims); err != nil {
		t.Fatal(err)
	}
	return unsignedJWT(claims)
}
