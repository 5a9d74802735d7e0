package render

import (
	"cmp"
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
)

// sheet is what text, Markdown and HTML show, laid out but not yet escaped. Of its strings, those named Name, Code, Rest,
// Prose, Sentence, Lead and Message may hold something from outside, without control characters. All others are our own words.
type sheet struct {
	Heading string   // what kind of document it is
	Tenant  string   // Name
	Banner  string   // that it is a simulation; before everything else
	Alarms  []notice // before all but that
	Verdict verdict
	Facts   []fact
	Section string // heading above the tables
	Tables  []table
	Actions []action
	Checks  []checked
	Notices []notice // blockers first
	Leads   []instruction
	Board   board
	Origin  string // Prose: who made it, from what
}

// banner says of a simulated tenant that it is one, in every form.
func banner(t plan.TenantInfo) string {
	if t.Simulated {
		return "SIMULATION: this tenant is not real."
	}
	return ""
}

// verdict is the outcome in one word and one sentence.
type verdict struct {
	Word, Sentence string
	Tone           tone
}

// tone is what a word is painted with. It adds to the word and never replaces it.
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
	Tone              tone
	// Term is what the value stands behind in a terminal, where the fact is left out if it has none. One that is Below
	// follows on the fact before it, and may have no term.
	Term  string
	Below bool
}

func (f fact) value() string { return f.Name + f.Code + f.Prose }

// table shows the scopes of one resource, or something that has a title of our own words instead of name and id.
type table struct {
	Title  string
	Lead   string // what the rows below the title come to
	Name   string // of the resource
	Code   string // its appId
	Header []string
	Rows   []row
}

// row is one scope or policy. Cells has one entry for each column of the header but the first. A terminal shows the state in
// place of the columns, and no row without one.
type row struct {
	scope consent.Scope
	Code  string // its name; empty in a row that stands for many, whose words are in Rest
	Rest  string
	State mark
	Cells []mark
}

// mark is a symbol, a word and what they are about; each may be empty.
type mark struct {
	Symbol, Word string
	Tone         tone
	Code         string
}

// action is one step, and what became of it.
type action struct {
	ID, Symbol, Verb, Object string // "1", "+", "Create", "grant on"
	Name                     string // what it is about
	Tone                     tone
	Marks                    []mark
	Status                   mark // of a recorded one that was not done
	Results                  []fact
	Prose                    string // the error
}

func (a action) title() string { return a.Verb + " " + a.Object + " " + a.Name }

type notice struct {
	Word    string
	Level   consent.Level
	Tone    tone
	Message string
	Brief   string // what a terminal shows in its place, in one line that needs no word before it
}

// layOut shows one action. The verb says with which symbol, whatever the object.
func layOut(a plan.Action, n names) action {
	w, m := wordsFor(a.Kind.Object), verbMark(a.Kind.Verb)
	out := action{ID: plan.Printable(a.ID), Symbol: m.Symbol, Tone: m.Tone, Verb: capitalize(w.verb(a.Kind.Verb).base)}
	if w.marks != nil {
		out.Marks = w.marks(a.Action)
	}
	out.Object, out.Name = w.name(a.Action, n)
	return out
}

// byRoute is what to say on a route.
func byRoute(route consent.Route, admin, users string) string {
	if route == consent.UserConsent {
		return users
	}
	return admin
}

func section(route consent.Route) string { return byRoute(route, "Scopes", "Permissions and policies") }

func toolName(t plan.Tool) string {
	return plan.Printable(t.Name) + " " + plan.Printable(t.Version)
}

// moment is a time, given in UTC, as people in any country read it.
func moment(utc interface{ Format(layout string) string }) string {
	return utc.Format("2006-01-02 15:04:05 UTC")
}

// subjectFacts tell which tenant and which application a document is about.
func subjectFacts(t plan.TenantInfo, c plan.ClientInfo) []fact {
	cloud := fact{Label: "Cloud", Name: plan.Printable(t.Cloud)}
	if t.Cloud != consent.Clouds()[0] {
		cloud.Term, cloud.Below = "cloud", true
	}
	return []fact{
		{Label: "Tenant", Name: tenantName(t), Term: "Tenant"},
		{Label: "Tenant ID", Code: shown(t.ID), Below: tenantName(t) != shown(t.ID)}, // not the same twice
		cloud,
		{Label: "Application", Name: clientName(c), Term: "Client"},
		{Label: "Application (client) ID", Code: shown(string(c.AppID)), Term: "appId", Below: true},
	}
}

func servicePrincipalFacts(c plan.ClientInfo) []fact {
	if c.ServicePrincipalID == nil {
		return []fact{{Label: "Service principal", Prose: "none in this tenant yet", Term: "service principal:", Below: true}}
	}
	facts := []fact{{Label: "Service principal", Code: shown(string(*c.ServicePrincipalID))}}
	if disabled(c) {
		how := "disabled"
		if disabledByOwner(c) {
			how = "disabled by " + ownerName(c)
		}
		facts = append(facts, fact{Label: "Sign-in", Prose: how, Tone: warn, Term: "sign-in", Below: true})
	}
	if c.Publisher != nil {
		facts = append(facts, fact{Label: "Verified publisher", Name: plan.Printable(*c.Publisher)})
	}
	return facts
}

func disabled(c plan.ClientInfo) bool {
	return c.SignInDisabled() || c.AccountEnabled != nil && !*c.AccountEnabled
}

func disabledByOwner(c plan.ClientInfo) bool {
	return c.SignIn != nil && *c.SignIn == plan.SignInDisabledByOwner
}

// ownerName is who publishes the application.
func ownerName(c plan.ClientInfo) string { return cmp.Or(application(c).Publisher.Name, "its owner") }

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
	i := slices.IndexFunc(resources, func(r plan.Resource) bool { return r.AppID == app })
	if i >= 0 {
		return nameOr(&resources[i].DisplayName, string(app))
	}
	if r, known := consent.ResourceOf(app); known {
		return r.Name
	}
	return plan.Printable(string(app))
}
