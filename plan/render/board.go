package render

import (
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
)

// board is what a change board asks, in reports only.
type board struct {
	Purpose string    // why this is asked for
	Lead    string    // above what is allowed
	Allows  []allowed // what each scope lets the application do
	Risk    []string
	Users   string // what they notice of it, and when
}

// allowed is one scope, in words.
type allowed struct {
	Code, Name string // the scope, the resource
	Prose      string
}

// planBoard is the board of a plan that changes something.
func planBoard(doc plan.Document) board {
	app, actions := application(doc.Client), doc.Planned()
	if len(actions) == 0 || doc.Blocked() {
		return board{}
	}
	b := board{Purpose: filled(purposeOf(doc), app, map[string]any{"change": shown(doc.RollsBack)})}
	b.allow(actions, doc)
	for _, r := range risks {
		if r.fits(doc, actions) {
			b.Risk = append(b.Risk, filled(r.words, app, nil))
		}
	}
	return b
}

// purposeOf says why a plan is made.
func purposeOf(doc plan.Document) string {
	if doc.RollsBack != "" {
		return "Undoes what change {change} did. What others changed since is kept."
	}
	return byRoute(doc.Requirement.Route,
		"{app} on iPhone, iPad and Mac signs in to Microsoft 365 through {owner}'s application. Where consent for all users is missing, users "+
			"see \"Need admin approval\" or a consent prompt, and get no mail. This grants what {app} needs, once, for all users.",
		"{app} on iPhone, iPad and Mac signs in to Microsoft 365 through {owner}'s application. Where users may not consent to it, they see "+
			"\"Need admin approval\" and get no mail. This lets each user consent to it.")
}

// allow lists what the actions grant, by what the permissions are for.
func (b *board) allow(actions []consent.Action, doc plan.Document) {
	for _, a := range actions {
		scopes := a.Added()
		if a.Kind == consent.ClassifyPermission {
			scopes = consent.Scopes(a.Permission)
		}
		if a.Kind.Object == consent.OnPolicy {
			continue
		}
		for _, scope := range scopes {
			b.Allows = append(b.Allows, allowed{
				shown(string(scope)), resourceName(a.ResourceAppID, doc.Resources), scopeMeaning(a.ResourceAppID, scope, doc),
			})
		}
	}
	if len(b.Allows) > 0 {
		b.Lead = byRoute(doc.Requirement.Route,
			"Delegated permissions, for all users: the app acts for a user who is signed in, and can do no more than that user.",
			"Delegated permissions, for each user who consents: the app acts for that user, and can do no more than that user.")
	}
}

// scopeMeanings are what the scopes of Apple Mail let an application do (learn.microsoft.com/graph/permissions-reference,
// learn.microsoft.com/exchange/client-developer/exchange-web-services/how-to-authenticate-an-ews-application-by-using-oauth).
var scopeMeanings = map[consent.AppID]map[consent.Scope]string{
	consent.MicrosoftGraph: {consent.UserRead: "Sign users in, and read the profile of the signed-in user and basic company information."},
	consent.ExchangeOnline: {
		consent.EAS: "The signed-in user's access to mailboxes by Exchange ActiveSync, as iPhones and iPads use it: read, change and send " +
			"mail, calendars, contacts.",
		consent.EWS: "The signed-in user's access to mailboxes by Exchange Web Services, as Macs use it: read, change and send mail, calendars, " +
			"contacts.",
	},
}

// scopeMeaning says what a scope lets an application do: of one that was requested with --also what its resource calls it.
func scopeMeaning(resource consent.AppID, scope consent.Scope, doc plan.Document) string {
	for known, meaning := range scopeMeanings[resource] {
		if consent.Scopes(known).Has(scope) {
			return meaning
		}
	}
	for _, n := range doc.Notices {
		for _, p := range n.About.Published {
			if name := plan.PrintableLine(p.DisplayName); consent.Scopes(p.Scope).Has(scope) && name != "" {
				return name + "."
			}
		}
	}
	return "See Microsoft's description of this permission."
}

// risks are what can go wrong with a plan, in the order of reading.
var risks = []struct {
	fits  func(plan.Document, []consent.Action) bool
	words string
}{
	{grants, "The app gets no access without a signed-in user, no application permission and no secret of this tenant. Conditional Access " +
		"and Exchange settings still apply."},
	{grants, "The grant is for all users: no user is prompted, including users who start to use {app} later. A lost device keeps " +
		"its access until its sessions are revoked or it is wiped."},
	{keepsOthers, "Existing scopes and grants of others are kept."},
	{enables, "Users can sign in to the app again, regardless of who disabled it and why."},
	{loosens, "User consent affects other apps too: see the warning above."},
	{takes, "Users of {app} lose mail, or are prompted for consent again: see the warning above."},
}

func grants(_ plan.Document, actions []consent.Action) bool {
	return slices.ContainsFunc(actions, func(a consent.Action) bool { return a.Kind.Object == consent.OnGrant && len(a.Added()) > 0 })
}

func keepsOthers(doc plan.Document, actions []consent.Action) bool {
	return doc.RollsBack == "" && grants(doc, actions)
}

func enables(_ plan.Document, actions []consent.Action) bool { return enabledBy(actions) }

func loosens(_ plan.Document, actions []consent.Action) bool {
	return slices.ContainsFunc(actions, func(a consent.Action) bool {
		return a.Kind.Object == consent.OnPolicy && consent.Loosens(a.Before, a.After)
	})
}

func takes(_ plan.Document, actions []consent.Action) bool {
	return slices.ContainsFunc(actions, plan.TakesConsent)
}

// changeBoard is the board of a change that was made.
func changeBoard(c plan.Change) board {
	var b board
	b.allow(c.Done(), plan.Document{Requirement: c.Requirement})
	b.Users = aftermath(c)
	return b
}
