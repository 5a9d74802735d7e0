package render_test

import (
	"errors"
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
