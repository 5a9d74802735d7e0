package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

func planSheet(doc plan.Document) sheet {
	s := sheet{
		Heading: planHeading(doc), Tenant: tenantName(doc.Tenant), Banner: banner(doc.Tenant), Verdict: planVerdict(doc),
		Facts: planFacts(doc), Section: section(doc.Requirement.Route), Origin: planOrigin(doc),
	}
	s.Alarms, s.Notices = notices(doc.Notices)
	s.Board = planBoard(doc)
	for _, w := range objectsOf(doc) {
		if w.tables != nil {
			s.Tables = append(s.Tables, w.tables(doc)...)
		}
	}
	for _, a := range doc.Actions {
		s.Actions = append(s.Actions, layOut(a, names{doc.Client, doc.Resources}))
	}
	return s
}

func planHeading(doc plan.Document) string {
	app, route := application(doc.Client).Noun, doc.Requirement.Route
	switch {
	case doc.Kind == plan.KindStatus:
		return byRoute(route, "Status of consent for ", "Status of user consent to ") + app
	case doc.RollsBack != "":
		return byRoute(route, "Plan to roll back consent for ", "Plan to roll back user consent to ") + app
	}
	return byRoute(route, "Plan to grant consent to ", "Plan to let users consent to ") + app
}

func planOrigin(doc plan.Document) string {
	return fmt.Sprintf("Made by %s from the %s of %s.", toolName(doc.Tool), doc.Kind, moment(doc.CreatedAt.UTC()))
}

func planFacts(doc plan.Document) []fact {
	facts := append(subjectFacts(doc.Tenant, doc.Client), servicePrincipalFacts(doc.Client)...)
	if doc.Requirement.Route == consent.UserConsent {
		facts = append(facts, fact{Label: "Route", Prose: "users consent for themselves"})
	}
	facts = append(facts, alsoFacts(doc.Requirement, "")...) // which a notice tells, too
	if doc.RollsBack != "" {
		facts = append(facts, fact{Label: "Rolls back change", Code: shown(doc.RollsBack)})
	}
	made := "Planned"
	if doc.Kind == plan.KindStatus {
		made = "Checked"
	}
	facts = append(facts, fact{Label: made + " at", Prose: moment(doc.CreatedAt.UTC())}, fact{Label: made + " with", Name: toolName(doc.Tool)})
	if doc.PlannedBy != nil {
		facts = append(facts, fact{Label: "Planned by", Name: plan.Printable(*doc.PlannedBy)})
	}
	if doc.Reason != nil {
		facts = append(facts, fact{Label: "Reason", Prose: plan.PrintableLine(*doc.Reason)})
	}
	return facts
}

// alsoFacts name what was asked for beyond what the application needs.
func alsoFacts(r plan.RequirementInfo, term string) []fact {
	if len(r.Also) == 0 {
		return nil
	}
	return []fact{{Label: "Requested with --also", Prose: plan.PrintableLine(strings.Join(r.Also, ", ")), Term: term}}
}

// notices puts what is in the way first, and takes a level that it does not know for information. What must not be missed is apart.
func notices(all []plan.Notice) (alarms, others []notice) {
	looks := []notice{
		{Word: "Blocked", Level: consent.Blocker, Tone: bad},
		{Word: "Warning", Level: consent.Warning, Tone: warn},
		{Word: "Note", Level: consent.Info, Tone: calm},
	}
	byLevel := make([][]notice, len(looks))
	for _, n := range all {
		i := slices.IndexFunc(looks, func(look notice) bool { return look.Level == n.Level })
		if i < 0 {
			i = len(looks) - 1
		}
		look := looks[i]
		look.Message, look.Brief = plan.PrintableLine(n.Message), briefWords[n.Code]
		if n.Code == consent.WiderConsent {
			look.Tone = bad
			alarms = append(alarms, look)
			continue
		}
		byLevel[i] = append(byLevel[i], look)
	}
	return alarms, slices.Concat(byLevel...)
}

