package render_test

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
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
		"plan-rollback":      nil, "plan-blocked": nil, "change-interrupted": nil, "change-failed": {"User.Read"},
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

func TestTerraform_blockedIsComments(t *testing.T) {
	t.Parallel()
	config, err := read(t, "plan-blocked").render(render.Terraform)
	if err != nil {
		t.Fatal(err)
	}
	if blocks, _ := parse(t, string(config)); len(blocks) > 0 || !strings.Contains(string(config), "# NOTHING TO DECLARE") {
		t.Errorf("it has %q", blocks)
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
