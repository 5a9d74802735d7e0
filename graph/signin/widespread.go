package signin

import (
	"errors"
	"slices"

	"appleconsent/graph/wire"
)

// ofApplication are causes that lie with the application, the person or the program that signs in, whatever the tenant.
var ofApplication = []wire.Cause{
	CauseAccountDisabled, CauseAccountLocked, CauseAskAgain, CauseAssertionTime, CauseAzureCLIOdd, CauseCertificate, CauseCertificateName,
	CauseDeclined, CauseEntraBusy, CauseFederated, CauseFirstParty, CauseIdentityUnknown, CauseLoop, CauseNoBrowser, CauseNoSimulation,
	CauseNotInstalled, CauseOnTheWay, CausePassword, CausePublicClient, CauseRedirect, CauseRisk, CauseSecretExpired, CauseSecretWrong,
	CauseSingleTenant, CauseThrottled, wire.CauseFiltered,
}

// OfEveryTenant reports whether a failure is about the application that signs in or about the network, so that it would meet every
// tenant: a wrong or expired secret, no way to the host, no Azure CLI. What a tenant's own consent, policies, licences or absence
// cause is none, nor is what nothing is known of.
func OfEveryTenant(err error) bool {
	if errors.Is(err, ErrNotSignedIn) || errors.As(err, new(*CredentialError)) {
		return true
	}
	cause := wire.CauseOf(err)
	if refused, ok := errors.AsType[*Error](err); ok {
		cause = refused.Cause
	} else if answered, ok := errors.AsType[*wire.Error](err); ok {
		cause = answered.Cause()
	}
	return wire.IsOnTheWay(cause) || slices.Contains(ofApplication, cause)
}
