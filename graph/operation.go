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
}

// The operations of this program.
var (
	opReadServicePrincipals  = operation{"read service principals", "Application.Read.All or Directory.Read.All", "Directory Readers", false}
	opReadGrants             = operation{"read delegated permission grants", "Directory.Read.All", "Directory Readers", false}
	opReadAssignments        = operation{"read app role assignments", "Application.Read.All or Directory.Read.All", "Directory Readers", false}
	opReadOrganization       = operation{"read the organization's name", "User.Read", "Directory Readers", false}
	opCreateServicePrincipal = operation{"create the service principal", "Application.ReadWrite.All", "Cloud Application Administrator", true}
	opDeleteServicePrincipal = operation{"delete the service principal", "Application.ReadWrite.All", "Cloud Application Administrator", true}
	opCreateGrant            = operation{"create the delegated permission grant", "DelegatedPermissionGrant.ReadWrite.All", "Cloud Application Administrator", true}
	opUpdateGrant            = operation{"update the delegated permission grant", "DelegatedPermissionGrant.ReadWrite.All", "Cloud Application Administrator", true}
	opDeleteGrant            = operation{"delete the delegated permission grant", "DelegatedPermissionGrant.ReadWrite.All", "Cloud Application Administrator", true}
)

type operationKey struct{}

func withOperation(ctx context.Context, op operation) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}

func operationOf(ctx context.Context) operation {
	op, _ := ctx.Value(operationKey{}).(operation)
	return op
}
