package plan

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"

	"github.com/charmbracelet/x/ansi"
)

// Text renders a status or a plan for people: the tenant, the client, a line per scope, the actions, what else to know,
// and one sentence of summary.
func Text(doc Document, style Style) string {
	p := &page{style: style}
	p.heading(doc.Tenant, doc.Client)
	for _, r := range doc.Resources {
		p.blank()
		p.resource(r, doc.RollsBack != "")
	}
	if len(doc.Actions) > 0 {
		p.blank()
		p.line(0, style.Strong("Actions"))
		for _, a := range doc.Actions {
			p.action(a, doc)
		}
	}
	p.notices(doc.Notices)
	p.blank()
	p.paragraph(verdictOf(doc), style.Strong(verdictOf(doc)), summaryOf(doc))
	return p.b.String()
}

func (p *page) heading(tenant TenantInfo, client ClientInfo) {
	p.line(0, "Tenant  "+p.style.Strong(Printable(nameOf(tenant))))
	if tenant.DisplayName != nil {
		p.line(8, p.style.Muted(Printable(tenant.ID)))
	}
	if tenant.Cloud != "global" {
		p.line(8, p.style.Muted("cloud "+Printable(tenant.Cloud)))
	}
	p.line(0, "Client  "+p.style.Strong(Printable(clientName(client))))
	p.line(8, p.style.Muted("appId "+Printable(string(client.AppID))))
	switch {
	case client.ServicePrincipalID == nil:
		p.line(8, "no service principal in this tenant yet")
	case client.AccountEnabled != nil && !*client.AccountEnabled:
		p.line(8, p.style.Warn("disabled for sign-in"))
	}
}

// nameOf is what to call a tenant: its name, or its id where the name is not known.
func nameOf(t TenantInfo) string {
	if t.DisplayName != nil && Printable(*t.DisplayName) != "" {
		return *t.DisplayName
	}
	return t.ID
}

func clientName(c ClientInfo) string {
	if c.DisplayName != nil && Printable(*c.DisplayName) != "" {
		return *c.DisplayName
	}
	return consent.AppleMail(consent.AllDevices).ClientName
}

func (p *page) resource(r Resource, muteMissing bool) {
	p.line(0, p.style.Strong(Printable(r.DisplayName)))
	missing := p.style.Warn
	if muteMissing {
		missing = p.style.Muted
	}
	rows := []struct {
		scopes       consent.ScopeSet
		symbol, word string
		paint        func(string) string
	}{
		{r.Granted, "✓", "granted for all users", p.style.Good},
		{r.Missing, "✗", "missing", missing},
		{r.Extra, "·", "beyond the requirement, kept", p.style.Muted},
	}
	width := 0
	for _, row := range rows {
		width = max(width, widest(row.scopes))
	}
	width = min(width, p.style.Width-34)
	for _, row := range rows {
		for _, scope := range shownScopes(row.scopes) {
			p.line(2, row.paint(row.symbol+" "+pad(ansi.Truncate(scope, width, "…"), width)+"  "+row.word))
		}
	}
}

// maxShownScopes is how many scopes of one kind are listed; a grant can hold hundreds.
const maxShownScopes = 20

// shownScopes returns the names to list, the last of which may stand for the rest.
func shownScopes(scopes consent.ScopeSet) []string {
	var names []string
	for i, scope := range scopes {
		if i == maxShownScopes && len(scopes) > maxShownScopes+1 {
			return append(names, fmt.Sprintf("(%d more)", len(scopes)-i))
		}
		names = append(names, Printable(string(scope)))
	}
	return names
}

func widest(scopes consent.ScopeSet) int {
	width := 0
	for _, name := range shownScopes(scopes) {
		width = max(width, ansi.StringWidth(name))
	}
	return width
}

// action adds what one action does, with a line per scope that it touches or leaves.
func (p *page) action(a Action, doc Document) {
	symbol, paint, words := p.actionLine(a, doc)
	p.line(2, fmt.Sprintf("%s %s %s", Printable(a.ID), paint(symbol), words))
	if !a.Kind.OnGrant() {
		return
	}
	p.scopes(" ", p.style.Muted, a.Before.In(a.After))
	p.scopes("+", p.style.Added, a.domain().Added())
	p.scopes("-", p.style.Removed, a.domain().Removed())
}

func (p *page) scopes(symbol string, paint func(string) string, scopes consent.ScopeSet) {
	for _, scope := range shownScopes(scopes) {
		p.line(6, paint(symbol+" "+scope))
	}
}

func (p *page) actionLine(a Action, doc Document) (symbol string, paint func(string) string, words string) {
	words = describe(a, clientName(doc.Client), doc.Resources)
	switch a.Kind {
	case consent.CreateServicePrincipal, consent.CreateGrant:
		return "+", p.style.Added, words
	case consent.UpdateGrant:
		return "~", p.style.Changed, words
	case consent.DeleteGrant, consent.DeleteServicePrincipal:
		return "-", p.style.Removed, words
	}
	return "?", p.style.Warn, words
}

