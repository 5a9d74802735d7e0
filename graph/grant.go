package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
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
	opReadGrants  = standing(reading("read delegated permission grants", "Directory.Read.All", true))
	opReadGrant   = reading("read the delegated permission grant", "Directory.Read.All", false)
	opCreateGrant = grantAccess.writing("create the delegated permission grant")
	opUpdateGrant = grantAccess.writing("update the delegated permission grant")
	opDeleteGrant = grantAccess.writing("delete the delegated permission grant")
)

// grantRow is a delegated permission grant, as far as it is read. Its members are texts, if they are what they should be.
type grantRow struct {
	ID          json.RawMessage `json:"id"`
	ClientID    json.RawMessage `json:"clientId"`
	ResourceID  json.RawMessage `json:"resourceId"`
	ConsentType json.RawMessage `json:"consentType"`
	PrincipalID json.RawMessage `json:"principalId"`
	Scope       json.RawMessage `json:"scope"`
}

// text is a member that should be a text; empty if it is none.
func text(member json.RawMessage) string {
	var value string
	_ = json.Unmarshal(member, &value) // what is no text leaves it empty
	return value
}

// odd names the first member that is missing or has another form than it should; empty if there is none. A scope may be empty or
// null, which grants nothing (github.com/microsoftgraph/msgraph-sdk-powershell, issue 1557), but not missing: what was taken for an
// empty grant would be overwritten.
func (r grantRow) odd() string {
	scope := len(r.Scope) > 0 && (string(r.Scope) == "null" || r.Scope[0] == '"')
	switch {
	case !consent.IsOpaque(text(r.ID)):
		return "id"
	case !consent.IsGUID(text(r.ClientID)):
		return "clientId"
	case !consent.IsGUID(text(r.ResourceID)):
		return "resourceId"
	case text(r.ConsentType) == "":
		return "consentType"
	case !scope:
		return "scope"
	}
	return ""
}

func (r grantRow) oddGrant(client consent.ObjectID) consent.OddGrant {
	odd := consent.OddGrant{ID: text(r.ID), Member: r.odd()}
	if id := text(r.ResourceID); consent.IsGUID(id) {
		odd.ResourceID = consent.ObjectID(strings.ToLower(id))
	} else {
		odd.ResourceID = consent.ResourceOfGrant(client, consent.GrantID(odd.ID))
	}
	return odd
}

func (r grantRow) grant() consent.PermissionGrant {
	return consent.PermissionGrant{
		ID:          consent.GrantID(text(r.ID)),
		ClientID:    consent.ObjectID(strings.ToLower(text(r.ClientID))),
		ResourceID:  consent.ObjectID(strings.ToLower(text(r.ResourceID))),
		ConsentType: consentType(text(r.ConsentType)),
		Scopes:      consent.ParseScopes(text(r.Scope)),
	}
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
func (c *Client) readGrants(ctx context.Context, required consent.Requirement, found consent.State, into *consent.State) error {
	client, stands := found.ServicePrincipal(required.App.ID)
	if !stands { // and so no grants
		return nil
	}
	return c.listGrants(ctx, client.ID, into)
}

// listGrants reads the client's tenant-wide grants into the state, and what of them cannot be understood: GET
// /oauth2PermissionGrants, Directory.Read.All, learn.microsoft.com/graph/api/oauth2permissiongrant-list. Filtering on clientId also
// shortens the replication delay. The filter is checked again here: what does not match it is nobody's business.
func (c *Client) listGrants(ctx context.Context, client consent.ObjectID, into *consent.State) error {
	return c.eachGrant(ctx, grantQuery(client, consent.AllPrincipals), func(row grantRow) error {
		g := row.grant()
		same := func(have consent.PermissionGrant) bool { return have.ID == g.ID }
		switch i := slices.IndexFunc(into.Grants, same); {
		case !row.mayBe(client, consent.AllPrincipals):
		case row.odd() != "":
			into.OddGrants = append(into.OddGrants, row.oddGrant(client))
		case i >= 0:
			into.Grants[i] = g // the list moved while it was read
		default:
			into.Grants = append(into.Grants, g)
		}
		return nil
	})
}

// mayBe reports whether the row is a grant of the client and of the consent type, as far as it tells.
func (r grantRow) mayBe(client consent.ObjectID, of consent.ConsentType) bool {
	g := r.grant()
	return (g.ClientID == client || !consent.IsGUID(g.ClientID)) && (g.ConsentType == of || g.ConsentType == "")
}

func grantQuery(client consent.ObjectID, of consent.ConsentType) url.Values {
	return url.Values{"$filter": {fmt.Sprintf("clientId eq '%s' and consentType eq '%s'", client, of)}}
}

const grantsPath = "/v1.0/oauth2PermissionGrants"

// eachGrant is each for grants.
func (c *Client) eachGrant(ctx context.Context, query url.Values, visit func(grantRow) error) error {
	_, err := each(ctx, c, opReadGrants, c.list(grantsPath, query), visit)
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
	case row.odd() != "" || text(row.ID) != string(id):
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
	return row.grant(), created(opCreateGrant, err, consent.IsOpaque(text(row.ID)))
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
