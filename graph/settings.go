package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

// ConsentPolicies reads the entries of the authorization policy: GET /policies/authorizationPolicy, Policy.Read.All,
// learn.microsoft.com/graph/api/authorizationpolicy-get. A list that is null has no entries. An answer without the list is refused:
// from it would follow that user consent is off, and what else is to be kept.
func (c *Client) ConsentPolicies(ctx context.Context) (consent.ScopeSet, error) {
	var policy struct {
		Permissions json.RawMessage `json:"defaultUserRolePermissions"`
	}
	if err := c.get(ctx, opReadPolicy, c.address("/v1.0/policies/authorizationPolicy", nil), &policy); err != nil {
		return nil, err
	}
	var permissions struct {
		Assigned json.RawMessage `json:"permissionGrantPoliciesAssigned"`
	}
	entries := consent.ScopeSet{}
	if unmarshal(policy.Permissions, &permissions) != nil || json.Unmarshal(permissions.Assigned, &entries) != nil {
		return nil, oddAnswer(opReadPolicy, "the answer lacks permissionGrantPoliciesAssigned")
	}
	if slices.ContainsFunc(entries, func(entry consent.Scope) bool { return !entry.IsWord() }) {
		return nil, oddAnswer(opReadPolicy, "an entry of permissionGrantPoliciesAssigned is no name")
	}
	return append(consent.ScopeSet{}, entries...), nil
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

// classificationRow is the classification of a permission, as far as it is read.
type classificationRow struct {
	ID             string `json:"id"`
	PermissionID   string `json:"permissionId"`
	PermissionName string `json:"permissionName"`
	Classification string `json:"classification"`
}

func (r classificationRow) of(resource consent.ObjectID) consent.Classification {
	level := "another"
	if slices.Contains([]string{"low", "medium", "high"}, r.Classification) {
		level = r.Classification
	}
	return consent.Classification{
		ID: r.ID, ResourceID: resource, PermissionID: strings.ToLower(r.PermissionID),
		Permission: consent.Scope(strings.Join(strings.Fields(r.PermissionName), "")), Level: level,
	}
}

// Classifications reads how the permissions of a resource are classified: GET /servicePrincipals/{id}/
// delegatedPermissionClassifications, Directory.Read.All, learn.microsoft.com/graph/api/
// serviceprincipal-list-delegatedpermissionclassifications.
func (c *Client) Classifications(ctx context.Context, resource consent.ObjectID) ([]consent.Classification, error) {
	var found []consent.Classification
	all := c.list(servicePrincipalPath(resource, "delegatedPermissionClassifications"), nil)
	_, err := each(ctx, c, opReadClassifications, all, func(row classificationRow) error {
		if !plainID.MatchString(row.ID) || !consent.IsGUID(row.PermissionID) {
			return badList(opReadClassifications, "a row lacks its id or permissionId")
		}
		found = append(found, row.of(resource))
		return nil
	})
	return found, err
}

// requiredClassifications reads how the permissions of the required resources are classified, as far as these are found,
// side by side.
func (c *Client) requiredClassifications(
	ctx context.Context, required consent.Requirement, find func(consent.AppID) (consent.ServicePrincipal, bool),
) ([]consent.Classification, error) {
	results := make([][]consent.Classification, len(required.Resources))
	errs := make([]error, len(required.Resources))
	var wait sync.WaitGroup
	for i, resource := range required.Resources {
		if sp, found := find(resource.AppID); found {
			wait.Go(func() { results[i], errs[i] = c.Classifications(ctx, sp.ID) })
		}
	}
	wait.Wait()
	if err := cmp.Or(errs...); err != nil {
		return nil, err
	}
	return slices.Concat(results...), nil
}

// ClassifyPermission classifies a permission as low impact: POST /servicePrincipals/{id}/delegatedPermissionClassifications,
// Policy.ReadWrite.PermissionGrant, learn.microsoft.com/graph/api/serviceprincipal-post-delegatedpermissionclassifications.
func (c *Client) ClassifyPermission(ctx context.Context, resource consent.ObjectID, permission consent.Scope, permissionID string) (string, error) {
	body := models.NewDelegatedPermissionClassification()
	body.SetOdataType(nil)
	body.SetPermissionId(&permissionID)
	body.SetPermissionName(new(string(permission)))
	body.SetClassification(new(models.LOW_PERMISSIONCLASSIFICATIONTYPE))
	var row classificationRow
	err := c.send(ctx, opClassify, built(c.classifications(resource).ToPostRequestInformation(ctx, body, nil)), &row)
	return row.ID, created(opClassify, err, plainID.MatchString(row.ID))
}

// DeclassifyPermission deletes a classification: DELETE /servicePrincipals/{id}/delegatedPermissionClassifications/{id},
// Policy.ReadWrite.PermissionGrant, learn.microsoft.com/graph/api/serviceprincipal-delete-delegatedpermissionclassifications.
func (c *Client) DeclassifyPermission(ctx context.Context, resource consent.ObjectID, id string) error {
	builder := c.classifications(resource).ByDelegatedPermissionClassificationId(id)
	return c.send(ctx, opDeclassify, built(builder.ToDeleteRequestInformation(ctx, nil)), nil)
}

func (c *Client) classifications(resource consent.ObjectID) *serviceprincipals.ItemDelegatedPermissionClassificationsRequestBuilder {
	return c.servicePrincipals().ByServicePrincipalId(string(resource)).DelegatedPermissionClassifications()
}
