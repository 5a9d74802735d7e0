package render

import (
	"cmp"
	"fmt"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

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
