package consent

import "fmt"

// Level grades a notice.
type Level string

// The levels: worth knowing, worth acting on, and in the way of any change.
const (
	Info    Level = "info"
	Warning Level = "warning"
	Blocker Level = "blocker"
)

// Notice is something that a reader of a difference must know beside it. Code is stable and camelCase; Message is
// one or more sentences for people.
type Notice struct {
	Level   Level
	Code    string
	Message string
}

// ewsRetirement tells by date what the grant of EWS alone cannot do. Dates: learn.microsoft.com/exchange/
// clients-and-mobile-in-exchange-online/deprecation-of-ews-exchange-online.
func ewsRetirement() Notice {
	return Notice{Warning, "ewsRetirement", "macOS Mail uses Exchange Web Services (EWS), which Microsoft is switching off in " +
		"Exchange Online tenant by tenant since 1 October 2026 and for good on 1 April 2027. Consent alone does not make " +
		"macOS Mail work: until then an Exchange administrator must also have set EWSEnabled to true and added " +
		string(AppleInternetAccounts) + " to EwsAllowedAppIDs. iOS and iPadOS use ActiveSync and are not affected."}
}

func clientDisabled(sp ServicePrincipal) Notice {
	return Notice{Warning, "clientDisabled", fmt.Sprintf("Sign-in to %s is disabled (accountEnabled is false): users get "+
		"AADSTS7000112 whatever is granted, until it is enabled: with --enable-app, or in the Entra admin center under Enterprise "+
		"apps > Properties.", sp.DisplayName)}
}

func clientDisabledByMicrosoft(sp ServicePrincipal) Notice {
	return Notice{Warning, "clientDisabledByMicrosoft", fmt.Sprintf("Microsoft has disabled %s (%s).",
		sp.DisplayName, sp.DisabledByMicrosoft)}
}

func assignmentRequired(sp ServicePrincipal) Notice {
	return Notice{Warning, "assignmentRequired", fmt.Sprintf("Assignment is required for %s (appRoleAssignmentRequired is "+
		"true): only assigned users and groups can sign in, others get AADSTS50105.", sp.DisplayName)}
}

func unexpectedPublisher(sp ServicePrincipal, expected Publisher) Notice {
	publisher := "organization " + sp.OwnerOrganizationID
	if sp.VerifiedPublisher != "" {
		publisher = fmt.Sprintf("%q", sp.VerifiedPublisher)
	}
	return Notice{Warning, "unexpectedPublisher", fmt.Sprintf("The publisher of %s is %s, which does not look like %s. The "+
		"application (client) ID %s is what identifies it.", sp.DisplayName, publisher, expected.Name, sp.AppID)}
}

func resourceMissing(r Resource) Notice {
	return Notice{Blocker, "resourceMissing", fmt.Sprintf("This tenant has no service principal for %s (%s), so nothing can "+
		"be granted on it. Nothing is changed on any resource while it is missing.", r.Name, r.AppID)}
}

func resourceDisabled(sp ServicePrincipal) Notice {
	return Notice{Warning, "resourceDisabled", fmt.Sprintf("%s is disabled in this tenant (accountEnabled is false): "+
		"nobody gets tokens for it.", sp.DisplayName)}
}

func scopeTooLong(r Resource, length int) Notice {
	return Notice{Blocker, "scopeTooLong", fmt.Sprintf("With the missing scopes the grant on %s would be %d characters long; "+
		"Microsoft Graph accepts %d. Revoke scopes that are no longer used first.", r.Name, length, MaxScopeLength)}
}

func severalGrants(r Resource, count int) Notice {
	return Notice{Info, "severalGrants", fmt.Sprintf("%d tenant-wide grants stand on %s, where there should be one. Together "+
		"they decide what is granted; only the first is ever updated.", count, r.Name)}
}

func sameNameElsewhere(resource string, scopes ScopeSet) Notice {
	return Notice{Info, "sameScopeElsewhere", fmt.Sprintf("%s on %s does not count: it is another permission of the same "+
		"name, and Apple Mail does not use it.", scopes.List(), resource)}
}

// The notices of the route UserConsent.

func widerConsent() Notice {
	return Notice{Warning, "widerConsent", "This opens more than Apple Mail: afterwards every user may consent to any application of a verified " +
		"publisher that asks only for permissions classified as low impact, and these now include access to the user's whole mailbox. The " +
		"tenant-wide grant is the narrower cure: it is for this one application, and users are asked nothing (--route admin-consent)."}
}

func policyBefore(policies ScopeSet) Notice {
	entries := "no entry for it"
	if own := SelfPolicies(policies); len(own) > 0 {
		entries = own.List()
	}
	return Notice{Info, "userConsentBefore", fmt.Sprintf("What stands now: %s (%s).", SettingOf(policies).Sentence(), entries)}
}

func alreadyConsentable(setting UserConsentSetting) Notice {
	text := "Users can already consent to Apple Mail by themselves, and this route makes that no easier."
	if setting == SettingLegacy {
		text += " It takes away what they may consent to now beyond low-impact permissions."
	}
	return Notice{Warning, "userConsentAlready", text}
}

func policyMayNotStick() Notice {
	return Notice{Warning, "managedUserConsent", "Microsoft manages the user-consent setting of this tenant. Such tenants have been " +
		"seen to accept another setting and to discard it; it is read back, and exit code 4 tells if that happens."}
}

func customPolicyReplaced() Notice {
	return Notice{Warning, "customUserConsent", "An app consent policy of the tenant's own is taken off the setting and replaced. The " +
		"policy itself stays, and a rollback assigns it again."}
}

func unverifiedPublisher(sp ServicePrincipal) Notice {
	return Notice{Warning, "unverifiedPublisher", fmt.Sprintf("This tenant shows no verified publisher for %s. The setting lets users "+
		"consent to verified publishers only, so that they may still be refused.", sp.DisplayName)}
}

func consentUnavailable(sp ServicePrincipal) Notice {
	return Notice{Warning, "userConsentUnavailable", fmt.Sprintf("As long as assignment is required for %s, users cannot consent to it "+
		"by themselves.", sp.DisplayName)}
}

func classifiedOtherwise(r Resource, c Classification) Notice {
	return Notice{Blocker, "classifiedOtherwise", fmt.Sprintf("%s on %s is classified as %s impact in this tenant. Somebody decided that; "+
		"this program does not change it. Remove the classification in the Entra admin center under Enterprise apps > Consent and "+
		"permissions > Permission classifications, or use --route admin-consent.", c.Permission, r.Name, c.Level)}
}

func basicPermissions() Notice {
	return Notice{Info, "basicPermissions", "An app is refused if it asks for a single permission that is not classified. Other tenants " +
		"also had to classify openid, profile, email and offline_access; this program leaves those as they are."}
}
