package graph

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

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
