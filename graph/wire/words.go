package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strings"
	"syscall"
)

// ErrLate is context.DeadlineExceeded in words for people, where nobody has said which time is up.
var ErrLate error = late{}

type late struct{}

func (late) Error() string { return "no answer in time" }

// Is makes it a context.DeadlineExceeded.
func (late) Is(target error) bool { return target == context.DeadlineExceeded }

// Timeout makes it what package net calls a timeout.
func (late) Timeout() bool { return true }

// Late is one attempt whose time is up. It is no context.DeadlineExceeded, which is that of a whole command.
type Late struct{ Host string }

func (e Late) Error() string { return e.Host + " gave no answer in time" }

// Timeout makes it what package net calls a timeout.
func (Late) Timeout() bool { return true }

// TimeUp is that a time is up, and the proxy of the request that had no answer by then, if there is one: last is how that request
// ended. It may be nil.
func TimeUp(up, last error) error {
	if up == context.DeadlineExceeded { //nolint:errorlint // the bare one, which says nothing
		up = ErrLate
	}
	if proxy, ok := errors.AsType[*proxyError](last); ok && errors.Is(up, context.DeadlineExceeded) {
		return fmt.Errorf("%w: %w", up, proxy)
	}
	return up
}

// isSilent reports whether a request had no answer within its own time.
func isSilent(err error) bool {
	_, late := errors.AsType[Late](err)
	return late || CauseOf(err) == CauseProxySilent
}

// worded is an error of Go's in words for people.
type worded struct {
	text string
	err  error
}

func (e *worded) Error() string { return e.text }
func (e *worded) Unwrap() error { return e.err }

// inWords says in words for people why there is no answer of a host, or no whole one. What is not known keeps its own text, and so
// does what was interrupted.
func inWords(err error, host string) error {
	_, told := errors.AsType[*worded](err)
	_, ofProxy := errors.AsType[*proxyError](err)
	_, ofSetting := errors.AsType[*ProxySettingError](err)
	if err == nil || told || ofProxy || ofSetting || errors.Is(err, context.Canceled) {
		return err
	}
	if text := wordsFor(err, host); text != "" {
		return &worded{text, err}
	}
	return err
}

// wordsFor are the words for an error; empty if it is not known.
func wordsFor(err error, host string) string {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	name := (&url.URL{Host: host}).Hostname()
	switch {
	case isDNS && dns.IsNotFound:
		return fmt.Sprintf("there is no host named %s", dns.Name)
	case isDNS:
		return fmt.Sprintf("the name %s cannot be looked up", dns.Name)
	case isTimeout(err):
		return Late{host}.Error()
	case isTLS(err):
		return wordsForTLS(err, name)
	case errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, windowsRefused):
		return host + " refuses connections"
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "the answer of " + host + " was cut off"
	case isHangUp(err):
		return host + " closed the connection without an answer"
	case errors.As(err, new(*net.OpError)):
		return host + " cannot be reached" + systemWords(err)
	case strings.Contains(err.Error(), "malformed"):
		return "what answers at " + host + " does not speak valid HTTP"
	}
	return ""
}

// systemWords is what the operating system says of an error, in parentheses; empty if it says nothing.
func systemWords(err error) string {
	if number, ok := errors.AsType[syscall.Errno](err); ok {
		return " (" + number.Error() + ")"
	}
	return ""
}

// windowsRefused and windowsReset are WSAECONNREFUSED and WSAECONNRESET, which package syscall numbers otherwise
// (learn.microsoft.com/windows/win32/winsock/windows-sockets-error-codes-2).
const (
	windowsRefused syscall.Errno = 10061
	windowsReset   syscall.Errno = 10054
)

// isHangUp reports whether the connection ended before the answer.
func isHangUp(err error) bool {
	ends := []error{io.EOF, io.ErrUnexpectedEOF, syscall.ECONNRESET, syscall.EPIPE, windowsReset}
	return slices.ContainsFunc(ends, func(end error) bool { return errors.Is(err, end) }) ||
		strings.Contains(err.Error(), "server closed idle connection")
}

func isTimeout(err error) bool {
	timeout, ok := errors.AsType[interface {
		error
		Timeout() bool
	}](err)
	return ok && timeout.Timeout()
}

// isTLS reports whether a handshake failed, or a connection that is not TLS as it should be.
func isTLS(err error) bool {
	return errors.As(err, new(*tls.CertificateVerificationError)) || errors.As(err, new(tls.RecordHeaderError)) ||
		errors.As(err, new(tls.AlertError)) || strings.Contains(err.Error(), "tls: ") ||
		strings.Contains(err.Error(), "HTTP response to HTTPS client")
}

func wordsForTLS(err error, name string) string {
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case isInvalid && invalid.Reason == x509.Expired:
		return fmt.Sprintf("the certificate of %s is not valid at this time", name)
	case errors.As(err, new(x509.HostnameError)):
		return fmt.Sprintf("the certificate that is shown for %s is another host's", name)
	case errors.As(err, new(x509.UnknownAuthorityError)):
		return fmt.Sprintf("the certificate of %s is signed by an authority that this machine does not know", name)
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return fmt.Sprintf("the certificate of %s cannot be trusted", name)
	case errors.As(err, new(tls.RecordHeaderError)), strings.Contains(err.Error(), "HTTP response to HTTPS client"):
		return fmt.Sprintf("what answers for %s does not speak TLS", name)
	}
	return fmt.Sprintf("could not make a TLS connection to %s", name)
}

// wordedBody is an answer's body whose errors are in words.
type wordedBody struct {
	io.ReadCloser
	way  *tunnel
	host string
}

func (b *wordedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && err != io.EOF { //nolint:errorlint // the end, which readers want as it is
		err = inWords(b.way.failed(err, b.host), b.host)
	}
	return n, err
}
