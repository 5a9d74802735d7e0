package render

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/hashicorp/hcl/v2/hclwrite"
	"github.com/zclconf/go-cty/cty"
)

// The provider's resources. What they are called in the configuration stays the same from one rendering to the next (Label of
// consent.Application and consent.Resource): one of another name would be created again, and the old one deleted.
const (
	clientType = "azuread_service_principal"
	grantType  = "azuread_service_principal_delegated_permission_grant"
)

// resourceLabel is what a resource is called in the configuration.
func resourceLabel(app consent.AppID) string {
	r, _ := consent.ResourceOf(app)
	return r.Label
}

// terraformForm is resources of the azuread provider.
var terraformForm = Form{
	Format: Terraform, Extensions: []string{".tf"}, Title: "Terraform", Purpose: "as resources of the azuread provider",
	refuses: undeclarable, write: scripted(terraform),
}

// undeclarable says what Terraform cannot be told, and what can be used in its place. The provider's requests for such
// resources: github.com/hashicorp/terraform-provider-azuread, issues 879 and 1183.
func undeclarable(c content) error {
	if err := actionsOnly(c); err != nil {
		return err
	}
	for _, kind := range c.kinds {
		switch {
		case kind.Object == consent.OnGrant:
		case kind.Object != consent.OnServicePrincipal:
			return refusal("the Terraform provider hashicorp/azuread has no resource for permission classifications and the authorization " +
				"policy: use the PowerShell form instead, or apply")
		case kind.Verb == consent.Enable || kind.Verb == consent.Disable:
			return refusal("the configuration leaves the settings of the service principal alone, so that it cannot enable or disable it for " +
				"sign-in: use the PowerShell form instead, or apply")
		}
	}
	return nil
}

// terraform writes a program as a configuration for the provider hashicorp/azuread; one that is blocked, or has nothing that
// could be declared, is comments only. Unlike an apply, Terraform owns all scopes of a grant: the head says so.
func terraform(p program) ([]byte, error) {
	c := config{hclwrite.NewEmptyFile()}
	c.note("Origin", p.Origin)
	c.note("Tenant", p.TenantName)
	c.note("Tenant ID", p.TenantID)
	c.note("Application", p.ClientName)
	for _, r := range p.Remarks {
		c.note(r.Label, r.Text)
	}
	c.lines("")
	if p.Idle != "" && (p.Blocked || p.Again || p.Client == "") {
		c.note("NOTHING TO DECLARE", p.Idle)
		return c.bytes(), nil
	}
	if p.Idle != "" {
		c.note("NOTHING TO CHANGE", p.Idle+" What follows only takes over what stands, for those who want to keep it in Terraform.")
	}
	c.explain(p)
	c.provider(p)
	c.client(p)
	err := c.grants(p)
	return c.bytes(), err
}

func (c config) explain(p program) {
	if p.Again {
		c.lines("What the change did, to be done again. What was created then is declared as new: where it still stands, take the",
			"import blocks that are written as comments.", "")
	}
	c.lines("The blocks terraform and provider are for a folder of its own; elsewhere leave them out.", "")
	c.lines("claim_values is the whole of a grant. The provider owns it: scopes that somebody grants later are removed by the next",
		"terraform apply, unless they are added here. Read the plan of Terraform before you say yes.")
	if p.Rollback {
		c.lines("", "Terraform deletes only what its own state holds. The removed blocks below work where what they name came into the",
			"state by an earlier configuration of this kind; elsewhere they do nothing: use appleconsent rollback, or the same plan",
			"as a PowerShell script.")
	}
	if p.Delete != "" {
		c.lines("", "Terraform does not look for what else hangs on the service principal (grants of single users, app role assignments)",
			"and deletes it with all of that. Look first.")
	}
}

