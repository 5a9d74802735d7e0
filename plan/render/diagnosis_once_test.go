package render_test

import (
	"strings"
	"testing"

	"appleconsent/plan/render"
)

// A sentence that holds for several checks is said once, and what differs is said for each.
func TestDiagnosisText_once(t *testing.T) {
	t.Parallel()
	facts := troubledFacts()
	facts.Domains.Failed, facts.MailProfiles.Failed, facts.MailProfiles.Lacks = "no answer in time", "no answer in time", ""
	d := diagnose(allDevices, facts)
	for name, layOut := range layouts() {
		text := strings.Join(strings.Fields(layOut(d, render.PlainStyle(80))), " ")
		for _, once := range []string{
			"Could not be read: no answer in time.", "It would tell which users with old profiles must sign in again.",
			"It would tell whether the e-mail profiles for iOS use OAuth.", *d.Command, "Grant the missing scopes for all users.",
		} {
			if n := strings.Count(text, once); n != 1 {
				t.Errorf("%s says %d times %q:\n%s", name, n, once, text)
			}
		}
	}
}
