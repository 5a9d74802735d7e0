package graph

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"appleconsent/consent"
)

// Leftovers looks for app role assignments, of users and groups to the client and of the client to other resources, and
// then for grants of the client. Grants are looked at last and in one request, since they are what may appear meanwhile;
// a few rows are enough, however many there are. A grant does not count if it is one of the excepted, with no other scopes.
func (c *Client) Leftovers(ctx context.Context, client consent.ObjectID, except []consent.PermissionGrant) (consent.Leftovers, error) {
	var left consent.Leftovers
	var err error
	if left.AppRoleAssignments, err = c.hasAssignments(ctx, client); err != nil {
		return left, err
	}
	query := url.Values{"$filter": {fmt.Sprintf("clientId eq '%s'", client)}, "$top": {"10"}}
	err = c.eachGrant(ctx, query, func(g consent.PermissionGrant) error {
		excepted := slices.ContainsFunc(except, func(e consent.PermissionGrant) bool { return e.ID == g.ID && e.Scopes.HasAll(g.Scopes) })
		switch {
		case g.ClientID != "" && g.ClientID != client: // not what was asked for
		case excepted:
			left.Excepted = append(left.Excepted, g.ID)
		case g.ConsentType == consent.AllPrincipals:
			left.TenantWideGrants = true
		default: // in doubt it is a user's
			left.PerUserGrants = true
		}
		if !left.None() {
			return errEnough
		}
		return nil
	})
	return left, err
}

// hasAssignments reads GET /servicePrincipals/{id}/appRoleAssignedTo and …/appRoleAssignments, Application.Read.All,
// learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto and …-list-approleassignments.
func (c *Client) hasAssignments(ctx context.Context, client consent.ObjectID) (found bool, err error) {
	type assignment struct {
		ID string `json:"id"`
	}
	for _, direction := range []string{"appRoleAssignedTo", "appRoleAssignments"} {
		all := c.list(servicePrincipalPath(client, direction), url.Values{"$top": {"1"}, "$select": {"id"}})
		_, err = each(ctx, c, opReadAssignments, all, func(a assignment) error {
			if a.ID == "" {
				return badList(opReadAssignments, "a row has no id")
			}
			found = true
			return errEnough
		})
		if err != nil || found {
			break
		}
	}
	return found, err
}

// servicePrincipalPath is where something of a service principal is.
func servicePrincipalPath(id consent.ObjectID, what string) string {
	return "/v1.0/servicePrincipals/" + url.PathEscape(string(id)) + "/" + what
}
