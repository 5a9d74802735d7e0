package render

import (
	"fmt"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// checkWords are the titles of the checks, why they matter, and what they tell.
var checkWords = map[doctor.CheckID]struct{ title, why, tells string }{
	doctor.TenantWideGrants: {
		"Tenant-wide grants", `Without it each user sees a consent prompt or "Need admin approval".`,
		"which scopes are granted for all users",
	},
	doctor.ServicePrincipal: {
		"Service principal", "Users who cannot sign in to {owner}'s app in this tenant get no mail, even with consent.",
		"whether users can sign in to {owner}'s app",
	},
	doctor.UserConsent: {
		"User consent", "Without a tenant-wide grant this setting decides whether users can consent to {app} themselves.",
		"whether users can consent to {app} themselves",
	},
	doctor.AdminConsentRequestPolicy: {
		"Admin consent requests", "With the admin consent workflow, users who need approval can request it, and reviewers are notified.",
		"whether users who need approval can request it",
	},
	doctor.PermissionClassifications: {
		"Permission classifications", "Under the low-impact setting users can consent to an app only if all permissions that it requests are " +
			"classified as low impact.",
		"which permissions are classified as low impact",
	},
	doctor.GrantsOfUsers: {
		"Grants of individual users", "Users who gave individual consent keep working whatever the tenant's consent settings become.",
		"how many users gave individual consent",
	},
	doctor.ConditionalAccess: {
		"Conditional Access", "A policy can refuse the sign-in, even with consent: one that blocks (AADSTS53003), one that requires app " +
			"protection or token protection, which {app} does not support, and one that requires a managed device (AADSTS53000, 53001, 530003).",
		"whether a policy refuses {app}",
	},
	doctor.FailedSignInLog: {"Failed sign-ins", logLimits, "which sign-ins to {app} failed, and why"},
	doctor.FederatedDomains: {
		"Federated domains", "Old profiles move from Basic authentication to OAuth silently by the ROPC grant (resource owner password " +
			"credentials), which does not work for users of a federated domain.",
		"which users with old profiles must sign in again",
	},
	doctor.IntuneMailProfiles: {
		"Intune e-mail profiles", "A profile without OAuth makes Mail ask for a password. Profiles that device management pushed are not " +
			"upgraded automatically.",
		"whether the e-mail profiles for iOS use OAuth",
	},
	doctor.EWSRetirement: {
		"Retirement of EWS", "macOS Mail uses Exchange Web Services (EWS), which consent does not keep.",
		"what macOS Mail needs besides consent",
	},
	doctor.MacsOnGraph: {
		"Macs and Microsoft Graph", "macOS 27.2 moves Mail, Calendar and Contacts from EWS to Microsoft Graph, with permissions of their own, of which " +
			"at least two (User.Read.All, Group.Read.All) seem to need an admin by definition.",
		"what Macs with macOS 27.2 lack on Microsoft Graph",
	},
}

// logLimits is what the sign-in log cannot show (learn.microsoft.com/graph/api/signin-list).
const logLimits = "The log holds interactive sign-ins only, not the background refreshes that mail sync mostly is. It needs Microsoft Entra ID P1 or " +
	"P2 and lags by minutes to hours."

// findingWords are the sentences of the findings, by code. The words in braces are the parameters that findingSentence fills in.
var findingWords = map[string]string{
	"notRead":              "Could not be read: {failed}",
	"readPartly":           "The rest {unread} In what was read:",
	"grantedSoFar":         "In what was read: {scopes} on {name}.",
	"grantDecides":         "{app} does not depend on this: the tenant-wide grant applies.",
	"grantsTakenAsMissing": "The tenant-wide grants could not be read; this assumes that they are missing.",

	"allGranted":        "All {count} required scopes are granted for all users.",
	"scopesMissing":     "{missing} of {of scope} missing on {name}: {scopes}.",
	"noGrantExpected":   "By the chosen route no tenant-wide grant is expected: each user sees one consent prompt.",
	"sameNameElsewhere": "{scopes} on {name}: another permission of the same name, which does not count.",
	"resourceMissing":   "This tenant has no service principal for {name} ({id}), so nothing can be granted on it.",
	"oddGrant":          "The grant {id} on {name} cannot be understood: Graph shows it without a usable {detail}.",
	"scopeTooLong":      "With the missing scopes the grant on {name} would be {count} characters long; Microsoft Graph accepts {of}.",

	"clientAbsent":         "{name} has no service principal in this tenant.",
	"clientAbsentYet":      "{name} has no service principal in this tenant. The first user's consent creates it.",
	"clientEnabled":        "{name} exists and is enabled for sign-in.",
	"clientEnabledUnknown": "{name} exists; whether it is enabled for sign-in is unknown.",
	"clientDisabled": "{name} is disabled for sign-in: users get AADSTS7000112, even with consent. Denying or blocking an admin consent request " +
		"also disables it.",
	"clientDisabledByOwner":     "{owner} has disabled {name} in all tenants: nobody can sign in, even with consent.",
	"clientDisabledByMicrosoft": "Microsoft has disabled {name} ({detail}).",
	"assignmentRequired":        "Assignment is required for {name}: users who are not assigned get AADSTS50105.",
	"unexpectedPublisher": "The publisher of {name} is {publisher}, which does not look like {owner}. How {owner}'s publisher is shown is " +
		"unconfirmed; the application (client) ID identifies the app.",
	"resourceDisabled": "{name} is disabled in this tenant: nobody gets tokens for it.",
	"deletedNotRead":   "Deleted items {unread}",
	"deletedExpired":   "The one deleted on {date} can no longer be restored: its 30 days are over.",
	"deletedCopy":      "An older copy is in the deleted items, which is harmless.",
	// Microsoft has documented that these cannot be seen in the Entra admin center, so that the request of Graph is named beside it
	// (learn.microsoft.com/graph/api/directory-deleteditems-restore).
	"deletedRestorable": "A deleted one can be restored {until}: Enterprise apps > Deleted applications, where the Entra admin center has it, or " +
		"Microsoft Graph, POST /directory/deletedItems/{id}/restore.",

	"settingFound": "{setting}.",
	"askedOnce":    "Each user of {app} sees one consent prompt.",
	"askedOnceByMicrosoft": "Each user of {app} sees one consent prompt. Microsoft may change this list without notice, and how it treats a " +
		"request that includes User.Read is unconfirmed.",
	"askedOnceLowImpact":      "The required permissions are classified as low impact, so each user of {app} sees one consent prompt.",
	"mailClientsOn":           "The checkbox \"Enable user consent for popular Mail clients\" is on.",
	"mailClientsOff":          "The checkbox \"Enable user consent for popular Mail clients\" is off.",
	"approvalNeeded":          "Users of {app} need an admin's approval.",
	"assignmentBlocksConsent": "Users cannot consent while assignment is required for {name}.",
	"customPolicyNotRead":     "Whether users can consent to {app} is unknown: the rules of {scopes} are not read.",
	"nothingLowImpact":        "With no permission classified as low impact, users cannot consent to anything.",
	"notAllLowImpact":         "Not classified as low impact: {scopes}.",
	"noVerifiedPublisher":     "The tenant shows no verified publisher for {name}.",
	"classificationsNotRead":  "Permission classifications {unread}",

	"requestsOn":        "Users can request admin consent.",
	"requestsOff":       "Users cannot request admin consent.",
	"cannotRequest":     `Users who need approval see "Need admin approval" (sign-in error 90094) and cannot request it.`,
	"noReviewer":        "There is no reviewer who could approve.",
	"requestsNotNeeded": "With the tenant-wide grant users of {app} have nothing to request.",
	"requestsReviewed":  "They see sign-in error 90095, and {count reviewer} can approve. A denied or blocked request leaves the app disabled (7000112).",

	"lowImpactCount":   "{count} of {of required permission} classified as low impact.",
	"classesNotNeeded": "The tenant-wide grant applies whatever is classified.",
	"settingSuffices":  "The current setting lets users consent to {app} without them.",
	"settingIgnores":   "This matters only for the low-impact setting, which this tenant does not use.",
	"settingNeedsAll":  "The tenant's setting lets users consent to low-impact permissions only.",
	"routeNeedsAll":    "The chosen route needs all of them.",
	"settingNotRead":   "Whether that matters is unknown: the user-consent setting {unread}",

	"noUserGrants":        "No user has given individual consent.",
	"userGrants":          "{atLeast}{count grant} of {users user}, which appleconsent never changes.",
	"userGrantsRedundant": "The tenant-wide grant makes them redundant; they are harmless.",
	"userGrantsNeeded":    "These users keep working as far as their grants reach; the others have none.",
	"userGrantsUnclear":   "Whether a tenant-wide grant makes them redundant is unknown.",

	"noPolicyBlocks":     "No policy blocks {app} by its apps, client apps and platforms.",
	"policiesCouldBlock": "{of policy} could block {app} ({states}). Users, groups and other conditions are not checked.",
	"policiesNeedDevice": "Only managed devices get in by {of policy} ({states}): others are refused.",
	"policiesUnclear":    "{of policy} ({states}) with something that appleconsent does not know, which may refuse users.",
	"policiesAsk":        "{count policy} with a requirement that users can meet while they sign in, such as terms of use.",

	"noFailures":         "No sign-in to {app} failed because of consent, the app or Conditional Access in the last {days} days.",
	"noFailuresRead":     "None of the newest sign-ins to {app} failed because of consent, the app or Conditional Access.",
	"failuresFound":      "{atLeast}{count sign-in} of {users user} failed in {days} days{trend}.",
	"failuresByCause":    "{cause}: {count} of {users user}.",
	"failuresByResource": "On the way to {name}: {count} of {users user}.",
	"logCut":             "The log has more rows than were read: what is before {moment} is unknown.",
	"logLimits":          logLimits,

	"noFederatedDomain": "No domain is federated.",
	"domainsFederated":  "{count domain} federated: users there with an old profile are not moved to OAuth silently.",

	"noProfiles":            "There are no e-mail profiles.",
	"profilesWithOAuth":     "OAuth is on in {count e-mail profile}.",
	"profilesWithoutOAuth":  "OAuth for Exchange Online is off in {count} of {of e-mail profile} for iOS.",
	"profilesOAuthUnknown":  "Whether OAuth for Exchange Online is on could not be read in {count e-mail profile}.",
	"profilesHostUnknown":   "Microsoft Graph does not say for which server {count e-mail profile} without OAuth are.",
	"profilesForOtherHosts": "{count} of {of e-mail profile} for another server; OAuth is on in the rest.",
	"fromBeta":              "Read from Microsoft Graph's beta endpoint, which may change.",

	"ewsAnnounced": "EWS ends on 1 April 2027, tenant by tenant from 1 October 2026 on. By then Exchange must allow {app} on Macs (EwsEnabled, " +
		"EwsAllowedAppIDs).",
	"ewsEnding": "EWS ends on 1 April 2027, tenant by tenant before that. Until then Exchange must allow {app} on Macs (EwsEnabled, " +
		"EwsAllowedAppIDs).",
	"ewsEndedElsewhere": "EWS ended on 1 April 2027 in the global cloud. As long as this cloud has it, Exchange must allow {app} on Macs (EwsEnabled, " +
		"EwsAllowedAppIDs).",
	"ewsEnded": "EWS in Exchange Online ended on 1 April 2027. macOS Mail cannot use it, even with consent; iOS and iPadOS are not affected. " +
		"It is not required any more; should Microsoft postpone, ask for it with --also exchange:EWS.AccessAsUser.All.",

	"macsNeed": "{atLeast}{count scope} on Microsoft Graph granted by single users and not for all: {scopes}. Others will be prompted, or " +
		"refused where a scope needs an admin.",
	"macsRefused": "{atLeast}{count sign-in} of {users user} to {app} on Microsoft Graph failed without consent in the last {days} days{trend}.",
	"macsRefusedBefore": "{atLeast}{count sign-in} of {users user} to {app} on Microsoft Graph failed without consent in the last {days} days, " +
		"before the last grant; none since.",
	"macsCovered": "The tenant-wide grant covers what single users granted there: {scopes}.",
	"macsPrepared": "Nothing found that Macs lack. Granted for all users on Microsoft Graph: {scopes}. Whether that is all that they ask " +
		"for is not known: " + noList,
	"macsUnknown": "Nobody in this tenant shows yet what Macs with macOS 27.2 ask of Microsoft Graph: no user has granted it, and no " +
		"sign-in failed without consent.",
	"macsUnclear":          "What Macs with macOS 27.2 ask of Microsoft Graph could not be seen here.",
	"macsGrantsNotRead":    "Whether the tenant-wide grant covers them is unknown: the grants {unread}",
	"macsUsersNotRead":     "{rest}hat single users granted {unread}",
	"macsLogNotRead":       "{restOfLog} {unread}",
	"macsGone":             "Granted by single users, but not published by Microsoft Graph any more, so that it cannot be granted for all: {scopes}.",
	"macsCatalogueNotRead": "Which of them can be granted is unknown: what Microsoft Graph publishes {unread}",
	"macsAlerts":           macsAlerts,
	"userGrantsBeyond":     "Some of them hold scopes that are not granted for all users.",
}

// noList is so until Apple says otherwise.
const noList = "Apple has not published the list."

// macsAlerts is what Apple's two alerts say and mean, and how they are silenced (github.com/deploymenttheory/go-apple-dm,
// account.settings.yaml).
const macsAlerts = "On a Mac, \"Your Exchange account will stop syncing … Update macOS\" means that EWS ends and the Mac is older than 27.2; " +
	"\"Your Exchange account has stopped syncing … Contact the administrator\" means that Exchange refuses EWS for this tenant or mailbox. On " +
	"supervised Macs with 27.2, MDM can silence both (com.apple.configuration.account.settings, Exchange.AllowEWSRetirementAlerts)."

// findingSentence is what a finding about the application says.
func findingSentence(f doctor.Finding, app consent.Application) string {
	text := strings.Replace(findingWords[f.Code], "{trend}", trendWords[f.Trend], 1)
	switch {
	case f.Code == "notRead" && f.Lacks != "":
		text = "The sign-in lacks the permission {lacks}."
	case f.Code == "allGranted" && f.Count == 1:
		text = "The required scope is granted for all users."
	case f.Code == "profilesForOtherHosts" && f.Count == f.Of:
		text = "No e-mail profile is for Exchange Online."
	}
	unread, atLeast := "could not be read: "+sentence(f.Failed), ""
	if f.Lacks != "" {
		unread = "could not be read (needs " + f.Lacks + ")."
	}
	rest, restOfLog := "W", "The sign-in log"
	if f.AtLeast {
		atLeast, rest, restOfLog = "At least ", "The rest of w", "The rest of the sign-in log"
	}
	return filled(text, app, map[string]any{
		"name": f.Name, "id": f.ID, "detail": f.Detail, "publisher": publisherWords(f.Detail, f.ID),
		"scopes": f.Scopes.List(), "missing": len(f.Scopes), "count": f.Count, "of": f.Of, "states": statesWords(f.Count, f.Of-f.Count), "users": f.Users, "atLeast": atLeast, "rest": rest, "restOfLog": restOfLog,
		"lacks": f.Lacks, "failed": sentence(f.Failed), "unread": unread, "setting": capitalize(settingSentence(f.Setting, app.Noun)),
		"date": f.At.Format("2 January 2006"), "until": untilWords(f.At), "cause": causeWords[f.Cause], "moment": f.At.Format("2 January, 15:04 UTC"), "days": doctor.SignInDays, "recent": doctor.RecentDays,
	})
}

// dateOf is a day; zero for one that is not known.
func dateOf(day string) time.Time {
	date, _ := time.Parse(time.DateOnly, day) // our own, or empty
	return date
}

// untilWords say until when a deleted service principal can be restored.
func untilWords(end time.Time) string {
	if end.IsZero() {
		return "for 30 days"
	}
	return "until " + end.Format("2 January 2006")
}

// statesWords say how many policies are in which state.
func statesWords(enabled, reportOnly int) string {
	switch {
	case reportOnly == 0:
		return "enabled"
	case enabled == 0:
		return "report-only"
	}
	return fmt.Sprintf("%d enabled, %d report-only", enabled, reportOnly)
}

// causeWords are why sign-ins failed.
var causeWords = map[doctor.Cause]string{
	doctor.NoConsent: "Without consent", doctor.AppState: "Because of the app's state", doctor.RefusedByPolicy: "Blocked by Conditional Access",
	doctor.OtherSignInCause: "For another reason",
}

// trendWords compare the last days with those before.
var trendWords = map[string]string{
	"over":    ", none of them in the last {recent}",
	"new":     ", all of them in the last {recent}",
	"rising":  ", rising over the last {recent} days",
	"falling": ", falling over the last {recent} days",
	"steady":  ", as many per day in the last {recent} as before",
}

// sentence ends a text with one full stop.
func sentence(s string) string { return strings.TrimRight(s, ". \n") + "." }
