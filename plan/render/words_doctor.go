package render

import (
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// checkWords are the titles of the checks and why they matter.
var checkWords = map[doctor.CheckID]struct{ title, why string }{
	doctor.TenantWideGrants: {"Tenant-wide grants", `Without a tenant-wide grant each user sees a consent prompt or "Need admin approval".`},
	doctor.ServicePrincipal: {"Service principal", "The service principal represents {owner}'s app in this tenant: users who cannot sign in " +
		"to it get no mail, even with consent."},
	doctor.UserConsent: {"User consent", "Without a tenant-wide grant this setting decides whether users can consent to {app} themselves."},
	doctor.AdminConsentRequestPolicy: {"Admin consent requests", "With the admin consent workflow, users who need approval can request it, and " +
		"reviewers are notified."},
	doctor.PermissionClassifications: {"Permission classifications", "Under the low-impact setting users can consent to an app only if all " +
		"permissions that it requests are classified as low impact."},
	doctor.GrantsOfUsers: {"Grants of individual users", "Users who gave individual consent keep working whatever the tenant's consent " +
		"settings become."},
	doctor.ConditionalAccess: {"Conditional Access", "A policy that blocks refuses the sign-in, even with consent (AADSTS53003). One that " +
		"requires an approved app (AADSTS53002) or app protection can refuse it too: {app} is not an approved app."},
	doctor.FailedSignInLog: {"Failed sign-ins", logLimits},
	doctor.FederatedDomains: {"Federated domains", "Old profiles move from Basic authentication to OAuth silently by the ROPC grant " +
		"(resource owner password credentials), which does not work for users of a federated domain."},
	doctor.IntuneMailProfiles: {"Intune e-mail profiles", "A profile without OAuth makes Mail ask for a password. Profiles that device " +
		"management pushed are not upgraded automatically."},
	doctor.EWSRetirement: {"Retirement of EWS", "macOS Mail uses Exchange Web Services (EWS), and consent does not keep EWS available. iOS " +
		"and iPadOS use ActiveSync and are not affected."},
	doctor.MacsOnGraph: {"Macs and Microsoft Graph", macsWhy},
}

// logLimits is what the sign-in log cannot show (learn.microsoft.com/graph/api/signin-list).
const logLimits = "The log holds interactive sign-ins only, not the background refreshes that mail sync mostly is. It needs Microsoft Entra ID P1 or " +
	"P2 and lags by minutes to hours."

// findingWords are the sentences of the findings, by code. The words in braces are the parameters that findingSentence fills in.
var findingWords = map[string]string{
	"notRead":              "Could not be read: {failed}",
	"grantDecides":         "{app} does not depend on this: the tenant-wide grant applies.",
	"grantsTakenAsMissing": "The tenant-wide grants could not be read; this assumes that they are missing.",

	"allGranted":        "All {count} required scopes are granted for all users.",
	"scopesMissing":     "{missing} of {of scope} missing on {name}: {scopes}.",
	"noGrantExpected":   "By the chosen route no tenant-wide grant is expected: each user sees one consent prompt.",
	"sameNameElsewhere": "{scopes} on {name}: another permission of the same name, which does not count.",
	"resourceMissing":   "This tenant has no service principal for {name} ({id}), so nothing can be granted on it.",
	"scopeTooLong":      "With the missing scopes the grant on {name} would be {count} characters long; Microsoft Graph accepts {of}.",

	"clientAbsent":         "{name} has no service principal in this tenant.",
	"clientAbsentYet":      "{name} has no service principal in this tenant. The first user's consent creates it.",
	"clientEnabled":        "{name} exists and is enabled for sign-in.",
	"clientEnabledUnknown": "{name} exists; whether it is enabled for sign-in is unknown.",
	"clientDisabled": "{name} is disabled for sign-in: users get AADSTS7000112, even with consent. Denying or blocking an admin consent request " +
		"also disables it.",
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
	"approvalNeeded":          "Users of {app} need an admin's approval.",
	"assignmentBlocksConsent": "Users cannot consent while assignment is required for {name}.",
	"customPolicyNotRead":     "Whether users can consent to {app} is unknown: the rules of {scopes} are not read.",
	"nothingLowImpact":        "With no permission classified as low impact, users cannot consent to anything.",
	"notAllLowImpact":         "Not classified as low impact: {scopes}.",
	"noVerifiedPublisher":     "The tenant shows no verified publisher for {name}.",
	"classificationsNotRead":  "Permission classifications {unread}",

	"requestsOn":       "Users can request admin consent.",
	"requestsOff":      "Users cannot request admin consent.",
	"cannotRequest":    `Users who need approval see "Need admin approval" (sign-in error 90094) and cannot request it.`,
	"noReviewer":       "There is no reviewer who could approve.",
	"requestsReviewed": "They see sign-in error 90095, and {count reviewer} can approve. A denied or blocked request leaves the app disabled (7000112).",

	"lowImpactCount":  "{count} of {of required permission} classified as low impact.",
	"settingSuffices": "The current setting lets users consent to {app} without them.",
	"settingIgnores":  "This matters only for the low-impact setting, which this tenant does not use.",
	"settingNeedsAll": "The tenant's setting lets users consent to low-impact permissions only.",
	"routeNeedsAll":   "The chosen route needs all of them.",
	"settingNotRead":  "Whether that matters is unknown: the user-consent setting {unread}",

	"noUserGrants":        "No user has given individual consent.",
	"userGrants":          "{atLeast}{count grant} of {users user}, which appleconsent never changes.",
	"userGrantsRedundant": "The tenant-wide grant makes them redundant; they are harmless.",
	"userGrantsNeeded":    "These users keep working as far as their grants reach; the others have none.",
	"userGrantsUnclear":   "Whether a tenant-wide grant makes them redundant is unknown.",

	"noPolicyBlocks": "No policy blocks {app} by its apps, client apps and platforms.",
	"policiesCouldBlock": "{of policy} could block {app}, {count} enabled and {rest} report-only. Users, groups and other conditions are not " +
		"checked.",

	"noFailures":     "No sign-in to {app} failed because of consent or the app in the last {days} days.",
	"noFailuresRead": "None of the newest sign-ins to {app} failed because of consent or the app.",
	"failuresFound":  "{atLeast}{count sign-in} of {users user} failed because of consent or the app in the last {days} days{trend}.",
	"logCut":         "The log has more rows than were read: what is before {moment} is unknown.",
	"logLimits":      logLimits,

	"noFederatedDomain": "No domain is federated.",
	"domainsFederated":  "{count domain} federated: users there with an old profile are not moved to OAuth silently.",

	"noProfiles":            "There are no e-mail profiles.",
	"profilesWithOAuth":     "OAuth is on in {count e-mail profile}.",
	"profilesWithoutOAuth":  "OAuth for Exchange Online is off in {count} of {of e-mail profile} for iOS.",
	"profilesOAuthUnknown":  "Whether OAuth for Exchange Online is on could not be read in {count e-mail profile}.",
	"profilesForOtherHosts": "{count} of {of e-mail profile} for another server; OAuth is on in the rest.",
	"fromBeta":              "Read from Microsoft Graph's beta endpoint, which may change.",

	"ewsNotRequired": "EWS is not required: iOS and iPadOS use ActiveSync, which is not affected.",
	"ewsAnnounced": "Microsoft switches EWS off tenant by tenant from 1 October 2026. By then EWSEnabled must be true and EwsAllowedAppIDs must " +
		"include {owner}'s application ID, or macOS Mail stops working. appleconsent cannot read these Exchange settings.",
	"ewsEnding": "Microsoft is switching EWS off tenant by tenant, and for good on 1 April 2027. Until then macOS Mail works only if EWSEnabled is " +
		"true and EwsAllowedAppIDs includes {owner}'s application ID. appleconsent cannot read these Exchange settings.",
	"ewsEnded": "EWS in Exchange Online ended on 1 April 2027. macOS Mail cannot use it, even with consent; iOS and iPadOS are not " +
		"affected. It is not required any more; should Microsoft postpone, ask for it with --also exchange:EWS.AccessAsUser.All.",

	"macsNeed": "{atLeast}{count scope} on Microsoft Graph granted by single users and not for all: {scopes}. Others will be prompted, or " +
		"refused where a scope needs an admin.",
	"macsRefused": "{atLeast}{count sign-in} of {users user} to {app} on Microsoft Graph failed for want of consent in the last {days} days.",
	"macsCovered": "The tenant-wide grant covers what single users granted there: {scopes}.",
	"macsPrepared": "Nothing found that Macs lack. Granted for all users on Microsoft Graph: {scopes}. Whether that is all that they ask " +
		"for is not known: " + noList,
	"macsUnknown":       "Nobody in this tenant shows yet what Macs with macOS 27.2 ask for: no user has granted it, no sign-in was refused.",
	"macsUnclear":       "What Macs with macOS 27.2 ask for could not be seen here.",
	"macsGrantsNotRead": "Whether the tenant-wide grant covers them is unknown: the grants {unread}",
	"macsUsersNotRead":  "What single users granted {unread}",
	"macsLogNotRead":    "The sign-in log {unread}",
	"userGrantsBeyond":  "Some of them hold scopes that are not granted for all users.",
}

// noList is so until Apple says otherwise.
const noList = "Apple has not published the list."

// macsWhy is what Apple's two alerts say and mean, and how they are silenced (github.com/deploymenttheory/go-apple-dm,
// account.settings.yaml).
const macsWhy = "macOS 27.2 moves Mail, Calendar and Contacts from EWS to Microsoft Graph, with permissions of their own, of which at " +
	"least two (User.Read.All, Group.Read.All) seem to need an admin by definition. On a Mac, \"Your Exchange account will stop syncing " +
	"… Update macOS\" means that EWS ends and the Mac is older than 27.2; \"Your Exchange account has stopped syncing … Contact the " +
	"administrator\" means that Exchange refuses EWS for this tenant or mailbox. On supervised Macs with 27.2, MDM can silence both " +
	"(com.apple.configuration.account.settings, Exchange.AllowEWSRetirementAlerts)."

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
	if f.AtLeast {
		atLeast = "At least "
	}
	date := f.At.Format("2 January 2006")
	until := "until " + date
	if f.At.IsZero() {
		until = "for 30 days"
	}
	return filled(text, app, map[string]any{
		"name": f.Name, "id": f.ID, "detail": f.Detail, "publisher": publisherWords(f.Detail, f.ID),
		"scopes": f.Scopes.List(), "missing": len(f.Scopes), "count": f.Count, "of": f.Of, "rest": f.Of - f.Count, "users": f.Users, "atLeast": atLeast,
		"lacks": f.Lacks, "failed": sentence(f.Failed), "unread": unread, "setting": capitalize(settingSentence(f.Setting, app.Noun)),
		"date": date, "until": until, "moment": f.At.Format("2 January, 15:04 UTC"), "days": doctor.SignInDays, "recent": doctor.RecentDays,
	})
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
