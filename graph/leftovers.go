package graph

import (
	"context"
	"fmt"
	"slices"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
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
	filter, few := fmt.Sprintf("clientId eq '%s'", client), int32(10)
	return left, c.eachGrant(ctx, filter, &few, func(g consent.PermissionGrant) bool {
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
		return left.None()
	})
}

// hasAssignments reads GET /servicePrincipals/{id}/appRoleAssignedTo and …/appRoleAssignments, Application.Read.All,
// learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto and …-list-approleassignments.
func (c *Client) hasAssignments(ctx context.Context, client consent.ObjectID) (bool, error) {
	one, found, odd := int32(1), false, false
	sp := c.servicePrincipals().ByServicePrincipalId(string(client))
	visit := func(a models.AppRoleAssignmentable) bool {
		found, odd = true, deref(a.GetId()) == ""
		return false
	}
	assignedTo := func(ctx context.Context, link string) (models.AppRoleAssignmentCollectionResponseable, error) {
		if link != "" {
			return sp.AppRoleAssignedTo().WithUrl(link).Get(ctx, nil)
		}
		return sp.AppRoleAssignedTo().Get(ctx, &serviceprincipals.ItemAppRoleAssignedToRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ItemAppRoleAssignedToRequestBuilderGetQueryParameters{Top: &one, Select: []string{"id"}},
		})
	}
	assignments := func(ctx context.Context, link string) (models.AppRoleAssignmentCollectionResponseable, error) {
		if link != "" {
			return sp.AppRoleAssignments().WithUrl(link).Get(ctx, nil)
		}
		return sp.AppRoleAssignments().Get(ctx, &serviceprincipals.ItemAppRoleAssignmentsRequestBuilderGetRequestConfiguration{
			QueryParameters: &serviceprincipals.ItemAppRoleAssignmentsRequestBuilderGetQueryParameters{Top: &one, Select: []string{"id"}},
		})
	}
	err := each(ctx, c, opReadAssignments, assignedTo, visit)
	if err == nil && !found {
		err = each(ctx, c, opReadAssignments, assignments, visit)
	}
	if err == nil && odd {
		err = badList(opReadAssignments, "a row has no id")
	}
	return found, err
}
