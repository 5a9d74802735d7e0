package render_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
)

// takeTerraform returns all blocks and attributes, and the scopes.
func takeTerraform(t *testing.T, config string) parts {
	t.Helper()
	blocks, claims := parse(t, config)
	return parts{blocks, claims}
}

// checkTerraform looks for the scope that was there as a value of its own.
func checkTerraform(t *testing.T, _ string, got, clean parts, s texts) {
	t.Helper()
	want := slices.Clone(clean.says)
	for i, claim := range want {
		if claim == plainScope {
			want[i] = s.scope
		}
	}
	if diff := cmp.Diff(want, got.says); diff != "" {
		t.Errorf("the scopes are others (-want +got):\n%s", diff)
	}
}

// parse returns a configuration's blocks and attributes in their order, and all values of claim_values.
func parse(t *testing.T, config string) (blocks, claims []string) {
	t.Helper()
	file, diagnostics := hclsyntax.ParseConfig([]byte(config), "plan.tf", hcl.InitialPos)
	if diagnostics.HasErrors() {
		t.Fatalf("%v in %s", diagnostics, config)
	}
	var walk func(path string, body *hclsyntax.Body)
	walk = func(path string, body *hclsyntax.Body) {
		attributes := make([]*hclsyntax.Attribute, 0, len(body.Attributes))
		for _, a := range body.Attributes {
			attributes = append(attributes, a)
		}
		slices.SortFunc(attributes, func(a, b *hclsyntax.Attribute) int { return strings.Compare(a.Name, b.Name) })
		for _, a := range attributes {
			blocks = append(blocks, path+" "+a.Name)
			if value, diagnostics := a.Expr.Value(nil); a.Name == "claim_values" {
				if diagnostics.HasErrors() {
					t.Fatal(diagnostics)
				}
				for _, v := range value.AsValueSlice() {
					claims = append(claims, v.AsString())
				}
			}
		}
		for _, b := range body.Blocks {
			name := strings.Join(append([]string{path, b.Type}, b.Labels...), " ")
			blocks = append(blocks, name)
			walk(name, b.Body)
		}
	}
	walk("", file.Body.(*hclsyntax.Body))
	return blocks, claims
}

// Each grant that stands is taken over with all of its scopes; nothing is declared that the plan does not want.
func TestTerraform_claims(t *testing.T) {
	t.Parallel()
	for name, want := range map[string][]string{
		"plan-fresh":         {"User.Read", "EAS.AccessAsUser.All", "EWS.AccessAsUser.All"},
		"plan-extra":         {"EAS.AccessAsUser.All", "IMAP.AccessAsUser.All", "EWS.AccessAsUser.All", "User.Read", "openid", "profile", "offline_access"},
		"plan-rollback-kept": {"EAS.AccessAsUser.All", "IMAP.AccessAsUser.All", "User.Read", "openid", "profile", "offline_access"},
		"plan-rollback":      nil, "change-interrupted": nil, "change-failed": {"User.Read"},
	} {
		config, err := read(t, name).render(render.Terraform)
		if err != nil {
			t.Fatal(err)
		}
		if _, claims := parse(t, string(config)); !slices.Equal(claims, want) {
			t.Errorf("%s declares %q, want %q", name, claims, want)
		}
	}
}

// What is blocked is refused, so that nobody takes an empty configuration for a plan with nothing to do; so are several grants of a
// pair, of which a configuration would declare one. All of it is known before a change is made that would be shown like this.
func TestTerraform_refused(t *testing.T) {
	t.Parallel()
	several := read(t, "plan-extra")
	several.plan.Notices = append(several.plan.Notices, plan.Notice{Level: consent.Info, Code: "severalGrants"})
	odd := read(t, "plan-extra")
	odd.plan.Resources[0].Extra = consent.Scopes("User\u200b.Read")
	for want, d := range map[string]document{
		"is blocked": read(t, "plan-blocked"), "the plan is blocked": read(t, "plan-user-consent-blocked"), "several tenant-wide grants": several, "exactly as it is": odd,
	} {
		out, err := d.render(render.Terraform)
		if !errors.Is(err, render.ErrRefused) || out != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want one that says %q", err, want)
		}
		before := render.CanHoldChange(render.Terraform, d.plan)
		if blocked := d.plan.Blocked(); blocked != (before == nil) || !blocked && !errors.Is(before, render.ErrRefused) {
			t.Errorf("%s: before the change: %v", want, before)
		}
		if _, err := d.render(render.PowerShell); err != nil {
			t.Errorf("%s: %v", want, err)
		}
	}
}

// A grant that is kept is not written, whatever is granted on it; one that holds nothing cannot be declared.
func TestTerraform_kept(t *testing.T) {
	t.Parallel()
	d := read(t, "plan-extra")
	config, err := d.render(render.Terraform)
	if err != nil || strings.Count(string(config), "ignore_changes  = [claim_values]") != 1 || !strings.Contains(string(config), "claim_values is the whole") {
		t.Errorf("%v in %s", err, config)
	}
	if config, err = read(t, "plan-granted").render(render.Terraform); err != nil || strings.Contains(string(config), "claim_values is the whole") {
		t.Errorf("%v in %s", err, config)
	}
	d.plan.Resources[0].Granted, d.plan.Resources[0].Extra = nil, nil
	config, err = d.render(render.Terraform)
	if blocks, claims := parse(t, string(config)); err != nil || len(claims) != 3 || slices.ContainsFunc(blocks, func(b string) bool { return strings.Contains(b, "microsoft_graph") }) {
		t.Errorf("%v, %q in %s", err, claims, config)
	}
}

// A rollback with nothing left to undo must not declare what is gone.
func TestTerraform_alreadyUndone(t *testing.T) {
	t.Parallel()
	d := read(t, "plan-redo")
	d.plan.Actions = nil
	config, err := d.render(render.Terraform)
	if err != nil {
		t.Fatal(err)
	}
	if blocks, _ := parse(t, string(config)); len(blocks) > 0 {
		t.Errorf("it has %q", blocks)
	}
}

// A scope that cannot be written as it stands would be granted in another form in its place.
func TestTerraform_oddScope(t *testing.T) {
	t.Parallel()
	for _, scope := range []consent.Scope{"User\u200b.Read", "a b", "e\u0301", consent.Scope(strings.Repeat("x", 300))} {
		d := read(t, "plan-extra")
		d.plan.Resources[0].Extra = consent.ScopeSet{scope}
		if config, err := d.render(render.Terraform); err == nil {
			t.Errorf("%q is written: %s", scope, config)
		}
	}
}
