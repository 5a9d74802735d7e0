package doctor

import (
	"time"

	"appleconsent/consent"
)

// Facts is what was read of a tenant, each part with the reason why it could not be read, if so.
type Facts struct {
	At                time.Time // when; the facts are judged as of then
	Tenant            consent.Tenant
	ServicePrincipals Reading[[]consent.ServicePrincipal] // of Requirement.AppIDs
	Grants            Reading[[]consent.PermissionGrant]  // tenant-wide ones of the client
	Deleted           Reading[[]DeletedServicePrincipal]  // of the client
	Policies          Reading[consent.ScopeSet]           // entries of the authorization policy
	Requests          Reading[AdminConsentRequests]
	Classifications   Reading[[]consent.Classification] // of the required resources
	PerUserGrants     Reading[PerUserGrants]
	Published         Reading[consent.Catalogue] // of the resources of Requirement.Also
	ConditionalAccess Reading[[]ConditionalAccessPolicy]
	SignIns           Reading[SignIns]
	Domains           Reading[[]Domain]
	MailProfiles      Reading[[]MailProfile]
}

// Reading is something that was read, or why it was not.
type Reading[T any] struct {
	Value T
	// Lacks is the Microsoft Graph permission that the sign-in lacks to read it; empty if it does not lack one.
	Lacks string
	// Failed says in a few words why it could not be read otherwise; empty if it was read.
	Failed string
}

// Read reports whether it was read.
func (r Reading[T]) Read() bool { return r.Lacks == "" && r.Failed == "" }

// DeletedServicePrincipal is one that lies in the deleted items, from where it can be restored for 30 days.
type DeletedServicePrincipal struct {
	ID        consent.ObjectID
	DeletedAt time.Time // zero: not told
}

// AdminConsentRequests is the workflow in which users ask an admin for consent
// (learn.microsoft.com/graph/api/resources/adminconsentrequestpolicy).
type AdminConsentRequests struct {
	Enabled   bool
	Reviewers int
}

// PerUserGrants counts grants of the client to single users, as far as they were read.
type PerUserGrants struct {
	Grants, Users int
	Scopes        []consent.UserScope // what they hold, by resource and name
	Capped        bool                // there are more
}

// ConditionalAccessPolicy is one policy as far as it could block Apple Mail
// (learn.microsoft.com/graph/api/resources/conditionalaccesspolicy). Lists keep Graph's words.
type ConditionalAccessPolicy struct {
	Name              string
	State             string   // enabled, disabled or enabledForReportingButNotEnforced
	Controls          []string // grant controls, such as block or mfa
	ClientAppTypes    []string // all, browser, mobileAppsAndDesktopClients, exchangeActiveSync, easSupported, other
	IncludedApps      []string // application (client) IDs, or All, None, Office365, MicrosoftAdminPortals
	ExcludedApps      []string
	IncludedPlatforms []string // all, iOS, macOS, android, windows, …; empty: any
	ExcludedPlatforms []string
}

// SignIns are failed sign-ins of users to the client, over the last days of the log.
type SignIns struct {
	Failures []SignInFailure
	Capped   bool      // there are more rows than were read, which are the newest
	ReadBack time.Time // of the oldest row that was read, a failure or not; zero if none was
}

// SignInFailure is one failed sign-in (learn.microsoft.com/graph/api/resources/signin).
type SignInFailure struct {
	At     time.Time
	UserID string
	Code   int // Entra's error code, such as 65001
	// Resource is the application (client) ID of what the user signed in to; empty: not told.
	Resource consent.AppID
}

// Domain is a domain of the tenant.
type Domain struct {
	Name      string
	Federated bool
}

// MailProfile is an e-mail profile that Intune gives to iOS devices (iosEasEmailProfileConfiguration, which only Graph's
// beta endpoint has).
type MailProfile struct {
	Name  string
	Host  string
	OAuth *bool // nil: not told
}

// ConsentCodes returns Entra's error codes of sign-ins that fail for want of consent or of a usable service principal
// (learn.microsoft.com/entra/identity-platform/reference-error-codes).
func ConsentCodes() []int {
	return []int{65001, 65004, 90094, 90095, 900941, 650056, 90008, 700016, 7000112, notAssigned}
}
