package render

import (
	"bytes"
	"cmp"
	_ "embed"
	"fmt"
	"slices"
	"strings"
	"sync"
	"text/template"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

var terraformForm = Form{
	Format: Terraform, Extensions: []string{".tf"}, Title: "Terraform", Purpose: "as resources of the azuread provider",
	Except:  "not with --route user-consent or --enable-app, no blocked plan, one grant on each resource",
	refuses: undeclarable, fits: declarable, write: scripted(terraform),
}

// undeclarable says what Terraform cannot be told, and what can be used in its place.
func undeclarable(c content) error {
	if err := scriptable(c); err != nil {
		return err
	}
	for _, kind := range c.kinds {
		if w := wordsFor(kind.Object); !slices.Contains(w.declared, kind.Verb) {
			return refusal(cmp.Or(w.undeclared, "the configuration has no such objects") + ": use the PowerShell form instead, or apply")
		}
	}
	return nil
}

//go:embed terraform.tf.tmpl
var configSource string

// configTemplate holds all of the configuration's blocks. Everything else goes in through quote, which gives a whole string of HCL,
// or through note, which gives whole lines of comment.
var configTemplate = sync.OnceValue(func() *template.Template {
	return template.Must(template.New("terraform.tf").Funcs(template.FuncMap{
		"quote": func(text string) string { return string(hclwrite.TokensForValue(cty.StringVal(text)).Bytes()) },
		"note":  func(label, text string) string { return comment(label, plan.PrintableLine(text)) },
	}).Parse(configSource))
})

// terraform writes a program as a configuration for the provider hashicorp/azuread; one that has nothing that could be declared is
// comments only. Unlike an apply, Terraform owns all scopes of a grant that it writes: the head says so.
func terraform(p program) ([]byte, error) {
	var b bytes.Buffer
	err := configTemplate().Execute(&b, p)
	return hclwrite.Format(b.Bytes()), err
}

// DeclaresNothing reports whether nothing would be done and nothing exists that could be taken over.
func (p program) DeclaresNothing() bool { return p.Idle != "" && (p.Again || p.Client == "") }

// Recreates reports whether anything is declared as new that was created before and may still be there.
func (p program) Recreates() bool {
	return p.Created != "" || slices.ContainsFunc(p.Grants(), func(g grantStep) bool { return !g.Deleted() && !g.Exists() && g.GrantID != "" })
}

// Writes reports whether Terraform decides what a grant holds.
func (p program) Writes() bool {
	return slices.ContainsFunc(p.Grants(), func(g grantStep) bool { return !g.Deleted() && !g.Kept() })
}

// Keeps reports whether grants are taken over as they are.
func (p program) Keeps() bool { return slices.ContainsFunc(p.Grants(), grantStep.Kept) }

// Removes reports whether anything is to be gone.
func (p program) Removes() bool {
	return p.Delete != "" || slices.ContainsFunc(p.Grants(), grantStep.Deleted)
}

// ClientExists reports whether the client's service principal is taken over, not declared as new.
func (p program) ClientExists() bool { return p.Client != "" && !p.Create }

// Grants are all that the client has or is to have, and those that are deleted. The provider has no words for one that holds nothing.
func (p program) Grants() []grantStep {
	return slices.DeleteFunc(slices.Concat(p.Steps, p.Kept), func(g grantStep) bool { return g.Kept() && len(g.After) == 0 })
}

// Label is what the grant's resource is called in the configuration. It stays the same from one rendering to the next: one of another
// name would be created again, and the old one deleted.
func (g grantStep) Label() string {
	return consent.NamedResource(g.ResourceAppID).Label
}

// Deleted reports whether the grant is to be gone.
func (g grantStep) Deleted() bool { return g.Kind == consent.DeleteGrant }

// Kept reports whether nothing is done about the grant.
func (g grantStep) Kept() bool { return g.Kind == consent.ActionKind{} }

// Exists reports whether the grant is taken over, not declared as new.
func (g grantStep) Exists() bool { return g.GrantID != "" && g.Kind != consent.CreateGrant }

// declarable refuses what is blocked, several grants of one pair, and one that would not be written scope by scope as it is: a scope
// that is changed only a little is another scope, which Terraform would grant in its place.
func declarable(p program) error {
	switch {
	case p.Blocked:
		return refusal("the plan is blocked: " + p.blockedText())
	case p.DeclaresNothing():
		return nil
	case p.Several:
		return refusal("there are several tenant-wide grants on one resource, and a configuration declares one: use the PowerShell form or apply")
	}
	seen := make(map[consent.AppID]bool)
	for _, g := range p.Grants() {
		if seen[g.ResourceAppID] {
			return refusal(fmt.Sprintf("there are two changes of grants on %s: use apply", g.Resource))
		}
		seen[g.ResourceAppID] = true
		i := slices.IndexFunc(g.After, func(s consent.Scope) bool {
			text := string(s)
			return text == "" || plan.Printable(text) != text || strings.ContainsAny(text, " ") || cty.StringVal(text).AsString() != text
		})
		if i >= 0 && !g.Deleted() {
			return refusal(fmt.Sprintf("the scope %s on %s cannot be written exactly as it is", shown(string(g.After[i])), g.Resource))
		}
	}
	return nil
}
