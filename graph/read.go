package graph

import (
	"context"
	"net/url"
	"time"

	"appleconsent/consent"
)

// Read returns the state that decides about the requirement, in at most two requests one after the other and three in
// all: the service principals, with the organization's name beside them, then the client's tenant-wide grants. However
// many users have consented one by one, the cost is the same. The route of user consent takes one more in a row, for the
// settings that it is about.
func (c *Client) Read(ctx context.Context, required consent.Requirement) (consent.State, error) {
	identity, err := c.SignIn(ctx)
	if err != nil {
		return consent.State{}, err
	}
	name := make(chan string, 1)
	go func() { name <- c.organizationName(ctx) }()

	state := consent.State{Tenant: consent.Tenant{ID: identity.TenantID, Cloud: c.cloud.Name, Simulated: c.cloud.Simulated}}
	state.ServicePrincipals, err = c.listServicePrincipals(ctx, required.AppIDs())
	if err == nil && required.Route == consent.UserConsent {
		err = c.readSettings(ctx, required, &state)
	}
	if err == nil {
		state.Grants, err = c.clientGrants(ctx, state, required.App.ID)
	}
	state.Tenant.DisplayName = <-name
	return state, err
}

// readSettings reads what the route of user consent is about, side by side.
func (c *Client) readSettings(ctx context.Context, required consent.Requirement, state *consent.State) error {
	var entries consent.ScopeSet
	read := make(chan error, 1)
	go func() {
		var err error
		entries, err = c.ConsentPolicies(ctx)
		read <- err
	}()
	classified, err := c.requiredClassifications(ctx, required, state.ServicePrincipal)
	if policyErr := <-read; err == nil {
		err = policyErr
	}
	state.ConsentPolicies, state.Classifications = entries, classified
	return err
}

// clientGrants reads the tenant-wide grants of the client; a client without a service principal has none.
func (c *Client) clientGrants(ctx context.Context, state consent.State, app consent.AppID) ([]consent.PermissionGrant, error) {
	client, found := state.ServicePrincipal(app)
	if !found {
		return nil, nil
	}
	return c.listGrants(ctx, client.ID, consent.AllPrincipals)
}

// nameTimeout is how long anything waits for a name that is only decoration.
const nameTimeout = 3 * time.Second

// organizationName returns what the tenant is called, which is asked for once and not for long: without it the name
// stays empty.
func (c *Client) organizationName(ctx context.Context) string {
	c.nameOnce.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, nameTimeout)
		defer cancel()
		c.name = c.readOrganizationName(ctx)
	})
	return c.name
}

// readOrganizationName reads GET /organization, User.Read, learn.microsoft.com/graph/api/organization-get.
func (c *Client) readOrganizationName(ctx context.Context) (name string) {
	type organization struct {
		DisplayName string `json:"displayName"`
	}
	all := c.list("/v1.0/organization", url.Values{"$select": {"id,displayName"}})
	_, _ = each(ctx, c, opReadOrganization, all, func(row organization) bool { // an error leaves the name empty
		name = row.DisplayName
		return false
	})
	return name
}
