package graph

import (
	"cmp"
	"context"
	"net/url"
	"sync"
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

	state := consent.State{Tenant: consent.Tenant{ID: identity.TenantID, Cloud: c.credential.Cloud.Name, Simulated: c.credential.Cloud.Simulated}}
	state.ServicePrincipals, err = c.listServicePrincipals(ctx, required.AppIDs())
	if err == nil && required.Route == consent.UserConsent {
		err = c.readSettings(ctx, required, &state)
	}
	if client, found := state.ServicePrincipal(required.App.ID); found && err == nil { // without it, there are none
		state.Grants, err = c.listGrants(ctx, client.ID, consent.AllPrincipals)
	}
	state.Tenant.DisplayName = <-name
	return state, err
}

// readSettings reads what the route of user consent is about, side by side.
func (c *Client) readSettings(ctx context.Context, required consent.Requirement, state *consent.State) error {
	found := state.ServicePrincipal
	var wait sync.WaitGroup
	var policyErr, err error
	wait.Go(func() { state.ConsentPolicies, policyErr = c.ConsentPolicies(ctx) })
	state.Classifications, err = c.requiredClassifications(ctx, required, found)
	wait.Wait()
	return cmp.Or(err, policyErr)
}

// nameTimeout is how long anything waits for a name that is only decoration.
const nameTimeout = 3 * time.Second

// organizationName returns what the tenant is called, which is asked for once and not for long: without it the name
// stays empty. GET /organization, User.Read, learn.microsoft.com/graph/api/organization-get.
func (c *Client) organizationName(ctx context.Context) string {
	type organization struct {
		DisplayName string `json:"displayName"`
	}
	c.nameOnce.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, nameTimeout)
		defer cancel()
		all := c.list("/v1.0/organization", url.Values{"$select": {"id,displayName"}})
		_, _ = each(ctx, c, opReadOrganization, all, func(row organization) error { // an error leaves the name empty
			c.name = row.DisplayName
			return errEnough
		})
	})
	return c.name
}
