package graph

import (
	"context"
	"encoding/json"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
)

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
		Assigned []string `json:"permissionGrantPoliciesAssigned"`
	}
	if unmarshal(policy.Permissions, &permissions) != nil || permissions.Assigned == nil {
		return nil, oddAnswer(opReadPolicy, "the answer lacks permissionGrantPoliciesAssigned")
	}
	entries := consent.ScopeSet{}
	for _, name := range permissions.Assigned {
		entry := consent.Scope(name)
		if !entry.IsWord() {
			return nil, oddAnswer(opReadPolicy, "an entry of permissionGrantPoliciesAssigned is no name")
		}
		entries = append(entries, entry)
	}
	return entries, nil
}

// SetConsentPolicies replaces the entries of the authorization policy: PATCH /policies/authorizationPolicy,
// Policy.ReadWrite.Authorization, learn.microsoft.com/graph/api/authorizationpolicy-update. Of the complex property this one
// member is sent and no other: what is not sent stays.
func (c *Client) SetConsentPolicies(ctx context.Context, entries consent.ScopeSet) error {
	names := make([]string, len(entries))
	for i, entry := range entries {
		names[i] = string(entry)
	}
	permissions := models.NewDefaultUserRolePermissions()
	permissions.SetPermissionGrantPoliciesAssigned(names)
	body := models.NewAuthorizationPolicy()
	body.SetOdataType(nil)
	body.SetDefaultUserRolePermissions(permissions)
	builder := policies.NewAuthorizationPolicyRequestBuilderInternal(map[string]string{}, c.adapter)
	return c.send(ctx, opSetPolicy, built(builder.ToPatchRequestInformation(ctx, body, nil)), nil)
}
