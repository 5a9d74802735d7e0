package render

import (
	"cmp"
	"fmt"
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// Where the admin centers have what this program leaves alone.
const (
	propertiesPlace = "Entra admin center > Enterprise apps > the app > Properties > Assignment required"
	consentPlace    = "Entra admin center > Enterprise apps > Consent and permissions > "
	profilePlace    = "Intune admin center > Devices > Configuration > the profile > OAuth."
)

// fixWords say what to do, by code.
var fixWords = map[string]string{
	"grantMissing":        "Grant the missing scopes for all users.",
	"grantForAll":         "Grant consent for all users; this affects {app} alone.",
	"grantSettles":        "With consent granted for all users, {app} needs no classification.",
	"grantInstead":        "This route is set up and does not help here. Grant consent for all users instead.",
	"createClient":        "Create it together with the grants.",
	"recreateClient":      "Recreate it together with the grants, or restore the deleted one first.",
	"enableClient":        "Enable it.",
	"letUsersConsent":     "Let users consent to low-impact permissions, and classify these as such; this affects other apps too.",
	"thenLetUsersConsent": "Then let users consent.",
	"classify":            "Classify the permissions as low impact.",
	"customPolicy":        "Review the custom policy, or replace it.",
	"usersCouldAlso": "Alternatively, allow user consent: for six mail clients by that checkbox (" + consentPlace + "User consent settings), or by " +
		"--route user-consent, which affects other apps too.",
	"checkMailClients": "Turn that checkbox on: " + consentPlace + "User consent settings. It is narrower than --route user-consent, which a tenant " +
		"whose setting Microsoft manages may discard.",

	"blockersFirst":    "First fix what blocks the tenant-wide grants, above.",
	"problemsFirst":    "Fix the problems above, then check again in a few hours.",
	"lookAgain":        "These may predate the fix. Check again tomorrow.",
	"lookAtPolicies":   "Which policy refused a sign-in: Entra admin center > Sign-in logs > the sign-in > Conditional Access.",
	"lookAtAssignment": "Some of these users are not assigned, see the service principal above; the rest may predate the fix.",

	"resource": "Check that the tenant has this service. Nothing is granted on any resource until its service principal exists.",
	"repairGrant": "Look at the grant in Graph Explorer (GET /v1.0/oauth2PermissionGrants/ and the id), and delete it there if it is not needed. " +
		"Nothing is changed until then.",
	"revokeUnused":        "Ask for fewer scopes, or make room in the grant, then grant the missing ones.",
	"askOwner":            "Only {owner} can undo that. Nothing in this tenant helps.",
	"askMicrosoft":        "Only Microsoft can enable it again: open a support request.",
	"assignment":          "Set Assignment required to No, or assign users: " + propertiesPlace + " or Users and groups.",
	"assignmentOff":       "Set Assignment required to No: " + propertiesPlace + ".",
	"enableResource":      "Enable the resource: Entra admin center > Enterprise apps > the resource > Properties > Enabled for users to sign in.",
	"otherClassification": "Remove the other classification first: " + consentPlace + "Permission classifications. appleconsent does not change it.",
	"allowRequests":       "Let users request admin consent: " + consentPlace + "Admin consent settings.",
	"nameReviewers":       "Name reviewers: " + consentPlace + "Admin consent settings.",
	"manageDevices":       "Manage these devices, or exclude their users: Entra admin center > Conditional Access > Policies.",
	"readPolicies":        "Check what they require, and of whom: Entra admin center > Conditional Access > Policies.",
	"checkPolicies":       "Check which users they apply to: Entra admin center > Conditional Access > Policies.",
	"signInAgain":         "These users sign in again when prompted, or remove the account from the device and add it again.",
	"profileOAuth":        "Set OAuth to Enable (useOAuth true): " + profilePlace,
	"lookAtProfile":       "Check the profile: " + profilePlace,
	"exchangeSettings":    "A script reads what Exchange allows: {script}.",
	"otherClientThanMail": "Users of macOS need macOS 27.2 with consent for what it asks of Microsoft Graph, or Outlook, or a browser. To check " +
		"without Macs: --devices ios.",
	"grantAlso":        "Grant these scopes for all users, too; look at each name first: one user's consent alone is no reason.",
	"grantAlsoByAdmin": "Users consent to these themselves; what needs an admin is granted for all by the other route (--route admin-consent).",
	"grantSomeAlso":    "These are too many for one grant. Grant those that Macs need, each by its name: apply --also.",
	"signInTestMac":    noList + " Sign one test Mac in (macOS 27.2), or look again with --also consented.",
}

// commandWords are a command's words, which the command line completes.
var commandWords = map[doctor.Command][]string{
	doctor.Apply:              {"apply"},
	doctor.ApplyEnablingApp:   {"apply", "--enable-app"},
	doctor.ApplyAlso:          {"apply"},
	doctor.ApplyByUserConsent: {"apply", "--route", string(consent.UserConsent)},
}

// effectWords say what a policy does.
var effectWords = map[doctor.Effect]string{
	doctor.Blocks: "blocks", doctor.RefusesApp: "requires a protected app", doctor.NeedsDevice: "requires a managed device",
	doctor.NeedsBoundToken: "requires token protection, which the app does not support",
	doctor.Unclear:         "has something that is not known here", doctor.Asks: "asks for more while signing in",
}

// itemWords are what an item of a check is called, and what there is to say about it.
func itemWords(item doctor.Item) DiagnosedItem {
	switch i := item.(type) {
	case doctor.PolicyEntry:
		return DiagnosedItem{string(i.Entry), ""}
	case doctor.ClassifiedPermission:
		return DiagnosedItem{string(i.Permission), i.Resource + ": " + cmp.Or(i.Level, "not classified")}
	case doctor.BlockingPolicy:
		return policyItem(i)
	case doctor.FailedSignIns:
		return DiagnosedItem{fmt.Sprintf("%d %s", i.Code, signInErrors[i.Code]), Count(i.Count, "sign-in") + " of " + Count(i.Users, "user")}
	case doctor.GrantedByUsers:
		return DiagnosedItem{string(i.Scope), "granted by " + Count(i.Users, "user")}
	case doctor.FederatedDomain:
		return DiagnosedItem{i.Name, "federated"}
	case doctor.DoubtfulProfile:
		return DiagnosedItem{i.Name, strings.TrimSpace(i.Host + map[string]string{
			"oauthOff": ", OAuth off", "oauthUnknown": ", OAuth unknown", "otherServer": " is another server, not Exchange Online",
			"hostUnknown": "no server named, OAuth not on",
		}[i.Doubt])}
	}
	return DiagnosedItem{}
}

// policyItem says what a Conditional Access policy does, and to whom.
func policyItem(i doctor.BlockingPolicy) DiagnosedItem {
	state, name := cmp.Or(i.State, "enabled"), cmp.Or(i.Name, "(a policy without a name)")
	switch {
	case i.Odd:
		return DiagnosedItem{name, "cannot be understood: it has another form than expected"}
	case i.ReportOnly:
		state = "report-only"
	}
	list := func(words []string) string { return cmp.Or(strings.Join(words, ", "), "any") }
	controls := strings.Join(i.Controls, " "+cmp.Or(i.Operator, "and")+" ")
	users := map[doctor.Users]string{doctor.UsersAll: "all", doctor.UsersSome: "some"}[i.Users]
	excluded := ""
	if i.ExcludesClient {
		excluded = " (the app itself is excluded, but policies go by resource)"
	}
	return DiagnosedItem{name, fmt.Sprintf("%s, %s (%s); users: %s; apps: %s%s; client apps: %s; platforms: %s",
		state, effectWords[i.Effect], controls, cmp.Or(users, "not told"), list(i.Apps), excluded, list(i.ClientApps), list(i.Platforms))}
}

// signInErrors are the meanings of doctor.SignInCodes.
var signInErrors = map[int]string{
	65001: "no consent", 65004: "user declined consent", 90094: "needs admin approval", 90095: "approval was requested",
	900941: "needs admin approval, as the app is deemed risky", 650056: "no consent or misconfigured", 90008: "lacks User.Read",
	65006: "registered and requested permissions differ", 53000: "device is not compliant", 53001: "device is not joined",
	53002: "app is not approved", 53003: "blocked by Conditional Access", 530003: "device must be managed",
	500011: "resource not found in the tenant", 650052: "no subscription for the resource",
	700016: "app not found in the tenant", 7000112: "app is disabled", 50105: "user is not assigned",
}
