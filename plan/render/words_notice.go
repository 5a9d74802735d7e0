package render

import (
	"cmp"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// noticeWords has the sentences of the notices, by code. The words in braces are the parameters that Message fills in.
var noticeWords = map[string]string{
	// Dates: learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-ews-exchange-online.
	"ewsRetirement": "On macOS, {app} uses Exchange Web Services (EWS). Microsoft has been switching EWS off in Exchange Online tenant by " +
		"tenant since 1 October 2026, and switches it off for good on 1 April 2027. Consent alone does not make it work on macOS: until " +
		"then Exchange must allow it, too, with EwsEnabled true and {id} in EwsAllowedAppIDs. A first entry in that list can lock out " +
		"all other apps that use EWS: the script that doctor -o powershell writes looks first. iOS and iPadOS use ActiveSync and are " +
		"not affected. Macs with macOS 27.2 move to Microsoft Graph: see doctor.",
	"ewsEnded":      "EWS in Exchange Online ended on 1 April 2027: macOS Mail cannot use it, even with consent. It was requested with --also.",
	"askedWithAlso": "Beyond what {app} is known to need, requested with --also on {name}: {published}.",
	"clientDisabled": "Sign-in to {name} is disabled (accountEnabled is false): users get AADSTS7000112, even with consent. Enable it with " +
		"--enable-app, or in the Entra admin center under Enterprise apps > Properties.",
	"clientDisabledToo": "Sign-in to {name} is also disabled in this tenant (accountEnabled is false). Enabling it here does not help as long as it " +
		"is disabled outside of this tenant.",
	"clientDisabledByOwner": "{owner} has disabled {name} in all tenants (isDisabled is true): nobody can sign in, even with consent, and only " +
		"{owner} can undo that.",
	"clientDisabledByMicrosoft": "Microsoft has disabled {name} ({detail}).",
	"clientDeleted": "A deleted service principal of {name} can be restored {until}: in the Entra admin center under Enterprise apps > Deleted " +
		"applications (where available), or with Microsoft Graph: POST /directory/deletedItems/{detail}/restore. A new one gets a new object ID.",
	"assignmentRequired": "Assignment is required for {name} (appRoleAssignmentRequired is true): only assigned users and groups can sign in, " +
		"others get AADSTS50105.",
	"unexpectedPublisher": "The publisher of {name} is {publisher}, which does not look like {expected}. The application (client) ID {id} is " +
		"what identifies it.",
	"resourceMissing":  "This tenant has no {name}. Likely causes: the wrong tenant, or no licence for {service}.",
	"resourceDisabled": "{name} is disabled in this tenant (accountEnabled is false): nobody gets tokens for it.",
	"scopeTooLong": "With the missing scopes the grant on {name} would be {number} characters long; Microsoft Graph accepts {most}. Ask for " +
		"fewer scopes, or revoke some that are not needed.",
	"oddGrant": "A grant on {name} cannot be understood: Graph shows it without a usable {member}. Look at it in Graph Explorer (GET " +
		"/v1.0/oauth2PermissionGrants/{detail}), and delete it there if it is not needed; that revokes what it grants.",
	"oddGrantAnywhere": "A grant of the application on an unknown resource cannot be understood: Graph shows it without a usable {member}. Look " +
		"at it in Graph Explorer (GET /v1.0/oauth2PermissionGrants/{detail}), and delete it there if it is not needed.",
	"severalGrants": "There are {number} tenant-wide grants on {name}, where one is usual. Together they decide what is granted; only the " +
		"first is updated.",
	"sameScopeElsewhere": "{scopes} on {name} does not count: it is another permission of the same name, which {app} does not use.",
	consent.WiderConsent: "This affects other apps than {app}, too: users can then consent to any app of a verified publisher that requests only " +
		"permissions classified as low impact, which now include access to the user's whole mailbox. The tenant-wide grant " +
		"(--route admin-consent) is narrower: it is for this one app, and users see no prompt.",
	"userConsentNotNeeded": "The tenant-wide grants are in place, so users need no consent of their own: --route user-consent is not needed, and " +
		"the user-consent setting is not changed. To change it anyway, add --loosen.",
	"mailClientsCheckbox": "Narrower than this setting is the checkbox \"Enable user consent for popular Mail clients\", under \"Let Microsoft manage " +
		"your consent settings\" in the Entra admin center (Enterprise apps > Consent and permissions > User consent settings): it is for six mail " +
		"clients, {app} among them. In this tenant it is {checkbox}.",
	"userConsentBefore":  "Current setting: {setting} ({entries}).",
	"userConsentAlready": "The setting already lets users consent to {app} themselves, so this route is not needed.",
	"managedUserConsent": "Microsoft manages the user-consent setting of this tenant. Some such tenants accept another setting and then discard " +
		"it. The setting is read back; exit code 4 means that it was discarded.",
	"customUserConsent": "An app consent policy of the tenant's own is replaced in the setting. The policy itself is kept, and a rollback assigns it " +
		"again.",
	"unverifiedPublisher": "This tenant shows no verified publisher for {name}. The setting lets users consent to verified publishers only, so they " +
		"may still be refused.",
	"userConsentUnavailable": "Users cannot consent to {name} while assignment is required for it.",
	"classifiedOtherwise": "{scopes} on {name} is classified as {detail} impact in this tenant, which this program does not change. Remove " +
		"the classification in the Entra admin center under Enterprise apps > Consent and permissions > Permission classifications, or " +
		"use --route admin-consent.",
	"basicPermissions": "An app is refused if it requests any permission that is not classified. Other tenants also had to classify openid, profile, " +
		"email and offline_access; this program does not change those.",

	// With --usage.
	"usage":            "{usage}",
	"usageNotRead":     "{usage}",
	"usersLoseConsent": "Users of {app} are prompted for consent again, or lose mail, as their tokens run out (up to about a day). {usage}",

	// Of the plan of a rollback.
	"newObject": "The service principal is created again: it gets a new object ID and creation time, and its grants get new ids. App role " +
		"assignments and settings that it had do not come back.",
	"emptyGrant": "A grant that existed before the change has no scope left, and is deleted.",
	"deletionIsFinal": "The deleted service principal can be restored in Entra for 30 days. If it is created again instead, it gets a new " +
		"object ID.",
	"tokensOutlive":            "Access tokens that devices already hold are not revoked.",
	"signInEnds":               "The service principal is disabled for sign-in again: users of {app} get AADSTS7000112 from then on.",
	"consentsStay":             "The user-consent setting goes back to what it was: {setting}. Consent that users gave meanwhile is kept.",
	"userConsentEnds":          "Users who have not consented to {app} may need an admin's approval. Consent that users gave is kept.",
	"userConsentKept":          "The user-consent setting was changed again since, and is kept: {setting}.",
	"servicePrincipalKept":     "The service principal is kept: {left} would be lost with it.",
	"servicePrincipalReplaced": "The service principal is kept: it is not the one that the change created.",
	"notYetVisible": "The tenant does not show these writes of the change: {actions}. They may still appear, or may have been " +
		"discarded. The change stays open for an hour: if they appear, roll back {detail} once more.",
}

// briefWords are what a terminal shows in the place of what is true in every tenant.
var briefWords = map[string]string{
	"ewsRetirement": "Macs: EWS ends on 1 April 2027; see appleconsent doctor",
}

// Brief is what a terminal shows of a notice: one line in the place of what is true in every tenant, else its Message.
func Brief(n plan.Notice, client plan.ClientInfo) string {
	return cmp.Or(briefWords[n.Code], Message(n, client))
}

// Message is the sentence of a notice: its own, or the one that the file has from which the document was read. Its parameters
// may come from outside.
func Message(n plan.Notice, client plan.ClientInfo) string {
	about, app := n.About, application(client)
	text, known := noticeWords[about.Code]
	if !known {
		return n.Message
	}
	setting := consent.SettingOf(about.Scopes)
	if about.Code == "consentsStay" && !setting.LetsUsersConsent() {
		text += " Users who have not consented to {app} may need an admin's approval."
	}
	if about.Code == "userConsentAlready" && setting == consent.SettingLegacy {
		text += " It takes away what they can consent to beyond low-impact permissions."
	}
	actions := make([]string, len(about.Actions))
	for i, a := range about.Actions {
		actions[i] = Describe(a, plan.Document{})
	}
	return strings.TrimSpace(filled(text, app, map[string]any{
		"name": about.Name, "service": serviceName(about.Name), "id": about.AppID, "detail": about.Detail, "member": about.Member,
		"number": about.Number, "most": consent.MaxScopeLength,
		"publisher": publisherWords(about.Detail, about.Owner), "expected": about.Expected, "scopes": about.Scopes.List(),
		"setting": settingSentence(setting, app.Noun), "entries": cmp.Or(consent.SelfPolicies(about.Scopes).List(), "no entry for it"),
		"published": publishedWords(about.Published),
		"left":      strings.Join(about.Left.Strings(), ", "), "actions": strings.Join(actions, "; "),
		"checkbox": map[bool]string{true: "on", false: "off"}[consent.MailClientsAllowed(about.Scopes)],
		"until":    untilWords(dateOf(about.Until)), "usage": numberOfUsers(about),
	}))
}

// serviceName is what a licence for a resource is called.
func serviceName(resource string) string { return strings.TrimPrefix(resource, "Office 365 ") }

// blockedWords say in a few words what blocks a plan.
var blockedWords = map[string]string{
	"resourceMissing":     "{tenant} has no {name}; is it the right tenant, and does it have a licence for {service}?",
	"oddGrant":            "{tenant} has a grant on {name} that cannot be understood",
	"oddGrantAnywhere":    "{tenant} has a grant that cannot be understood",
	"scopeTooLong":        "the grant on {name} in {tenant} would be {number} characters long; Microsoft Graph accepts {most}",
	"classifiedOtherwise": "{scopes} on {name} is classified as {detail} impact in {tenant}",
}

// Blocker is the cause in one line, of a plan that cannot be carried out because of the notice.
func Blocker(n plan.Notice, doc plan.Document) string {
	text, known := blockedWords[n.About.Code]
	if !known {
		return plan.PrintableLine(n.Message)
	}
	return filled(text, application(doc.Client), map[string]any{
		"tenant": tenantName(doc.Tenant), "name": plan.Printable(n.About.Name), "service": plan.Printable(serviceName(n.About.Name)),
		"scopes": n.About.Scopes.List(), "detail": plan.Printable(n.About.Detail), "number": n.About.Number, "most": consent.MaxScopeLength,
	})
}

// publishedWords name permissions as their resource does, each with who may consent to it.
func publishedWords(all []consent.Published) string {
	texts := make([]string, len(all))
	for i, p := range all {
		texts[i] = string(p.Scope)
		var about []string
		if name := plan.PrintableLine(p.DisplayName); name != "" {
			about = append(about, name)
		}
		if p.Admin {
			about = append(about, "needs an admin by definition")
		}
		if len(about) > 0 {
			texts[i] += " (" + strings.Join(about, "; ") + ")"
		}
	}
	return strings.Join(texts, ", ")
}

// AlsoFlags are the words of a command line that ask for these.
func AlsoFlags(list []consent.Also) []string {
	var words []string
	for _, a := range list {
		words = append(words, "--also", AlsoWord(a))
	}
	return words
}

// AlsoWord is what to write behind --also: Microsoft Graph need not be named, but for a scope that is called like the word for all that
// users granted.
func AlsoWord(a consent.Also) string {
	if a.Resource == consent.MicrosoftGraph && !strings.EqualFold(string(a.Scope), "consented") {
		return string(a.Scope)
	}
	return a.String()
}

// worded is the document with the sentences of its notices, as its JSON form has them.
func worded(doc plan.Document) plan.Document {
	notices := make([]plan.Notice, len(doc.Notices))
	for i, n := range doc.Notices {
		n.Message = Message(n, doc.Client)
		notices[i] = n
	}
	doc.Notices = notices
	return doc
}
