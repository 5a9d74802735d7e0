package render

import (
	"strings"

	"appleconsent/consent/doctor"
)

// checkWords are a check's title, why it matters, and the sentence for each of its findings.
type checkWords struct {
	title, why string
	finding    func(doctor.Finding) string
}

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
