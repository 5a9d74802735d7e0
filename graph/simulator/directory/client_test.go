package directory_test

import (
	"strings"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

// asPolicyAdmin returns the client as a Privileged Role Administrator who may change policies.
func asPolicyAdmin(c *simtest.Client) *simtest.Client {
	return c.AsRole(identity.PrivilegedRoleAdministrator,
		"Policy.ReadWrite.Authorization Policy.ReadWrite.PermissionGrant Application.ReadWrite.All Policy.Read.All")
}

// asApp returns the client with an app's token.
func asApp(c *simtest.Client, roles ...string) *simtest.Client {
	return c.With(identity.Claims{Roles: roles})
}

// placeholders replaces TENANT, GRAPH, EXCHANGE, CLIENT and GRANT by the ids of these objects, as far as they exist.
func placeholders(c *simtest.Client) *strings.Replacer {
	d := c.Server.Directory()
	apple, hasApple := d.ServicePrincipalOf(identity.AppleAppID)
	graph, _ := d.ServicePrincipalOf(identity.GraphAppID)
	exchange, _ := d.ServicePrincipalOf(identity.ExchangeAppID)
	pairs := []string{"TENANT", d.TenantID, "GRAPH", graph.ID, "EXCHANGE", exchange.ID}
	if hasApple {
		pairs = append(pairs, "CLIENT", apple.ID, "GRANT", directory.GrantID(apple.ID, exchange.ID, ""))
	}
	return strings.NewReplacer(pairs...)
}
