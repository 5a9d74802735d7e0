package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
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
		tr := &Transport{Network: NewNetwork(forbidden(t), func(Exchange) {}), Cloud: graph, Tokens: noToken{t}}
		if response, err := tr.RoundTrip(req); err == nil || !strings.Contains(err.Error(), "refused") { //nolint:bodyclose // there is no response
			t.Errorf("%s: got %v, %v", target, response, err)
		}
	}
	plain := Cloud{Graph: "http://graph.example.com"}
	if err := plain.CheckTarget(&url.URL{Scheme: "http", Host: "graph.example.com"}); err == nil || !strings.Contains(err.Error(), "without TLS") {
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

// noToken is asked for none.
type noToken struct{ t *testing.T }

func (n noToken) Token(context.Context) (string, error) {
	n.t.Error("a token was asked for")
	return "", errors.New("forbidden")
}

func (noToken) Renew(context.Context, string, string) (bool, error) { return false, nil }

// What cannot pass is not tried again: a name that does not exist, a certificate that is not trusted.
func TestNoAnswer_permanent(t *testing.T) {
	t.Parallel()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://graph.microsoft.com/", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	for _, cause := range []error{&net.DNSError{IsNotFound: true}, &tls.CertificateVerificationError{Err: errors.New("x")}} {
		if noAnswer(req, cause, false).repeatable() {
			t.Errorf("%v is tried again", cause)
		}
	}
	if !noAnswer(req, &net.DNSError{IsTimeout: true}, false).repeatable() {
		t.Error("a name server that is slow is not tried again")
	}
}

// refusedWith is what is said of a proxy that answers so.
func refusedWith(status int) error {
	return opened(context.Background(), &url.URL{Host: "proxy.example:8080"}, nil, &http.Response{StatusCode: status, Status: "secret"})
}

// A failure of the network has a cause, in a sign-in and to Graph.
func TestCauseOf(t *testing.T) {
	t.Parallel()
	certificate := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	for name, test := range map[string]struct {
		err  error
		want Cause
	}{
		"none":                      {nil, ""},
		"interrupted":               {fmt.Errorf("x: %w", context.Canceled), ""},
		"something odd":             {errors.New("odd"), ""},
		"a time that is up":         {ErrLate, CauseTimeout},
		"an attempt that is late":   {Late{"x"}, CauseTimeout},
		"no TLS":                    {tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"}, CauseNoTLS},
		"an alert":                  {&net.OpError{Op: "remote error", Err: tls.AlertError(40)}, CauseNoTLS},
		"a reset":                   {&net.OpError{Op: "read", Err: syscall.ECONNRESET}, CauseCut},
		"nothing":                   {io.EOF, CauseCut},
		"half an answer":            {io.ErrUnexpectedEOF, CauseCut},
		"no address of a proxy":     {&ProxySettingError{"HTTPS_PROXY", "x"}, CauseProxySetting},
		"no such name":              {&net.OpError{Op: "dial", Err: &net.DNSError{IsNotFound: true}}, CauseUnknownHost},
		"no name server":            {&net.DNSError{IsTimeout: true}, CauseUnreachable},
		"refused":                   {&net.OpError{Op: "dial", Err: errors.New("refused")}, CauseUnreachable},
		"no proxy":                  {(&tunnel{proxy: &url.URL{Host: "proxy"}}).failed(&net.OpError{Op: "proxyconnect", Err: errors.New("refused")}, "x"), CauseProxyUnreachable},
		"a proxy that says no":      {refusedWith(403), CauseProxyRefuses},
		"no way in time":            {(&tunnel{proxy: &url.URL{Host: "proxy"}}).failed(context.DeadlineExceeded, "x"), CauseProxySilent},
		"a time that is up for it":  {TimeUp(ErrLate, (&tunnel{proxy: &url.URL{Host: "proxy"}}).failed(context.DeadlineExceeded, "x")), CauseProxySilent},
		"a time that is up alone":   {TimeUp(context.DeadlineExceeded, errors.New("x")), CauseTimeout},
		"a proxy with a sign-in":    {refusedWith(407), CauseProxySignIn},
		"a company's authority":     {certificate(x509.UnknownAuthorityError{}), CauseInspection},
		"another host's":            {certificate(x509.HostnameError{Certificate: &x509.Certificate{}}), CauseInspection},
		"a clock that is wrong":     {certificate(x509.CertificateInvalidError{Reason: x509.Expired}), CauseClock},
		"a certificate that is odd": {certificate(x509.CertificateInvalidError{Reason: x509.NotAuthorizedToSign}), CauseInspection},
	} {
		if got := CauseOf(test.err); got != test.want {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
		if failed := (&Error{Err: test.err}); failed.Cause() != test.want {
			t.Errorf("%s: of Graph: got %q", name, failed.Cause())
		}
	}
	if got := (&Error{Status: http.StatusProxyAuthRequired}).Cause(); got != CauseProxySignIn {
		t.Errorf("407: got %q", got)
	}
}
