package render_test

import (
	"errors"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan/render"
)

// A doctored document does not become a script; it can still be looked at.
func TestRefused(t *testing.T) {
	t.Parallel()
	const other = "11111111-2222-3333-4444-555555555555"
	for what, doctor := range map[string]func(*document){
		"another scope":               func(d *document) { d.plan.Actions[0].After = append(d.plan.Actions[0].After, "Mail.ReadWrite") },
		"a scope of another resource": func(d *document) { d.plan.Actions[0].After = append(d.plan.Actions[0].After, "User.Read") },
		"a scope taken away":          func(d *document) { d.plan.Actions[0].After = d.plan.Actions[0].After[2:] },
		"another resource":            func(d *document) { d.plan.Actions[0].ResourceAppID = other },
		"another client":              func(d *document) { d.plan.Client.AppID = other },
		"another cloud":               func(d *document) { d.plan.Tenant.Cloud = "mars" },
		"no GUID":                     func(d *document) { d.plan.Tenant.ID = "x' -or $true" },
		"no tenant":                   func(d *document) { d.plan.Tenant.ID = "" },
		"no grant id":                 func(d *document) { d.plan.Actions[0].GrantID = "a'; calc; '" },
		"an unknown action":           func(d *document) { d.plan.Actions[0].Kind = "dropTenant" },
		"another service principal": func(d *document) {
			d.plan.Actions[0].Kind, d.plan.Actions[0].AppID = consent.CreateServicePrincipal, other
		},
		"no service principal to delete": func(d *document) {
			d.plan.Actions[0].Kind, d.plan.Actions[0].AppID = consent.DeleteServicePrincipal, consent.AppleInternetAccounts
		},
		"a grant deleted with what is in it": func(d *document) { d.plan.Actions[0].Kind = consent.DeleteGrant },
	} {
		for _, format := range []render.Format{render.PowerShell, render.Terraform} {
			d := read(t, "plan-extra")
			doctor(&d)
			if out, err := d.render(format); !errors.Is(err, render.ErrRefused) || out != nil {
				t.Errorf("%s as %s: %v", what, format, err)
			}
		}
		for _, format := range []render.Format{render.Text, render.JSON, render.Markdown, render.HTML} {
			d := read(t, "plan-extra")
			doctor(&d)
			if _, err := d.render(format); err != nil {
				t.Errorf("%s as %s: %v", what, format, err)
			}
		}
	}
}

// The same for a record, whose results are what counts.
func TestRefused_change(t *testing.T) {
	t.Parallel()
	d := read(t, "change-applied")
	d.change.Actions[1].Result.After = append(d.change.Actions[1].Result.After, "Mail.ReadWrite")
	for _, format := range []render.Format{render.PowerShell, render.Terraform} {
		if _, err := d.render(format); !errors.Is(err, render.ErrRefused) {
			t.Errorf("%s: %v", format, err)
		}
	}
}

