package graph

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/claims"
)

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

// Shortfall says what the sign-in seems to lack for actions of these kinds, by the claims of its token; empty if it seems to
// lack nothing. It is for people to read: whether a write is allowed, Graph decides. A credential that asks for permissions
// when they are needed lacks none yet.
func (c *Client) Shortfall(kinds []consent.ActionKind) string {
	held, err := c.tokens.claims()
	if err != nil {
		return ""
	}
	needs := needed(kinds)
	lacks := held.Shortfall(needs...)
	if c.credential.incremental {
		lacks.Permissions = nil
	}
	return lacking(held, lacks, plural("role", rolesFor(needs)))
}

func lacking(held claims.Claims, lacks claims.Shortfall, roles string) string {
	var parts []string
	who := "the account that signed in"
	if held.AppOnly {
		who = "the application that signed in"
	}
	if len(lacks.Permissions) > 0 {
		parts = append(parts, "the Microsoft Graph "+plural("permission", lacks.Permissions))
	}
	if lacks.Role {
		parts = append(parts, "an Entra role that allows this")
	}
	if len(parts) == 0 {
		return ""
	}
	text := fmt.Sprintf("%s seems to lack %s", who, strings.Join(parts, " and "))
	if held.AppOnly {
		return text + "; an administrator can grant it that (a user would need the " + roles + ")"
	}
	return text + "; the " + roles + " is enough"
}

// need says in a sentence what a request, and the rest of the change it belongs to, needs.
func (e *Error) need() string {
	permissions := []string{e.op.permission}
	if e.op.writes && len(e.needs) > 0 {
		permissions = append(permissions, slices.DeleteFunc(slices.Clone(e.needs), func(p string) bool { return p == e.op.permission })...)
	}
	roles := []string{e.op.role}
	if e.op.writes {
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
