package signin

import (
	"regexp"
	"slices"
	"strings"

	"appleconsent/graph/wire"
)

// The causes of a sign-in that failed, beside those on the way and those of Graph's refusals (see wire.Cause). What to do about each,
// the command line says.
const (
	CauseAccountDisabled       wire.Cause = "accountDisabled"
	CauseAccountLocked         wire.Cause = "accountLocked"
	CauseAskAgain              wire.Cause = "askAgain" // nobody finished the sign-in in time, or confirmed it
	CauseAssertionTime         wire.Cause = "assertionTime"
	CauseAzureCLI              wire.Cause = "azureCLI"    // the Azure CLI itself says so
	CauseAzureCLIOdd           wire.Cause = "azureCLIOdd" // it cannot be run, or says nothing that can be used
	CauseCertificate           wire.Cause = "certificate"
	CauseCertificateName       wire.Cause = "certificateName" // the application trusts certificates by their subject, and not this one
	CauseClientDisabled        wire.Cause = "clientDisabled"  // the application that signs in
	CauseClientUnknown         wire.Cause = "clientUnknown"
	CauseConsent               wire.Cause = "consent"         // nobody has consented to the application that signs in
	CauseConsentDeclined       wire.Cause = "consentDeclined" // in the browser
	CauseDeclined              wire.Cause = "declined"        // the sign-in, in the browser
	CauseDevice                wire.Cause = "device"          // Conditional Access wants to know the device
	CauseEntraBusy             wire.Cause = "entraBusy"       // trouble of Entra's own, which passes
	CauseExpired               wire.Cause = "expired"         // the sign-in that was kept
	CauseFederated             wire.Cause = "federated"       // the federated credential does not fit
	CauseFirstParty            wire.Cause = "firstParty"      // Microsoft's own application may not ask for this
	CauseGraphDisabled         wire.Cause = "graphDisabled"
	CauseGraphUnknown          wire.Cause = "graphUnknown"
	CauseIdentityUnknown       wire.Cause = "identityUnknown" // no such managed identity
	CauseLoop                  wire.Cause = "loop"            // the same sign-in too often
	CauseMoreProof             wire.Cause = "moreProof"       // more than this sign-in can give
	CauseNoBrowser             wire.Cause = "noBrowser"
	CauseNoSimulation          wire.Cause = "noSimulation" // no simulated tenant answers
	CauseNotAssigned           wire.Cause = "notAssigned"
	CauseNotInstalled          wire.Cause = "notInstalled"  // the Azure CLI
	CauseNotSubscribed         wire.Cause = "notSubscribed" // the tenant lacks a service that the application wants
	CauseOnTheWay              wire.Cause = "onTheWay"      // something else answers in Entra's place
	CauseOtherAccount          wire.Cause = "otherAccount"  // than the one before
	CauseOtherCloud            wire.Cause = "otherCloud"    // the tenant seems to be in another one
	CauseOtherTenant           wire.Cause = "otherTenant"   // than the one that was asked for
	CausePassword              wire.Cause = "password"      // the person's, wrong or expired
	CausePublicClient          wire.Cause = "publicClient"  // the application wants a secret
	CauseRedirect              wire.Cause = "redirect"      // the application has no redirect URI for this machine
	CauseRisk                  wire.Cause = "risk"          // the account is taken for compromised
	CauseSecretExpired         wire.Cause = "secretExpired"
	CauseSecretWrong           wire.Cause = "secretWrong"
	CauseServiceProvider       wire.Cause = "serviceProvider" // the tenant wants of a partner's person what only its own people can give
	CauseSingleTenant          wire.Cause = "singleTenant"    // the application is of one tenant only
	CauseTenantAccountMismatch wire.Cause = "tenantAccountMismatch"
	CauseTenantGone            wire.Cause = "tenantGone"      // the tenant is there and not available
	CauseTenantUncertain       wire.Cause = "tenantUncertain" // whose the domain is, nobody says
	CauseTenantUnknown         wire.Cause = "tenantUnknown"
	CauseThrottled             wire.Cause = "throttled"       // too much was asked for, in whatever tenant
	CauseTokenProtection       wire.Cause = "tokenProtection" // Conditional Access wants tokens that are bound to a device
)

