package claims

import "slices"

// Shortfall is what a token seems to lack for something. Zero: nothing. It is a hint and no more: Entra leaves claims out,
// custom roles and some grants do not show in them, and only the API decides (graph-facts.md §3.3).
type Shortfall struct {
	Permissions []string // of Microsoft Graph
	Role        bool     // none of the person's Entra roles is known to allow it
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
	roles := []string{globalAdministrator, applicationAdministrator, cloudApplicationAdministrator}
	switch permission {
	case "DelegatedPermissionGrant.ReadWrite.All":
		either := []string{permission, "Directory.ReadWrite.All"}
		return requirement{either, either, append(roles, privilegedRoleAdministrator)}
	case "Policy.ReadWrite.Authorization":
		return requirement{[]string{permission}, []string{permission}, []string{globalAdministrator, privilegedRoleAdministrator}}
	case "Policy.ReadWrite.PermissionGrant":
		return requirement{[]string{permission}, []string{permission}, append(roles, privilegedRoleAdministrator)}
	case "Application.ReadWrite.All":
		return requirement{[]string{permission, "Directory.ReadWrite.All"}, []string{permission}, roles}
	}
	return requirement{[]string{permission}, []string{permission}, roles}
}

// Shortfall returns what the token seems to lack of these permissions to write, and of the roles behind them.
func (c Claims) Shortfall(permissions ...string) Shortfall {
	var s Shortfall
	for _, permission := range permissions {
		needs := requirementOf(permission)
		either := needs.delegated
		if c.AppOnly {
			either = needs.application
		}
		if !overlap(either, c.Permissions) {
			s.Permissions = append(s.Permissions, permission)
		}
		if !c.AppOnly && len(c.DirectoryRoles) > 0 && !overlap(needs.roles, c.DirectoryRoles) {
			s.Role = true
		}
	}
	return s
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}
