package render_test

import (
	"fmt"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/charmbracelet/x/ansi"
)

func planFor(state consent.State) plan.Document {
	return plan.New(plan.KindPlan, testTool, testTime, allDevices, state)
}

func TestText(t *testing.T) {
	t.Parallel()
	granted := newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All"))
	for name, tenant := range map[string]consent.State{
		"fresh": newTenant(), "partial": partialTenant(), "granted": granted, "no-exchange": withoutExchange(),
	} {
		for _, kind := range []plan.Kind{plan.KindStatus, plan.KindPlan} {
			doc := plan.New(kind, testTool, testTime, allDevices, tenant)
			for _, width := range []int{60, 80, 120, 140} {
				got := render.PlanText(doc, render.PlainStyle(width))
				checkGolden(t, fmt.Sprintf("text/%s-%s-%d.txt", kind, name, width), got)
				checkWidth(t, got, width)
			}
		}
	}
}

// Colours only add: without them the text is the same, and each is where it belongs.
func TestText_coloured(t *testing.T) {
	t.Parallel()
	tag := func(name string) func(string) string {
		return func(s string) string { return "<" + name + ">" + s + "</" + name + ">" }
	}
	doc := planFor(partialTenant())
	plain := render.PlanText(doc, render.PlainStyle(80))
	tagged := render.PlanText(doc, render.Style{
		Width: 80, Good: tag("good"), Added: tag("added"), Changed: tag("changed"), Removed: tag("removed"), Warn: tag("warn"), Muted: tag("muted"), Strong: tag("strong"),
	})
	checkGolden(t, "text/plan-partial-coloured.txt", tagged)
	sgr := func(code string) func(string) string {
		return func(s string) string { return "\x1b[" + code + "m" + s + "\x1b[0m" }
	}
	coloured := render.PlanText(doc, render.Style{
		Width: 80, Good: sgr("32"), Added: sgr("32"), Changed: sgr("33"), Removed: sgr("31"), Warn: sgr("33"), Muted: sgr("2"), Strong: sgr("1"),
	})
	if got := ansi.Strip(coloured); got != plain {
		t.Errorf("without its colours the text is\n%s\ninstead of\n%s", got, plain)
	}
}

// Whatever a tenant calls itself and its scopes, the text stays within its lines.
func TestText_hostile(t *testing.T) {
	t.Parallel()
	tenant := newTenant(grant(graphID, "User.Read"), grant(exchangeID, "\x1b[31mEvil \u202eScope "+strings.Repeat("x", 10000)))
	tenant.Tenant.DisplayName = hostile
	for i := range tenant.ServicePrincipals {
		tenant.ServicePrincipals[i].DisplayName = hostile + strings.Repeat("long ", 2000)
	}
	doc := planFor(tenant)
	c := plan.Begin(doc, plan.Beginning{ID: "20261123T200000Z-3f9a1c", Operation: plan.OperationApply})
	c.Reason, c.Operator = hostile, hostile
	for i := range c.Actions {
		c.Actions[i].Error = hostile
	}
	style := render.PlainStyle(60)
	for _, text := range []string{
		render.PlanText(doc, style), render.ChangeText(c, style), render.DoneText(c, style), render.HistoryText([]plan.Change{c}, style),
	} {
		checkPage(t, text, 60)
	}
}

func TestText_manyScopes(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 4000 {
		names = append(names, fmt.Sprintf("Scope.%d", i))
	}
	tenant := newTenant(grant(graphID, "User.Read"), grant(exchangeID, strings.Join(names, " ")))
	text := render.PlanText(planFor(tenant), render.PlainStyle(80))
	if lines := strings.Count(text, "\n"); lines > 60 || !strings.Contains(text, "(3980 more)") {
		t.Errorf("got %d lines for 4,000 scopes:\n%s", lines, text)
	}
}

func TestChangeText(t *testing.T) {
	t.Parallel()
	var changes []plan.Change
	for _, name := range []string{"change-rollback", "change-interrupted", "change-applied"} {
		c := read(t, name).change
		checkGolden(t, "text/"+name+".txt", render.ChangeText(c, render.PlainStyle(80)))
		changes = append(changes, c)
	}
	checkGolden(t, "text/history.txt", render.HistoryText(changes, render.PlainStyle(120)))
	if got, want := render.Summary(changes[2]), "1 service principal created, 2 grants created, 3 scopes granted, for all users of Contoso (simulated)."; got != want {
		t.Errorf("Summary: got %q, want %q", got, want)
	}
}

// The retirement of EWS is in every text that asks for EWS, and in no other.
func TestText_ewsNotice(t *testing.T) {
	t.Parallel()
	for devices, want := range map[consent.Devices]bool{consent.AllDevices: true, consent.MacDevices: true, consent.IOSDevices: false} {
		doc := plan.New(plan.KindStatus, testTool, testTime, consent.AppleMail().Require(consent.Choices{Devices: devices}), partialTenant())
		if got := strings.Contains(render.PlanText(doc, render.PlainStyle(80)), "1 April 2027"); got != want {
			t.Errorf("--devices %s tells the date: %v, want %v", devices, got, want)
		}
	}
}
