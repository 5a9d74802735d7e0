package graph

import (
	"context"
	"encoding/json"
	"slices"
	"strings"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
)

// policyAccess opens writes of the authorization policy.
var policyAccess = access{
	permission: "Policy.ReadWrite.Authorization", role: "Privileged Role Administrator",
	roles: []string{globalAdministrator, privilegedRoleAdministrator},
}

var (
	opReadPolicy = reading("read the authorization policy", readPolicies, false)
	opSetPolicy  = policyAccess.writing("set the authorization policy")
)

// readPolicies reads the entries of the authorization policy into a state.
func (c *Client) readConsentPolicies(ctx context.Context, _ consent.Requirement, _ consent.State, into *consent.State) (err error) {
	into.ConsentPolicies, err = c.ConsentPolicies(ctx)
	return err
}

// ConsentPolicies reads the entries of the authorization policy: GET /policies/authorizationPolicy, Policy.Read.All,
// learn.microsoft.com/graph/api/authorizationpolicy-get. An answer without the list is refused: from it would follow that
// user consent is off, and what else is to be kept.
func (c *Client) ConsentPolicies(ctx context.Context) (consent.ScopeSet, error) {
	var policy struct {
		Permissions json.RawMessage `json:"defaultUserRolePermissions"`
	}
	if err := c.get(ctx, opReadPolicy, c.address("/v1.0/policies/authorizationPolicy", nil), &policy); err != nil {
		return nil, err
	}
	var permissions struct {
		Assigned consent.ScopeSet `json:"permissionGrantPoliciesAssigned"`
	}
	if unmarshal(policy.Permissions, &permissions) != nil || permissions.Assigned == nil {
		return nil, oddAnswer(opReadPolicy, "the answer lacks permissionGrantPoliciesAssigned")
	}
	if slices.ContainsFunc(permissions.Assigned, func(entry consent.Scope) bool { return !entry.IsWord() }) {
		return nil, oddAnswer(opReadPolicy, "an entry of permissionGrantPoliciesAssigned is no name")
	}
	return permissions.Assigned, nil
}

// SetConsentPolicies replaces the entries of the authorization policy: PATCH /policies/authorizationPolicy,
// Policy.ReadWrite.Authorization, learn.microsoft.com/graph/api/authorizationpolicy-update. Of the complex property this one
// member is sent and no other: what is not sent stays.
func (c *Client) SetConsentPolicies(ctx context.Context, entries consent.ScopeSet) error {
	permissions := models.NewDefaultUserRolePermissions()
	permissions.SetPermissionGrantPoliciesAssigned(strings.Fields(entries.String()))
	body := models.NewAuthorizationPolicy()
	body.SetOdataType(nil)
	body.SetDefaultUserRolePermissions(permissions)
	builder := policies.NewAuthorizationPolicyRequestBuilderInternal(map[string]string{}, c.adapter)
	return c.send(ctx, opSetPolicy, built(builder.ToPatchRequestInformation(ctx, body, nil)), nil)
}
