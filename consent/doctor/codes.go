package doctor

// CheckID names a check. It is stable.
type CheckID string

// The checks, in their order.
const (
	TenantWideGrants          CheckID = "tenantWideGrants"
	ServicePrincipal          CheckID = "servicePrincipal"
	UserConsent               CheckID = "userConsent"
	AdminConsentRequestPolicy CheckID = "adminConsentRequests"
	PermissionClassifications CheckID = "permissionClassifications"
	GrantsOfUsers             CheckID = "perUserGrants"
	ConditionalAccess         CheckID = "conditionalAccess"
	FailedSignInLog           CheckID = "signIns"
	FederatedDomains          CheckID = "federatedDomains"
	IntuneMailProfiles        CheckID = "intuneMailProfiles"
	EWSRetirement             CheckID = "ewsRetirement"
)

// Code says what was found. Behind each stand its parameters.
type Code string

// Of any check. GrantDecides: what the check is about does not matter, as the tenant-wide grant is complete.
// GrantsTakenAsMissing: the grants could not be read, and the judgement takes them as missing.
const (
	NotRead              Code = "notRead" // Lacks or Failed
	GrantDecides         Code = "grantDecides"
	GrantsTakenAsMissing Code = "grantsTakenAsMissing"
)

// Of TenantWideGrants. NoGrantExpected: by the chosen route users consent for themselves.
const (
	AllGranted        Code = "allGranted"        // Count
	ScopesMissing     Code = "scopesMissing"     // Name, Scopes, Of
	NoGrantExpected   Code = "noGrantExpected"   //
	SameNameElsewhere Code = "sameNameElsewhere" // Name, Scopes
	ResourceMissing   Code = "resourceMissing"   // Name, ID
	ScopeTooLong      Code = "scopeTooLong"      // Name, Count characters of at most Of
)

// Of ServicePrincipal. ClientAbsentYet: the consent of the first user creates it. DeletedCopy: there is a living one too. At is
// when it was deleted, zero if that was not told.
const (
	ClientAbsent              Code = "clientAbsent"              // Name
	ClientAbsentYet           Code = "clientAbsentYet"           // Name
	ClientEnabled             Code = "clientEnabled"             // Name
	ClientEnabledUnknown      Code = "clientEnabledUnknown"      // Name
	ClientDisabled            Code = "clientDisabled"            // Name
	ClientDisabledByMicrosoft Code = "clientDisabledByMicrosoft" // Name, Detail
	AssignmentRequired        Code = "assignmentRequired"        // Name
	UnexpectedPublisher       Code = "unexpectedPublisher"       // Name, Detail or else the ID of the organization, Expected
	ResourceDisabled          Code = "resourceDisabled"          // Name
	DeletedNotRead            Code = "deletedNotRead"            // Lacks or Failed
	DeletedExpired            Code = "deletedExpired"            // At
	DeletedCopy               Code = "deletedCopy"               // At
	DeletedRestorable         Code = "deletedRestorable"         // ID; At is the last moment, zero if it is not known
)

// Of UserConsent. AskedOnceByMicrosoft: by a list of mail clients that Microsoft manages.
const (
	SettingFound            Code = "settingFound" // Setting
	AskedOnce               Code = "askedOnce"
	AskedOnceByMicrosoft    Code = "askedOnceByMicrosoft"
	AskedOnceLowImpact      Code = "askedOnceLowImpact"
	ApprovalNeeded          Code = "approvalNeeded"
	AssignmentBlocksConsent Code = "assignmentBlocksConsent" // Name
	CustomPolicyNotRead     Code = "customPolicyNotRead"     // Scopes
	NothingLowImpact        Code = "nothingLowImpact"
	NotAllLowImpact         Code = "notAllLowImpact"        // Scopes
	NoVerifiedPublisher     Code = "noVerifiedPublisher"    // Name
	ClassificationsNotRead  Code = "classificationsNotRead" // Lacks or Failed
)

// Of AdminConsentRequestPolicy.
const (
	RequestsOn       Code = "requestsOn"
	RequestsOff      Code = "requestsOff" // and not needed
	CannotRequest    Code = "cannotRequest"
	NoReviewer       Code = "noReviewer"
	RequestsReviewed Code = "requestsReviewed" // Count
)

// Of PermissionClassifications. SettingSuffices: the current setting lets users consent without. SettingIgnores: only the
// low-impact setting, which the tenant does not use, goes by them.
const (
	LowImpactCount  Code = "lowImpactCount" // Count, Of
	SettingSuffices Code = "settingSuffices"
	SettingIgnores  Code = "settingIgnores"
	SettingNeedsAll Code = "settingNeedsAll"
	RouteNeedsAll   Code = "routeNeedsAll"
	SettingNotRead  Code = "settingNotRead" // Lacks or Failed
)

