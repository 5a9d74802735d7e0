package graph

import (
	"context"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
)

// grantAccess opens writes of delegated permission grants. The API's page names more roles; those were not verified.
var grantAccess = access{
	permission: "DelegatedPermissionGrant.ReadWrite.All", role: "Cloud Application Administrator",
	others: []string{writeDirectory}, othersOfApps: []string{writeDirectory},
	roles: []string{globalAdministrator, applicationAdministrator, cloudApplicationAdministrator, privilegedRoleAdministrator},
}

var (
	opReadGrants  = reading("read delegated permission grants", "Directory.Read.All", true)
	opReadGrant   = reading("read the delegated permission grant", "Directory.Read.All", false)
	opCreateGrant = grantAccess.writing("create the delegated permission grant")
	opUpdateGrant = grantAccess.writing("update the delegated permission grant")
	opDeleteGrant = grantAccess.writing("delete the delegated permission grant")
)

// grantRow is a delegated permission grant, as far as it is read.
type grantRow struct {
	ID          string  `json:"id"`
	ClientID    string  `json:"clientId"`
	ResourceID  string  `json:"resourceId"`
	ConsentType string  `json:"consentType"`
	PrincipalID string  `json:"principalId"`
	Scope       *string `json:"scope"`
}

// plainID is what the ids of grants and classifications look like in Microsoft's examples, base64url without padding
// (learn.microsoft.com/graph/api/oauth2permissiongrant-post): nothing else is made part of an address.
var plainID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// isWhole reports whether the row has all that it must have. The scope may be empty, but not missing: what was taken for an empty
// grant would be overwritten.
func (r grantRow) isWhole() bool {
	return plainID.MatchString(r.ID) && r.ClientID != "" && r.ResourceID != "" && r.ConsentType != "" && r.Scope != nil
}

func (r grantRow) grant() consent.PermissionGrant {
	g := consent.PermissionGrant{
		ID:          consent.GrantID(r.ID),
		ClientID:    consent.ObjectID(strings.ToLower(r.ClientID)),
		ResourceID:  consent.ObjectID(strings.ToLower(r.ResourceID)),
		ConsentType: consentType(r.ConsentType),
	}
	if r.Scope != nil {
		g.Scopes = consent.ParseScopes(*r.Scope)
	}
	return g
}

// consentType returns the constant that the text means, whatever its case.
func consentType(text string) consent.ConsentType {
	for _, known := range []consent.ConsentType{consent.AllPrincipals, consent.Principal} {
		if strings.EqualFold(text, string(known)) {
			return known
		}
	}
	return consent.ConsentType(text)
}

// readGrants reads the client's grants for all users into a state.
func (c *Client) readGrants(ctx context.Context, required consent.Requirement, found consent.State, into *consent.State) (err error) {
	if client, stands := found.ServicePrincipal(required.App.ID); stands { // without it, there are none
		into.Grants, err = c.listGrants(ctx, client.ID, consent.AllPrincipals)
	}
	return err
}

// listGrants reads the client's grants of one consent type: GET /oauth2PermissionGrants, Directory.Read.All,
// learn.microsoft.com/graph/api/oauth2permissiongrant-list. Filtering on clientId also shortens the replication delay.
// The filter is checked again here: what does not match it is nobody's business.
func (c *Client) listGrants(ctx context.Context, client consent.ObjectID, of consent.ConsentType) ([]consent.PermissionGrant, error) {
	var grants []consent.PermissionGrant
	err := c.eachGrant(ctx, grantQuery(client, of), func(g consent.PermissionGrant) error {
		same := func(have consent.PermissionGrant) bool { return have.ID == g.ID }
		if i := slices.IndexFunc(grants, same); i >= 0 {
			grants[i] = g // the list moved while it was read
		} else if g.ClientID == client && g.ConsentType == of {
			grants = append(grants, g)
		}
		return nil
	})
	return grants, err
}

