package graph

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

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
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return slices.Concat(results...), nil
}

// ConsentPolicies reads the entries of the authorization policy: GET /policies/authorizationPolicy, Policy.Read.All,
// learn.microsoft.com/graph/api/authorizationpolicy-get. An answer without the list is refused: from it would follow that
// user consent is off, and what else is to be kept.
func (c *Client) ConsentPolicies(ctx context.Context) (consent.ScopeSet, error) {
	policy, err := call(ctx, c, opReadPolicy, func(ctx context.Context) (models.AuthorizationPolicyable, error) {
		return c.authorizationPolicy().Get(ctx, nil)
	})
	if err != nil {
		return nil, err
	}
	var assigned []string
	if policy != nil && policy.GetDefaultUserRolePermissions() != nil {
		assigned = policy.GetDefaultUserRolePermissions().GetPermissionGrantPoliciesAssigned()
	}
	if assigned == nil {
		return nil, oddAnswer(opReadPolicy, "the answer lacks permissionGrantPoliciesAssigned")
	}
	entries := consent.ScopeSet{}
	for _, entry := range assigned {
		entries = append(entries, consent.Scope(entry))
	}
	if slices.ContainsFunc(entries, func(entry consent.Scope) bool { return !entry.IsWord() }) {
		return nil, oddAnswer(opReadPolicy, "an entry of permissionGrantPoliciesAssigned is no name")
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
	return c.send(ctx, opSetPolicy, func(ctx context.Context) error {
		_, err := c.authorizationPolicy().Patch(ctx, body, nil) // 204 has no policy
		return err
	})
}

func (c *Client) authorizationPolicy() *policies.AuthorizationPolicyRequestBuilder {
	return policies.NewAuthorizationPolicyRequestBuilderInternal(map[string]string{}, c.adapter)
}

// Classifications reads how the permissions of a resource are classified: GET /servicePrincipals/{id}/
// delegatedPermissionClassifications, Directory.Read.All, learn.microsoft.com/graph/api/
// serviceprincipal-list-delegatedpermissionclassifications.
func (c *Client) Classifications(ctx context.Context, resource consent.ObjectID) ([]consent.Classification, error) {
	get := func(ctx context.Context, link string) (models.DelegatedPermissionClassificationCollectionResponseable, error) {
		if link != "" {
			return c.classifications(resource).WithUrl(link).Get(ctx, nil)
		}
		return c.classifications(resource).Get(ctx, nil)
	}
	var all []consent.Classification
	incomplete := false
	err := each(ctx, c, opReadClassifications, get, func(d models.DelegatedPermissionClassificationable) bool {
		one := classification(resource, d)
		incomplete = incomplete || !grantID.MatchString(one.ID) || !isGUID(one.PermissionID)
		all = append(all, one)
		return !incomplete
	})
	if err == nil && incomplete {
		err = badList(opReadClassifications, "a row lacks its id or permissionId")
	}
	return all, err
}

func classification(resource consent.ObjectID, d models.DelegatedPermissionClassificationable) consent.Classification {
	level := "another"
	if known := d.GetClassification(); known != nil {
		level = known.String()
	}
	return consent.Classification{
		ID: deref(d.GetId()), ResourceID: resource, PermissionID: strings.ToLower(deref(d.GetPermissionId())),
		Permission: consent.Scope(strings.Join(strings.Fields(deref(d.GetPermissionName())), "")), Level: level,
	}
}

// ClassifyPermission classifies a permission as low impact: POST /servicePrincipals/{id}/delegatedPermissionClassifications,
// Policy.ReadWrite.PermissionGrant, learn.microsoft.com/graph/api/serviceprincipal-post-delegatedpermissionclassifications.
func (c *Client) ClassifyPermission(ctx context.Context, resource consent.ObjectID, permission consent.Scope, permissionID string) (string, error) {
	name, low := string(permission), models.LOW_PERMISSIONCLASSIFICATIONTYPE
	body := models.NewDelegatedPermissionClassification()
	body.SetOdataType(nil)
	body.SetPermissionId(&permissionID)
	body.SetPermissionName(&name)
	body.SetClassification(&low)
	created, err := call(ctx, c, opClassify, func(ctx context.Context) (models.DelegatedPermissionClassificationable, error) {
		return c.classifications(resource).Post(ctx, body, nil)
	})
	if err != nil {
		return "", err
	}
	if created == nil || !grantID.MatchString(deref(created.GetId())) {
		return "", withoutID(opClassify)
	}
	return deref(created.GetId()), nil
}

// DeclassifyPermission deletes a classification: DELETE /servicePrincipals/{id}/delegatedPermissionClassifications/{id},
// Policy.ReadWrite.PermissionGrant, learn.microsoft.com/graph/api/serviceprincipal-delete-delegatedpermissionclassifications.
func (c *Client) DeclassifyPermission(ctx context.Context, resource consent.ObjectID, id string) error {
	return c.send(ctx, opDeclassify, func(ctx context.Context) error {
		return c.classifications(resource).ByDelegatedPermissionClassificationId(id).Delete(ctx, nil)
	})
}

func (c *Client) classifications(resource consent.ObjectID) *serviceprincipals.ItemDelegatedPermissionClassificationsRequestBuilder {
	return c.servicePrincipals().ByServicePrincipalId(string(resource)).DelegatedPermissionClassifications()
}

// oddAnswer is the error for an answer that cannot be what it should be.
func oddAnswer(op operation, why string) error {
	return &Error{Op: op.name, op: op, Err: errors.New(why)}
}