// provider adds what a configuration that stands alone needs.
func (c config) provider(p program) {
	b := c.block("terraform")
	b.SetAttributeValue("required_version", cty.StringVal(">= 1.7.0"))
	b.AppendNewline()
	b.AppendNewBlock("required_providers", nil).Body().SetAttributeValue("azuread", cty.ObjectVal(map[string]cty.Value{
		"source": cty.StringVal("hashicorp/azuread"), "version": cty.StringVal("~> 3.0"),
	}))
	b = c.block("provider", "azuread")
	b.SetAttributeValue("tenant_id", cty.StringVal(p.TenantID))
	b.SetAttributeValue("environment", cty.StringVal(clouds[p.Cloud].terraform))
}

// client adds the client's service principal: declared, taken over, or removed.
func (c config) client(p program) {
	if p.Delete != "" {
		c.removed(clientType, p.App.Label)
		return
	}
	stands := p.Client != "" && !p.Create
	if stands {
		c.imports(clientType, p.App.Label, servicePrincipalPath(p.Client))
	}
	if p.Created != "" {
		c.importsCommented(clientType, p.App.Label, servicePrincipalPath(p.Created))
	}
	c.gap()
	if stands {
		c.lines("It stands already. Its settings stay as they are, and Terraform does not delete it.")
	} else {
		c.lines("It is declared as new. If it stands by then, import it; use_existing would reset its settings to the provider's presets.")
	}
	b := c.blockBelow("resource", clientType, p.App.Label)
	b.SetAttributeValue("client_id", cty.StringVal(string(p.App.ID)))
	b.AppendNewline()
	life := b.AppendNewBlock("lifecycle", nil).Body()
	life.SetAttributeTraversal("ignore_changes", address("all"))
	if stands {
		life.SetAttributeValue("prevent_destroy", cty.True)
	}
}

// grants adds one resource for each grant that is to stand, and a removed block for each that is not.
func (c config) grants(p program) error {
	seen := make(map[consent.AppID]bool)
	for _, g := range slices.Concat(p.Steps, p.Kept) {
		if seen[g.ResourceAppID] {
			return fmt.Errorf("%w: to change two grants on %s", ErrRefused, g.Resource)
		}
		seen[g.ResourceAppID] = true
		if g.Kind == consent.DeleteGrant {
			c.removed(grantType, resourceLabel(g.ResourceAppID))
			continue
		}
		if err := expressible(g); err != nil {
			return err
		}
		c.grant(p.App.Label, g)
	}
	return nil
}

// expressible refuses a grant that would not be written scope by scope as it stands: a scope that is changed only a little
// is another scope, which Terraform would grant in its place.
func expressible(g grantStep) error {
	i := slices.IndexFunc(g.After, func(s consent.Scope) bool {
		text := string(s)
		return text == "" || plan.Printable(text) != text || strings.ContainsAny(text, " ") || cty.StringVal(text).AsString() != text
	})
	if i >= 0 {
		return fmt.Errorf("the scope %s on %s cannot be written exactly as it stands", shown(string(g.After[i])), g.Resource)
	}
	return nil
}

func (c config) grant(client string, g grantStep) {
	label := resourceLabel(g.ResourceAppID)
	c.block("data", clientType, label).SetAttributeValue("client_id", cty.StringVal(string(g.ResourceAppID)))
	stands := g.GrantID != "" && g.Kind != consent.CreateGrant
	switch {
	case stands:
		c.imports(grantType, label, grantPath(g.GrantID))
	case g.GrantID != "":
		c.importsCommented(grantType, label, grantPath(g.GrantID))
	}
	b := c.block("resource", grantType, label)
	b.SetAttributeTraversal("service_principal_object_id", address(clientType, client, "object_id"))
	b.SetAttributeTraversal("resource_service_principal_object_id", address("data", clientType, label, "object_id"))
	b.SetAttributeRaw("claim_values", claimValues(g.After))
	if stands {
		b.AppendNewline()
		b.AppendNewBlock("lifecycle", nil).Body().SetAttributeValue("prevent_destroy", cty.True)
	}
}
