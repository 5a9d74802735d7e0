package graph

import (
	"context"
	"slices"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

// Leftovers looks for grants of the client other than the given ones, and for app role assignments: of users and groups
// to the client, and of the client to other resources. It asks for one row each, however many there are.
func (c *Client) Leftovers(ctx context.Context, client consent.ObjectID, except []consent.GrantID) (consent.Leftovers, error) {
	var left consent.Leftovers
	tenantWide, err := c.listGrants(ctx, client, consent.AllPrincipals)
	if err != nil {
		return left, err
	}
	left.TenantWideGrants = slices.ContainsFunc(tenantWide, func(g consent.PermissionGrant) bool {
		return !slices.Contains(except, g.ID)
	})
	one := int32(1)
	err = c.eachGrant(ctx, client, consent.Principal, &one, func(g consent.PermissionGrant) bool {
		notAsked := g.ConsentType == consent.AllPrincipals || g.ClientID != "" && g.ClientID != client
		left.PerUserGrants = left.PerUserGrants || !notAsked // in doubt it is one
		return !left.PerUserGrants
	})
	if err != nil {
		return left, err
	}
	left.AppRoleAssignments, err = c.hasAssignments(ctx, client)
	return left, err
}

// hasAssignments reads GET /servicePrincipals/{id}/appRoleAssignedTo and …/appRoleAssignments, Application.Read.All,
// learn.microsoft.com/graph/api/serviceprincipal-list-approleassignedto and …-list-approleassignments.
func (c *Client) hasAssignments(ctx context.Context, client consent.ObjectID) (bool, error) {
	one, found := int32(1), false
	sp := c.servicePrincipals().ByServicePrincipalId(string(client))
	visit := func(models.AppRoleAssignmentable) bool {
		found = true
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
	if err := each(ctx, c, opReadAssignments, assignedTo, visit); err != nil || found {
		return found, err
	}
	return found, each(ctx, c, opReadAssignments, assignments, visit)
}