// codesOf are the codes of Entra's (learn.microsoft.com/entra/identity-platform/reference-error-codes) and the errors of OAuth's
// without one that a cause is behind. Microsoft does not promise that codes stay, so that nothing but advice depends on them, and
// whether a sign-in is tried again by itself.
var codesOf = map[wire.Cause][]string{
	CauseAccountDisabled: {"AADSTS50057"},
	CauseAccountLocked:   {"AADSTS50053"},
	CauseAskAgain: {
		"AADSTS50089", "AADSTS50199", "AADSTS70018", "AADSTS70019", "AADSTS70020", "expired_token", "code_expired",
	},
	CauseAssertionTime:   {"AADSTS700024", "AADSTS500133", "AADSTS50013"},
	wire.CauseBlocked:    {"AADSTS53002", "AADSTS53003", "AADSTS530032", "AADSTS530035", "AADSTS50131", "AADSTS53010"},
	CauseCertificate:     {"AADSTS700027", "AADSTS50012"},
	CauseCertificateName: {"AADSTS700030"},
	CauseClientDisabled:  {"AADSTS7000112", "AADSTS70001", "AADSTS1000031"},
	CauseClientUnknown:   {"AADSTS700016", "AADSTS700011", "AADSTS7000229", "AADSTS90099"},
	CauseConsent: {
		"AADSTS65001", "AADSTS90008", "AADSTS90093", "AADSTS90094", "AADSTS90095", "AADSTS900941", "AADSTS650056",
	},
	CauseConsentDeclined: {"AADSTS65004"},
	CauseDeclined:        {"authorization_declined", "access_denied"},
	CauseDevice: {
		"AADSTS50005", "AADSTS50097", "AADSTS50127", "AADSTS50129", "AADSTS50155", "AADSTS50187", "AADSTS53000", "AADSTS53001", "AADSTS530003",
		"AADSTS135011",
	},
	CauseEntraBusy: {
		"AADSTS50033", "AADSTS50087", "AADSTS90006", "AADSTS90012", "AADSTS90024", "AADSTS90033", "AADSTS90090", "AADSTS90091", "AADSTS40010",
		"temporarily_unavailable",
	},
	CauseExpired: {
		"AADSTS50078", "AADSTS50132", "AADSTS50133", "AADSTS50173", "AADSTS70000", "AADSTS70008", "AADSTS70043", "AADSTS70044", "AADSTS700082",
	},
	CauseFederated:       {"AADSTS70021", "AADSTS70025", "AADSTS700211", "AADSTS700212", "AADSTS700213", "AADSTS700229", "AADSTS50048"},
	CauseFirstParty:      {"AADSTS65002"},
	CauseGraphDisabled:   {"AADSTS500014", "AADSTS50001"},
	CauseGraphUnknown:    {"AADSTS500011", "AADSTS650054"},
	CauseIdentityUnknown: {"identity_not_found"},
	CauseLoop:            {"AADSTS50196"},
	CauseMoreProof:       {"AADSTS50072", "AADSTS50074", "AADSTS50076", "AADSTS50079", "AADSTS50158", "AADSTS53004"},
	CauseNotAssigned:     {"AADSTS50105"},
	CauseNotSubscribed:   {"AADSTS650052"},
	CauseOtherCloud:      {"AADSTS900382", "AADSTS900384", "AADSTS900432", "AADSTS900439", "AADSTS90038"},
	CausePassword:        {"AADSTS50055", "AADSTS50126", "AADSTS50135", "AADSTS50144"},
	CausePublicClient:    {"AADSTS7000218"},
	CauseRedirect:        {"AADSTS50011", "AADSTS9002325", "AADSTS9002326", "AADSTS9002327"},
	CauseRisk:            {"AADSTS53011", "AADSTS530034"},
	CauseSecretExpired:   {"AADSTS7000222"},
	CauseSecretWrong:     {"AADSTS7000215", "AADSTS70002"},
	CauseServiceProvider: {"AADSTS50177"},
	CauseSingleTenant:    {"AADSTS50194"},
	CauseTenantAccountMismatch: {
		"AADSTS50014", "AADSTS50020", "AADSTS50034", "AADSTS51004", "AADSTS90072", "AADSTS16000", "AADSTS16003",
	},
	CauseTenantGone:            {"AADSTS5000224", "AADSTS90055"},
	wire.CauseTenantRestricted: {"AADSTS50002", "AADSTS500021", "AADSTS500022", "AADSTS500212", "AADSTS500213"},
	CauseTenantUnknown:         {"AADSTS90002", "AADSTS900021", "AADSTS900023", "AADSTS50059", "AADSTS50128", "AADSTS90019"},
	CauseTokenProtection:       {"AADSTS530084"},
}

// causeOfCode is what is behind one of them; empty if that is not known.
func causeOfCode(code string) wire.Cause {
	for cause, codes := range codesOf {
		if slices.Contains(codes, code) {
			return cause
		}
	}
	return ""
}

// proxySignIn is how az says that its proxy wants a sign-in (Python's http.client and urllib3).
var proxySignIn = regexp.MustCompile(`(?i)\b407\b.*proxy|proxy.*\b407\b|Tunnel connection failed: 407|proxy authentication required`)

// causeOfWords is what is behind an error with a code of Entra's, or none, as azidentity tells it: what the code says goes first,
// whoever passes it on.
func causeOfWords(words, code string) wire.Cause {
	known := causeOfCode(code)
	ofAz := known == "" && strings.HasPrefix(words, byAz)
	switch {
	case strings.Contains(words, "executable not found on path"), strings.Contains(words, "executable file not found"):
		return CauseNotInstalled
	case strings.Contains(words, "declined scopes"):
		return CauseConsent
	case ofAz && code == "" && strings.Contains(words, "CERTIFICATE_VERIFY_FAILED"):
		return wire.CauseInspection
	case ofAz && code == "" && proxySignIn.MatchString(words):
		return wire.CauseProxySignIn
	case ofAz && code == "" && strings.Contains(words, "Tunnel connection failed"):
		return wire.CauseProxyRefuses
	case ofAz && code == "" && strings.Contains(words, "ProxyError"):
		return wire.CauseProxyUnreachable
	case ofAz && code == "" && strings.Contains(words, "Max retries exceeded"): // of Python's urllib3
		return wire.CauseUnreachable
	case ofAz:
		return CauseAzureCLI
	}
	return known
}