func grantQuery(client consent.ObjectID, of consent.ConsentType) url.Values {
	return url.Values{"$filter": {fmt.Sprintf("clientId eq '%s' and consentType eq '%s'", client, of)}}
}

const grantsPath = "/v1.0/oauth2PermissionGrants"

// eachGrant is each for grants. A row that lacks anything makes the list one that cannot be trusted.
func (c *Client) eachGrant(ctx context.Context, query url.Values, visit func(consent.PermissionGrant) error) error {
	_, err := each(ctx, c, opReadGrants, c.list(grantsPath, query), func(row grantRow) error {
		if !row.isWhole() {
			return badList(opReadGrants, "a row lacks its id, clientId, resourceId, consentType or scope")
		}
		return visit(row.grant())
	})
	return err
}

// Grant reads one grant: GET /oauth2PermissionGrants/{id}, Directory.Read.All,
// learn.microsoft.com/graph/api/oauth2permissiongrant-get.
func (c *Client) Grant(ctx context.Context, id consent.GrantID) (consent.PermissionGrant, bool, error) {
	var row grantRow
	err := c.get(ctx, opReadGrant, c.address(grantsPath+"/"+url.PathEscape(string(id)), nil), &row)
	switch answered := asError(err); {
	case answered != nil && answered.Absent():
		return consent.PermissionGrant{}, false, nil
	case err != nil:
		return consent.PermissionGrant{}, false, err
	case !row.isWhole() || row.ID != string(id):
		return consent.PermissionGrant{}, false, oddAnswer(opReadGrant, "the answer is not that grant")
	}
	return row.grant(), true, nil
}

func (c *Client) grants() *oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilder {
	return oauth2permissiongrants.NewOauth2PermissionGrantsRequestBuilderInternal(map[string]string{}, c.adapter)
}

// CreateGrant creates the grant, whose id is ignored: POST /oauth2PermissionGrants,
// DelegatedPermissionGrant.ReadWrite.All, learn.microsoft.com/graph/api/oauth2permissiongrant-post.
func (c *Client) CreateGrant(ctx context.Context, grant consent.PermissionGrant) (consent.PermissionGrant, error) {
	body := models.NewOAuth2PermissionGrant()
	body.SetClientId(new(string(grant.ClientID)))
	body.SetResourceId(new(string(grant.ResourceID)))
	body.SetConsentType(new(string(grant.ConsentType)))
	body.SetScope(new(grant.Scopes.String()))
	var row grantRow
	err := c.send(ctx, opCreateGrant, built(c.grants().ToPostRequestInformation(ctx, body, nil)), &row)
	return row.grant(), created(opCreateGrant, err, plainID.MatchString(row.ID))
}

// UpdateGrant replaces all scopes of the grant: PATCH /oauth2PermissionGrants/{id},
// DelegatedPermissionGrant.ReadWrite.All, learn.microsoft.com/graph/api/oauth2permissiongrant-update. Nothing else of a
// grant can be updated, so nothing else is sent.
func (c *Client) UpdateGrant(ctx context.Context, id consent.GrantID, scopes consent.ScopeSet) error {
	body := models.NewOAuth2PermissionGrant()
	body.SetScope(new(scopes.String()))
	builder := c.grants().ByOAuth2PermissionGrantId(string(id))
	return c.send(ctx, opUpdateGrant, built(builder.ToPatchRequestInformation(ctx, body, nil)), nil)
}

// DeleteGrant deletes the grant: DELETE /oauth2PermissionGrants/{id}, DelegatedPermissionGrant.ReadWrite.All,
// learn.microsoft.com/graph/api/oauth2permissiongrant-delete.
func (c *Client) DeleteGrant(ctx context.Context, id consent.GrantID) error {
	builder := c.grants().ByOAuth2PermissionGrantId(string(id))
	return c.send(ctx, opDeleteGrant, built(builder.ToDeleteRequestInformation(ctx, nil)), nil)
}
