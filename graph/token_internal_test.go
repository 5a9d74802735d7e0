package graph

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

func jwt(claims string) string {
	return "e30." + base64.RawURLEncoding.EncodeToString([]byte(claims)) + ".sig"
}

func TestIdentityOf(t *testing.T) {
	t.Parallel()
	const tid = `"tid":"7E000000-0000-4000-8000-000000000000"`
	for name, test := range map[string]struct{ token, operator, err string }{
		"a user":                {jwt(`{` + tid + `,"upn":"admin@contoso.example","appid":"x"}`), "admin@contoso.example", ""},
		"a user, v2 token":      {jwt(`{` + tid + `,"preferred_username":"admin@contoso.example","azp":"x"}`), "admin@contoso.example", ""},
		"an app":                {jwt(`{` + tid + `,"appid":"an-app","oid":"y"}`), "an-app", ""},
		"an app, v2 token":      {jwt(`{` + tid + `,"azp":"an-app"}`), "an-app", ""},
		"padded base64":         {"e30." + base64.URLEncoding.EncodeToString([]byte(`{`+tid+`}`)) + ".x", "", ""},
		"no tenant":             {jwt(`{}`), "", "names no tenant"},
		"a tenant that is none": {jwt(`{"tid":"contoso"}`), "", "names no tenant"},
		"opaque":                {"EwBgA8l6BAAU", "", "not a JSON web token"},
		"not base64":            {"a.!!.c", "", "not base64url"},
		"not JSON":              {jwt("claims"), "", "not JSON"},
		"claims of other types": {jwt(`{"tid":5}`), "", "not JSON"},
		"empty":                 {"", "", "not a JSON web token"},
	} {
		identity, err := identityOf(test.token)
		switch {
		case test.err == "" && (err != nil || identity.TenantID != "7e000000-0000-4000-8000-000000000000" || identity.Operator != test.operator):
			t.Errorf("%s: got %+v, %v", name, identity, err)
		case test.err != "" && (err == nil || !strings.Contains(err.Error(), test.err)):
			t.Errorf("%s: got error %v, want one that says %q", name, err, test.err)
		case err != nil && test.token != "" && strings.Contains(err.Error(), test.token):
			t.Errorf("%s: the token is in the error", name)
		}
	}
}

func FuzzIdentityOf(f *testing.F) {
	f.Add(jwt(`{"tid":"7e000000-0000-4000-8000-000000000000","upn":"a@b"}`))
	f.Add("..")
	f.Add("a.e30.c")
	f.Fuzz(func(t *testing.T, token string) {
		if identity, err := identityOf(token); err == nil && len(identity.TenantID) != 36 {
			t.Errorf("tenant %q", identity.TenantID)
		}
	})
}

// azidentity's own text repeats the whole answer; ours is one line with code and correlation id.
func TestSignInError(t *testing.T) {
	t.Parallel()
	refused := func(body string) error {
		return &azidentity.AuthenticationFailedError{RawResponse: &http.Response{Status: "401 Unauthorized", Body: io.NopCloser(bytes.NewBufferString(body))}}
	}
	for name, test := range map[string]struct {
		err              error
		code, want, hint string
	}{
		"wrong secret": {
			refused(`{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: a Correlation ID: b\r\nTimestamp: c","correlation_id":"b"}`),
			"AADSTS7000215", "sign in: AADSTS7000215: Invalid client secret provided. (correlation id b)", "AZURE_CLIENT_SECRET",
		},
		"unknown tenant": {refused(`{"error":"invalid_request","error_description":"AADSTS90002: Tenant 'x' not found."}`), "AADSTS90002", "sign in: AADSTS90002: Tenant 'x' not found.", "--tenant"},
		"no description": {refused(`{"error":"temporarily_unavailable"}`), "", "sign in: temporarily_unavailable", ""},
		"a proxy's page": {refused(`<h1>secret</h1>`), "", "sign in: Entra answered 401 Unauthorized with something that is not JSON", ""},
		"something else": {errors.New("no route to host\nGET https://login.example/\nsecret body"), "", "sign in: no route to host", ""},
		"ours already":   {&SignInError{Message: "x"}, "", "sign in: x", ""},
	} {
		got, ok := errors.AsType[*SignInError](signInError(test.err))
		if !ok || got.Error() != test.want || got.Code != test.code || !strings.Contains(got.Hint(), test.hint) || (test.hint == "") != (got.Hint() == "") {
			t.Errorf("%s: got %v (code %q, hint %q), want %s", name, got, got.Code, got.Hint(), test.want)
		}
	}
}
