package doctor

import (
	"time"

	"appleconsent/consent"
)

// Question is what is to be read of a tenant besides what every examination reads.
type Question struct {
	SignInsSince time.Time // from when on failed sign-ins count
	Consented    bool      // what the resources publish that the application calls, by which the scopes that users granted are looked up
}

// Facts is what was read of a tenant, each part with the reason why it could not be read, if so.
type Facts struct {
	At                time.Time // when; the facts are judged as of then
	Tenant            consent.Tenant
	ServicePrincipals Reading[[]consent.ServicePrincipal] // of Requirement.AppIDs
	Grants            Reading[[]consent.PermissionGrant]  // tenant-wide ones of the client
	OddGrants         []consent.OddGrant                  // among them
	Deleted           Reading[[]DeletedServicePrincipal]  // of the client
	Policies          Reading[consent.ScopeSet]           // entries of the authorization policy
	Requests          Reading[AdminConsentRequests]
	Classifications   Reading[[]consent.Classification] // of the required resources
	PerUserGrants     Reading[PerUserGrants]
	Published         Reading[consent.Catalogue]   // of the resources of Requirement.Also, and those of Question.Consented
	OnGraph           Reading[[]consent.Published] // by Microsoft Graph; only where LacksOnGraph
	ConditionalAccess Reading[[]ConditionalAccessPolicy]
	SignIns           Reading[SignIns]
	Domains           Reading[[]Domain]
	MailProfiles      Reading[[]MailProfile]
	Usage             *consent.Usage // nil: not asked for
	// Granted is when this program, by its own records, last granted something to the client; zero if it did not.
	Granted time.Time
}

// Reading is something that was read, or why it was not.
type Reading[T any] struct {
	Value T
	// Lacks is the Microsoft Graph permission that the sign-in lacks to read it; empty if it does not lack one.
	Lacks string
	// Failed says in a few words why it could not be read otherwise; empty if it was read.
	Failed string
	// Partly: it is a list of which the first pages were read and are there, and the rest was not, for the reason above.
	Partly bool
}

// Read reports whether it was read.
func (r Reading[T]) Read() bool { return r.Lacks == "" && r.Failed == "" }

// seen reports whether it was read, if only in part.
func (r Reading[T]) seen() bool { return r.Read() || r.Partly }

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

// Users says whom a Conditional Access policy includes; empty: not told.
type Users string

// The values of Users.
const (
	UsersAll  Users = "all"
	UsersSome Users = "some"
	UsersNone Users = "none"
)

// ConditionalAccessPolicy is one policy as far as it could keep users of Apple Mail out
// (learn.microsoft.com/graph/api/resources/conditionalaccesspolicy). Lists keep Graph's words.
type ConditionalAccessPolicy struct {
	Name              string
	Odd               bool     // it cannot be understood, and the rest is empty but for the state, if that can be
	State             string   // enabled, disabled or enabledForReportingButNotEnforced
	Operator          string   // OR or AND, between all controls; empty: not told
	Controls          []string // built-in grant controls, such as block or mfa
	Strength          string   // the name of the authentication strength that is required; empty: none
	TermsOfUse        int      // how many are to be accepted
	CustomControls    []string // of other providers
	TokenProtection   bool     // sign-in sessions must have tokens that are bound to the device
	Users             Users    // whom it includes, whoever is excluded
	Workloads         bool     // it is about workload identities, and no users
	Flows             bool     // it is about certain flows alone, such as device codes
	Risks             bool     // it is about sign-ins or users at a risk alone
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
	Initial   bool // the one that came with the tenant
}

// InitialDomain returns the domain that came with the tenant; empty if the domains could not be read.
func (f Facts) InitialDomain() string {
	for _, d := range f.Domains.Value {
		if d.Initial {
			return d.Name
		}
	}
	return ""
}

// MailProfile is an e-mail profile that Intune gives to iOS devices (iosEasEmailProfileConfiguration, which only Graph's
// beta endpoint has).
type MailProfile struct {
	Name  string
	Host  string
	OAuth *bool // nil: not told
}
