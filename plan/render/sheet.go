package render

import (
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// sheet is what Markdown and HTML show, laid out but not yet escaped. Of its strings, those named Name, Code, Prose and
// Message, and the values of facts, may come from outside; they hold no control characters. All others are our own words.
type sheet struct {
	Heading string // what kind of document it is
	Tenant  string // Name
	Verdict verdict
	Facts   []fact
	Section string // heading above the tables
	Tables  []table
	Actions []action
	Notices []notice // blockers first
	Origin  string   // who made it, from what
}

// verdict is the outcome in one word and one sentence.
type verdict struct {
	Word, Sentence string
	Tone           tone
}

// tone is the class that a word is painted with. It adds to the word and never replaces it.
type tone string

const (
	good tone = "good"
	warn tone = "warn"
	bad  tone = "bad"
	calm tone = "calm"
)

// fact is one line about the document. Exactly one of the three values is set.
type fact struct {
	Label             string
	Name, Code, Prose string // from a tenant or a file; an id; a sentence
}

// table shows the scopes of one resource, or something that has a title of our own words instead of name and id.
type table struct {
	Title  string
	Lead   string // what the rows below the title come to
	Name   string // of the resource
	Code   string // its appId
	Header []string
	Rows   []row
}

// row is one scope or policy. Cells has one entry for each column of the header but the first.
type row struct {
	Code  string // its name; empty in a row that stands for many, whose words are in Rest
	Rest  string
	Cells []cell
}

type cell struct {
	Text string
	Tone tone
}

// action is one step, and what became of it.
type action struct {
	ID, Symbol, Verb, Object string // "1", "+", "Create", "the grant on"
	Name                     string // what it is about
	Tone                     tone
	Scopes                   []scopeMark
	Status                   cell // empty in a plan
	Results                  []fact
	Prose                    string // the error
}

type scopeMark struct {
	Symbol, Word string
	Tone         tone
	Code         string
}

type notice struct {
	Word    string
	Level   consent.Level
	Message string
}

// planSheet lays out a plan or a status.
func planSheet(doc plan.Document) sheet {
	s := sheet{
		Heading: planHeading(doc), Tenant: tenantName(doc.Tenant), Verdict: planVerdict(doc),
		Facts: planFacts(doc), Section: section(doc.Requirement.Route), Notices: notices(doc.Notices), Origin: planOrigin(doc),
	}
	for _, r := range doc.Resources {
		s.Tables = append(s.Tables, planTable(r, doc))
	}
	if doc.Requirement.Route == consent.UserConsent {
		s.Tables = append(s.Tables, planPolicies(doc))
	}
	for _, a := range doc.Actions {
		s.Actions = append(s.Actions, layOut(a, clientName(doc.Client), resourceName(a.ResourceAppID, doc.Resources)))
	}
	return s
}

// section is the heading above the tables.
func section(route consent.Route) string {
	if route == consent.UserConsent {
		return "Permissions and policies"
	}
	return "Scopes"
}

func planHeading(doc plan.Document) string {
	userConsent := doc.Requirement.Route == consent.UserConsent
	switch {
	case doc.Kind == plan.KindStatus && userConsent:
		return "Status of user consent to Apple Mail"
	case doc.Kind == plan.KindStatus:
		return "Status of the consent for Apple Mail"
	case doc.RollsBack != "" && userConsent:
		return "Plan to roll back user consent to Apple Mail"
	case doc.RollsBack != "":
		return "Plan to roll back the consent for Apple Mail"
	case userConsent:
		return "Plan to let users consent to Apple Mail"
	}
	return "Plan to grant consent to Apple Mail"
}

func planOrigin(doc plan.Document) string {
	kind := "plan"
	if doc.Kind == plan.KindStatus {
		kind = "status"
	}
	return fmt.Sprintf("Made by %s from the %s of %s.", toolName(doc.Tool), kind, moment(doc.CreatedAt.UTC()))
}

func toolName(t plan.Tool) string {
	return plan.Printable(t.Name) + " " + plan.Printable(t.Version)
}

// moment is a time, given in UTC, as people in any country read it.
func moment(utc interface{ Format(layout string) string }) string {
	return utc.Format("2006-01-02 15:04:05 UTC")
}

func planFacts(doc plan.Document) []fact {
	facts := subjectFacts(doc.Tenant, doc.Client)
	facts = append(facts, servicePrincipalFacts(doc.Client)...)
	if doc.Requirement.Route == consent.UserConsent {
		facts = append(facts, fact{Label: "Route", Prose: "users consent for themselves"})
	}
	if doc.RollsBack != "" {
		facts = append(facts, fact{Label: "Rolls back change", Code: shown(doc.RollsBack)})
	}
	return append(facts, fact{Label: "Read and planned at", Prose: moment(doc.CreatedAt.UTC())}, fact{Label: "By", Name: toolName(doc.Tool)})
}

// subjectFacts tell which tenant and which application a document is about.
func subjectFacts(t plan.TenantInfo, c plan.ClientInfo) []fact {
	return []fact{
		{Label: "Tenant", Name: tenantName(t)},
		{Label: "Tenant ID", Code: shown(t.ID)},
		{Label: "Cloud", Name: plan.Printable(t.Cloud)},
		{Label: "Application", Name: clientName(c)},
		{Label: "Application (client) ID", Code: shown(string(c.AppID))},
	}
}

func servicePrincipalFacts(c plan.ClientInfo) []fact {
	if c.ServicePrincipalID == nil {
		return []fact{{Label: "Service principal", Prose: "none in this tenant yet"}}
	}
	facts := []fact{{Label: "Service principal", Code: shown(string(*c.ServicePrincipalID))}}
	if disabled(c) {
		facts = append(facts, fact{Label: "Sign-in", Prose: "disabled for this application"})
	}
	if c.Publisher != nil {
		facts = append(facts, fact{Label: "Verified publisher", Name: plan.Printable(*c.Publisher)})
	}
	return facts
}

func disabled(c plan.ClientInfo) bool { return c.AccountEnabled != nil && !*c.AccountEnabled }

func tenantName(t plan.TenantInfo) string { return nameOr(t.DisplayName, t.ID) }

func clientName(c plan.ClientInfo) string {
	return nameOr(c.DisplayName, application(c).Name)
}

// application is what this program knows of the client; of one that it does not know, the id.
func application(c plan.ClientInfo) consent.Application {
	app, known := consent.ApplicationOf(c.AppID)
	if !known {
		return consent.Application{ID: c.AppID, Name: shown(string(c.AppID)), Noun: shown(string(c.AppID))}
	}
	return app
}

// shown is an id or a scope as it can be shown, never empty.
func shown(s string) string { return nameOr(&s, "(not printable)") }

// nameOr is the name as it can be shown, or what to show where nothing of it is left.
func nameOr(name *string, otherwise string) string {
	if name != nil {
		if shown := plan.Printable(*name); shown != "" {
			return shown
		}
	}
	return plan.Printable(otherwise)
}

// resourceName names a resource as the document does, or as the application does, or by its id.
func resourceName(app consent.AppID, resources []plan.Resource) string {
	for _, r := range resources {
		if r.AppID == app {
			return nameOr(&r.DisplayName, string(app))
		}
	}
	if r, known := consent.ResourceOf(app); known {
		return r.Name
	}
	return plan.Printable(string(app))
}

// notices puts what is in the way first.
func notices(all []plan.Notice) []notice {
	var sorted []notice
	for _, level := range []consent.Level{consent.Blocker, consent.Warning, consent.Info} {
		for _, n := range all {
			if levelOf(n.Level) == level {
				sorted = append(sorted, notice{levelWord(level), level, plan.PrintableLine(n.Message)})
			}
		}
	}
	return sorted
}

// levelOf takes a level that it does not know for information.
func levelOf(l consent.Level) consent.Level {
	if l == consent.Blocker || l == consent.Warning {
		return l
	}
	return consent.Info
}

func levelWord(l consent.Level) string {
	switch l {
	case consent.Blocker:
		return "Blocked"
	case consent.Warning:
		return "Warning"
	case consent.Info:
	}
	return "Note"
}
