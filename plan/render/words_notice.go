package render

import (
	"fmt"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// noticeWords has the sentences of the notices, by code. They take the notice's parameters, which may come from outside, and
// what people call the application.
var noticeWords = map[string]func(n consent.Notice, app string) string{
	// Dates: learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/deprecation-of-ews-exchange-online.
	"ewsRetirement": func(n consent.Notice, app string) string {
		return "On macOS, " + app + " uses Exchange Web Services (EWS). Microsoft has been switching EWS off in Exchange Online tenant by " +
			"tenant since 1 October 2026, and switches it off for good on 1 April 2027. Consent alone does not make it work on macOS: until " +
			"then an Exchange administrator must also set EWSEnabled to true and add " + string(n.AppID) + " to EwsAllowedAppIDs. iOS and " +
			"iPadOS use ActiveSync and are not affected."
	},
	"clientDisabled": func(n consent.Notice, _ string) string {
		return "Sign-in to " + n.Name + " is disabled (accountEnabled is false): users get AADSTS7000112, even with consent. Enable it with " +
			"--enable-app, or in the Entra admin center under Enterprise apps > Properties."
	},
	"clientDisabledByMicrosoft": func(n consent.Notice, _ string) string {
		return fmt.Sprintf("Microsoft has disabled %s (%s).", n.Name, n.Detail)
	},
	"assignmentRequired": func(n consent.Notice, _ string) string {
		return "Assignment is required for " + n.Name + " (appRoleAssignmentRequired is true): only assigned users and groups can sign in, " +
			"others get AADSTS50105."
	},
	"unexpectedPublisher": func(n consent.Notice, _ string) string {
		publisher := "organization " + n.Owner
		if n.Detail != "" {
			publisher = fmt.Sprintf("%q", n.Detail)
		}
		return fmt.Sprintf("The publisher of %s is %s, which does not look like %s. The application (client) ID %s is what identifies it.",
			n.Name, publisher, n.Expected, n.AppID)
	},
	"resourceMissing": func(n consent.Notice, _ string) string {
		return fmt.Sprintf("This tenant has no service principal for %s (%s), so nothing can be granted on it. Nothing is changed on any "+
			"resource while it is missing.", n.Name, n.AppID)
	},
	"resourceDisabled": func(n consent.Notice, _ string) string {
		return n.Name + " is disabled in this tenant (accountEnabled is false): nobody gets tokens for it."
	},
	"scopeTooLong": func(n consent.Notice, _ string) string {
		return fmt.Sprintf("With the missing scopes the grant on %s would be %d characters long; Microsoft Graph accepts %d. Revoke scopes "+
			"that are no longer used first.", n.Name, n.Number, consent.MaxScopeLength)
	},
	"severalGrants": func(n consent.Notice, _ string) string {
		return fmt.Sprintf("There are %d tenant-wide grants on %s, where there should be one. Together they decide what is granted; only the "+
			"first is ever updated.", n.Number, n.Name)
	},
	"sameScopeElsewhere": func(n consent.Notice, app string) string {
		return fmt.Sprintf("%s on %s does not count: it is another permission of the same name, and %s does not use it.", n.Scopes.List(), n.Name, app)
	},
	"widerConsent": func(_ consent.Notice, app string) string {
		return "This affects other apps than " + app + ", too: users can then consent to any app of a verified publisher that requests only " +
			"permissions classified as low impact, which now include access to the user's whole mailbox. The tenant-wide grant " +
			"(--route admin-consent) is narrower: it is for this one app, and users see no prompt."
	},
	"userConsentBefore": func(n consent.Notice, app string) string {
		entries := "no entry for it"
		if own := consent.SelfPolicies(n.Scopes); len(own) > 0 {
			entries = own.List()
		}
		return fmt.Sprintf("Current setting: %s (%s).", settingSentence(consent.SettingOf(n.Scopes), app), entries)
	},
	"userConsentAlready": func(n consent.Notice, app string) string {
		text := "Users can already consent to " + app + " themselves; this route makes that no easier."
		if consent.SettingOf(n.Scopes) == consent.SettingLegacy {
			text += " It takes away what they can consent to beyond low-impact permissions."
		}
		return text
	},
	"managedUserConsent": func(consent.Notice, string) string {
		return "Microsoft manages the user-consent setting of this tenant. Such tenants have been seen to accept another setting and to discard " +
			"it. The setting is read back, and exit code 4 reports if that happened."
	},
	"customUserConsent": func(consent.Notice, string) string {
		return "An app consent policy of the tenant's own is replaced in the setting. The policy itself is kept, and a rollback assigns it again."
	},
	"unverifiedPublisher": func(n consent.Notice, _ string) string {
		return "This tenant shows no verified publisher for " + n.Name + ". The setting lets users consent to verified publishers only, so they " +
			"may still be refused."
	},
	"userConsentUnavailable": func(n consent.Notice, _ string) string {
		return "Users cannot consent to " + n.Name + " while assignment is required for it."
	},
	"classifiedOtherwise": func(n consent.Notice, _ string) string {
		return fmt.Sprintf("%s on %s is classified as %s impact in this tenant, which this program does not change. Remove "+
			"the classification in the Entra admin center under Enterprise apps > Consent and permissions > Permission classifications, or "+
			"use --route admin-consent.", n.Scopes.List(), n.Name, n.Detail)
	},
	"basicPermissions": func(consent.Notice, string) string {
		return "An app is refused if it requests any permission that is not classified. Other tenants also had to classify openid, profile, " +
			"email and offline_access; this program does not change those."
	},

	// Of the plan of a rollback.
	"newObject": func(consent.Notice, string) string {
		return "The service principal is created again: it gets a new object ID and creation time, and its grants get new ids. App role " +
			"assignments and settings that it had do not come back."
	},
	"emptyGrant": func(consent.Notice, string) string {
		return "A grant that existed before the change would hold no scope any more, and is deleted."
	},
	"deletionIsFinal": func(consent.Notice, string) string {
		return "The deleted service principal can be restored in Entra for 30 days. If it is created again instead, it gets a new object ID."
	},
	"tokensOutlive": func(consent.Notice, string) string {
		return "Access tokens that devices already hold stay valid until they expire. No new ones are issued without consent."
	},
	"signInEnds": func(_ consent.Notice, app string) string {
		return "The service principal is disabled for sign-in again: users of " + app + " get AADSTS7000112 from then on."
	},
	"consentsStay": func(consent.Notice, string) string {
		return "Consent that users gave meanwhile is kept: the setting decides about new consent only."
	},
	"userConsentKept": func(n consent.Notice, app string) string {
		return "The user-consent setting was changed again since, and is kept: " + settingSentence(consent.SettingOf(n.Scopes), app) + "."
	},
	"servicePrincipalKept": func(n consent.Notice, _ string) string {
		return "The service principal is kept: " + strings.Join(n.Left.Strings(), ", ") + " would be lost with it."
	},
	"servicePrincipalReplaced": func(consent.Notice, string) string {
		return "The service principal is kept: it is not the one that the change created."
	},
	"notYetVisible": func(n consent.Notice, _ string) string {
		var what []string
		for _, a := range n.Actions {
			what = append(what, Describe(a))
		}
		return "The tenant does not show these writes of the change: " + strings.Join(what, "; ") + ". They may still appear, or may have been " +
			"discarded. The change stays open for an hour: if they appear, roll back " + n.Detail + " once more."
	},
}

// Message is the sentence of a notice: its own, or the one that the file has from which the document was read.
func Message(n plan.Notice, client plan.ClientInfo) string {
	if say, known := noticeWords[n.About.Code]; known {
		return say(n.About, application(client).Noun)
	}
	return n.Message
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
