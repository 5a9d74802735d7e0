package graph

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/http"
)

// Advice that several codes share.
const (
	adviceInteractive = "this sign-in needs more proof than it can give: use --auth browser, or sign in to the Azure CLI again with az login"
	adviceBlocked     = "Conditional Access blocks this way to sign in (device codes often): use --auth browser on a managed device, or an app registration"
	adviceExpired     = "the sign-in that was kept has ended: appleconsent logout, then sign in again"
	adviceTenant      = "the account and the tenant do not belong together: check --tenant and who signs in"
	adviceFederated   = "the federated credential of the app registration does not fit: compare its issuer, subject and audience with those of this workload"
	adviceProxy       = "a proxy on the way wants its own sign-in: check HTTPS_PROXY"
	adviceOnTheWay    = "something on the way, such as a proxy or the sign-in page of a network, answers in its place: check HTTPS_PROXY and the network"
	adviceCloud       = "if the tenant is in another cloud, name it with --cloud"
	adviceConsent     = "the application that signs in has no consent itself: an administrator must grant its permissions first (App registrations > " +
		"API permissions), or sign in once with --auth browser and accept; the Azure CLI (az login) needs no consent"
)

// signInAdvice says what to do next about a code of Entra's (learn.microsoft.com/entra/identity-platform/
// reference-error-codes). Microsoft does not promise that codes stay, so that nothing but advice depends on them.
var signInAdvice = map[string]string{
	"AADSTS7000215": "the client secret is wrong: set AZURE_CLIENT_SECRET to the secret's value, not to its id",
	"AADSTS7000222": "the client secret has expired: make a new one under App registrations > Certificates & secrets and set AZURE_CLIENT_SECRET",
	"AADSTS7000218": "the application does not allow sign-in without a secret: set App registrations > Authentication > Allow public client flows, " +
		"or leave --client-id out",
	"AADSTS700027": "the certificate is not the one of the app registration, or has expired there: upload it under Certificates & secrets",
	"AADSTS700024": "this machine's clock is wrong, or the token that was presented is too old: set the clock, then try again",
	"AADSTS700016": "the application is not in this tenant: check AZURE_CLIENT_ID or --client-id, and --tenant",
	"AADSTS90002":  "the tenant does not exist: check --tenant or AZURE_TENANT_ID, and --cloud",
	"AADSTS50194":  "the application is of one tenant only: name it with --tenant",
	"AADSTS50011":  "add http://localhost as a redirect URI of the app registration, for mobile and desktop applications, or leave --client-id out",
	"AADSTS65001":  adviceConsent,
	"AADSTS90094":  adviceConsent,
	"AADSTS90095":  adviceConsent,
	"AADSTS65004":  "the consent was declined in the browser; sign in again to accept it",
	"AADSTS50072":  adviceInteractive,
	"AADSTS50074":  adviceInteractive,
	"AADSTS50076":  adviceInteractive,
	"AADSTS50079":  adviceInteractive,
	"AADSTS50158":  adviceInteractive,
	"AADSTS53000":  adviceBlocked,
	"AADSTS53001":  adviceBlocked,
	"AADSTS53002":  adviceBlocked,
	"AADSTS53003":  adviceBlocked,
	"AADSTS530032": adviceBlocked,
	"AADSTS530035": adviceBlocked,
	"AADSTS50173":  adviceExpired,
	"AADSTS70043":  adviceExpired,
	"AADSTS70044":  adviceExpired,
	"AADSTS700082": adviceExpired,
	"AADSTS50020":  adviceTenant,
	"AADSTS50034":  adviceTenant,
	"AADSTS90072":  adviceTenant,
	"AADSTS50105":  "this account is not assigned to the application that signs in: assign it under Enterprise applications > Users and groups",
	"AADSTS7000112": "the application that signs in is disabled in this tenant: enable it under Enterprise applications > Properties, or use another " +
		"with --client-id",
	"AADSTS50057":  "the account is disabled: sign in with another",
	"AADSTS500011": "Microsoft Graph is not known there: check --cloud",
	"AADSTS900382": adviceCloud,
	"AADSTS900384": adviceCloud,
	"AADSTS900432": adviceCloud,
	"AADSTS900439": adviceCloud,
	"AADSTS70021":  adviceFederated,
	"AADSTS700211": adviceFederated,
	"AADSTS700212": adviceFederated,
	"AADSTS700213": adviceFederated,
	"AADSTS70018":  askAgain,
	"AADSTS70019":  askAgain,
	"AADSTS70020":  askAgain,
}

// oauthAdvice says the same about errors that come without a code of Entra's.
var oauthAdvice = map[string]string{
	"expired_token":          askAgain,
	"code_expired":           askAgain,
	"authorization_declined": "the sign-in was declined in the browser; " + askAgain,
	"access_denied":          "the sign-in was declined in the browser; " + askAgain,
	"identity_not_found":     "no such managed identity is assigned to this machine: check --client-id or AZURE_CLIENT_ID",
}

// networkHint says what to do about a request that got no answer; empty if the error has to do.
func networkHint(err error) string {
	dns, isDNS := errors.AsType[*net.DNSError](err)
	_, unknownAuthority := errors.AsType[x509.UnknownAuthorityError](err)
	invalid, isInvalid := errors.AsType[x509.CertificateInvalidError](err)
	_, otherHost := errors.AsType[x509.HostnameError](err)
	_, isCertificate := errors.AsType[*tls.CertificateVerificationError](err)
	operation, isOperation := errors.AsType[*net.OpError](err)
	_, away := errors.AsType[*outOfReach](err)
	refused, isProxy := errors.AsType[*proxyError](err)
	switch {
	case err == nil || errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return ""
	case away:
		return adviceCloud
	case isInvalid && invalid.Reason == x509.Expired:
		return "the certificate is not valid at this time: check this machine's clock"
	case unknownAuthority || otherHost || isCertificate || isInvalid:
		return "something on the way, such as a company proxy that inspects TLS, shows a certificate of its own: add its authority to the system's, " +
			"or on Linux name its PEM file in SSL_CERT_FILE"
	case isProxy && refused.status == http.StatusProxyAuthRequired:
		return adviceProxy
	case isProxy:
		return "the proxy of HTTPS_PROXY does not let this host through: ask whoever runs it, or see NO_PROXY"
	case isOperation && operation.Op == "proxyconnect":
		return "the proxy of HTTPS_PROXY cannot be reached: check it, and NO_PROXY"
	case isDNS && dns.IsNotFound:
		return "the name is not known here: check the network; behind a company proxy, set HTTPS_PROXY"
	case isDNS || isOperation:
		return "there is no way to that host: check the network; behind a company proxy, set HTTPS_PROXY"
	}
	return ""
}
