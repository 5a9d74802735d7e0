package render

import (
	"cmp"
	"fmt"
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// checkWords are a check's title, why it matters, and the sentence for each of its findings.
type checkWords struct {
	title, why string
	finding    func(doctor.Finding) string
}

// logLimits is what the sign-in log cannot show (learn.microsoft.com/graph/api/signin-list).
const logLimits = "The log holds interactive sign-ins only, not the background refreshes that mail sync mostly is. It needs Microsoft Entra ID P1 or " +
	"P2 and lags by minutes to hours."

// wordsOf returns the words of a check.
func wordsOf(id doctor.CheckID) checkWords {
	switch id {
	case doctor.TenantWideGrants:
		return checkWords{"Tenant-wide grants", `Without a tenant-wide grant each user sees a consent prompt or "Need admin approval".`, grantsFinding}
	case doctor.ServicePrincipal:
		return checkWords{"Service principal", "The service principal represents Apple's app in this tenant: users who cannot sign in to it get no mail, " +
			"even with consent.", principalFinding}
	case doctor.UserConsent:
		return checkWords{"User consent", "Without a tenant-wide grant this setting decides whether users can consent to Apple Mail themselves.", userConsentFinding}
	case doctor.AdminConsentRequestPolicy:
		return checkWords{"Admin consent requests", "With the admin consent workflow, users who need approval can request it, and reviewers are notified.", requestsFinding}
	case doctor.PermissionClassifications:
		return checkWords{"Permission classifications", "Under the low-impact setting users can consent to an app only if all permissions that it requests are " +
			"classified as low impact.", classificationFinding}
	case doctor.GrantsOfUsers:
		return checkWords{"Grants of individual users", "Users who gave individual consent keep working whatever the tenant's consent settings become.", userGrantsFinding}
	case doctor.ConditionalAccess:
		return checkWords{"Conditional Access", "A policy that blocks refuses the sign-in, even with consent (AADSTS53003). One that requires an approved app " +
			"(AADSTS53002) or app protection can refuse it too: Apple Mail is not an approved app.", conditionalAccessFinding}
	case doctor.FailedSignInLog:
		return checkWords{"Failed sign-ins", logLimits, signInFinding}
	case doctor.FederatedDomains:
		return checkWords{"Federated domains", "Old profiles move from Basic authentication to OAuth silently by the ROPC grant (resource owner password " +
			"credentials), which does not work for users of a federated domain.", deviceFinding}
	case doctor.IntuneMailProfiles:
		return checkWords{"Intune e-mail profiles", "A profile without OAuth makes Mail ask for a password. Profiles that device management pushed are not " +
			"upgraded automatically.", deviceFinding}
	case doctor.EWSRetirement:
		return checkWords{"Retirement of EWS", "macOS Mail uses Exchange Web Services (EWS), and consent does not keep EWS available. iOS and iPadOS use ActiveSync " +
			"and are not affected.", ewsFinding}
	}
	return checkWords{string(id), "", func(doctor.Finding) string { return "" }}
}

// findingSentence is what a finding of a check says.
func findingSentence(w checkWords, f doctor.Finding) string {
	switch f.Code {
	case doctor.NotRead:
		if f.Lacks != "" {
			return "The sign-in lacks the permission " + f.Lacks + "."
		}
		return "Could not be read: " + sentence(f.Failed)
	case doctor.GrantDecides:
		return "Apple Mail does not depend on this: the tenant-wide grant applies."
	case doctor.GrantsTakenAsMissing:
		return "The tenant-wide grants could not be read; this assumes that they are missing."
	}
	return w.finding(f)
}

func grantsFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.AllGranted:
		if f.Count == 1 {
			return "The required scope is granted for all users."
		}
		return fmt.Sprintf("All %d required scopes are granted for all users.", f.Count)
	case doctor.ScopesMissing:
		return fmt.Sprintf("%d of %s missing on %s: %s.", len(f.Scopes), consent.Count(f.Of, "scope"), f.Name, f.Scopes.List())
	case doctor.NoGrantExpected:
		return "By the chosen route no tenant-wide grant is expected: each user sees one consent prompt."
	case doctor.SameNameElsewhere:
		return fmt.Sprintf("%s on %s: another permission of the same name, which does not count.", f.Scopes.List(), cmp.Or(f.Name, f.ID))
	case doctor.ResourceMissing:
		return fmt.Sprintf("This tenant has no service principal for %s (%s), so nothing can be granted on it.", f.Name, f.ID)
	case doctor.ScopeTooLong:
		return fmt.Sprintf("With the missing scopes the grant on %s would be %d characters long; Microsoft Graph accepts %d.", f.Name, f.Count, f.Of)
	}
	return ""
}

func principalFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.ClientAbsent:
		return f.Name + " has no service principal in this tenant."
	case doctor.ClientAbsentYet:
		return f.Name + " has no service principal in this tenant. The first user's consent creates it."
	case doctor.ClientEnabled:
		return f.Name + " exists and is enabled for sign-in."
	case doctor.ClientEnabledUnknown:
		return f.Name + " exists; whether it is enabled for sign-in is unknown."
	case doctor.ClientDisabled:
		return f.Name + " is disabled for sign-in: users get AADSTS7000112, even with consent. Denying or blocking an admin consent request also disables it."
	case doctor.ClientDisabledByMicrosoft:
		return fmt.Sprintf("Microsoft has disabled %s (%s).", f.Name, f.Detail)
	case doctor.AssignmentRequired:
		return "Assignment is required for " + f.Name + ": users who are not assigned get AADSTS50105."
	case doctor.UnexpectedPublisher:
		publisher := "organization " + f.ID
		if f.Detail != "" {
			publisher = fmt.Sprintf("%q", f.Detail)
		}
		return fmt.Sprintf("The publisher of %s is %s, which does not look like %s. How %[3]s's publisher is shown is unconfirmed; the application "+
			"(client) ID identifies the app.", f.Name, publisher, f.Expected)
	case doctor.ResourceDisabled:
		return f.Name + " is disabled in this tenant: nobody gets tokens for it."
	}
	return deletedFinding(f)
}

// deletedFinding tells of service principals in the deleted items. Microsoft has documented that these cannot be seen in the
// Entra admin center, so that the request of Graph is named beside it
// (learn.microsoft.com/graph/api/directory-deleteditems-restore).
func deletedFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.DeletedNotRead:
		return "Deleted items " + couldNotBeRead(f)
	case doctor.DeletedExpired:
		return fmt.Sprintf("The one deleted on %s can no longer be restored: its 30 days are over.", f.At.Format(longDate))
	case doctor.DeletedCopy:
		return "An older copy is in the deleted items, which is harmless."
	case doctor.DeletedRestorable:
		until := "for 30 days"
		if !f.At.IsZero() {
			until = "until " + f.At.Format(longDate)
		}
		return fmt.Sprintf("A deleted one can be restored %s: Enterprise apps > Deleted applications, where the Entra admin center has it, or Microsoft "+
			"Graph, POST /directory/deletedItems/%s/restore.", until, f.ID)
	}
	return ""
}

func userConsentFinding(f doctor.Finding) string {
	const prompt = "each user of Apple Mail sees one consent prompt."
	switch f.Code {
	case doctor.SettingFound:
		return sentence(capitalize(f.Setting.Sentence()))
	case doctor.AskedOnce:
		return capitalize(prompt)
	case doctor.AskedOnceByMicrosoft:
		return capitalize(prompt) + " Microsoft may change this list without notice, and how it treats a request that includes User.Read is unconfirmed."
	case doctor.AskedOnceLowImpact:
		return "The required permissions are classified as low impact, so " + prompt
	case doctor.ApprovalNeeded:
		return "Users of Apple Mail need an admin's approval."
	case doctor.AssignmentBlocksConsent:
		return "Users cannot consent while assignment is required for " + f.Name + "."
	case doctor.CustomPolicyNotRead:
		return fmt.Sprintf("Whether users can consent to Apple Mail is unknown: the rules of %s are not read.", f.Scopes.List())
	case doctor.NothingLowImpact:
		return "With no permission classified as low impact, users cannot consent to anything."
	case doctor.NotAllLowImpact:
		return "Not classified as low impact: " + f.Scopes.List() + "."
	case doctor.NoVerifiedPublisher:
		return "The tenant shows no verified publisher for " + f.Name + "."
	case doctor.ClassificationsNotRead:
		return "Permission classifications " + couldNotBeRead(f)
	}
	return ""
}

func requestsFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.RequestsOn:
		return "Users can request admin consent."
	case doctor.RequestsOff:
		return "Users cannot request admin consent."
	case doctor.CannotRequest:
		return `Users who need approval see "Need admin approval" (sign-in error 90094) and cannot request it.`
	case doctor.NoReviewer:
		return "There is no reviewer who could approve."
	case doctor.RequestsReviewed:
		return fmt.Sprintf("They see sign-in error 90095, and %s can approve. A denied or blocked request leaves the app disabled (7000112).",
			consent.Count(f.Count, "reviewer"))
	}
	return ""
}

func classificationFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.LowImpactCount:
		return fmt.Sprintf("%d of %s classified as low impact.", f.Count, consent.Count(f.Of, "required permission"))
	case doctor.SettingSuffices:
		return "The current setting lets users consent to Apple Mail without them."
	case doctor.SettingIgnores:
		return "This matters only for the low-impact setting, which this tenant does not use."
	case doctor.SettingNeedsAll:
		return "The tenant's setting lets users consent to low-impact permissions only."
	case doctor.RouteNeedsAll:
		return "The chosen route needs all of them."
	case doctor.SettingNotRead:
		return "Whether that matters is unknown: the user-consent setting " + couldNotBeRead(f)
	}
	return ""
}

func userGrantsFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.NoUserGrants:
		return "No user has given individual consent."
	case doctor.UserGrants:
		return atLeast(f) + fmt.Sprintf("%s of %s, which appleconsent never changes.", consent.Count(f.Count, "grant"), consent.Count(f.Users, "user"))
	case doctor.UserGrantsRedundant:
		return "The tenant-wide grant makes them redundant; they are harmless."
	case doctor.UserGrantsNeeded:
		return "These users keep working as far as their grants reach; the others have none."
	case doctor.UserGrantsUnclear:
		return "Whether a tenant-wide grant makes them redundant is unknown."
	}
	return ""
}

func conditionalAccessFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.NoPolicyBlocks:
		return "No policy blocks Apple Mail by its apps, client apps and platforms."
	case doctor.PoliciesCouldBlock:
		policies := fmt.Sprintf("%d policies", f.Of)
		if f.Of == 1 {
			policies = "1 policy"
		}
		return fmt.Sprintf("%s could block Apple Mail, %d enabled and %d report-only. Users, groups and other conditions are not checked.",
			policies, f.Count, f.Of-f.Count)
	}
	return ""
}

func signInFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.NoFailures:
		return fmt.Sprintf("No sign-in to Apple Mail failed because of consent or the app in the last %d days.", doctor.SignInDays)
	case doctor.NoFailuresRead:
		return "None of the newest sign-ins to Apple Mail failed because of consent or the app."
	case doctor.FailuresFound:
		return atLeast(f) + fmt.Sprintf("%s of %s failed because of consent or the app in the last %d days%s.",
			consent.Count(f.Count, "sign-in"), consent.Count(f.Users, "user"), doctor.SignInDays, trendWords(f.Trend))
	case doctor.LogCut:
		return fmt.Sprintf("The log has more rows than were read: what is before %s is unknown.", f.At.Format("2 January, 15:04 UTC"))
	case doctor.LogLimits:
		return logLimits
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

func deviceFinding(f doctor.Finding) string {
	switch f.Code {
	case doctor.NoFederatedDomain:
		return "No domain is federated."
	case doctor.DomainsFederated:
		return fmt.Sprintf("%s federated: users there with an old profile are not moved to OAuth silently.", consent.Count(f.Count, "domain"))
	case doctor.NoProfiles:
		return "There are no e-mail profiles."
	case doctor.ProfilesWithOAuth:
		return "OAuth is on in " + consent.Count(f.Count, "e-mail profile") + "."
	case doctor.ProfilesWithoutOAuth:
		return fmt.Sprintf("%d of %s for iOS without OAuth, for Exchange Online.", f.Count, consent.Count(f.Of, "e-mail profile"))
	case doctor.ProfilesOAuthUnknown:
		return "For Exchange Online and with OAuth unknown: " + consent.Count(f.Count, "e-mail profile") + "."
	case doctor.ProfilesForOtherHosts:
		if f.Count == f.Of {
			return "No e-mail profile is for Exchange Online."
		}
		return fmt.Sprintf("%d of %s for another server; OAuth is on in the rest.", f.Count, consent.Count(f.Of, "e-mail profile"))
	case doctor.FromBeta:
		return "Read from Microsoft Graph's beta endpoint, which may change."
	}
	return ""
}

func ewsFinding(f doctor.Finding) string {
	const unseen = " appleconsent cannot read these Exchange settings."
	switch f.Code {
	case doctor.EWSNotRequired:
		return "EWS is not required: iOS and iPadOS use ActiveSync, which is not affected."
	case doctor.EWSAnnounced:
		return "Microsoft switches EWS off tenant by tenant from 1 October 2026. By then EWSEnabled must be true and EwsAllowedAppIDs must include Apple's " +
			"application ID, or macOS Mail stops working." + unseen
	case doctor.EWSEnding:
		return "Microsoft is switching EWS off tenant by tenant, and for good on 1 April 2027. Until then macOS Mail works only if EWSEnabled is true and " +
			"EwsAllowedAppIDs includes Apple's application ID." + unseen
	case doctor.EWSEnded:
		return "EWS in Exchange Online ended on 1 April 2027. macOS Mail cannot use it, even with consent; iOS and iPadOS are not affected."
	}
	return ""
}

// longDate is how dates stand in sentences, in UTC.
const longDate = "2 January 2006"

// couldNotBeRead ends a sentence about a part of a check that was not read.
func couldNotBeRead(f doctor.Finding) string {
	if f.Lacks != "" {
		return "could not be read (needs " + f.Lacks + ")."
	}
	return "could not be read: " + sentence(f.Failed)
}

func atLeast(f doctor.Finding) string {
	if f.AtLeast {
		return "At least "
	}
	return ""
}

// sentence ends a text with one full stop.
func sentence(s string) string { return strings.TrimRight(s, ". \n") + "." }

// capitalize makes the beginning of a sentence of a text that begins with an ASCII character.
func capitalize(s string) string { return strings.ToUpper(s[:1]) + s[1:] }
