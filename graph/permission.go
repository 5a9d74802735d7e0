package graph

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
)

// Permissions of Microsoft Graph that are asked for or named (learn.microsoft.com/graph/permissions-reference).
const (
	readDirectory = "Directory.Read.All"
	readPolicies  = "Policy.Read.All"
	readAuditLogs = "AuditLog.Read.All"
	readIntune    = "DeviceManagementConfiguration.Read.All"
	readReports   = "Reports.Read.All"

	writeDirectory = "Directory.ReadWrite.All" // which is never asked for, but may be held
)

// Entra roles by template id (learn.microsoft.com/entra/identity/role-based-access-control/permissions-reference).
const (
	globalAdministrator           = "62e90394-69f5-4237-9190-012177145e10"
	privilegedRoleAdministrator   = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	cloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7"
	applicationAdministrator      = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
)

// rolesFor returns the roles that are enough for these permissions to write.
func rolesFor(permissions []string) []string {
	var roles []string
	for _, permission := range permissions {
		if role := accessOf(permission).role; !slices.Contains(roles, role) {
			roles = append(roles, role)
		}
	}
	return roles
}

// Operations stand where they are carried out. Their permissions are those of the catalogue of Microsoft Graph, the least privileged
// first (github.com/microsoftgraph/microsoft-graph-devx-content, permissions/new/permissions.json); the role is the least that an
// admin needs for the delegated ones, as the page of the request says.

// reading is an operation that reads.
func reading(name, permission string, lists bool) wire.Operation {
	role := "Global Reader"
	if strings.HasPrefix(permission, readDirectory) {
		role = "Directory Readers"
	}
	return wire.Operation{Name: name, Permission: permission, Role: role, Lists: lists}
}

// least is the permission alone, without the others that would do.
func least(op wire.Operation) string {
	least, _, _ := strings.Cut(op.Permission, " ")
	return least
}

// tolerant makes an operation one whose rows that are no objects are left to the caller.
func tolerant(op wire.Operation) wire.Operation {
	op.OddRows = true
	return op
}

// enough returns which of the permissions that are held is enough to read what an operation reads: one of those that it names, or the one
// that also writes the same; empty if none is.
func enough(held []string, op wire.Operation) string {
	for _, word := range strings.Fields(op.Permission) {
		permission := strings.Trim(word, "()")
		for _, does := range []string{permission, strings.Replace(permission, ".Read.", ".ReadWrite.", 1)} {
			if slices.Contains(held, does) {
				return does
			}
		}
	}
	return ""
}

// Shortfall says what the sign-in seems to lack for actions of these kinds, by the claims of its token; empty if it seems to
// lack nothing. It is for people to read: whether a write is allowed, Graph decides. A credential that asks for permissions
// when they are needed lacks none yet.
func (c *Client) Shortfall(kinds []consent.ActionKind) string {
	held, err := c.tokens.Claims()
	if err != nil {
		return ""
	}
	needs := needed(kinds)
	permissions, role := shortfallOf(held, needs)
	var lacks []string
	if len(permissions) > 0 && !c.credential.Incremental {
		lacks = append(lacks, "the Microsoft Graph "+plural("permission", permissions))
	}
	if role {
		lacks = append(lacks, "an Entra role that allows this")
	}
	what, roles := strings.Join(lacks, " and "), plural("role", rolesFor(needs))
	switch {
	case what == "":
		return ""
	case held.AppOnly:
		return fmt.Sprintf("the application that signed in seems to lack %s; an administrator can grant it that (a user would need the %s)", what, roles)
	}
	return fmt.Sprintf("the account that signed in seems to lack %s; the %s is enough", what, roles)
}

// shortfallOf returns what the token seems to lack of these permissions to write, and whether none of the person's Entra roles is
// known to allow them. It is a hint and no more: Entra leaves claims out, custom roles and some grants do not show in them, and
// only the API decides (learn.microsoft.com/entra/identity-platform/access-token-claims-reference).
func shortfallOf(held signin.Claims, needs []string) (permissions []string, role bool) {
	for _, permission := range needs {
		a := accessOf(permission)
		either := a.others
		if held.AppOnly {
			either = a.othersOfApps
		}
		if !slices.Contains(held.Permissions, permission) && !overlap(either, held.Permissions) {
			permissions = append(permissions, permission)
		}
		if !held.AppOnly && len(held.DirectoryRoles) > 0 && !overlap(a.roles, held.DirectoryRoles) {
			role = true
		}
	}
	return permissions, role
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// need says what an operation takes, and the rest of the change that it belongs to if it is a part of one.
func need(op wire.Operation, change []string) string {
	permissions, roles := []string{op.Permission}, []string{op.Role}
	if op.Writes {
		permissions = append(permissions, slices.DeleteFunc(slices.Clone(change), func(p string) bool { return p == op.Permission })...)
		roles = rolesFor(permissions)
	}
	return fmt.Sprintf("the Microsoft Graph %s (delegated or application), and for a user the Entra %s or a higher one",
		plural("permission", permissions), plural("role", roles))
}

// plural is the noun with its items.
func plural(noun string, items []string) string {
	if len(items) > 1 {
		noun += "s"
	}
	return noun + " " + strings.Join(items, " and ")
}

// ofApp makes it an operation that refers to an application.
func ofApp(op wire.Operation) wire.Operation {
	op.OfApp = true
	return op
}

// standing makes it an operation on what is known to be there.
func standing(op wire.Operation) wire.Operation {
	op.Stands = true
	return op
}
