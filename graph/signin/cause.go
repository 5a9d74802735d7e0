package signin

import (
	"slices"
	"strings"

	"appleconsent/graph/wire"
)

// The causes of a sign-in that failed, beside those on the way (see wire.Cause). What to do about each, the command line says.
const (
	CauseAccountDisabled       wire.Cause = "accountDisabled"
	CauseAskAgain              wire.Cause = "askAgain" // nobody finished the sign-in in time
	CauseAzureCLI              wire.Cause = "azureCLI" // the Azure CLI itself says so
	CauseBlocked               wire.Cause = "blocked"  // by Conditional Access
	CauseCertificate           wire.Cause = "certificate"
	CauseClientDisabled        wire.Cause = "clientDisabled" // the application that signs in
	CauseClientUnknown         wire.Cause = "clientUnknown"
	CauseConsent               wire.Cause = "consent"         // nobody has consented to the application that signs in
	CauseConsentDeclined       wire.Cause = "consentDeclined" // in the browser
	CauseDeclined              wire.Cause = "declined"        // the sign-in, in the browser
	CauseExpired               wire.Cause = "expired"         // the sign-in that was kept
	CauseFederated             wire.Cause = "federated"       // the federated credential does not fit
	CauseGraphUnknown          wire.Cause = "graphUnknown"
	CauseIdentityUnknown       wire.Cause = "identityUnknown" // no such managed identity
	CauseMoreProof             wire.Cause = "moreProof"       // more than this sign-in can give
	CauseNoBrowser             wire.Cause = "noBrowser"
	CauseNotAssigned           wire.Cause = "notAssigned"
	CauseNotInstalled          wire.Cause = "notInstalled" // the Azure CLI
	CauseOnTheWay              wire.Cause = "onTheWay"     // something else answers in Entra's place
	CauseOtherAccount          wire.Cause = "otherAccount" // than the one before
	CauseOtherCloud            wire.Cause = "otherCloud"   // the tenant seems to be in another one
	CauseOtherTenant           wire.Cause = "otherTenant"  // than the one that was asked for
	CausePublicClient          wire.Cause = "publicClient" // the application wants a secret
	CauseRedirect              wire.Cause = "redirect"     // the application has no redirect URI for this machine
	CauseSecretExpired         wire.Cause = "secretExpired"
	CauseSecretWrong           wire.Cause = "secretWrong"
	CauseSingleTenant          wire.Cause = "singleTenant" // the application is of one tenant only
	CauseTenantAccountMismatch wire.Cause = "tenantAccountMismatch"
	CauseTenantUncertain       wire.Cause = "tenantUncertain" // whose the domain is, nobody says
	CauseTenantUnknown         wire.Cause = "tenantUnknown"
	CauseTokenTime             wire.Cause = "tokenTime" // this machine's clock, or a token that is too old
)

// codesOf are the codes of Entra's (learn.microsoft.com/entra/identity-platform/reference-error-codes) and the errors of OAuth's
// without one that a cause is behind. Microsoft does not promise that codes stay, so that nothing but advice depends on them.
var codesOf = map[wire.Cause][]string{
	CauseAccountDisabled:       {"AADSTS50057"},
	CauseAskAgain:              {"AADSTS70018", "AADSTS70019", "AADSTS70020", "expired_token", "code_expired"},
	CauseBlocked:               {"AADSTS53000", "AADSTS53001", "AADSTS53002", "AADSTS53003", "AADSTS530032", "AADSTS530035"},
	CauseCertificate:           {"AADSTS700027"},
	CauseClientDisabled:        {"AADSTS7000112"},
	CauseClientUnknown:         {"AADSTS700016"},
	CauseConsent:               {"AADSTS65001", "AADSTS90094", "AADSTS90095"},
	CauseConsentDeclined:       {"AADSTS65004"},
	CauseDeclined:              {"authorization_declined", "access_denied"},
	CauseExpired:               {"AADSTS50173", "AADSTS70043", "AADSTS70044", "AADSTS700082"},
	CauseFederated:             {"AADSTS70021", "AADSTS700211", "AADSTS700212", "AADSTS700213"},
	CauseGraphUnknown:          {"AADSTS500011"},
	CauseIdentityUnknown:       {"identity_not_found"},
	CauseMoreProof:             {"AADSTS50072", "AADSTS50074", "AADSTS50076", "AADSTS50079", "AADSTS50158"},
	CauseNotAssigned:           {"AADSTS50105"},
	CauseOtherCloud:            {"AADSTS900382", "AADSTS900384", "AADSTS900432", "AADSTS900439"},
	CausePublicClient:          {"AADSTS7000218"},
	CauseRedirect:              {"AADSTS50011"},
	CauseSecretExpired:         {"AADSTS7000222"},
	CauseSecretWrong:           {"AADSTS7000215"},
	CauseSingleTenant:          {"AADSTS50194"},
	CauseTenantAccountMismatch: {"AADSTS50020", "AADSTS50034", "AADSTS90072"},
	CauseTenantUnknown:         {"AADSTS90002"},
	CauseTokenTime:             {"AADSTS700024"},
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

// causeOfWords is what is behind an error with a code of Entra's, or none, as azidentity tells it: it depends on who said it.
func causeOfWords(words, code string) wire.Cause {
	byAz := strings.HasPrefix(words, "AzureCLICredential")
	known := causeOfCode(code)
	switch {
	case strings.Contains(words, "executable not found on path"), strings.Contains(words, "executable file not found"):
		return CauseNotInstalled
	case byAz && (code == "" || known == CauseExpired || strings.Contains(words, "az login")):
		return CauseAzureCLI
	case strings.Contains(words, "declined scopes"):
		return CauseConsent
	}
	return known
}
