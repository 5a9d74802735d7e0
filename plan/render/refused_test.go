package render_test

import (
	"errors"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// A doctored document does not become a script (see plan.TestTrust); it can still be looked at.
func TestRefused(t *testing.T) {
	t.Parallel()
	doctored := map[string]func(*document){
		"plan-extra":   func(d *document) { d.plan.Actions[0].After = append(d.plan.Actions[0].After, "Mail.ReadWrite") },
		"plan-granted": func(d *document) { d.plan.Resources[0].GrantID = new(consent.GrantID("a'; calc; '")) },
		"change-applied": func(d *document) {
			d.change.Actions[1].Result.After = append(d.change.Actions[1].Result.After, "Mail.ReadWrite")
		},
	}
	for name, doctor := range doctored {
		d := read(t, name)
		doctor(&d)
		for _, format := range []render.Format{render.PowerShell, render.Terraform} {
			if out, err := d.render(format); !errors.Is(err, plan.ErrRefused) || out != nil {
				t.Errorf("%s as %s: %v", name, format, err)
			}
		}
		for _, format := range []render.Format{render.Text, render.JSON, render.Markdown, render.HTML} {
			if _, err := d.render(format); err != nil {
				t.Errorf("%s as %s: %v", name, format, err)
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
	for _, name := range []string{"plan-user-consent-granted", "plan-rollback"} {
		if _, err := read(t, name).render(render.Terraform); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// An object of which a script knows nothing is refused, and not taken for another.
func TestRefused_unknownObject(t *testing.T) {
	t.Parallel()
	for _, format := range []render.Format{render.PowerShell, render.Terraform} {
		d := read(t, "plan-fresh")
		d.plan.Actions[1].Kind.Object = "owner"
		if out, err := d.render(format); !errors.Is(err, render.ErrRefused) || out != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
}