// Describe says in one line what an action does.
func Describe(a Action) string {
	return describe(a, clientName(ClientInfo{}), requiredResources())
}

func describe(a Action, client string, resources []Resource) string {
	client = Printable(client)
	resource := string(a.ResourceAppID)
	if i := slices.IndexFunc(resources, func(r Resource) bool { return r.AppID == a.ResourceAppID }); i >= 0 {
		resource = resources[i].DisplayName
	}
	resource = Printable(resource)
	switch a.Kind {
	case consent.CreateServicePrincipal:
		return "create the service principal of " + client
	case consent.CreateGrant:
		return "create the grant on " + resource
	case consent.UpdateGrant:
		return "update the grant on " + resource
	case consent.DeleteGrant:
		return "delete the grant on " + resource
	case consent.DeleteServicePrincipal:
		return "delete the service principal of " + client
	}
	return Printable(string(a.Kind))
}

func (p *page) notices(notices []Notice) {
	for _, n := range notices {
		p.blank()
		label, paint := "note:", p.style.Muted
		switch n.Level {
		case consent.Blocker:
			label, paint = "blocked:", p.style.Removed
		case consent.Warning:
			label, paint = "warning:", p.style.Warn
		case consent.Info:
		}
		p.paragraph(label, paint(label), PrintableLine(n.Message))
	}
}

// verdictOf is the one word that says it all.
func verdictOf(doc Document) string {
	switch {
	case doc.Blocked():
		return "Blocked:"
	case doc.Kind == KindStatus && doc.Satisfied:
		return "In place:"
	case doc.Kind == KindStatus:
		return "Not in place:"
	case len(doc.Actions) == 0:
		return "Nothing to do:"
	}
	return "Plan:"
}

func summaryOf(doc Document) string {
	tenant := Printable(nameOf(doc.Tenant))
	missing, required := 0, 0
	for _, r := range doc.Resources {
		missing += len(r.Missing)
		required += len(r.Required)
	}
	switch {
	case doc.RollsBack != "" && len(doc.Actions) == 0:
		return fmt.Sprintf("change %s is already undone in %s.", Printable(doc.RollsBack), tenant)
	case len(doc.Actions) > 0:
		return planSummary(doc.Actions, tenant)
	case missing == 0 && required == 1:
		return fmt.Sprintf("the required scope is granted for all users of %s.", tenant)
	case missing == 0:
		return fmt.Sprintf("all %d required scopes are granted for all users of %s.", required, tenant)
	}
	return fmt.Sprintf("%d of %s missing in %s.", missing, Count(required, "required scope"), tenant)
}

// planSummary counts what the actions will do, and for whom.
func planSummary(actions []Action, tenant string) string {
	return fmt.Sprintf("%s, for all users of %s.", Tally(actions), tenant)
}

// Tally counts what actions will do, such as "1 grant to create, 2 scopes to grant".
func Tally(actions []Action) string {
	return countActions(domainOf(actions), func(verb string) string { return "to " + verb })
}

// TallyDone counts what actions have done, such as "1 grant created, 2 scopes granted".
func TallyDone(actions []Action) string { return countActions(domainOf(actions), pastTense) }

func domainOf(actions []Action) []consent.Action {
	domain := make([]consent.Action, len(actions))
	for i, a := range actions {
		domain[i] = a.domain()
	}
	return domain
}

func pastTense(verb string) string {
	return map[string]string{"create": "created", "update": "updated", "delete": "deleted", "grant": "granted", "revoke": "revoked"}[verb]
}

// Summary counts in one sentence what a change has done, and for whom.
func Summary(c Change) string {
	var done []consent.Action
	for _, a := range c.Actions {
		if a.Status == StatusDone {
			done = append(done, a.performed())
		}
	}
	if len(done) == 0 {
		return fmt.Sprintf("nothing had to be written in %s.", Printable(nameOf(c.Tenant)))
	}
	return fmt.Sprintf("%s, for all users of %s.", countActions(done, pastTense), Printable(nameOf(c.Tenant)))
}

// countActions lists how many objects and scopes the actions create, update, delete, grant and revoke.
func countActions(actions []consent.Action, form func(verb string) string) string {
	counts := make(map[consent.ActionKind]int)
	granted, revoked := 0, 0
	for _, a := range actions {
		counts[a.Kind]++
		granted += len(a.Added())
		revoked += len(a.Removed())
	}
	var parts []string
	add := func(n int, noun, verb string) {
		if n > 0 {
			parts = append(parts, Count(n, noun)+" "+form(verb))
		}
	}
	add(counts[consent.CreateServicePrincipal], "service principal", "create")
	add(counts[consent.CreateGrant], "grant", "create")
	add(counts[consent.UpdateGrant], "grant", "update")
	add(counts[consent.DeleteGrant], "grant", "delete")
	add(counts[consent.DeleteServicePrincipal], "service principal", "delete")
	add(granted, "scope", "grant")
	add(revoked, "scope", "revoke")
	return strings.Join(parts, ", ")
}

// Count is a number of things.
func Count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
