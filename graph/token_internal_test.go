package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"testing"
)

// Whatever azidentity makes of a failure, ours is one line with code and correlation id.
func TestSignInError(t *testing.T) {
	t.Parallel()
	refused := func(body string) *outcome {
		return &outcome{host: "login.example", status: http.StatusUnauthorized, body: []byte(body)}
	}
	opaque := errors.New("DeviceCodeCredential authentication failed. \nPOST https://login.microsoftonline.com/x\nResponse contained no body")
	for name, test := range map[string]struct {
		err              error
		last             *outcome
		code, want, hint string
	}{
		"wrong secret": {
			opaque, refused(`{"error":"invalid_client","error_description":"AADSTS7000215: Invalid client secret provided. Trace ID: a Correlation ID: b\r\nTimestamp: c","correlation_id":"b"}`),
			"AADSTS7000215", "sign in: AADSTS7000215: Invalid client secret provided. (correlation id b)", "AZURE_CLIENT_SECRET",
		},
		"unknown tenant":      {opaque, refused(`{"error":"invalid_request","error_description":"AADSTS90002: Tenant 'x' not found."}`), "AADSTS90002", "sign in: AADSTS90002: Tenant 'x' not found.", "--tenant"},
		"an unknown code":     {opaque, refused(`{"error":"invalid_grant","error_description":"AADSTS1: Odd."}`), "AADSTS1", "sign in: AADSTS1: Odd.", ""},
		"no description":      {opaque, refused(`{"error":"temporarily_unavailable"}`), "", "sign in: temporarily_unavailable", ""},
		"no code, known":      {opaque, refused(`{"error":"expired_token"}`), "", "sign in: expired_token", "finish the sign-in"},
		"nothing":             {opaque, refused(`{}`), "", "sign in: login.example answered 401 Unauthorized", ""},
		"a proxy's page":      {opaque, refused(`<h1>secret</h1>`), "", "sign in: login.example answered 401 Unauthorized with something that is not JSON", "something on the way"},
		"a proxy's sign-in":   {opaque, &outcome{host: "login.example", status: 407}, "", "sign in: login.example answered 407 Proxy Authentication Required with something that is not JSON", "HTTPS_PROXY"},
		"something else":      {errors.New("odd\nGET https://login.example/\nsecret body"), nil, "", "sign in: odd", ""},
		"a redirect":          {opaque, &outcome{host: "login.example", status: 302}, "", "sign in: login.example answered 302 Found, which leads to another place and is not followed", "something on the way"},
		"a captive portal":    {opaque, &outcome{host: "login.example", status: 200, body: []byte("<h1>hotel</h1>")}, "", "sign in: login.example answered 200 OK with something that is not JSON", "something on the way"},
		"as Graph has it":     {opaque, &outcome{host: "x", status: 400, body: []byte(`{"error":{"code":"odd","message":"It is odd."}}`)}, "", "sign in: It is odd.", ""},
		"as App Service":      {opaque, &outcome{host: "x", status: 400, body: []byte(`{"statusCode":400,"message":"No User Assigned"}`)}, "", "sign in: No User Assigned", ""},
		"az's nonsense":       {errors.New("AzureCLICredential: invalid character 'W' looking for beginning of value"), nil, "", "sign in: invalid character 'W' looking for beginning of value", "this is what az said"},
		"a good answer":       {errors.New("ClientSecretCredential: odd. To troubleshoot, visit https://aka.ms/x#y"), &outcome{status: 200, body: []byte("{}")}, "", "sign in: odd.", ""},
		"by way of az":        {errors.New("AzureCLICredential: WARNING: x\nERROR: AADSTS700082: Expired. Trace ID: a Correlation ID: 11111111-2222-4333-8444-555555555555 Timestamp: b"), nil, "AADSTS700082", "sign in: AADSTS700082: Expired. (correlation id 11111111-2222-4333-8444-555555555555)", "az login"},
		"by way of a browser": {errors.New("InteractiveBrowserCredential: AADSTS65004: User&#39;s no."), nil, "AADSTS65004", "sign in: AADSTS65004: User's no.", "declined"},
		"no answer":           {opaque, &outcome{err: fmt.Errorf("Get: %w", &net.DNSError{Err: "no such host", Name: "x", IsNotFound: true})}, "", "sign in: Get: lookup x: no such host", "HTTPS_PROXY"},
		"ours already":        {&SignInError{Message: "x"}, refused(`{}`), "", "sign in: x", ""},
	} {
		n := NewNetwork(nil, ignoreExchange)
		n.last.Store(test.last)
		got, ok := errors.AsType[*SignInError](n.signInError(test.err))
		if !ok || got.Error() != test.want || got.Code != test.code || !strings.Contains(got.Hint(), test.hint) || (test.hint == "") != (got.Hint() == "") {
			t.Errorf("%s: got %v (code %q, hint %q), want %s", name, got, got.Code, got.Hint(), test.want)
		}
	}
}

// A failure of the network has advice that fits it, in a sign-in and to Graph.
func TestNetworkHint(t *testing.T) {
	t.Parallel()
	certificate := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	for name, test := range map[string]struct {
		err  error
		want string
	}{
		"none":                      {nil, ""},
		"interrupted":               {fmt.Errorf("x: %w", context.Canceled), ""},
		"something odd":             {errors.New("odd"), ""},
		"no such name":              {&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, "the name is not known here"},
		"no name server":            {&net.DNSError{IsTimeout: true}, "no way to that host"},
		"refused":                   {&net.OpError{Op: "dial", Err: errors.New("refused")}, "no way to that host"},
		"no proxy":                  {&net.OpError{Op: "proxyconnect", Err: errors.New("refused")}, "the proxy of HTTPS_PROXY cannot be reached"},
		"a proxy that says no":      {&proxyError{403, "403 Forbidden"}, "does not let this host through"},
		"a proxy with a sign-in":    {&proxyError{407, "407 Proxy Authentication Required"}, adviceProxy},
		"a company's authority":     {certificate(x509.UnknownAuthorityError{}), "SSL_CERT_FILE"},
		"another host's":            {certificate(x509.HostnameError{Certificate: &x509.Certificate{}}), "SSL_CERT_FILE"},
		"a clock that is wrong":     {certificate(x509.CertificateInvalidError{Reason: x509.Expired}), "clock"},
		"a certificate that is odd": {certificate(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}), "SSL_CERT_FILE"},
		"another cloud":             {&finalError{&outOfReach{"https://login.microsoftonline.us"}}, "--cloud"},
	} {
		if got := networkHint(test.err); !strings.Contains(got, test.want) || (test.want == "") != (got == "") {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		if failed := (&Error{Err: test.err}); failed.Hint() != networkHint(test.err) {
			t.Errorf("%s: of Graph: got %q", name, failed.Hint())
		}
	}
}
