package render

import (
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/hashicorp/hcl/v2"
	"github.com/hashicorp/hcl/v2/hclsyntax"
	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// config is a configuration that is being written. Comments go in through note and lines, values through cty.
type config struct{ file *hclwrite.File }

func (c config) bytes() []byte { return hclwrite.Format(c.file.Bytes()) }

// lines adds lines of our own words as a comment; an empty one is a line without text.
func (c config) lines(texts ...string) {
	for _, text := range texts {
		comment := []byte(strings.TrimRight("# "+text, " ") + "\n")
		c.file.Body().AppendUnstructuredTokens(hclwrite.Tokens{{Type: hclsyntax.TokenComment, Bytes: comment}})
	}
}

// note adds text from outside as lines of comment.
func (c config) note(label, text string) { c.lines(foldComment(label, plan.PrintableLine(text))...) }

// gap adds an empty line.
func (c config) gap() { c.file.Body().AppendNewline() }

// block adds a block behind an empty line.
func (c config) block(kind string, labels ...string) *hclwrite.Body {
	c.gap()
	return c.blockBelow(kind, labels...)
}

// blockBelow adds a block right below what was added last, such as its comment.
func (c config) blockBelow(kind string, labels ...string) *hclwrite.Body {
	return c.file.Body().AppendNewBlock(kind, labels).Body()
}

func servicePrincipalPath(id consent.ObjectID) string { return "/servicePrincipals/" + string(id) }

func grantPath(id consent.GrantID) string { return "/oauth2PermissionGrants/" + string(id) }

func (c config) imports(kind, name, id string) {
	b := c.block("import")
	b.SetAttributeTraversal("to", address(kind, name))
	b.SetAttributeValue("id", cty.StringVal(id))
}

// importsCommented adds an import block as a comment, for what stands only if a change was not undone.
func (c config) importsCommented(kind, name, id string) {
	c.gap()
	c.lines("import {", "  to = "+kind+"."+name, "  id = "+string(hclwrite.TokensForValue(cty.StringVal(id)).Bytes()), "}")
}

func (c config) removed(kind, name string) {
	b := c.block("removed")
	b.SetAttributeTraversal("from", address(kind, name))
	b.AppendNewline()
	b.AppendNewBlock("lifecycle", nil).Body().SetAttributeValue("destroy", cty.True)
}

// claimValues writes a list with a line for each scope.
func claimValues(scopes consent.ScopeSet) hclwrite.Tokens {
	newline := &hclwrite.Token{Type: hclsyntax.TokenNewline, Bytes: []byte("\n")}
	tokens := hclwrite.Tokens{{Type: hclsyntax.TokenOBrack, Bytes: []byte("[")}, newline}
	for _, scope := range scopes {
		tokens = append(tokens, hclwrite.TokensForValue(cty.StringVal(string(scope)))...)
		tokens = append(tokens, &hclwrite.Token{Type: hclsyntax.TokenComma, Bytes: []byte(",")}, newline)
	}
	return append(tokens, &hclwrite.Token{Type: hclsyntax.TokenCBrack, Bytes: []byte("]")})
}

// address is a reference such as data.azuread_service_principal.microsoft_graph.object_id.
func address(parts ...string) hcl.Traversal {
	t := hcl.Traversal{hcl.TraverseRoot{Name: parts[0]}}
	for _, part := range parts[1:] {
		t = append(t, hcl.TraverseAttr{Name: part})
	}
	return t
}
