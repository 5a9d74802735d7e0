package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/charmbracelet/x/ansi"
)

func TestText(t *testing.T) {
	t.Parallel()
	granted := newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All"))
	for name, tenant := range map[string]*fakeTenant{
		"fresh": newTenant(), "partial": partialTenant(), "granted": granted, "no-exchange": withoutExchange(),
	} {
		r := newRig(t, tenant)
		for _, kind := range []plan.Kind{plan.KindStatus, plan.KindPlan} {
			doc := plan.New(kind, testTool, r.clock.Now(), allDevices, tenant.state)
			for _, width := range []int{60, 80, 120, 140} {
				got := plan.Text(doc, plan.PlainStyle(width))
				checkGolden(t, fmt.Sprintf("%s-%s-%d.txt", kind, name, width), got)
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
	r := newRig(t, partialTenant())
	doc := r.planApply()
	plain := plan.Text(doc, plan.PlainStyle(80))
	tagged := plan.Text(doc, plan.Style{
		Width: 80, Good: tag("good"), Added: tag("added"), Changed: tag("changed"), Removed: tag("removed"), Warn: tag("warn"), Muted: tag("muted"), Strong: tag("strong"),
	})
	checkGolden(t, "plan-partial-coloured.txt", tagged)
	sgr := func(code string) func(string) string {
		return func(s string) string { return "\x1b[" + code + "m" + s + "\x1b[0m" }
	}
	coloured := plan.Text(doc, plan.Style{
		Width: 80, Good: sgr("32"), Added: sgr("32"), Changed: sgr("33"), Removed: sgr("31"), Warn: sgr("33"), Muted: sgr("2"), Strong: sgr("1"),
	})
	if got := ansi.Strip(coloured); got != plain {
		t.Errorf("without its colours the text is\n%s\ninstead of\n%s", got, plain)
	}
}

func checkWidth(t *testing.T, text string, width int) {
	t.Helper()
	for line := range strings.SplitSeq(text, "\n") {
		if n := ansi.StringWidth(line); n > width {
			t.Errorf("a line has %d columns instead of at most %d: %q", n, width, line)
		}
	}
}

// Whatever a tenant calls itself and its scopes, the text stays within its lines.
func TestText_hostile(t *testing.T) {
	t.Parallel()
	const escape = "\x1b[2J\x1b]0;owned\x07\r\nTenant  Fabrikam\u202e\u2028\u0085\x9b31m"
	tenant := newTenant(grant(graphID, "User.Read"), grant(exchangeID, "\x1b[31mEvil \u202eScope "+strings.Repeat("x", 10000)))
	tenant.state.Tenant.DisplayName = escape
	for i := range tenant.state.ServicePrincipals {
		tenant.state.ServicePrincipals[i].DisplayName = escape + strings.Repeat("long ", 2000)
	}
	r := newRig(t, tenant)
	c := r.begin(r.planApply(), plan.OperationApply)
	c.Reason, c.Operator = escape, escape
	for i := range c.Actions {
		c.Actions[i].Error = escape
	}
	style := plan.PlainStyle(60)
	for name, text := range map[string]string{
		"plan": plan.Text(r.planApply(), style), "change": plan.ChangeText(c, style), "history": plan.HistoryText([]plan.Change{c}, style),
	} {
		if strings.ContainsAny(text, "\x1b\r\x07\u202e\u2028\u0085\u009b") {
			t.Errorf("%s: control characters are left in %q", name, text)
		}
		if strings.Contains(text, "\nTenant  Fabrikam") {
			t.Errorf("%s: a name has made a line of its own:\n%s", name, text)
		}
		checkWidth(t, text, 60)
	}
}

func TestText_manyScopes(t *testing.T) {
	t.Parallel()
	var names []string
	for i := range 4000 {
		names = append(names, fmt.Sprintf("Scope.%d", i))
	}
	tenant := newTenant(grant(graphID, "User.Read"), grant(exchangeID, strings.Join(names, " ")))
	text := plan.Text(newRig(t, tenant).planApply(), plan.PlainStyle(80))
	if lines := strings.Count(text, "\n"); lines > 60 || !strings.Contains(text, "(3980 more)") {
		t.Errorf("got %d lines for 4,000 scopes:\n%s", lines, text)
	}
}

func TestChangeText(t *testing.T) {
	t.Parallel()
	r := newRig(t, partialTenant())
	c := r.mustApply()
	c.Reason = "CHG-1042"
	r.tenant.faults = []*fault{{call: "UpdateGrant", err: failure{unanswered: true}}, {call: "Read", err: errDenied}}
	stopped, err := r.rollback(c)
	if err == nil {
		t.Fatal("the rollback should have stopped")
	}
	checkGolden(t, "change-applied.txt", plan.ChangeText(c, plan.PlainStyle(80)))
	checkGolden(t, "change-stopped.txt", plan.ChangeText(stopped, plan.PlainStyle(80)))
	checkGolden(t, "history.txt", plan.HistoryText([]plan.Change{stopped, c}, plan.PlainStyle(120)))
	if got, want := plan.Summary(c), "1 grant created, 1 grant updated, 2 scopes granted, for all users of Contoso."; got != want {
		t.Errorf("Summary: got %q, want %q", got, want)
	}
}

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Contoso & Söhne 日本":     "Contoso & Söhne 日本",
		"a\tb\r\nc  d":           "a b c d",
		"\x1b[31mred\x1b[0m":     "[31mred[0m",
		"r\u202etl\u200b\u2066x": "rtlx",
		"\xff\xfe":               "",
		"":                       "",
	} {
		if got := plan.Printable(text); got != want {
			t.Errorf("Printable(%q) = %q, want %q", text, got, want)
		}
	}
	if got := plan.Printable(strings.Repeat("x", 10000)); len(got) > 300 {
		t.Errorf("a name of 10,000 characters is printed with %d bytes", len(got))
	}
}

// The retirement of EWS is in every text that asks for EWS, and in no other.
func TestText_ewsNotice(t *testing.T) {
	t.Parallel()
	for devices, want := range map[consent.Devices]bool{consent.AllDevices: true, consent.MacDevices: true, consent.IOSDevices: false} {
		doc := plan.New(plan.KindStatus, testTool, (&fakeClock{}).now, consent.AppleMail().Require(consent.Choices{Devices: devices}), partialTenant().state)
		if got := strings.Contains(plan.Text(doc, plan.PlainStyle(80)), "1 April 2027"); got != want {
			t.Errorf("--devices %s tells the date: %v, want %v", devices, got, want)
		}
	}
}
