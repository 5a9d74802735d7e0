package graph

import (
	"strings"

	"appleconsent/graph/wire"
)

// The operations of this program. Permissions are those of the catalogue of Microsoft Graph (graph-facts.md §3.1), the least
// privileged first; the role is the least that an admin needs for the delegated ones (§3.2).
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
	opEnableServicePrincipal = writing("enable or disable the service principal", writeApplications)

	opReadClassifications = reading("read permission classifications", "Directory.Read.All (or Application.Read.All)", true)
	opClassify            = writing("classify the permission", writeClassifications)
	opDeclassify          = writing("delete the permission's classification", writeClassifications)
	opReadPolicy          = reading("read the authorization policy", readPolicies, false)
	opSetPolicy           = writing("set the authorization policy", writeAuthorization)

	opReadDeleted           = reading("read deleted service principals", "Directory.Read.All (or Application.Read.All)", true)
	opReadRequests          = reading("read the admin consent request policy", "Directory.Read.All (or Policy.Read.All)", false)
	opReadConditionalAccess = reading("read Conditional Access policies", readPolicies, true)
	opReadSignIns           = reading("read the sign-in log", readAuditLogs, true)
	opReadDomains           = reading("read domains", "Directory.Read.All (or Domain.Read.All)", true)
	opReadMailProfiles      = reading("read Intune's device configurations", readIntune, true)
)

func reading(name, permission string, lists bool) wire.Operation {
	role := "Global Reader"
	if strings.HasPrefix(permission, readDirectory) {
		role = "Directory Readers"
	}
	return wire.Operation{Name: name, Permission: permission, Role: role, Lists: lists}
}

func writing(name, permission string) wire.Operation {
	return wire.Operation{Name: name, Permission: permission, Role: requirementOf(permission).role, Writes: true}
}

// least is the permission alone, without the others that would do.
func least(op wire.Operation) string {
	least, _, _ := strings.Cut(op.Permission, " ")
	return least
}
