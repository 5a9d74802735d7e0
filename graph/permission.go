package graph

import (
	"slices"

	"appleconsent/consent"
)

// Permissions of Microsoft Graph that are asked for or named (graph-facts.md §3.1).
const (
	readDirectory = "Directory.Read.All"
	readPolicies  = "Policy.Read.All"
	readAuditLogs = "AuditLog.Read.All"
	readIntune    = "DeviceManagementConfiguration.Read.All"

	writeGrants          = "DelegatedPermissionGrant.ReadWrite.All"
	writeApplications    = "Application.ReadWrite.All"
	writeClassifications = "Policy.ReadWrite.PermissionGrant"
	writeAuthorization   = "Policy.ReadWrite.Authorization"
	writeDirectory       = "Directory.ReadWrite.All" // which is never asked for, but may be held
)

// Entra roles by template id (graph-facts.md §3.2). For grants the API's page names more; those were not verified.
const (
	globalAdministrator           = "62e90394-69f5-4237-9190-012177145e10"
	privilegedRoleAdministrator   = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	cloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7"
	applicationAdministrator      = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
)

// requirement is what opens one kind of write to a token (graph-facts.md §3.1): any of the permissions, and for a person any of
// the roles.
type requirement struct {
	object                 consent.Object // that is written
	permission, role       string         // the least that are enough; the role by its name
	delegated, application []string
	roles                  []string
}

var requirements = []requirement{
	{
		consent.OnGrant, writeGrants, "Cloud Application Administrator", []string{writeGrants, writeDirectory}, []string{writeGrants, writeDirectory},
		[]string{globalAdministrator, applicationAdministrator, cloudApplicationAdministrator, privilegedRoleAdministrator},
	},
	{
		consent.OnServicePrincipal, writeApplications, "Cloud Application Administrator", []string{writeApplications, writeDirectory},
		[]string{writeApplications}, []string{globalAdministrator, applicationAdministrator, cloudApplicationAdministrator},
	},
	{
		consent.OnClassification, writeClassifications, "Privileged Role Administrator", []string{writeClassifications}, []string{writeClassifications},
		[]string{globalAdministrator, applicationAdministrator, cloudApplicationAdministrator, privilegedRoleAdministrator},
	},
	{
		consent.OnPolicy, writeAuthorization, "Privileged Role Administrator", []string{writeAuthorization}, []string{writeAuthorization},
		[]string{globalAdministrator, privilegedRoleAdministrator},
	},
}

// requirementOf returns the one of a permission to write.
func requirementOf(permission string) requirement {
	return requirements[slices.IndexFunc(requirements, func(r requirement) bool { return r.permission == permission })]
}

// needed returns the permissions to write that actions of these kinds need.
func needed(kinds []consent.ActionKind) []string {
	var permissions []string
	for _, r := range requirements {
		if slices.ContainsFunc(kinds, func(k consent.ActionKind) bool { return k.Object == r.object }) {
			permissions = append(permissions, r.permission)
		}
	}
	return permissions
}

// rolesFor returns the roles that are enough for these permissions to write.
func rolesFor(permissions []string) []string {
	var roles []string
	for _, permission := range permissions {
		if role := requirementOf(permission).role; !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}
