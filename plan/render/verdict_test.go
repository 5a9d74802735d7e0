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
		"**Not in place:** All required scopes are granted, but sign-in is disabled.": {"status-enable", func(d *plan.Document) {
			granted(d)
			d.Satisfied = true
		}},
		"**Not in place:** All required scopes are granted, but sign-in is disabled by Apple, in all tenants.": {"status-enable", func(d *plan.Document) {
			granted(d)
			d.Client.SignIn = new(plan.SignInDisabledByOwner)
		}},
		"**In place:** All required scopes granted for all users of Contoso.": {"status-enable", func(d *plan.Document) {
			granted(d)
			d.Satisfied, d.Client.SignIn, d.Client.AccountEnabled = true, new(plan.SignInEnabled), new(true)
		}},
		"**Not in place:** The user-consent setting is not the required one.": {"status-user-consent", func(d *plan.Document) {
			classified(d, low, "ManagePermissionGrantsForSelf.mine")
		}},
		"**In place:** Users of Contoso can consent to Apple Mail themselves.": {"status-user-consent", func(d *plan.Document) {
			classified(d, owned, low)
			d.Satisfied, d.Client.SignIn, d.Notices = true, new(plan.SignInEnabled), []plan.Notice{}
		}},
		"**In place:** User consent is set up in Contoso, but Apple Mail shows no verified publisher, so users may be refused.": {"status-user-consent", func(d *plan.Document) {
			classified(d, owned, low)
			d.Satisfied, d.Client.SignIn = true, new(plan.SignInEnabled)
		}}, // as the notice says
		"**Not in place:** User consent is set up, but it is unknown whether sign-in is enabled.": {"status-user-consent", func(d *plan.Document) {
			classified(d, owned, low)
			d.Satisfied = true
		}},
		"**Not in place:** User consent is set up, but sign-in is disabled.": {"status-user-consent", func(d *plan.Document) {
			classified(d, low)
			d.Client.AccountEnabled = new(bool)
		}},
		"**Not in place:** All required scopes are granted for all users, but sign-in is disabled.": {"status-user-consent", func(d *plan.Document) {
			granted(d) // and users could not consent
			d.Satisfied, d.Client.AccountEnabled, d.UserConsentPolicies = true, new(bool), consent.ScopeSet{}
		}},
		"**In place:** User consent is set up in Contoso, but users cannot consent while assignment is required.": {"status-user-consent", func(d *plan.Document) {
			classified(d, owned, low)
			d.Satisfied, d.Client.SignIn = true, new(plan.SignInEnabled)
			d.Notices = append(d.Notices, plan.Notice{Level: consent.Warning, Code: "userConsentUnavailable"})
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

// What few tenants and documents have is shown, too.
func TestSheet_rare(t *testing.T) {
	t.Parallel()
	policies := func(entries ...consent.Scope) func(*document) {
		return func(d *document) { d.plan.UserConsentPolicies = append(consent.ScopeSet{}, entries...) }
	}
	const self = "ManagePermissionGrantsForSelf.microsoft-user-default-"
	for want, test := range map[string]struct {
		name   string
		format render.Format
		doctor func(*document)
	}{
		"  cloud usgov\n": {"plan-fresh", render.Text, func(d *document) { d.plan.Tenant.Cloud = "usgov" }},
		"- Planned by: `admin@contoso.example`\n- Reason: CHG 7\n":   {"plan-fresh", render.Markdown, func(d *document) { d.plan.PlannedBy, d.plan.Reason = new("admin@contoso.example"), new("CHG 7") }},
		"  Now: user consent is off.\n  · (no policy is assigned)\n": {"status-user-consent", render.Text, policies()},
		"| (no policy is assigned) | – |":                            {"status-user-consent", render.Markdown, policies()},
		"Now: users can consent to any app for permissions that":     {"status-user-consent", render.Markdown, policies(self + "legacy")},
		"Now: Microsoft manages user consent and excepts mailboxes":  {"status-user-consent", render.Markdown, policies(self + "recommended")},
		"Now: a custom app consent policy decides what users":        {"status-user-consent", render.Markdown, policies("ManagePermissionGrantsForSelf.mine")},
		"Time    2026-11-24 13:58:18 UTC\n":                          {"change-applied", render.Text, func(d *document) { d.change.FinishedAt = nil }},
		"Running (or its process died): 3 of 3 actions done.":        {"change-applied", render.Text, func(d *document) { d.change.Outcome = plan.OutcomeRunning }},
		"Undone by 20261124T135818Z-000001\n":                        {"change-applied", render.Text, func(d *document) { d.change.RolledBackBy = new("20261124T135818Z-000001") }},
	} {
		d := read(t, test.name)
		test.doctor(&d)
		if got, err := d.render(test.format); err != nil || !strings.Contains(string(got), want) {
			t.Errorf("%s as %s does not say %q (%v):\n%s", test.name, test.format, want, err, got)
		}
	}
	back := read(t, "change-rollback").change
	back.RolledBackBy = new(back.ID)
	if got, want := render.HistoryLine(back), "Contoso (simulated)  rolled back 20261124T135818Z-a38900, undone again"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	back.Outcome = plan.OutcomeFailed
	if got, want := render.HistoryLine(back), "Contoso (simulated)  rollback of 20261124T135818Z-a38900 failed, undone again"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
