package cli

import (
	"errors"
	"net/http"
	"slices"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
)

// connectionHints say what to do about a sign-in that failed, or a request to Graph; none if the error has to do.
func connectionHints(err error) []string {
	if refused, ok := errors.AsType[*signin.Error](err); ok {
		return given(signInHint(refused), loginHint(refused.Command))
	}
	answered, ok := errors.AsType[*wire.Error](err)
	switch {
	case !ok:
		return given(causeHints[causeOf(err)])
	case answered.Denied():
		return given("this needs "+answered.Need, freshTokenHint(answered))
	case answered.Cause() != "":
		return given(causeHints[answered.Cause()], unrenewedHint(answered))
	case answered.Status == http.StatusUnauthorized && unrenewedHint(answered) != "":
		return given(unrenewedHint(answered), freshTokenHint(answered))
	case answered.Status == http.StatusUnauthorized:
		return given("Graph did not accept the sign-in: sign in again, with permission "+answered.Op.Permission+
			"; if that does not help, check this machine's clock", freshTokenHint(answered))
	case answered.Status == http.StatusTooManyRequests:
		return given(throttledHint)
	}
	return nil
}

// given are the hints that are not empty, each once.
func given(hints ...string) []string {
	return slices.Compact(slices.DeleteFunc(hints, func(hint string) bool { return hint == "" }))
}

// signInHint is the advice about a sign-in that failed. What is kept, and what has expired, depends on who keeps it.
func signInHint(e *signin.Error) string {
	if advice := azureCLIHints[e.Cause]; advice != "" && e.Way == signin.AuthAzureCLI {
		return advice
	}
	return causeHints[e.Cause]
}

// azureCLIHints take the place of the advice about a cause where the Azure CLI signs in.
var azureCLIHints = map[wire.Cause]string{
	signin.CauseDevice: "Conditional Access requires device information, which device codes do not send: use --auth browser on a managed " +
		"device that is supported, or an " +
		"app registration",
	signin.CauseEntraBusy: "Entra has a temporary problem: try again in a few minutes",
	signin.CauseExpired:   "the sign-in that the Azure CLI keeps has expired",
	signin.CauseMoreProof: "this sign-in needs stronger authentication than the Azure CLI has: sign in to it again, or use --auth browser",
	signin.CauseSecretExpired: "the client secret with which the Azure CLI signed in has expired: make a new one under App registrations " +
		"> Certificates & secrets",
	signin.CauseSecretWrong: "the client secret with which the Azure CLI signed in is wrong: it wants the secret's value, not its id",
}

// loginHint is a command line of the Azure CLI's.
func loginHint(command string) string {
	if command == "" {
		return ""
	}
	return "sign in to the Azure CLI with: " + command
}

// unrenewedHint is the advice about a fresh sign-in that was tried after a refusal; empty if there is none.
func unrenewedHint(e *wire.Error) string {
	if refused, ok := errors.AsType[*signin.Error](e.Unrenewed); ok {
		return signInHint(refused)
	}
	return ""
}

// freshTokenHint says what drops the token that was refused, for the way in which it was got: a role or permission that was given
// since then is not in it. If a fresh one was tried for without a person, who might get another, it says why there is none.
func freshTokenHint(e *wire.Error) string {
	way := signin.Auth(e.Caller.Way)
	if hint := unrenewedHint(e); hint != "" && way != signin.AuthBrowser && way != signin.AuthDeviceCode {
		return hint
	}
	switch way {
	case signin.AuthBrowser, signin.AuthDeviceCode:
		return "if a role or permission was granted just now, or stronger authentication is required, delete the cached token: " +
			"appleconsent logout"
	case signin.AuthAzureCLI:
		return "if a role or permission was granted just now, or stronger authentication is required, sign in to the Azure CLI with: " +
			signin.AzureCLILogin(e.Caller.TenantID, e.Challenge)
	case signin.AuthManagedIdentity:
		return "Azure keeps the token of a managed identity for up to 24 hours: a permission that was granted just now is in the next one"
	case signin.AuthClientSecret, signin.AuthCertificate, signin.AuthWorkloadIdentity:
		return "a permission that was granted just now can take a few minutes: each run requests a fresh token"
	case signin.AuthAuto, signin.AuthEnvironment:
	}
	return ""
}

// askAgain is for a person who did not finish the sign-in.
const askAgain = "run it again and finish the sign-in in the browser; --auth device-code lets you do that on another machine"

const throttledHint = "Microsoft is throttling this tenant or app: try again later, or allow more time with --timeout"

