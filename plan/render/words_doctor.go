package render

import "appleconsent/consent/doctor"

// checkWords are a check's title and why it matters.
type checkWords struct{ title, why string }

// wordsOf returns the words of a check.
func wordsOf(id doctor.CheckID) checkWords {
	return map[doctor.CheckID]checkWords{
		doctor.TenantWideGrants:          {"Tenant-wide grants", `Without a tenant-wide grant each user sees a consent prompt or "Need admin approval".`},
		doctor.ServicePrincipal:          {"Service principal", "The service principal represents Apple's app in this tenant: users who cannot sign in to it get no mail, even with consent."},
		doctor.UserConsent:               {"User consent", "Without a tenant-wide grant this setting decides whether users can consent to Apple Mail themselves."},
		doctor.AdminConsentRequestPolicy: {"Admin consent requests", "With the admin consent workflow, users who need approval can request it, and reviewers are notified."},
		doctor.PermissionClassifications: {"Permission classifications", "Under the low-impact setting users can consent to an app only if all permissions that it requests are " +
			"classified as low impact."},
		doctor.GrantsOfUsers: {"Grants of individual users", "Users who gave individual consent keep working whatever the tenant's consent settings become."},
		doctor.ConditionalAccess: {"Conditional Access", "A policy that blocks refuses the sign-in, even with consent (AADSTS53003). One that requires an approved app " +
			"(AADSTS53002) or app protection can refuse it too: Apple Mail is not an approved app."},
		doctor.FailedSignInLog: {"Failed sign-ins", logLimits},
		doctor.FederatedDomains: {"Federated domains", "Old profiles move from Basic authentication to OAuth silently by the ROPC grant (resource owner password " +
			"credentials), which does not work for users of a federated domain."},
		doctor.IntuneMailProfiles: {"Intune e-mail profiles", "A profile without OAuth makes Mail ask for a password. Profiles that device management pushed are not " +
			"upgraded automatically."},
		doctor.EWSRetirement: {"Retirement of EWS", "macOS Mail uses Exchange Web Services (EWS), and consent does not keep EWS available. iOS and iPadOS use ActiveSync " +
			"and are not affected."},
	}[id]
}
