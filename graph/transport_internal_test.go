package graph

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// No request leaves for another host than Graph's, nor without TLS but to this machine, whoever asks for it.
func TestTransport_refusesOtherHosts(t *testing.T) {
	t.Parallel()
	graph := Cloud{Graph: "https://graph.microsoft.com"}
	for _, target := range []string{"https://example.com/v1.0/x", "http://graph.microsoft.com/v1.0/x", "https://graph.microsoft.com:444/x"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, target, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		tr := &transport{network: NewNetwork(forbidden(t), ignoreExchange), cloud: graph, tokens: &tokens{}}
		func() {
			defer func() {
				if recover() != nil {
					t.Errorf("%s: a token was asked for", target)
				}
			}()
			if response, err := tr.RoundTrip(req); err == nil || !strings.Contains(err.Error(), "refused") { //nolint:bodyclose // there is no response
				t.Errorf("%s: got %v, %v", target, response, err)
			}
		}()
	}
	plain := Cloud{Graph: "http://graph.example.com"}
	if err := plain.checkTarget(&url.URL{Scheme: "http", Host: "graph.example.com"}); err == nil || !strings.Contains(err.Error(), "without TLS") {
		t.Errorf("without TLS: got error %v", err)
	}
}

// forbidden opens no connection.
func forbidden(t *testing.T) Dial {
	return func(_ context.Context, _, address string) (net.Conn, error) {
		t.Errorf("a connection to %s was opened", address)
		return nil, errors.New("forbidden")
	}
}

func ignoreExchange(Exchange) {}

// What cannot pass is not tried again: a name that does not exist, a certificate that is not trusted.
func TestNoAnswer_permanent(t *testing.T) {
	t.Parallel()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://graph.microsoft.com/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for _, cause := range []error{&net.DNSError{IsNotFound: true}, &tls.CertificateVerificationError{Err: errors.New("x")}} {
		if noAnswer(req, cause, false).repeatable {
			t.Errorf("%v is tried again", cause)
		}
	}
	if !noAnswer(req, &net.DNSError{IsTimeout: true}, false).repeatable {
		t.Error("a name server that is slow is not tried again")
	}
}

// Entra is that of the chosen cloud, and only people are asked for single permissions.
func TestSignIn_entra(t *testing.T) {
	t.Parallel()
	for _, c := range Clouds() {
		if got := (SignIn{Cloud: c, Getenv: func(string) string { return "" }}).options().Cloud.ActiveDirectoryAuthorityHost; got != c.Authority || got == "" {
			t.Errorf("%s: signs in at %q, want %q", c.Name, got, c.Authority)
		}
	}
	getenv := func(name string) string {
		return map[string]string{"AZURE_TENANT_ID": "7e000000-0000-4000-8000-000000000000", "AZURE_CLIENT_ID": graphCommandLineTools, "AZURE_CLIENT_SECRET": "s"}[name]
	}
	for auth, want := range map[Auth]bool{
		AuthBrowser: true, AuthDeviceCode: true, AuthClientSecret: false, AuthManagedIdentity: false, AuthAzureCLI: false,
	} {
		got, err := SignIn{Auth: auth, Cloud: Clouds()[0], Network: NewNetwork(nil, ignoreExchange), Getenv: getenv, OnPrompt: func(string) {}, OnDebug: func(string) {}}.Choose()
		if err != nil || got.incremental != want {
			t.Errorf("%s: incremental %v, %v; want %v", auth, got.incremental, err, want)
		}
	}
}

// A panic of the SDK is a lost answer, not the end of the program.
func TestCall_panic(t *testing.T) {
	t.Parallel()
	_, err := call(t.Context(), &Client{network: NewNetwork(nil, ignoreExchange)}, opCreateGrant, func(context.Context) (int, error) { panic("odd body") })
	if answered, ok := errors.AsType[*Error](err); !ok || !answered.Unanswered() {
		t.Errorf("got error %v, want a lost answer", err)
	}
}