// The same for what concerns settings. Only the PowerShell form can say these, so that it alone can be fooled.
func TestRefused_settings(t *testing.T) {
	t.Parallel()
	const other = "11111111-2222-3333-4444-555555555555"
	policy := func(entries ...consent.Scope) func(*document) {
		return func(d *document) { a := &d.plan.Actions[2]; a.After = a.After.With(entries...) }
	}
	for what, test := range map[string]struct {
		name   string
		doctor func(*document)
	}{
		"another permission": {"plan-user-consent", func(d *document) { d.plan.Actions[0].Permission = "Mail.ReadWrite" }},
		"another permission with its id": {"plan-user-consent", func(d *document) {
			d.plan.Actions[0].Permission, d.plan.Actions[0].PermissionID = "Mail.ReadWrite", "024d486e-b451-40bb-833d-3e66d98c5c73"
		}},
		"another id":                          {"plan-user-consent", func(d *document) { d.plan.Actions[0].PermissionID = other }},
		"a permission of another resource":    {"plan-user-consent", func(d *document) { d.plan.Actions[0].ResourceAppID = consent.MicrosoftGraph }},
		"another resource":                    {"plan-user-consent", func(d *document) { d.plan.Actions[0].ResourceAppID = consent.AzureADGraph }},
		"no object id":                        {"plan-user-consent", func(d *document) { d.plan.Actions[0].ResourceID = "x'; calc; '" }},
		"no resource":                         {"plan-user-consent", func(d *document) { d.plan.Actions[0].ResourceID = "" }},
		"another classification":              {"plan-user-consent", func(d *document) { d.plan.Actions[0].Classification = "high" }},
		"classified twice":                    {"plan-user-consent", func(d *document) { d.plan.Actions[1] = d.plan.Actions[0] }},
		"a more generous policy":              {"plan-user-consent", policy("ManagePermissionGrantsForSelf.microsoft-user-default-legacy")},
		"a custom policy":                     {"plan-user-consent", policy("ManagePermissionGrantsForSelf.mine")},
		"a policy of owned resources":         {"plan-user-consent", policy("ManagePermissionGrantsForOwnedResource.mine")},
		"a policy with a quote":               {"plan-user-consent", policy("ManagePermissionGrantsForSelf.x'; calc; '")},
		"a policy with a typographic quote":   {"plan-user-consent", policy("ManagePermissionGrantsForSelf.x’")},
		"a policy without end":                {"plan-user-consent", policy(consent.Scope(strings.Repeat("x", 201)))},
		"an odd policy that stands":           {"plan-user-consent", func(d *document) { d.plan.Actions[2].Before = d.plan.Actions[2].Before.With("a b"); policy("a b")(d) }},
		"user consent switched off":           {"plan-user-consent", func(d *document) { d.plan.Actions[2].After = d.plan.Actions[2].After[1:] }},
		"set twice":                           {"plan-user-consent", func(d *document) { d.plan.Actions = append(d.plan.Actions, d.plan.Actions[2]) }},
		"a policy of owned resources dropped": {"plan-user-consent-rollback", func(d *document) { d.plan.Actions[0].After = d.plan.Actions[0].After[:2] }},
		"no classification id":                {"plan-user-consent-rollback", func(d *document) { d.plan.Actions[1].ClassificationID = "" }},
		"an odd classification id":            {"plan-user-consent-rollback", func(d *document) { d.plan.Actions[1].ClassificationID = "a/../b" }},
		"another application":                 {"plan-enable", func(d *document) { d.plan.Actions[0].AppID = consent.MicrosoftGraph }},
		"no service principal":                {"plan-enable", func(d *document) { d.plan.Actions[0].ServicePrincipalID = "" }},
		"an odd service principal":            {"plan-enable", func(d *document) { d.plan.Actions[0].ServicePrincipalID = "' -or '" }},
		"enabled twice":                       {"plan-enable", func(d *document) { d.plan.Actions = append(d.plan.Actions, d.plan.Actions[0]) }},
		"created and enabled": {"plan-enable", func(d *document) {
			created := d.plan.Actions[0]
			created.Kind = consent.CreateServicePrincipal
			d.plan.Actions = append(d.plan.Actions, created)
		}},
		"another permission, done": {"change-user-consent", func(d *document) { d.change.Actions[0].Permission = "Mail.ReadWrite" }},
		"a generous policy, done": {"change-user-consent", func(d *document) {
			d.change.Actions[2].Result.After = consent.Scopes("ManagePermissionGrantsForSelf.microsoft-user-default-legacy")
		}},
	} {
		d := read(t, test.name)
		test.doctor(&d)
		if out, err := d.render(render.PowerShell); !errors.Is(err, render.ErrRefused) || out != nil {
			t.Errorf("%s: %v", what, err)
		}
		for _, format := range []render.Format{render.Text, render.JSON, render.Markdown, render.HTML} {
			if _, err := d.render(format); err != nil {
				t.Errorf("%s as %s: %v", what, format, err)
			}
		}
	}
}

// What Terraform cannot be told is refused with a way out, and all else is not.
func TestRefused_beyondTerraform(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"plan-user-consent": "no resource for permission classifications", "plan-user-consent-rollback": "the authorization policy",
		"change-user-consent-failed": "the PowerShell form", "plan-enable": "cannot enable or disable", "plan-enable-rollback": "the PowerShell form",
	} {
		out, err := read(t, name).render(render.Terraform)
		if !errors.Is(err, render.ErrRefused) || out != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want one that says %q", name, err, want)
		}
		if strings.Contains(err.Error(), render.ErrRefused.Error()) {
			t.Errorf("%s: a good document is called doctored: %v", name, err)
		}
	}
	for _, name := range []string{"plan-user-consent-granted", "plan-user-consent-blocked", "plan-rollback"} {
		if _, err := read(t, name).render(render.Terraform); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
