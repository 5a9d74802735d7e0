package render_test

import (
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// The first sentence of a status or plan says what is the matter, on either route.
func TestVerdict(t *testing.T) {
	t.Parallel()
	const low, owned = "ManagePermissionGrantsForSelf.microsoft-user-default-low", "ManagePermissionGrantsForOwnedResource.x"
	classified := func(d *plan.Document, policies ...consent.Scope) {
		for i := range d.Resources {
			d.Resources[i].Classified = d.Resources[i].Required
		}
		d.UserConsentPolicies, d.Satisfied = consent.Scopes(policies...), false
	}
	granted := func(d *plan.Document) {
		for i := range d.Resources {
			d.Resources[i].Granted, d.Resources[i].Missing = d.Resources[i].Required, consent.ScopeSet{}
		}
	}
	for want, test := range map[string]struct {
		name   string
		doctor func(*plan.Document)
	}{
		"**Not in place:** All required scopes are granted, but sign-in to the application is disabled.": {"status-enable", granted},
		"**In place:** All required scopes are granted for all users of Contoso.": {"status-enable", func(d *plan.Document) {
			granted(d)
			d.Satisfied = true // nobody asked for it to be enabled
		}},
		"**Not in place:** The user-consent setting is not the required one.": {"status-user-consent", func(d *plan.Document) {
			classified(d, low, "ManagePermissionGrantsForSelf.mine")
		}},
		"**In place:** Users of Contoso can consent to Apple Mail themselves.": {"status-user-consent", func(d *plan.Document) {
			classified(d, owned, low)
			d.Satisfied = true
		}},
		"**Not in place:** Sign-in to the application is disabled.": {"status-user-consent", func(d *plan.Document) {
			classified(d, low)
			d.Client.AccountEnabled = new(bool)
		}},
		"**Nothing to do:** Change 20261124T135818Z-000001 is already undone in Contoso.": {"plan-user-consent-rollback", func(d *plan.Document) { d.Actions = nil }},
	} {
		d := read(t, test.name)
		test.doctor(&d.plan)
		if got, err := d.render(render.Markdown); err != nil || !strings.Contains(string(got), "\n"+want+"\n") {
			t.Errorf("%s does not say %q (%v):\n%s", test.name, want, err, got)
		}
	}
}
