package graph

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
)

// Shortfall says what the sign-in seems to lack for actions of these kinds, by the claims of its token; empty if it seems to
// lack nothing. It is for people to read: whether a write is allowed, Graph decides. A credential that asks for permissions
// when they are needed lacks none yet.
func (c *Client) Shortfall(kinds []consent.ActionKind) string {
	held, err := c.tokens.Claims()
	if err != nil {
		return ""
	}
	needs := needed(kinds)
	lacks := shortfallOf(held, needs)
	if c.credential.Incremental {
		lacks.permissions = nil
	}
	return lacking(held.AppOnly, lacks, plural("role", rolesFor(needs)))
}

// shortfall is what a token seems to lack for something. Zero: nothing. It is a hint and no more: Entra leaves claims out,
// custom roles and some grants do not show in them, and only the API decides (graph-facts.md §3.3).
type shortfall struct {
	permissions []string // of Microsoft Graph
	role        bool     // none of the person's Entra roles is known to allow it
}

// shortfallOf returns what the token seems to lack of these permissions to write, and of the roles behind them.
func shortfallOf(held signin.Claims, permissions []string) shortfall {
	var s shortfall
	for _, permission := range permissions {
		needs := requirementOf(permission)
		either := needs.delegated
		if held.AppOnly {
			either = needs.application
		}
		if !overlap(either, held.Permissions) {
			s.permissions = append(s.permissions, permission)
		}
		if !held.AppOnly && len(held.DirectoryRoles) > 0 && !overlap(needs.roles, held.DirectoryRoles) {
			s.role = true
		}
	}
	return s
}

func overlap(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

// lacking says it in a sentence.
func lacking(appOnly bool, lacks shortfall, roles string) string {
	var parts []string
	if len(lacks.permissions) > 0 {
		parts = append(parts, "the Microsoft Graph "+plural("permission", lacks.permissions))
	}
	if lacks.role {
		parts = append(parts, "an Entra role that allows this")
	}
	what := strings.Join(parts, " and ")
	switch {
	case what == "":
		return ""
	case appOnly:
		return fmt.Sprintf("the application that signed in seems to lack %s; an administrator can grant it that (a user would need the %s)", what, roles)
	}
	return fmt.Sprintf("the account that signed in seems to lack %s; the %s is enough", what, roles)
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