// Of GrantsOfUsers.
const (
	NoUserGrants        Code = "noUserGrants"
	UserGrants          Code = "userGrants" // Count, Users, AtLeast
	UserGrantsRedundant Code = "userGrantsRedundant"
	UserGrantsNeeded    Code = "userGrantsNeeded"
	UserGrantsUnclear   Code = "userGrantsUnclear"
)

// Of ConditionalAccess.
const (
	NoPolicyBlocks     Code = "noPolicyBlocks"
	PoliciesCouldBlock Code = "policiesCouldBlock" // Count enabled, Of all
)

// Of FailedSignInLog.
const (
	NoFailures     Code = "noFailures"
	NoFailuresRead Code = "noFailuresRead" // in the part of the log that was read
	FailuresFound  Code = "failuresFound"  // Count, Users, AtLeast, Trend
	LogCut         Code = "logCut"         // At: what is before was not read
	LogLimits      Code = "logLimits"
)

// Of FederatedDomains.
const (
	NoFederatedDomain Code = "noFederatedDomain"
	DomainsFederated  Code = "domainsFederated" // Count
)

// Of IntuneMailProfiles. FromBeta: the facts come from Graph's beta endpoint.
const (
	NoProfiles            Code = "noProfiles"
	ProfilesWithOAuth     Code = "profilesWithOAuth"     // Count
	ProfilesWithoutOAuth  Code = "profilesWithoutOAuth"  // Count, Of
	ProfilesOAuthUnknown  Code = "profilesOAuthUnknown"  // Count
	ProfilesForOtherHosts Code = "profilesForOtherHosts" // Count, Of
	FromBeta              Code = "fromBeta"
)

// Of EWSRetirement, by date.
const (
	EWSNotRequired Code = "ewsNotRequired"
	EWSAnnounced   Code = "ewsAnnounced"
	EWSEnding      Code = "ewsEnding"
	EWSEnded       Code = "ewsEnded"
)

// Trend compares the failures per day of the last RecentDays days with those before.
type Trend string

// The trends. None: there is not enough of the log to tell.
const (
	TrendNone    Trend = ""
	TrendOver    Trend = "over" // none lately
	TrendNew     Trend = "new"  // all of them lately
	TrendRising  Trend = "rising"
	TrendFalling Trend = "falling"
	TrendSteady  Trend = "steady"
)

// FixCode says what to do.
type FixCode string

// What this program does, by the command of the fix.
const (
	FixGrantMissing     FixCode = "grantMissing"
	FixGrantForAll      FixCode = "grantForAll"
	FixGrantInstead     FixCode = "grantInstead" // of the chosen route, which is set up and does not help
	FixCreateClient     FixCode = "createClient"
	FixRecreateClient   FixCode = "recreateClient" // or restore the deleted one
	FixEnableClient     FixCode = "enableClient"
	FixLetUsersConsent  FixCode = "letUsersConsent"
	FixThenLetConsent   FixCode = "thenLetUsersConsent"
	FixClassify         FixCode = "classify"
	FixCustomPolicy     FixCode = "customPolicy"     // read it, or replace it
	FixUsersCouldAlso   FixCode = "usersCouldAlso"   // the wider way beside FixGrantForAll
	FixBlockersFirst    FixCode = "blockersFirst"    // in place of what would be refused as long as something is in the way
	FixProblemsFirst    FixCode = "problemsFirst"    // of the other checks, and then look again
	FixLookAgain        FixCode = "lookAgain"        // what was found may be of before the fix
	FixLookAtAssignment FixCode = "lookAtAssignment" // some users are not assigned; the rest as FixLookAgain
)

// What others do.
const (
	FixResource            FixCode = "resource" // it has to come into the tenant
	FixRevokeUnused        FixCode = "revokeUnused"
	FixAskMicrosoft        FixCode = "askMicrosoft"
	FixAssignment          FixCode = "assignment" // not required, or assign users
	FixAssignmentOff       FixCode = "assignmentOff"
	FixEnableResource      FixCode = "enableResource"
	FixOtherClassification FixCode = "otherClassification"
	FixAllowRequests       FixCode = "allowRequests"
	FixNameReviewers       FixCode = "nameReviewers"
	FixCheckPolicies       FixCode = "checkPolicies"
	FixSignInAgain         FixCode = "signInAgain"
	FixProfileOAuth        FixCode = "profileOAuth"
	FixLookAtProfile       FixCode = "lookAtProfile"
	FixExchangeSettings    FixCode = "exchangeSettings" // by the script
	FixOtherClientThanMail FixCode = "otherClientThanMail"
)
