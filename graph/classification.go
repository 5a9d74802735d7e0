package graph

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

// classificationAccess opens writes of classifications.
var classificationAccess = access{
	permission: "Policy.ReadWrite.PermissionGrant", role: "Privileged Role Administrator",
	roles: []string{globalAdministrator, applicationAdministrator, cloudApplicationAdministrator, privilegedRoleAdministrator},
}

var (
	opReadClassifications = tolerant(standing(reading("read permission classifications", "Directory.Read.All (or Application.Read.All)", true)))
	opClassify            = classificationAccess.writing("classify the permission")
	opDeclassify          = classificationAccess.writing("delete the permission's classification")
)

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
// serviceprincipal-list-delegatedpermissionclassifications. With a *oddRowsError the others are returned.
func (c *Client) Classifications(ctx context.Context, resource consent.ObjectID) ([]consent.Classification, error) {
	var found []consent.Classification
	all := c.list(servicePrincipalPath(resource, "delegatedPermissionClassifications"), nil)
	_, err := eachUnderstood(ctx, c, opReadClassifications, all, func(row classificationRow) (understood bool) {
		if understood = consent.IsOpaque(row.ID) && consent.IsGUID(row.PermissionID); understood {
			found = append(found, row.of(resource))
		}
		return understood
	})
	return found, err
}

// readClassifications reads how the permissions of the required resources are classified, as far as these are found, side by side.
func (c *Client) readClassifications(ctx context.Context, required consent.Requirement, found consent.State, into *consent.State) error {
	results, odd := make([][]consent.Classification, len(required.Resources)), make([]error, len(required.Resources))
	err := sideBySide(len(results), func(i int) (err error) {
		if sp, stands := found.ServicePrincipal(required.Resources[i].AppID); stands {
			results[i], err = c.Classifications(ctx, sp.ID)
		}
		if _, rest := errors.AsType[*oddRowsError](err); rest {
			odd[i], err = err, nil
		}
		return err
	})
	into.Classifications = slices.Concat(results...)
	return cmp.Or(err, cmp.Or(odd...))
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
	return row.ID, created(opClassify, err, consent.IsOpaque(row.ID))
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
