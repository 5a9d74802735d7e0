package graph

import (
	"context"
	"errors"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
)

// CreateServicePrincipal makes the application known to the tenant: POST /servicePrincipals, Application.ReadWrite.All
// (Application.ReadWrite.OwnedBy is not enough for an application of another tenant), learn.microsoft.com/graph/api/
// serviceprincipal-post-serviceprincipals.
func (c *Client) CreateServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, error) {
	body := models.NewServicePrincipal()
	body.SetOdataType(nil)
	id := string(app)
	body.SetAppId(&id)
	created, err := call(ctx, c, opCreateServicePrincipal, func(ctx context.Context) (models.ServicePrincipalable, error) {
		return c.servicePrincipals().Post(ctx, body, nil)
	})
	if err != nil {
		return consent.ServicePrincipal{}, err
	}
	if created == nil || !isGUID(deref(created.GetId())) {
		return consent.ServicePrincipal{}, withoutID(opCreateServicePrincipal)
	}
	return servicePrincipal(created), nil
}

// DeleteServicePrincipal moves the service principal to the deleted items for 30 days: DELETE /servicePrincipals/{id},
// Application.ReadWrite.All, learn.microsoft.com/graph/api/serviceprincipal-delete.
func (c *Client) DeleteServicePrincipal(ctx context.Context, id consent.ObjectID) error {
	return c.send(ctx, opDeleteServicePrincipal, func(ctx context.Context) error {
		return c.servicePrincipals().ByServicePrincipalId(string(id)).Delete(ctx, nil)
	})
}

// SetAccountEnabled enables or disables the service principal for sign-in: PATCH /servicePrincipals/{id},
// Application.ReadWrite.All, learn.microsoft.com/graph/api/serviceprincipal-update.
func (c *Client) SetAccountEnabled(ctx context.Context, id consent.ObjectID, enabled bool) error {
	body := models.NewServicePrincipal()
	body.SetOdataType(nil)
	body.SetAccountEnabled(&enabled)
	return c.send(ctx, opEnableServicePrincipal, func(ctx context.Context) error {
		_, err := c.servicePrincipals().ByServicePrincipalId(string(id)).Patch(ctx, body, nil) // 204 has no service principal
		return err
	})
}

// CreateGrant creates the grant, whose id is ignored: POST /oauth2PermissionGrants,
// DelegatedPermissionGrant.ReadWrite.All, learn.microsoft.com/graph/api/oauth2permissiongrant-post.
func (c *Client) CreateGrant(ctx context.Context, grant consent.PermissionGrant) (consent.PermissionGrant, error) {
	clientID, resourceID := string(grant.ClientID), string(grant.ResourceID)
	consentType, scope := string(grant.ConsentType), grant.Scopes.String()
	body := models.NewOAuth2PermissionGrant()
	body.SetClientId(&clientID)
	body.SetResourceId(&resourceID)
	body.SetConsentType(&consentType)
	body.SetScope(&scope)
	created, err := call(ctx, c, opCreateGrant, func(ctx context.Context) (models.OAuth2PermissionGrantable, error) {
		return c.grants().Post(ctx, body, nil)
	})
	if err != nil {
		return consent.PermissionGrant{}, err
	}
	if created == nil || !grantID.MatchString(deref(created.GetId())) {
		return consent.PermissionGrant{}, withoutID(opCreateGrant)
	}
	return permissionGrant(created), nil
}

// UpdateGrant replaces all scopes of the grant: PATCH /oauth2PermissionGrants/{id},
// DelegatedPermissionGrant.ReadWrite.All, learn.microsoft.com/graph/api/oauth2permissiongrant-update. Nothing else of a
// grant can be updated, so nothing else is sent.
func (c *Client) UpdateGrant(ctx context.Context, id consent.GrantID, scopes consent.ScopeSet) error {
	scope := scopes.String()
	body := models.NewOAuth2PermissionGrant()
	body.SetScope(&scope)
	return c.send(ctx, opUpdateGrant, func(ctx context.Context) error {
		_, err := c.grants().ByOAuth2PermissionGrantId(string(id)).Patch(ctx, body, nil) // 204 has no grant
		return err
	})
}

// DeleteGrant deletes the grant: DELETE /oauth2PermissionGrants/{id}, DelegatedPermissionGrant.ReadWrite.All,
// learn.microsoft.com/graph/api/oauth2permissiongrant-delete.
func (c *Client) DeleteGrant(ctx context.Context, id consent.GrantID) error {
	return c.send(ctx, opDeleteGrant, func(ctx context.Context) error {
		return c.grants().ByOAuth2PermissionGrantId(string(id)).Delete(ctx, nil)
	})
}

// send runs an operation that returns nothing.
func (c *Client) send(ctx context.Context, op operation, send func(context.Context) error) error {
	_, err := call(ctx, c, op, func(ctx context.Context) (struct{}, error) { return struct{}{}, send(ctx) })
	return err
}

// withoutID is the error for something that was created and whose id the answer does not tell.
func withoutID(op operation) error {
	return &Error{Op: op.name, op: op, sent: true, write: true, Err: errors.New("the answer does not tell the id of what was created")}
}
