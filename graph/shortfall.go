package graph

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/claims"
)

// leastRole is the Entra role that is enough for everything that this program writes.
const leastRole = "Cloud Application Administrator"

// Shortfall says what the sign-in seems to lack for actions of these kinds, by the claims of its token; empty if it seems to
// lack nothing. It is for people to read: whether a write is allowed, Graph decides. A credential that asks for permissions
// when they are needed lacks none yet.
func (c *Client) Shortfall(kinds []consent.ActionKind) string {
	held, err := c.tokens.claims()
	if err != nil {
		return ""
	}
	lacks := held.Shortfall(needed(kinds)...)
	if c.credential.incremental {
		lacks.Permissions = nil
	}
	return lacking(held, lacks)
}

func lacking(held claims.Claims, lacks claims.Shortfall) string {
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
		return text + "; an administrator can grant it that (a user would need the role " + leastRole + ")"
	}
	return text + "; the role " + leastRole + " is enough"
}

// need says in a sentence what a request, and the rest of the change it belongs to, needs.
func (e *Error) need() string {
	permissions := []string{e.op.permission}
	if e.op.writes && len(e.needs) > 0 {
		permissions = append(permissions, slices.DeleteFunc(slices.Clone(e.needs), func(p string) bool { return p == e.op.permission })...)
	}
	return fmt.Sprintf("the Microsoft Graph %s (delegated or application), and for a user the Entra role %s or a higher one",
		plural("permission", permissions), e.op.role)
}

// plural is the noun with its items.
func plural(noun string, items []string) string {
	if len(items) > 1 {
		noun += "s"
	}
	return noun + " " + strings.Join(items, " and ")
}
