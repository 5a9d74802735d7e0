package directory

import (
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// ServicePrincipal reports whether an application has a service principal, and whether people can sign in to it.
func (g *Graph) ServicePrincipal(appID string) (exists, enabled bool) {
	sp, exists := g.Directory.ServicePrincipalOf(appID)
	return exists, exists && (sp.AccountEnabled == nil || *sp.AccountEnabled)
}

// ConsentToAll makes the tenant-wide grants of an app what it registered: scopes beyond that go, as the
// portal has been seen to do. Consent of single users stays. The service principal is created if there is
// none; those of the resources must exist. It returns the ids of what was written.
func (g *Graph) ConsentToAll(app identity.Application) (wrote []string) {
	c := &call{graph: g, dir: &g.Directory}
	client, found := c.dir.ServicePrincipalOf(app.AppID)
	if !found {
		client = c.newServicePrincipal(app)
		put(c, servicePrincipals, client)
	}
	c.grantExactly(client.ID, app.Registered)
	return c.written()
}

// grantExactly grants to all principals what an app registered, and nothing else.
func (c *call) grantExactly(clientID string, registered []identity.RequiredAccess) {
	var right []string
	for _, r := range registered {
		resource, _ := c.dir.ServicePrincipalOf(r.ResourceAppID)
		g := PermissionGrant{
			ID: GrantID(clientID, resource.ID, ""), ClientID: clientID, ConsentType: allPrincipals,
			ResourceID: resource.ID, Scope: strings.Join(r.Scopes, " "),
		}
		right = append(right, g.ID)
		if stands, _ := permissionGrants.find(c.dir, g.ID); stands.Scope != g.Scope {
			put(c, permissionGrants, g)
		}
	}
	removeEach(c, permissionGrants, func(g PermissionGrant) bool {
		return g.ClientID == clientID && g.ConsentType == allPrincipals && !slices.Contains(right, g.ID)
	})
}
