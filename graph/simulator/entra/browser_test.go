package entra_test

import (
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"

	"appleconsent/graph/simulator/simtest"
)

// What the app signs in with.
const (
	redirectURI = "http://localhost:51234"
	verifier    = "a-verifier-that-is-long-enough-to-be-one-of-RFC-7636"
	challenge   = "7kO8K2WMlbmEqz2Iwi4NPcTbvPjpSw_CYxB9YhK5poA" // SHA-256 of the verifier, in base64url
	withSignIn  = " openid offline_access profile"
	fullWrite   = "https://graph.microsoft.com/DelegatedPermissionGrant.ReadWrite.All"
)

// browse gets a page as a browser does that does not follow the way back.
func browse(c *simtest.Client, path string, q url.Values) simtest.Response {
	page := httptest.NewRecorder()
	c.Server.ServeHTTP(page, httptest.NewRequestWithContext(c.T.Context(), "GET", simtest.Authority+path+"?"+q.Encode(), http.NoBody))
	return simtest.Response{Status: page.Code, Header: page.Header(), Text: page.Body.String()}
}

// authorizeRequest is what MSAL asks a browser to open, with changes: names and values in turn, of
// which an empty value removes the name.
func authorizeRequest(scope string, changes ...string) url.Values {
	return simtest.Form(append([]string{
		"client_id", "app", "response_type", "code", "redirect_uri", redirectURI, "scope", scope, "state", "a-state",
		"code_challenge", challenge, "code_challenge_method", "S256", "response_mode", "form_post",
	}, changes...)...)
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="(\w+)" value="([^"]*)" />`)
	formAction  = regexp.MustCompile(`<form method="POST" name="hiddenform" action="([^"]*)">`)
)

// authorize signs the person in and returns what the browser would post to the app.
func authorize(c *simtest.Client, q url.Values) url.Values {
	c.T.Helper()
	page := browse(c, "/organizations/oauth2/v2.0/authorize", q)
	action := formAction.FindStringSubmatch(page.Text)
	if page.Status != http.StatusOK || action == nil || action[1] != redirectURI {
		c.T.Fatalf("got status %d and no form for the app: %s", page.Status, page.Text)
	}
	fields := url.Values{}
	for _, field := range hiddenField.FindAllStringSubmatch(page.Text, -1) {
		fields.Set(field[1], html.UnescapeString(field[2]))
	}
	return fields
}

// signInPerson takes a person through the browser.
func signInPerson(c *simtest.Client, scope string) simtest.Response {
	c.T.Helper()
	code := authorize(c, authorizeRequest(scope)).Get("code")
	return redeem(c, code, "scope", scope).Must(c.T, http.StatusOK)
}

// redeem asks for tokens for a code.
func redeem(c *simtest.Client, code string, changes ...string) simtest.Response {
	c.T.Helper()
	return c.SignIn("organizations", append([]string{
		"grant_type", "authorization_code", "client_id", "app", "code", code, "code_verifier", verifier,
		"redirect_uri", redirectURI, "client_info", "1",
	}, changes...)...)
}

// refresh asks for tokens for a refresh token.
func refresh(c *simtest.Client, token, scope string, changes ...string) simtest.Response {
	c.T.Helper()
	return c.SignIn("organizations", append([]string{
		"grant_type", "refresh_token", "client_id", "app", "refresh_token", token, "scope", scope, "client_info", "1",
	}, changes...)...)
}

// startDevice asks for a device code.
func startDevice(c *simtest.Client, scope string) simtest.Response {
	c.T.Helper()
	return c.Post("organizations", "devicecode", "client_id", "app", "scope", scope)
}

// poll asks for tokens for a device code.
func poll(c *simtest.Client, deviceCode string, changes ...string) simtest.Response {
	c.T.Helper()
	return c.SignIn("organizations", append([]string{
		"grant_type", "device_code", "client_id", "app", "device_code", deviceCode, "client_info", "1",
	}, changes...)...)
}
