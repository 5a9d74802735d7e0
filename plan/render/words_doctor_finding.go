package render

import (
	"cmp"
	"fmt"
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// findingSentence is what a finding says.
func findingSentence(f doctor.Finding) string {
	if s, simple := findingWords[f.Code]; simple {
		return strings.NewReplacer(
			"{name}", f.Name, "{id}", f.ID, "{detail}", f.Detail, "{scopes}", f.Scopes.List(), "{unread}", couldNotBeRead(f), "{date}", f.At.Format(longDate),
		).Replace(s)
	}
	return cmp.Or(oneByOne(f), numbers(f))
}

// logLimits is what the sign-in log cannot show (learn.microsoft.com/graph/api/signin-list).
const logLimits = "The log holds interactive sign-ins only, not the background refreshes that mail sync mostly is. It needs Microsoft Entra ID P1 or " +
	"P2 and lags by minutes to hours."

// findingWords are the sentences that hold names at most, in braces.
var findingWords = map[doctor.Code]string{
	doctor.GrantDecides:         "Apple Mail does not depend on this: the tenant-wide grant applies.",
	doctor.GrantsTakenAsMissing: "The tenant-wide grants could not be read; this assumes that they are missing.",

	doctor.NoGrantExpected: "By the chosen route no tenant-wide grant is expected: each user sees one consent prompt.",
	doctor.ResourceMissing: "This tenant has no service principal for {name} ({id}), so nothing can be granted on it.",

	doctor.ClientAbsent:         "{name} has no service principal in this tenant.",
	doctor.ClientAbsentYet:      "{name} has no service principal in this tenant. The first user's consent creates it.",
	doctor.ClientEnabled:        "{name} exists and is enabled for sign-in.",
	doctor.ClientEnabledUnknown: "{name} exists; whether it is enabled for sign-in is unknown.",
	doctor.ClientDisabled: "{name} is disabled for sign-in: users get AADSTS7000112, even with consent. Denying or blocking an admin consent request " +
		"also disables it.",
	doctor.ClientDisabledByMicrosoft: "Microsoft has disabled {name} ({detail}).",
	doctor.AssignmentRequired:        "Assignment is required for {name}: users who are not assigned get AADSTS50105.",
	doctor.ResourceDisabled:          "{name} is disabled in this tenant: nobody gets tokens for it.",
	doctor.DeletedNotRead:            "Deleted items {unread}",
	doctor.DeletedExpired:            "The one deleted on {date} can no longer be restored: its 30 days are over.",
	doctor.DeletedCopy:               "An older copy is in the deleted items, which is harmless.",

	doctor.AskedOnce: "Each user of Apple Mail sees one consent prompt.",
	doctor.AskedOnceByMicrosoft: "Each user of Apple Mail sees one consent prompt. Microsoft may change this list without notice, and how it treats a " +
		"request that includes User.Read is unconfirmed.",
	doctor.AskedOnceLowImpact:      "The required permissions are classified as low impact, so each user of Apple Mail sees one consent prompt.",
	doctor.ApprovalNeeded:          "Users of Apple Mail need an admin's approval.",
	doctor.AssignmentBlocksConsent: "Users cannot consent while assignment is required for {name}.",
	doctor.CustomPolicyNotRead:     "Whether users can consent to Apple Mail is unknown: the rules of {scopes} are not read.",
	doctor.NothingLowImpact:        "With no permission classified as low impact, users cannot consent to anything.",
	doctor.NotAllLowImpact:         "Not classified as low impact: {scopes}.",
	doctor.NoVerifiedPublisher:     "The tenant shows no verified publisher for {name}.",
	doctor.ClassificationsNotRead:  "Permission classifications {unread}",

	doctor.RequestsOn:    "Users can request admin consent.",
	doctor.RequestsOff:   "Users cannot request admin consent.",
	doctor.CannotRequest: `Users who need approval see "Need admin approval" (sign-in error 90094) and cannot request it.`,
	doctor.NoReviewer:    "There is no reviewer who could approve.",

	doctor.SettingSuffices: "The current setting lets users consent to Apple Mail without them.",
	doctor.SettingIgnores:  "This matters only for the low-impact setting, which this tenant does not use.",
	doctor.SettingNeedsAll: "The tenant's setting lets users consent to low-impact permissions only.",
	doctor.RouteNeedsAll:   "The chosen route needs all of them.",
	doctor.SettingNotRead:  "Whether that matters is unknown: the user-consent setting {unread}",

	doctor.NoUserGrants:        "No user has given individual consent.",
	doctor.UserGrantsRedundant: "The tenant-wide grant makes them redundant; they are harmless.",
	doctor.UserGrantsNeeded:    "These users keep working as far as their grants reach; the others have none.",
	doctor.UserGrantsUnclear:   "Whether a tenant-wide grant makes them redundant is unknown.",

	doctor.NoPolicyBlocks:    "No policy blocks Apple Mail by its apps, client apps and platforms.",
	doctor.NoFailuresRead:    "None of the newest sign-ins to Apple Mail failed because of consent or the app.",
	doctor.LogLimits:         logLimits,
	doctor.NoFederatedDomain: "No domain is federated.",
	doctor.NoProfiles:        "There are no e-mail profiles.",
	doctor.FromBeta:          "Read from Microsoft Graph's beta endpoint, which may change.",

	doctor.EWSNotRequired: "EWS is not required: iOS and iPadOS use ActiveSync, which is not affected.",
	doctor.EWSAnnounced: "Microsoft switches EWS off tenant by tenant from 1 October 2026. By then EWSEnabled must be true and EwsAllowedAppIDs must include " +
		"Apple's application ID, or macOS Mail stops working. appleconsent cannot read these Exchange settings.",
	doctor.EWSEnding: "Microsoft is switching EWS off tenant by tenant, and for good on 1 April 2027. Until then macOS Mail works only if EWSEnabled is true " +
		"and EwsAllowedAppIDs includes Apple's application ID. appleconsent cannot read these Exchange settings.",
	doctor.EWSEnded: "EWS in Exchange Online ended on 1 April 2027. macOS Mail cannot use it, even with consent; iOS and iPadOS are not affected.",
}

// oneByOne says what reads otherwise by what is known.
func oneByOne(f doctor.Finding) string {
	switch f.Code {
	case doctor.NotRead:
		if f.Lacks != "" {
			return "The sign-in lacks the permission " + f.Lacks + "."
		}
		return capitalize(couldNotBeRead(f))
	case doctor.SameNameElsewhere:
		return fmt.Sprintf("%s on %s: another permission of the same name, which does not count.", f.Scopes.List(), f.Name)
	case doctor.UnexpectedPublisher:
		publisher := "organization " + f.ID
		if f.Detail != "" {
			publisher = fmt.Sprintf("%q", f.Detail)
		}
		return fmt.Sprintf("The publisher of %s is %s, which does not look like %s. How %[3]s's publisher is shown is unconfirmed; the application "+
			"(client) ID identifies the app.", f.Name, publisher, f.Expected)
	case doctor.DeletedRestorable:
		// Microsoft has documented that these cannot be seen in the Entra admin center, so that the request of Graph is named
		// beside it (learn.microsoft.com/graph/api/directory-deleteditems-restore).
		until := "for 30 days"
		if !f.At.IsZero() {
			until = "until " + f.At.Format(longDate)
		}
		return fmt.Sprintf("A deleted one can be restored %s: Enterprise apps > Deleted applications, where the Entra admin center has it, or Microsoft "+
			"Graph, POST /directory/deletedItems/%s/restore.", until, f.ID)
	case doctor.SettingFound:
		return sentence(capitalize(f.Setting.Sentence()))
	case doctor.LogCut:
		return fmt.Sprintf("The log has more rows than were read: what is before %s is unknown.", f.At.Format("2 January, 15:04 UTC"))
	}
	return ""
}

// numbers says what holds numbers.
func numbers(f doctor.Finding) string {
	count := func(noun string) string { return consent.Count(f.Count, noun) }
	of := func(noun string) string { return fmt.Sprintf("%d of %s", f.Count, consent.Count(f.Of, noun)) }
	users, atLeast := consent.Count(f.Users, "user"), ""
	if f.AtLeast {
		atLeast = "At least "
	}
	switch f.Code {
	case doctor.AllGranted:
		if f.Count == 1 {
			return "The required scope is granted for all users."
		}
		return fmt.Sprintf("All %d required scopes are granted for all users.", f.Count)
	case doctor.ScopesMissing:
		return fmt.Sprintf("%d of %s missing on %s: %s.", len(f.Scopes), consent.Count(f.Of, "scope"), f.Name, f.Scopes.List())
	case doctor.ScopeTooLong:
		return fmt.Sprintf("With the missing scopes the grant on %s would be %d characters long; Microsoft Graph accepts %d.", f.Name, f.Count, f.Of)
	case doctor.RequestsReviewed:
		return "They see sign-in error 90095, and " + count("reviewer") + " can approve. A denied or blocked request leaves the app disabled (7000112)."
	case doctor.LowImpactCount:
		return of("required permission") + " classified as low impact."
	case doctor.UserGrants:
		return atLeast + count("grant") + " of " + users + ", which appleconsent never changes."
	case doctor.PoliciesCouldBlock:
		policies := fmt.Sprintf("%d policies", f.Of)
		if f.Of == 1 {
			policies = "1 policy"
		}
		return fmt.Sprintf("%s could block Apple Mail, %d enabled and %d report-only. Users, groups and other conditions are not checked.",
			policies, f.Count, f.Of-f.Count)
	case doctor.NoFailures:
		return fmt.Sprintf("No sign-in to Apple Mail failed because of consent or the app in the last %d days.", doctor.SignInDays)
	case doctor.FailuresFound:
		return atLeast + fmt.Sprintf("%s of %s failed because of consent or the app in the last %d days%s.",
			count("sign-in"), users, doctor.SignInDays, trendWords(f.Trend))
	case doctor.DomainsFederated:
		return count("domain") + " federated: users there with an old profile are not moved to OAuth silently."
	case doctor.ProfilesWithOAuth:
		return "OAuth is on in " + count("e-mail profile") + "."
	case doctor.ProfilesWithoutOAuth:
		return "OAuth for Exchange Online is off in " + of("e-mail profile") + " for iOS."
	case doctor.ProfilesOAuthUnknown:
		return "Whether OAuth for Exchange Online is on could not be read in " + count("e-mail profile") + "."
	case doctor.ProfilesForOtherHosts:
		if f.Count == f.Of {
			return "No e-mail profile is for Exchange Online."
		}
		return of("e-mail profile") + " for another server; OAuth is on in the rest."
	}
	return ""
}

func trendWords(t doctor.Trend) string {
	words := map[doctor.Trend]string{
		doctor.TrendOver: "none of them in the last %d", doctor.TrendNew: "all of them in the last %d", doctor.TrendRising: "rising over the last %d days",
		doctor.TrendFalling: "falling over the last %d days", doctor.TrendSteady: "as many per day in the last %d as before",
	}[t]
	if words == "" {
		return ""
	}
	return ", " + fmt.Sprintf(words, doctor.RecentDays)
}

// longDate is how dates stand in sentences, in UTC.
const longDate = "2 January 2006"

// couldNotBeRead ends a sentence about what was not read.
func couldNotBeRead(f doctor.Finding) string {
	if f.Lacks != "" {
		return "could not be read (needs " + f.Lacks + ")."
	}
	return "could not be read: " + sentence(f.Failed)
}

// sentence ends a text with one full stop.
func sentence(s string) string { return strings.TrimRight(s, ". \n") + "." }

// capitalize makes the beginning of a sentence of a text that begins with an ASCII character.
func capitalize(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
