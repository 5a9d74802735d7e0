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
)

// needed returns the permissions to write that actions of these kinds need.
func needed(kinds []consent.ActionKind) []string {
	var permissions []string
	for _, need := range []struct {
		object     consent.Object
		permission string
	}{
		{consent.OnGrant, writeGrants},
		{consent.OnServicePrincipal, writeApplications},
		{consent.OnClassification, writeClassifications},
		{consent.OnPolicy, writeAuthorization},
	} {
		if slices.ContainsFunc(kinds, func(k consent.ActionKind) bool { return k.Object == need.object }) {
			permissions = append(permissions, need.permission)
		}
	}
	return permissions
}

// The Entra roles that are enough for what this program writes (graph-facts.md §3.2): for grants and service principals, and
// for what users may consent to.
const (
	leastRole   = "Cloud Application Administrator"
	settingRole = "Privileged Role Administrator"
)

// roleFor is the role that is enough for what a permission to write is about.
func roleFor(permission string) string {
	if permission == writeClassifications || permission == writeAuthorization {
		return settingRole
	}
	return leastRole
}

// rolesFor is the same for several permissions.
func rolesFor(permissions []string) []string {
	var roles []string
	for _, permission := range permissions {
		if role := roleFor(permission); !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}

// requirement is what opens one kind of write to a token: any of the permissions, and for a person any of the roles.
type requirement struct {
	delegated, application []string
	roles                  []string
}

// Entra roles by template id (graph-facts.md §3.2). For grants the API's page names more; those were not verified.
const (
	globalAdministrator           = "62e90394-69f5-4237-9190-012177145e10"
	privilegedRoleAdministrator   = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	cloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7"
	applicationAdministrator      = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
)

// requirementOf returns what a permission to write stands for (graph-facts.md §3.1).
func requirementOf(permission string) requirement {
	const anything = "Directory.ReadWrite.All"
	roles := []string{globalAdministrator, applicationAdministrator, cloudApplicationAdministrator}
	either := []string{permission, anything}
	switch permission {
	case writeGrants:
		return requirement{either, either, append(roles, privilegedRoleAdministrator)}
	case writeAuthorization:
		return requirement{either[:1], either[:1], []string{globalAdministrator, privilegedRoleAdministrator}}
	case writeClassifications:
		return requirement{either[:1], either[:1], append(roles, privilegedRoleAdministrator)}
	case writeApplications:
		return requirement{either, either[:1], roles}
	}
	return requirement{either[:1], either[:1], roles}
}
