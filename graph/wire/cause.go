package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"slices"
)

// Cause is what is behind a failure, as far as somebody can do something about it. Empty: nothing is known.
type Cause string

// The causes that lie between this machine and Microsoft.
const (
	CauseClock            Cause = "clock"            // a certificate is not valid at this machine's time
	CauseCut              Cause = "cut"              // the connection ended before the answer
	CauseInspection       Cause = "inspection"       // something on the way shows a certificate of its own
	CauseNoTLS            Cause = "noTLS"            // what answers does not speak TLS as it should
	CauseProxyBroken      Cause = "proxyBroken"      // the proxy hangs up, or is none
	CauseProxyRefuses     Cause = "proxyRefuses"     // the proxy does not let the host through
	CauseProxySetting     Cause = "proxySetting"     // a variable that should name a proxy does not
	CauseProxySignIn      Cause = "proxySignIn"      // a proxy wants its own sign-in
	CauseProxySilent      Cause = "proxySilent"      // what goes by the proxy has no answer in time
	CauseProxyUnreachable Cause = "proxyUnreachable" // the proxy cannot be reached
	CauseTimeout          Cause = "timeout"          // no answer came in time
	CauseUnknownHost      Cause = "unknownHost"      // the name cannot be resolved
	CauseUnreachable      Cause = "unreachable"      // there is no way to the host
)

// The causes of a refusal, beside that the caller lacks a permission.
const (
	CauseBlocked          Cause = "blocked"          // by Conditional Access
	CauseFiltered         Cause = "filtered"         // something on the way answers with a page of its own
	CauseQuota            Cause = "quota"            // the directory is full
	CauseTenantRestricted Cause = "tenantRestricted" // a policy about which tenants may be signed in to from here, or from elsewhere
	CauseUnknownApp       Cause = "unknownApp"       // the application that signed in is not in the tenant
	CauseUnlicensed       Cause = "unlicensed"
)

// CauseOf returns the cause of a request that got no answer.
func CauseOf(err error) Cause {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	proxy, isProxy := errors.AsType[*proxyError](err)
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	switch {
	case err == nil || errors.Is(err, context.Canceled):
		return ""
	case errors.As(err, new(*ProxySettingError)):
		return CauseProxySetting
	case isProxy:
		return proxy.cause
	case isInvalid && invalid.Reason == x509.Expired:
		return CauseClock
	case errors.As(err, new(*tls.CertificateVerificationError)):
		return CauseInspection
	case isDNS && dns.IsNotFound:
		return CauseUnknownHost
	case isDNS:
		return CauseUnreachable
	case isTimeout(err):
		return CauseTimeout
	case isTLS(err):
		return CauseNoTLS
	case isHangUp(err):
		return CauseCut
	case errors.As(err, new(*net.OpError)):
		return CauseUnreachable
	}
	return ""
}

// IsOnTheWay reports whether a cause lies between this machine and Microsoft, so that nobody answered.
func IsOnTheWay(c Cause) bool {
	return slices.Contains([]Cause{
		CauseClock, CauseCut, CauseInspection, CauseNoTLS, CauseProxyBroken, CauseProxyRefuses, CauseProxySetting, CauseProxySignIn,
		CauseProxySilent, CauseProxyUnreachable, CauseTimeout, CauseUnknownHost, CauseUnreachable,
	}, c)
}

// Permanent reports whether trying again would change nothing about a request that got no answer: a name that does not exist,
// a certificate that is not trusted, a proxy that refuses, cannot be reached, or is not set as it should be.
func Permanent(err error) bool {
	return slices.Contains([]Cause{
		CauseClock, CauseInspection, CauseProxyRefuses, CauseProxySetting, CauseProxySignIn, CauseProxyUnreachable, CauseUnknownHost,
	}, CauseOf(err))
}
