package graph

import "context"

// operation is something that is asked of Graph, in words, with what it needs. Permissions are those of the catalogue of
// Microsoft Graph (graph-facts.md §3.1), the least privileged first; the role is the least that an admin needs for the
// delegated ones (§3.2).
type operation struct {
	name       string
	permission string
	role       string
	writes     bool
	lists      bool // the answer is a collection
}

// The operations of this program.
var (
	opReadServicePrincipals  = reading("read service principals", "Directory.Read.All (or Application.Read.All)", true)
	opReadGrants             = reading("read delegated permission grants", "Directory.Read.All", true)
	opReadGrant              = reading("read the delegated permission grant", "Directory.Read.All", false)
	opReadAssignments        = reading("read app role assignments", "Directory.Read.All (or Application.Read.All)", true)
	opReadOrganization       = reading("read the organization's name", "User.Read", true)
	opCreateServicePrincipal = writing("create the service principal", writeApplications)
	opDeleteServicePrincipal = writing("delete the service principal", writeApplications)
	opCreateGrant            = writing("create the delegated permission grant", writeGrants)
	opUpdateGrant            = writing("update the delegated permission grant", writeGrants)
	opDeleteGrant            = writing("delete the delegated permission grant", writeGrants)
)

func reading(name, permission string, lists bool) operation {
	return operation{name: name, permission: permission, role: "Directory Readers", lists: lists}
}

func writing(name, permission string) operation {
	return operation{name: name, permission: permission, role: leastRole, writes: true}
}

type operationKey struct{}

func withOperation(ctx context.Context, op operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

func operationOf(ctx context.Context) operation {
	op, _ := ctx.Value(operationKey{}).(operation)
	return op
}
