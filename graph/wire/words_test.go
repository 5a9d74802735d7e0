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
	"os"
	"regexp"
	"syscall"
	"testing"
	"time"
)

// goWords are words that only programmers know.
var goWords = regexp.MustCompile(`dial tcp|lookup|x509|tls:|EOF|net/http|context |deadline|malformed|connection refused|read tcp|i/o`)

// What fails on the way is told in words for people.
func TestInWords(t *testing.T) {
	t.Parallel()
	dial := func(err error) error { return &net.OpError{Op: "dial", Net: "tcp", Err: err} }
	certificate := func(err error) error { return &tls.CertificateVerificationError{Err: err} }
	for want, err := range map[string]error{
		"there is no host named graph.example":                                                       dial(&net.DNSError{Err: "no such host", Name: "graph.example", IsNotFound: true}),
		"the name graph.example cannot be looked up":                                                 dial(&net.DNSError{Err: "server misbehaving", Name: "graph.example", IsTimeout: true}),
		"graph.example:443 refuses connections":                                                      dial(os.NewSyscallError("connect", syscall.ECONNREFUSED)),
		"graph.example:443 cannot be reached (network is unreachable)":                               dial(os.NewSyscallError("connect", syscall.ENETUNREACH)),
		"graph.example:443 cannot be reached":                                                        dial(errors.New("odd")),
		"graph.example:443 gave no answer in time":                                                   dial(os.ErrDeadlineExceeded),
		"graph.example:443 closed the connection without an answer":                                  fmt.Errorf("x: %w", io.EOF),
		"the answer of graph.example:443 was cut off":                                                io.ErrUnexpectedEOF,
		"the certificate of graph.example is not valid at this time":                                 certificate(x509.CertificateInvalidError{Reason: x509.Expired}),
		"the certificate that is shown for graph.example is another host's":                          certificate(x509.HostnameError{Certificate: &x509.Certificate{}}),
		"the certificate of graph.example is signed by an authority that this machine does not know": certificate(x509.UnknownAuthorityError{}),
		"the certificate of graph.example cannot be trusted":                                         certificate(errors.New("odd")),
		"what answers for graph.example does not speak TLS":                                          tls.RecordHeaderError{Msg: "first record does not look like a TLS handshake"},
		"could not make a TLS connection to graph.example":                                              &net.OpError{Op: "remote error", Err: tls.AlertError(40)},
		"what answers at graph.example:443 does not speak valid HTTP":                                errors.New(`malformed HTTP response "220"`),
		"odd": errors.New("odd"),
	} {
		got := inWords(err, "graph.example:443")
		if got.Error() != want || goWords.MatchString(got.Error()) || !errors.Is(got, err) && !errors.As(got, new(tls.RecordHeaderError)) {
			t.Errorf("%v: got %q, want %q", err, got, want)
		}
	}
}

// The time of an attempt, and one that nobody named, are told without Go's words; the first is no deadline of the command's.
func TestEnded(t *testing.T) {
	t.Parallel()
	named := errors.New("timed out after 3m")
	for name, test := range map[string]struct {
		ctx  func() (context.Context, context.CancelFunc)
		err  error
		want string
		late bool
	}{
		"an attempt": {func() (context.Context, context.CancelFunc) { return context.WithCancel(t.Context()) }, context.DeadlineExceeded, "graph.microsoft.com gave no answer in time", false},
		"a time":     {func() (context.Context, context.CancelFunc) { return context.WithTimeout(t.Context(), -time.Second) }, context.DeadlineExceeded, "no answer in time", true},
		"a named time": {func() (context.Context, context.CancelFunc) {
			return context.WithTimeoutCause(t.Context(), -time.Second, named)
		}, context.DeadlineExceeded, named.Error(), false},
		"something odd": {func() (context.Context, context.CancelFunc) { return context.WithCancel(t.Context()) }, errors.New("odd"), "odd", false},
	} {
		ctx, cancel := test.ctx()
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://graph.microsoft.com/", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		got := ended(req, test.err)
		if got.Error() != test.want || errors.Is(got, context.DeadlineExceeded) != test.late {
			t.Errorf("%s: got %v, a deadline: %v", name, got, errors.Is(got, context.DeadlineExceeded))
		}
		if ended(req, nil) != nil {
			t.Errorf("%s: a whole answer has an error", name)
		}
		cancel()
	}
}
