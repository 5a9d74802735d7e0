package graph

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"appleconsent/consent"
)

var opReadAssignments = reading("read app role assignments", "Directory.Read.All (or Application.Read.All)", true)

// Leftovers looks for app role assignments, of users and groups to the client and of the client to other resources, and
// then for grants of the client. Grants are looked at last and in one request, since they are what may appear meanwhile;
// a few rows are enough, however many there are. What one of the given actions deletes does not count, with no other scopes.
func (c *Client) Leftovers(ctx context.Context, client consent.ObjectID, except []consent.Action) (consent.Leftovers, error) {
	var left consent.Leftovers
	var err error
	if left.AppRoleAssignments, err = c.hasAssignments(ctx, client); err != nil {
		return left, err
	}
	query := url.Values{"$filter": {fmt.Sprintf("clientId eq '%s'", client)}, "$top": {"10"}}
	err = c.eachGrant(ctx, query, func(g consent.PermissionGrant) error {
		excepted := slices.ContainsFunc(except, func(e consent.Action) bool { return e.Target == string(g.ID) && e.Before.HasAll(g.Scopes) })
		switch {
		case g.ClientID != "" && g.ClientID != client: // not what was asked for
		case excepted:
			left.Excepted = append(left.Excepted, string(g.ID))
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
