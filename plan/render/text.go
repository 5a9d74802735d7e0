package render

import (
	"fmt"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/charmbracelet/x/ansi"
)

// PlanText renders a status or a plan for people: the tenant, the client, a line per scope, the actions, what else to know,
// and one sentence of summary.
func PlanText(doc plan.Document, style Style) string {
	doc = worded(doc)
	p := &page{style: style}
	p.heading(doc.Tenant, doc.Client)
	for _, r := range doc.Resources {
		p.blank()
		p.resource(r, doc)
	}
	if doc.Requirement.Route == consent.UserConsent {
		p.userConsent(doc.UserConsentPolicies)
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

func (p *page) heading(tenant plan.TenantInfo, client plan.ClientInfo) {
	p.line(0, "Tenant  "+p.style.Strong(tenantName(tenant)))
	if tenant.DisplayName != nil {
		p.line(8, p.style.Muted(plan.Printable(tenant.ID)))
	}
	if tenant.Cloud != "global" {
		p.line(8, p.style.Muted("cloud "+plan.Printable(tenant.Cloud)))
	}
	p.line(0, "Client  "+p.style.Strong(clientName(client)))
	p.line(8, p.style.Muted("appId "+plan.Printable(string(client.AppID))))
	switch {
	case client.ServicePrincipalID == nil:
		p.line(8, "no service principal in this tenant yet")
	case client.AccountEnabled != nil && !*client.AccountEnabled:
		p.line(8, p.style.Warn("disabled for sign-in"))
	}
}

// scopeRow is scopes of one kind, and how they are shown.
type scopeRow struct {
	scopes       consent.ScopeSet
	symbol, word string
	paint        func(string) string
}

// scopeRows sorts the scopes of a resource by what the document is about. In the plan of a rollback nothing is missing.
func (p *page) scopeRows(r plan.Resource, doc plan.Document) []scopeRow {
	lacking := p.style.Warn
	if doc.RollsBack != "" {
		lacking = p.style.Muted
	}
	if doc.Requirement.Route == consent.UserConsent {
		return []scopeRow{
			{r.Classified, "✓", "classified as low impact", p.style.Good},
			{r.Required.Without(r.Classified), "✗", "not classified as low impact", lacking},
			{r.Granted.With(r.Extra...), "·", "granted for all users", p.style.Muted},
		}
	}
	return []scopeRow{
		{r.Granted, "✓", "granted for all users", p.style.Good},
		{r.Missing, "✗", "missing", lacking},
		{r.Extra, "·", "beyond the requirement, kept", p.style.Muted},
	}
}

// userConsent adds what users may consent to for themselves.
func (p *page) userConsent(policies consent.ScopeSet) {
	p.blank()
	p.line(0, p.style.Strong("User consent"))
	p.paragraph(" ", " ", consent.SettingOf(policies).Sentence())
	p.entries("·", p.style.Muted, policies)
}

func (p *page) resource(r plan.Resource, doc plan.Document) {
	p.line(0, p.style.Strong(plan.Printable(r.DisplayName)))
	rows := p.scopeRows(r, doc)
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
		names = append(names, plan.Printable(string(scope)))
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
func (p *page) action(a plan.Action, doc plan.Document) {
	symbol, paint, words := p.actionLine(a, doc)
	p.line(2, fmt.Sprintf("%s %s %s", plan.Printable(a.ID), paint(symbol), words))
	list := p.scopes
	if a.Kind.Object == consent.OnPolicy {
		list = p.entries
	}
	list(" ", p.style.Muted, a.Before.In(a.After))
	list("+", p.style.Added, a.After.Without(a.Before))
	list("-", p.style.Removed, a.Before.Without(a.After))
}

// entries adds entries of the authorization policy. What they all begin with makes room for what tells them apart.
func (p *page) entries(symbol string, paint func(string) string, entries consent.ScopeSet) {
	for _, entry := range shownScopes(entries) {
		if ansi.StringWidth(entry)+8 > p.style.Width {
			entry = strings.Replace(entry, "ManagePermissionGrants", "…", 1)
		}
		p.line(6, paint(symbol+" "+entry))
	}
}

func (p *page) scopes(symbol string, paint func(string) string, scopes consent.ScopeSet) {
	for _, scope := range shownScopes(scopes) {
		p.line(6, paint(symbol+" "+scope))
	}
}

func (p *page) actionLine(a plan.Action, doc plan.Document) (symbol string, paint func(string) string, words string) {
	words = describe(a.Action, doc.Client, doc.Resources)
	switch a.Kind {
	case consent.CreateServicePrincipal, consent.CreateGrant, consent.ClassifyPermission:
		return "+", p.style.Added, words
	case consent.UpdateGrant, consent.SetUserConsentPolicy, consent.EnableServicePrincipal, consent.DisableServicePrincipal:
		return "~", p.style.Changed, words
	case consent.DeleteGrant, consent.DeleteServicePrincipal, consent.DeclassifyPermission:
		return "-", p.style.Removed, words
	}
	return "?", p.style.Warn, words
}

func (p *page) notices(notices []plan.Notice) {
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
		p.paragraph(label, paint(label), plan.PrintableLine(n.Message))
	}
}
