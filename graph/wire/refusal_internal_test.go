package wire

import (
	"encoding/base64"
	"net/http"
	"strings"
	"testing"
)

// What an error answer means: body and code decide, and the status where they say nothing.
func TestRefusal(t *testing.T) {
	t.Parallel()
	graph := func(code, message string) string {
		return `{"error":{"code":"` + code + `","message":"` + message + `"}}`
	}
	const page = "<!DOCTYPE html><title>Blocked</title><h1>Access denied by your organization</h1>"
	for name, test := range map[string]struct {
		status int
		body   string
		cause  Cause
		denied bool
		token  bool // whether a fresh one is tried, for a write
	}{
		"a permission":                   {403, graph("Authorization_RequestDenied", "Insufficient privileges to complete the operation."), "", true, true},
		"a permission, another code":     {403, graph("accessDenied", "Access denied"), "", true, true},
		"no words":                       {403, "", "", true, true},
		"an object":                      {403, "{}", "", true, true},
		"a quota":                        {403, graph("Directory_QuotaExceeded", "The directory object quota limit for the Principal has been exceeded."), CauseQuota, false, false},
		"a quota, with 400":              {400, graph("Directory_QuotaExceeded", "x"), CauseQuota, false, false},
		"a licence":                      {403, graph("Authentication_RequestFromNonPremiumTenantOrB2CTenant", "x"), CauseUnlicensed, false, false},
		"a licence, in words":            {403, graph("x", "Neither tenant is B2C or tenant doesn't have premium license"), CauseUnlicensed, false, false},
		"a web filter":                   {403, page, CauseFiltered, false, false},
		"a web filter, with 401":         {401, page, CauseFiltered, false, false},
		"a web filter, in plain words":   {403, "Blocked by policy 17", CauseFiltered, false, false},
		"a web filter, with 404":         {404, page, CauseFiltered, false, false},
		"a web filter, with 451":         {451, page, CauseFiltered, false, false},
		"a web filter, with 400":         {400, page, CauseFiltered, false, false},
		"a web filter's JSON":            {403, `{"blocked":true}`, CauseFiltered, false, false},
		"a web filter's JSON, with 401":  {401, `{"error":null,"policy":17}`, CauseFiltered, false, false},
		"a web filter's JSON, with 451":  {451, `["blocked"]`, CauseFiltered, false, false},
		"a gateway's JSON":               {403, `{"statusCode":403,"message":"no"}`, CauseFiltered, false, false},
		"a gateway's text in JSON":       {403, `"no"`, CauseFiltered, false, false},
		"a network's sign-in":            {302, page, CauseFiltered, false, false},
		"throttled, with a page":         {429, page, "", false, false},
		"late, with a page":              {408, page, "", false, false},
		"of OAuth":                       {401, `{"error":"invalid_token"}`, "", false, true},
		"a proxy":                        {407, page, CauseProxySignIn, false, false},
		"an unknown application":         {401, graph("Authorization_IdentityNotFound", "The identity of the calling application could not be established."), CauseUnknownApp, false, true},
		"an unknown application, 403":    {403, graph("Authorization_IdentityNotFound", "x"), CauseUnknownApp, false, false},
		"tenant restrictions":            {403, graph("x", "AADSTS500021: Access to 'contoso' tenant is denied."), CauseTenantRestricted, false, false},
		"tenant restrictions, as text":   {403, "AADSTS500021: Access to 'contoso' tenant is denied.", CauseTenantRestricted, false, false},
		"tenant restrictions, as a page": {403, "<p>Your tenant restriction policy blocks this.</p>", CauseTenantRestricted, false, false},
		"tenant restrictions, 401":       {401, graph("TenantRestrictionsV2", "x"), CauseTenantRestricted, false, false},
		"another code with that begin":   {403, graph("x", "AADSTS5000213: other"), "", true, true},
		"Conditional Access":             {403, graph("x", "Access has been blocked by Conditional Access policies."), CauseBlocked, false, false},
		"a token":                        {401, graph("InvalidAuthenticationToken", "Lifetime validation failed, the token is expired."), "", false, true},
		"a token, no words":              {401, "", "", false, true},
		"not found":                      {404, graph("Request_ResourceNotFound", "x"), "", false, false},
		"trouble":                        {503, page, "", false, false},
	} {
		var e Error
		a := answer{test.status, http.Header{"Content-Type": {"text/html; charset=utf-8"}}, []byte(test.body)}
		e.Status, e.write = a.status, true
		a.refusal(&e)
		if e.Cause() != test.cause || e.Denied() != test.denied || e.ofToken() != test.token {
			t.Errorf("%s: got the cause %q, denied %v, a fresh token %v", name, e.Cause(), e.Denied(), e.ofToken())
		}
		if strings.Contains(e.Error(), "organization") || strings.Contains(e.Error(), "<") {
			t.Errorf("%s: the page is in the error: %s", name, &e)
		}
		e.write = false
		if e.ofToken() != (test.token && test.status == 401) {
			t.Errorf("%s: a fresh token for a read: %v", name, e.ofToken())
		}
	}
}

// The claims of a challenge, as Graph writes them and as headers can be written.
func TestChallenge(t *testing.T) {
	t.Parallel()
	const claims = `{"access_token":{"nbf":{"essential":true,"value":"1700000000?>"}}}`
	std, raw, web := base64.StdEncoding.EncodeToString([]byte(claims)), base64.RawStdEncoding.EncodeToString([]byte(claims)), base64.URLEncoding.EncodeToString([]byte(claims))
	for header, want := range map[string]string{
		`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", error="insufficient_claims", claims="` + std + `"`: claims,
		`Bearer claims="` + raw + `"`:           claims,
		`Bearer claims=` + web:                  claims,
		`bearer Claims="` + std + `", realm=""`: claims,
		`Bearer realm=""`:                       "",
		`Bearer claims="no base64!"`:            "",
		`Bearer claims="` + base64.StdEncoding.EncodeToString([]byte("no JSON")) + `"`: "",
		`Bearer claims="` + base64.StdEncoding.EncodeToString([]byte("[1]")) + `"`:     "",
		`Bearer client_claims="` + std + `"`:                                           "",
	} {
		header := http.Header{"Www-Authenticate": {"Negotiate", header}}
		if got := (answer{status: 401, header: header}).challenge(); got != want {
			t.Errorf("%s: got %q", header, got)
		}
		if got := (answer{status: 403, header: header}).challenge(); got != "" {
			t.Errorf("%s: with 403 got %q", header, got)
		}
	}
}
