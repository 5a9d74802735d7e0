package render_test

import (
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// That every app of a verified publisher may then ask for mailboxes stands before everything else in each form, and in red.
func TestAlarm(t *testing.T) {
	t.Parallel()
	state := newTenant()
	required := consent.AppleMail().Require(consent.Choices{Route: consent.UserConsent})
	doc := plan.New(plan.KindPlan, testTool, examined, required, state)
	red := render.PlainStyle(80)
	red.Removed = func(s string) string { return "<red>" + s + "</red>" }
	for format, want := range map[render.Format]struct{ begins, red string }{
		render.Text:       {"<red>warning: This affects other apps than Apple Mail, too: users can then consent to</red>\n<red>         any app", ""},
		render.Markdown:   {"# Plan to let users consent to Apple Mail\n\n> [!CAUTION]\n> **Warning:** This affects other apps", ""},
		render.PowerShell: {"", "\nWrite-Host -ForegroundColor Red -Object 'WARNING: This affects other apps"},
		render.HTML:       {"", "<main>\n<div class=\"notice alarm\">\n<p><strong>Warning: <bdi>This affects other apps"},
		render.JSON:       {"", "\"notices\": [\n    {\n      \"level\": \"warning\",\n      \"code\": \"widerConsent\""},
	} {
		written, err := render.Write(render.OfPlan(doc), format, red)
		if err != nil {
			t.Fatal(err)
		}
		if text := string(written); !strings.HasPrefix(text, want.begins) || !strings.Contains(text, want.red) {
			t.Errorf("%s:\n%s", format, text)
		}
	}
	script, _ := render.Write(render.OfPlan(doc), render.PowerShell, red)
	if first, origin := strings.Index(string(script), "\n# WARNING: This affects"), strings.Index(string(script), "\n# Origin:"); first < 0 || first > origin {
		t.Errorf("in the script it comes at %d, the origin at %d", first, origin)
	}
}