// causeHints says what to do next about each cause.
var causeHints = map[wire.Cause]string{
	wire.CauseClock: "the certificate is not valid at this time: check this machine's clock",
	wire.CauseInspection: "something on the way, such as a company proxy that inspects TLS, shows a certificate of its own: add its " +
		"authority to the system's, " +
		"or on Linux name its PEM file in SSL_CERT_FILE",
	wire.CauseCut:   "something on the way may cut connections: try again, and check your network, HTTPS_PROXY and NO_PROXY",
	wire.CauseNoTLS: "something on the way may answer in its place: check your network, HTTPS_PROXY and NO_PROXY",
	wire.CauseProxyBroken: "the proxy of HTTPS_PROXY does not act as a proxy: check its address and port, whether it wants " +
		"http:// or https://, and NO_PROXY",
	wire.CauseProxyRefuses: "the proxy of HTTPS_PROXY does not let this host through: ask whoever runs it, or see NO_PROXY",
	wire.CauseProxySetting: "write it as http://user:password@host:port; in user and password, percent-encode what is not a letter " +
		"or digit (% is %25, # %23, / %2F, @ %40, a space %20)",
	wire.CauseProxySignIn: "a proxy on the way wants its own sign-in: check HTTPS_PROXY",
	wire.CauseProxySilent: "what goes by the proxy of HTTPS_PROXY gets no answer: check its address and port, whether it wants " +
		"http:// or https://, and NO_PROXY, or ask whoever runs it",
	wire.CauseProxyUnreachable: "the proxy of HTTPS_PROXY cannot be reached: check it, and NO_PROXY",
	wire.CauseTimeout:          "try again, or allow more time with --timeout; behind a company proxy, set HTTPS_PROXY",
	wire.CauseUnknownHost:      "could not resolve this host: check your network; behind a company proxy, set HTTPS_PROXY",
	wire.CauseUnreachable:      "could not reach this host: check your network; behind a company proxy, set HTTPS_PROXY",

	wire.CauseBlocked: "Conditional Access blocks this sign-in method (device codes often): use --auth browser on a managed device, or " +
		"an app registration",
	wire.CauseFiltered: "a web filter or proxy on the way answered in Graph's place: ask whoever runs it to let Microsoft Graph " +
		"and the sign-in through",
	wire.CauseQuota: "the directory has no room for more objects, and no permission helps: delete what is not needed (deleted items " +
		"count, too), or ask Microsoft " +
		"for more (learn.microsoft.com/entra/identity/users/directory-service-limits-restrictions)",
	wire.CauseTenantRestricted: "a policy allows only certain tenants, on this network (tenant restrictions) or between tenants " +
		"(cross-tenant access): " +
		"ask whoever runs it to allow this one, or use another network",
	wire.CauseUnknownApp: "the application that signed in has no service principal in this tenant: check --tenant and AZURE_CLIENT_ID; " +
		"if they are right, an " +
		"administrator of the tenant must add it first (az ad sp create --id AZURE_CLIENT_ID)",
	wire.CauseUnlicensed: "the tenant lacks a licence that this needs (Entra ID P1 or P2)",

	signin.CauseAccountDisabled: "the account is disabled: sign in with another",
	signin.CauseAccountLocked: "the account is locked after too many attempts, or the address you come from is blocked: wait, or sign " +
		"in with another",
	signin.CauseAskAgain: askAgain,
	signin.CauseAssertionTime: "the token (assertion) that was presented to Entra has expired: in a pipeline, sign in right before this " +
		"step, or use --auth workload-identity, " +
		"which gets a fresh one each time; elsewhere, check this machine's clock",
	signin.CauseAzureCLI: "az reported this: sign in to the Azure CLI again, or choose another sign-in method with --auth",
	signin.CauseAzureCLIOdd: "az does not work here as it should: see what az account get-access-token --resource-type ms-graph prints, " +
		"repair or update az, or choose another sign-in method with --auth",
	signin.CauseCertificate: "the certificate is not the one of the app registration, or has expired there: upload it under Certificates " +
		"& secrets",
	signin.CauseCertificateName: "the application trusts certificates by their subject name, and this one's is not among them: use the " +
		"one that it was set up for, " +
		"with AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=true",
	signin.CauseClientDisabled: "the application that signs in is disabled in this tenant: enable it under Enterprise applications > " +
		"Properties, or use another " +
		"with --client-id",
	signin.CauseClientUnknown: "the application is not in this tenant: check AZURE_CLIENT_ID or --client-id, and --tenant; if they are " +
		"right, an administrator of the " +
		"tenant must add it first (az ad sp create --id AZURE_CLIENT_ID)",
	signin.CauseConsent: "the application that signs in has no consent itself: an administrator must grant its permissions first (App " +
		"registrations > " +
		"API permissions), or sign in once with --auth browser and accept; the Azure CLI (az login --tenant TENANT " +
		"--allow-no-subscriptions) needs no consent",
	signin.CauseConsentDeclined: "the consent was declined in the browser; sign in again to accept it",
	signin.CauseDeclined:        "the sign-in was declined in the browser; " + askAgain,
	signin.CauseDevice: "Conditional Access requires device information, which device codes do not send: use --auth browser on a managed " +
		"device that is supported, or an " +
		"app registration",
	signin.CauseEntraBusy: "Entra has a temporary problem: try again in a few minutes",
	signin.CauseExpired:   "the cached sign-in has expired: run appleconsent logout, then sign in again",
	signin.CauseFederated: "the federated credential of the app registration does not fit: compare its issuer, subject and audience " +
		"with those of this workload",
	signin.CauseFirstParty: "Microsoft's own application may not request this: leave --client-id out, or name an application of your own " +
		"with it",
	signin.CauseGraphDisabled: "Microsoft Graph is disabled in this tenant, or the tenant's subscription has lapsed: look at Enterprise " +
		"applications > Microsoft Graph > " +
		"Properties",
	signin.CauseGraphUnknown:    "Microsoft Graph is not known there: check --cloud",
	signin.CauseIdentityUnknown: "no such managed identity is assigned to this machine: check --client-id or AZURE_CLIENT_ID",
	signin.CauseLoop: "Entra stops repeated sign-ins: wait a few minutes, and find what starts this program " +
		"so often",
	signin.CauseMoreProof: "this sign-in needs stronger authentication than it can give: use --auth browser, or sign in to the Azure CLI again " +
		"(az login --tenant TENANT --allow-no-subscriptions)",
	signin.CauseNoBrowser:    "if no browser can be opened here, use --auth device-code, which lets you sign in on another machine",
	signin.CauseNoSimulation: "is it still served there? appleconsent simulate SCENARIO --listen ADDRESS serves one",
	signin.CauseNotAssigned: "this account is not assigned to the application that signs in: assign it under Enterprise applications " +
		"> Users and groups",
	signin.CauseNotInstalled: "az is not installed: choose another sign-in method, such as --auth device-code",
	signin.CauseNotSubscribed: "the tenant has not subscribed to a service that the application asks for: check --client-id and " +
		"--tenant, or have an administrator add it",
	signin.CauseOnTheWay: "something on the way, such as a proxy or the sign-in page of a network, answers in its place: check " +
		"HTTPS_PROXY and the network",
	signin.CauseOtherAccount: "sign in with the same account each time",
	signin.CauseOtherCloud:   "if the tenant is in another cloud, name it with --cloud",
	signin.CauseOtherTenant:  "check --tenant, AZURE_TENANT_ID and the account that signs in",
	signin.CausePassword:     "the password is wrong or has expired: sign in once in the browser and renew it, then run this again",
	signin.CausePublicClient: "the application does not allow sign-in without a secret: set App registrations > Authentication > Allow " +
		"public client flows, " +
		"or leave --client-id out",
	signin.CauseRedirect: "add http://localhost as a redirect URI of the app registration, for mobile and desktop " +
		"applications, or leave --client-id out",
	signin.CauseRisk: "Entra considers the account compromised: an administrator of its home tenant must dismiss the risk " +
		"(Entra ID Protection), or sign in with another",
	signin.CauseSecretExpired: "the client secret has expired: make a new one under App registrations > Certificates & secrets " +
		"and set AZURE_CLIENT_SECRET",
	signin.CauseSecretWrong: "the client secret is wrong: set AZURE_CLIENT_SECRET to the secret's value, not to its id",
	signin.CauseServiceProvider: "the customer's Conditional Access asks a partner's account for what it cannot give there: its administrator must exclude " +
		"service provider users from that policy; or use an app registration",
	signin.CauseSingleTenant:          "the application is of one tenant only: name it with --tenant",
	signin.CauseTenantAccountMismatch: "the account and the tenant do not belong together: check --tenant and who signs in",
	signin.CauseTenantGone: "the tenant exists but is not available: it may have been disabled or deleted, or be throttled; " +
		"check --tenant, or ask Microsoft's support",
	signin.CauseTenantUncertain: "try again, or name the tenant by its GUID with --tenant",
	signin.CauseTenantUnknown:   "the tenant does not exist: check --tenant or AZURE_TENANT_ID, and --cloud",
	signin.CauseThrottled:       throttledHint,
	signin.CauseTokenProtection: "Conditional Access wants tokens that are bound to a device (token protection), which this program " +
		"cannot ask for: use an app " +
		"registration, or have the policy exclude this sign-in",
}