func planVerdict(doc plan.Document) verdict {
	lacks, tenant := cmp.Or(lackOf(doc), unusable(doc)), tenantName(doc.Tenant)
	switch {
	case doc.Blocked():
		return verdict{"Blocked", strings.TrimSpace(lacks + " Nothing can be changed until this is resolved."), bad}
	case len(doc.Actions) > 0:
		return verdict{"Plan", fmt.Sprintf("%s, for all users of %s.", tally(doc.Planned(), false), tenant), warn}
	case doc.RollsBack != "" && doc.MayStillAppear():
		return verdict{"Nothing to do", fmt.Sprintf("Change %s is not visible in %s yet.", plan.Printable(doc.RollsBack), tenant), warn}
	case doc.RollsBack != "":
		return verdict{"Nothing to do", fmt.Sprintf("Change %s is already undone in %s.", plan.Printable(doc.RollsBack), tenant), good}
	case doc.Kind == plan.KindStatus && lacks != "":
		return verdict{"Not in place", lacks, warn}
	case lacks != "":
		return verdict{"Nothing to do", lacks, warn}
	case doc.Kind == plan.KindStatus:
		return verdict{"In place", satisfied(doc), good}
	}
	return verdict{"Nothing to do", satisfied(doc), good}
}

func satisfied(doc plan.Document) string {
	tenant := tenantName(doc.Tenant)
	if !slices.ContainsFunc(doc.Resources, func(r plan.Resource) bool { return len(r.Missing) > 0 }) {
		return allGranted(tenant) // by either route
	}
	return byRoute(doc.Requirement.Route, allGranted(tenant), usersConsent(doc))
}

// usersConsent says what the user-consent setting is good for, which is nothing where something else is in its way.
func usersConsent(doc plan.Document) string {
	app, tenant := application(doc.Client).Noun, tenantName(doc.Tenant)
	noted := func(code string) bool {
		return slices.ContainsFunc(doc.Notices, func(n plan.Notice) bool { return n.Code == code })
	}
	switch {
	case noted("userConsentUnavailable"):
		return fmt.Sprintf("%s in %s, but users cannot consent while assignment is required.", userConsentIsSet, tenant)
	case noted("unverifiedPublisher"):
		return fmt.Sprintf("%s in %s, but %s shows no verified publisher, so users may be refused.", userConsentIsSet, tenant, app)
	}
	return fmt.Sprintf("Users of %s can consent to %s themselves.", tenant, app)
}

// userConsentIsSet is what is in place where users cannot make use of it.
const userConsentIsSet = "User consent is set up"

func allGranted(tenant string) string {
	return fmt.Sprintf("All required scopes granted for all users of %s.", tenant)
}

// lackOf says what is required and not there; empty if all is.
func lackOf(doc plan.Document) string {
	var sentences []string
	if doc.Satisfied {
		return ""
	}
	for _, w := range objectsOf(doc) {
		if w.lack == nil {
			continue
		}
		if lack := w.lack(doc); lack != "" {
			sentences = append(sentences, lack)
		}
	}
	return strings.Join(sentences, " ")
}

// unusable says that nobody can sign in to the application, whatever is granted, or that this is not known; empty if people can.
func unusable(doc plan.Document) string {
	inPlace := byRoute(doc.Requirement.Route, "All required scopes are granted", userConsentIsSet)
	if doc.Requirement.Route == consent.UserConsent && grantedForAll(doc) { // whatever users can consent to
		inPlace = "All required scopes are granted for all users"
	}
	return butNotSignIn(inPlace, doc.Client)
}

// grantedForAll reports whether nothing is missing for all users, by whichever route.
func grantedForAll(doc plan.Document) bool {
	return !slices.ContainsFunc(doc.Resources, func(r plan.Resource) bool { return len(r.Missing) > 0 })
}

// butNotSignIn is a sentence of what is in place, with what keeps users from signing in all the same; empty if nothing does.
func butNotSignIn(inPlace string, c plan.ClientInfo) string {
	switch {
	case disabledByOwner(c):
		return inPlace + ", but sign-in is disabled by " + ownerName(c) + ", in all tenants."
	case disabled(c):
		return inPlace + ", but sign-in is disabled."
	case c.SignInUnknown():
		return inPlace + ", but it is unknown whether sign-in is enabled."
	}
	return ""
}
