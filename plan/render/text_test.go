package render_test

import (
	"errors"
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

// textOf is a result as it is printed.
func textOf(t *testing.T, r render.Result, style render.Style) string {
	t.Helper()
	out, err := render.Write(r, render.Text, style)
	if err != nil {
		t.Fatal(err)
	}
	return string(out)
}

func TestText(t *testing.T) {
	t.Parallel()
	for _, name := range documents(t) {
		checkGolden(t, "text/"+name+".txt", textOf(t, read(t, name).result(), render.PlainStyle(80)))
	}
	for _, name := range []string{"plan-extra", "plan-user-consent"} {
		for _, width := range []int{60, 140} {
			got := textOf(t, read(t, name).result(), render.PlainStyle(width))
			checkGolden(t, fmt.Sprintf("text/%s-%d.txt", name, width), got)
			checkWidth(t, got, width)
		}
	}
}

// Colours only add: without them the text is the same, and each is where it belongs.
func TestText_coloured(t *testing.T) {
	t.Parallel()
	tag := func(name string) func(string) string {
		return func(s string) string { return "<" + name + ">" + s + "</" + name + ">" }
	}
	doc := render.OfPlan(planFor(partialTenant()))
	checkGolden(t, "text/coloured.txt", textOf(t, doc, render.Style{
		Width: 80, Good: tag("good"), Removed: tag("removed"), Warn: tag("warn"), Muted: tag("muted"), Strong: tag("strong"),
	}))
	sgr := func(code string) func(string) string {
		return func(s string) string { return "\x1b[" + code + "m" + s + "\x1b[0m" }
	}
	coloured := textOf(t, doc, render.Style{
		Width: 80, Good: sgr("32"), Removed: sgr("31"), Warn: sgr("33"), Muted: sgr("2"), Strong: sgr("1"),
	})
	if got, plain := ansi.Strip(coloured), textOf(t, doc, render.PlainStyle(80)); got != plain {
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
	for _, r := range []render.Result{render.OfPlan(doc), render.OfChange(c), render.OfDone(c, doc, render.Commands{Undo: "undo"}), render.OfHistory(render.History{Changes: []plan.Change{c}})} {
		checkPage(t, textOf(t, r, style), 60)
	}
}

func TestText_manyScopes(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 4000 {
		names = append(names, fmt.Sprintf("Scope.%d", i))
	}
	tenant := newTenant(grant(graphID, "User.Read"), grant(exchangeID, strings.Join(names, " ")))
	text := textOf(t, render.OfPlan(planFor(tenant)), render.PlainStyle(80))
	if lines := strings.Count(text, "\n"); lines > 60 || !strings.Contains(text, "(3980 more)") {
		t.Errorf("got %d lines for 4,000 scopes:\n%s", lines, text)
	}
}

func TestHistory(t *testing.T) {
	t.Parallel()
	var changes []plan.Change
	for _, name := range []string{"change-rollback", "change-interrupted", "change-applied"} {
		changes = append(changes, read(t, name).change)
	}
	checkGolden(t, "text/history.txt", textOf(t, render.OfHistory(render.History{Changes: changes}), render.PlainStyle(120)))
	for columns := 60; columns <= 200; columns++ { // no id is cut, nor that a tenant is not real, and a table uses the columns that there are
		style := render.PlainStyle(min(columns, 120))
		style.Columns = columns
		got := textOf(t, render.OfHistory(render.History{Changes: changes}), style)
		for _, c := range changes {
			if strings.Count(got, c.ID) < 1 || strings.Contains(got, "…-") || strings.Count(got, "(simulated)") != len(changes) ||
				c.RollsBack != nil && strings.Count(got, *c.RollsBack) != 2 {
				t.Errorf("%d columns: an id or a mark is cut in\n%s", columns, got)
			}
		}
		if columns == 160 && strings.Contains(got, "…") || columns >= 120 && !strings.HasPrefix(got, "TIME (UTC)") {
			t.Errorf("%d columns, and\n%s", columns, got)
		}
		for line := range strings.SplitSeq(got, "\n") {
			if ansi.StringWidth(line) > columns {
				t.Errorf("%d columns: too long: %q", columns, line)
			}
		}
	}
	if got := textOf(t, render.OfHistory(render.History{}), render.PlainStyle(80)); got != "No changes are recorded on this machine.\n" {
		t.Errorf("got %q", got)
	}
	if got := textOf(t, render.OfHistory(render.History{Damaged: []*plan.DamagedError{{File: "x", Err: errors.New("closed")}}}), render.PlainStyle(80)); got != "" {
		t.Errorf("with a damaged record: %q", got)
	}
}

// The result of a change says what was done and how to undo it; the command is never wrapped.
func TestDone(t *testing.T) {
	t.Parallel()
	undo := "appleconsent rollback 20261124T135818Z-000001 --state-dir " + strings.Repeat("x", 80)
	c := read(t, "change-applied").change
	want := "SIMULATION: this tenant is not real.\nDone: 1 service principal created, 2 grants created, 3 scopes granted, for all\n      users of Contoso (simulated).\n" +
		"Verified: the change is visible in the tenant.\nRecorded as " + c.ID + "\n" +
		"Users: No consent prompts any more. On iPhones, iPads and Macs, open Mail and\n       sign in again if asked. It may take up to about a day until every device\n" +
		"       has new tokens (unconfirmed).\nTo check: appleconsent doctor\nTo undo:\n  " + undo + "\n"
	commands := render.Commands{Check: "appleconsent doctor", Undo: undo}
	if got := textOf(t, render.OfDone(c, plan.Document{}, commands), render.PlainStyle(80)); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	beside := render.PlainStyle(80)
	beside.Beside = true // the screen says it already
	shorter := strings.NewReplacer("SIMULATION: this tenant is not real.\n", "", "Verified: the change is visible in the tenant.\n", "").Replace(want)
	if got := textOf(t, render.OfDone(c, plan.Document{}, commands), beside); got != shorter {
		t.Errorf("beside what was told: %s", got)
	}
	c.RolledBackBy = new("20261124T135820Z-000002")
	for again, want := range map[string]string{
		"":   "Nothing to do: change " + c.ID + " was already rolled back by 20261124T135820Z-000002.\n",
		undo: "Nothing to do: change " + c.ID + " was already rolled back by 20261124T135820Z-000002.\nThat rollback was itself rolled back. To undo that:\n  " + undo + "\n",
	} {
		if got := textOf(t, render.OfRolledBack(c, again), render.PlainStyle(80)); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}

// A resource is called what the plan calls it, also one that this program does not know.
func TestDescribe_resource(t *testing.T) {
	t.Parallel()
	sharePoint := plan.Resource{AppID: "00000003-0000-0ff1-ce00-000000000000", DisplayName: "SharePoint"}
	a := plan.RecordedAction{
		Action: plan.Action{Action: consent.Action{Kind: consent.CreateGrant, ResourceAppID: sharePoint.AppID}}, Status: plan.StatusDone,
	}
	planned := plan.Document{Resources: []plan.Resource{sharePoint}}
	got := [2]string{render.Describe(a.Action.Action, planned), render.Finished(a, planned, render.PlainStyle(80))}
	if want := [2]string{"Create grant on SharePoint", "✓ Created grant on SharePoint"}; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Each kind of action has its words, and its symbol by its verb.
func TestDescribe(t *testing.T) {
	t.Parallel()
	app, resource := consent.AppleInternetAccounts, consent.ExchangeOnline
	for kind, want := range map[consent.ActionKind][2]string{
		consent.CreateServicePrincipal:  {"Create service principal of Apple Internet Accounts", "✓ Created service principal of Apple Internet Accounts"},
		consent.EnableServicePrincipal:  {"Enable service principal of Apple Internet Accounts", "✓ Enabled service principal of Apple Internet Accounts"},
		consent.DisableServicePrincipal: {"Disable service principal of Apple Internet Accounts", "✓ Disabled service principal of Apple Internet Accounts"},
		consent.DeleteServicePrincipal:  {"Delete service principal of Apple Internet Accounts", "✓ Deleted service principal of Apple Internet Accounts"},
		consent.CreateGrant:             {"Create grant on Office 365 Exchange Online", "✓ Created grant on Office 365 Exchange Online"},
		consent.UpdateGrant:             {"Update grant on Office 365 Exchange Online", "✓ Updated grant on Office 365 Exchange Online"},
		consent.DeleteGrant:             {"Delete grant on Office 365 Exchange Online", "✓ Deleted grant on Office 365 Exchange Online"},
		consent.ClassifyPermission:      {"Classify permission X on Office 365 Exchange Online", "✓ Classified permission X on Office 365 Exchange Online"},
		consent.DeclassifyPermission:    {"Declassify permission X on Office 365 Exchange Online", "✓ Declassified permission X on Office 365 Exchange Online"},
		consent.SetUserConsentPolicy:    {"Change user-consent setting in the authorization policy", "✓ Changed user-consent setting in the authorization policy"},
	} {
		a := plan.RecordedAction{Action: plan.Action{Action: consent.Action{Kind: kind, AppID: app, ResourceAppID: resource, Permission: "X"}}, Status: plan.StatusDone}
		if got := [2]string{render.Describe(a.Action.Action, plan.Document{}), render.Finished(a, plan.Document{}, render.PlainStyle(80))}; got != want {
			t.Errorf("%v: got %q, want %q", kind, got, want)
		}
		a.Status = plan.StatusUnchanged
		if got := render.Finished(a, plan.Document{}, render.PlainStyle(80)); got != "= "+want[0]+": left as it was" {
			t.Errorf("%v: got %q", kind, got)
		}
		if a.Status = plan.StatusFailed; render.Finished(a, plan.Document{}, render.PlainStyle(80)) != "" {
			t.Errorf("%v: a failure is told twice", kind)
		}
	}
}

// The retirement of EWS is in every text that asks for EWS, and in no other.
func TestText_ewsNotice(t *testing.T) {
	t.Parallel()
	for devices, want := range map[consent.Devices]bool{consent.AllDevices: true, consent.MacDevices: true, consent.IOSDevices: false} {
		doc := plan.New(plan.KindStatus, testTool, testTime, consent.AppleMail().Require(consent.Choices{Devices: devices}), partialTenant())
		if got := strings.Contains(textOf(t, render.OfPlan(doc), render.PlainStyle(80)), "1 April 2027"); got != want {
			t.Errorf("--devices %s tells the date: %v, want %v", devices, got, want)
		}
	}
}
