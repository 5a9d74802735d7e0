package signin

import (
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

// causeOfCode is what is behind a code of Entra's (learn.microsoft.com/entra/identity-platform/reference-error-codes). Microsoft
// does not promise that codes stay, so that nothing but advice depends on them.
var causeOfCode = map[string]wire.Cause{
	"AADSTS7000215": CauseSecretWrong,
	"AADSTS7000222": CauseSecretExpired,
	"AADSTS7000218": CausePublicClient,
	"AADSTS700027":  CauseCertificate,
	"AADSTS700024":  CauseTokenTime,
	"AADSTS700016":  CauseClientUnknown,
	"AADSTS90002":   CauseTenantUnknown,
	"AADSTS50194":   CauseSingleTenant,
	"AADSTS50011":   CauseRedirect,
	"AADSTS65001":   CauseConsent,
	"AADSTS90094":   CauseConsent,
	"AADSTS90095":   CauseConsent,
	"AADSTS65004":   CauseConsentDeclined,
	"AADSTS50072":   CauseMoreProof,
	"AADSTS50074":   CauseMoreProof,
	"AADSTS50076":   CauseMoreProof,
	"AADSTS50079":   CauseMoreProof,
	"AADSTS50158":   CauseMoreProof,
	"AADSTS53000":   CauseBlocked,
	"AADSTS53001":   CauseBlocked,
	"AADSTS53002":   CauseBlocked,
	"AADSTS53003":   CauseBlocked,
	"AADSTS530032":  CauseBlocked,
	"AADSTS530035":  CauseBlocked,
	"AADSTS50173":   CauseExpired,
	"AADSTS70043":   CauseExpired,
	"AADSTS70044":   CauseExpired,
	"AADSTS700082":  CauseExpired,
	"AADSTS50020":   CauseTenantAccountMismatch,
	"AADSTS50034":   CauseTenantAccountMismatch,
	"AADSTS90072":   CauseTenantAccountMismatch,
	"AADSTS50105":   CauseNotAssigned,
	"AADSTS7000112": CauseClientDisabled,
	"AADSTS50057":   CauseAccountDisabled,
	"AADSTS500011":  CauseGraphUnknown,
	"AADSTS900382":  CauseOtherCloud,
	"AADSTS900384":  CauseOtherCloud,
	"AADSTS900432":  CauseOtherCloud,
	"AADSTS900439":  CauseOtherCloud,
	"AADSTS70021":   CauseFederated,
	"AADSTS700211":  CauseFederated,
	"AADSTS700212":  CauseFederated,
	"AADSTS700213":  CauseFederated,
	"AADSTS70018":   CauseAskAgain,
	"AADSTS70019":   CauseAskAgain,
	"AADSTS70020":   CauseAskAgain,
}

// causeOfError is the same for OAuth's errors that come without a code of Entra's.
var causeOfError = map[string]wire.Cause{
	"expired_token":          CauseAskAgain,
	"code_expired":           CauseAskAgain,
	"authorization_declined": CauseDeclined,
	"access_denied":          CauseDeclined,
	"identity_not_found":     CauseIdentityUnknown,
}

// causeOfWords is what is behind an error with a code of Entra's, or none, as azidentity tells it: it depends on who said it.
func causeOfWords(words, code string) wire.Cause {
	byAz := strings.HasPrefix(words, "AzureCLICredential")
	known := causeOfCode[code]
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
