package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
)

// Cause is what is behind a failure, as far as somebody can do something about it. Empty: nothing is known.
type Cause string

// The causes that lie between this machine and Microsoft.
const (
	CauseClock            Cause = "clock"            // a certificate is not valid at this machine's time
	CauseInspection       Cause = "inspection"       // something on the way shows a certificate of its own
	CauseProxySignIn      Cause = "proxySignIn"      // a proxy wants its own sign-in
	CauseProxyRefuses     Cause = "proxyRefuses"     // the proxy does not let the host through
	CauseProxyUnreachable Cause = "proxyUnreachable" // the proxy cannot be reached
	CauseUnknownHost      Cause = "unknownHost"      // the name cannot be resolved
	CauseUnreachable      Cause = "unreachable"      // there is no way to the host
)

// CauseOf returns the cause of a request that got no answer.
func CauseOf(err error) Cause {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	_, isOperation := errors.AsType[*net.OpError](err)
	refused, isProxy := errors.AsType[*proxyError](err)
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return ""
	case isInvalid && invalid.Reason == x509.Expired:
		return CauseClock
	case isCertificate:
		return CauseInspection
	case isProxy && refused.status == http.StatusProxyAuthRequired:
		return CauseProxySignIn
	case isProxy:
		return CauseProxyRefuses
	case noProxy(err):
		return CauseProxyUnreachable
	case isDNS && dns.IsNotFound:
		return CauseUnknownHost
	case isDNS || isOperation:
		return CauseUnreachable
	}
	return ""
}

// Permanent reports whether trying again would change nothing about a request that got no answer: a name that does not exist,
// a certificate that is not trusted, a proxy that refuses or cannot be reached.
func Permanent(err error) bool {
	cause := CauseOf(err)
	return noProxy(err) || cause != "" && cause != CauseUnreachable
}

// noProxy reports whether the proxy could not be reached.
func noProxy(err error) bool {
	operation, isOperation := errors.AsType[*net.OpError](err)
	return isOperation && operation.Op == "proxyconnect"
}
