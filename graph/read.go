package graph

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

// servicePrincipalFields are the properties that the difference needs. Without this list Graph would send all
// permissions that Microsoft Graph publishes, hundreds of kilobytes.
var servicePrincipalFields = []string{
	"id", "appId", "displayName", "accountEnabled", "appRoleAssignmentRequired", "appOwnerOrganizationId",
	"verifiedPublisher", "disabledByMicrosoftStatus",
}

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
func (c *Client) readOrganizationName(ctx context.Context) string {
	list, err := call(ctx, c, opReadOrganization, func(ctx context.Context) (models.OrganizationCollectionResponseable, error) {
		return c.organization().Get(ctx, &organization.OrganizationRequestBuilderGetRequestConfiguration{
			QueryParameters: &organization.OrganizationRequestBuilderGetQueryParameters{Select: []string{"id", "displayName"}},
		})
	})
	if err != nil || list == nil || len(list.GetValue()) == 0 {
		return ""
	}
	return deref(list.GetValue()[0].GetDisplayName())
}

// listServicePrincipals reads those of the applications: GET /servicePrincipals, Application.Read.All,
// learn.microsoft.com/graph/api/serviceprincipal-list.
func (c *Client) listServicePrincipals(ctx context.Context, apps []consent.AppID) ([]consent.ServicePrincipal, error) {
	quoted := make([]string, len(apps))
	for i, app := range apps {
		quoted[i] = "'" + string(app) + "'"
	}
	filter := "appId in (" + strings.Join(quoted, ",") + ")"
	config := &serviceprincipals.ServicePrincipalsRequestBuilderGetRequestConfiguration{
		QueryParameters: &serviceprincipals.ServicePrincipalsRequestBuilderGetQueryParameters{
			Filter: &filter, Select: servicePrincipalFields,
		},
	}
	var found []consent.ServicePrincipal
	get := func(ctx context.Context, link string) (models.ServicePrincipalCollectionResponseable, error) {
		if link != "" {
			return c.servicePrincipals().WithUrl(link).Get(ctx, nil)
		}
		return c.servicePrincipals().Get(ctx, config)
	}
	odd := false
	err := each(ctx, c, opReadServicePrincipals, get, func(sp models.ServicePrincipalable) bool {
		translated := servicePrincipal(sp)
		odd = odd || !isGUID(string(translated.ID)) || translated.AppID == ""
		if slices.Contains(apps, translated.AppID) {
			found = append(found, translated)
		}
		return true
	})
	if err == nil && odd {
		err = badList(opReadServicePrincipals, "the id of a row is not a GUID, or its appId is missing")
	}
	slices.SortFunc(found, func(a, b consent.ServicePrincipal) int { return strings.Compare(string(a.AppID), string(b.AppID)) })
	return found, err
}

// ServicePrincipal reads the one of an application, as listServicePrincipals does.
func (c *Client) ServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, bool, error) {
	found, err := c.listServicePrincipals(ctx, []consent.AppID{app})
	sp, stands := consent.State{ServicePrincipals: found}.ServicePrincipal(app)
	return sp, stands, err
}

// listGrants reads the client's grants of one consent type: GET /oauth2PermissionGrants, Directory.Read.All,
// learn.microsoft.com/graph/api/oauth2permissiongrant-list. Filtering on clientId also shortens the replication delay.
// The filter is checked again here: what does not match it is nobody's business.
func (c *Client) listGrants(ctx context.Context, client consent.ObjectID, of consent.ConsentType) ([]consent.PermissionGrant, error) {
	var grants []consent.PermissionGrant
	filter := fmt.Sprintf("clientId eq '%s' and consentType eq '%s'", client, of)
	return grants, c.eachGrant(ctx, filter, nil, func(g consent.PermissionGrant) bool {
		same := func(have consent.PermissionGrant) bool { return have.ID == g.ID }
		if i := slices.IndexFunc(grants, same); i >= 0 {
			grants[i] = g // the list moved while it was read
		} else if g.ClientID == client && g.ConsentType == of {
			grants = append(grants, g)
		}
		return true
	})
}

// eachGrant calls visit with the rows that Graph lists for the filter, until it returns false. A row that lacks anything
// makes the list one that cannot be trusted: what was taken for an empty grant would be overwritten.
func (c *Client) eachGrant(ctx context.Context, filter string, top *int32, visit func(consent.PermissionGrant) bool) error {
	config := &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetRequestConfiguration{
		QueryParameters: &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetQueryParameters{Filter: &filter, Top: top},
	}
	get := func(ctx context.Context, link string) (models.OAuth2PermissionGrantCollectionResponseable, error) {
		if link != "" {
			return c.grants().WithUrl(link).Get(ctx, nil)
		}
		return c.grants().Get(ctx, config)
	}
	odd := false
	err := each(ctx, c, opReadGrants, get, func(g models.OAuth2PermissionGrantable) bool {
		odd = odd || !isWhole(g)
		return !odd && visit(permissionGrant(g))
	})
	if err == nil && odd {
		err = badList(opReadGrants, "a row lacks its id, clientId, resourceId, consentType or scope")
	}
	return err
}

// grantID is what the id of a grant looks like (graph-facts.md §2.3): nothing else is made part of an address.
var grantID = regexp.MustCompile(`^[A-Za-z0-9_-]+$`)

// isWhole tells whether a grant has all that it must have. Its scope may be empty, but not missing.
func isWhole(g models.OAuth2PermissionGrantable) bool {
	return grantID.MatchString(deref(g.GetId())) && deref(g.GetClientId()) != "" && deref(g.GetResourceId()) != "" &&
		deref(g.GetConsentType()) != "" && g.GetScope() != nil
}

func isGUID(id string) bool {
	_, err := consent.ParseGUID(id)
	return err == nil
}

// Grant reads one grant: GET /oauth2PermissionGrants/{id}, Directory.Read.All,
// learn.microsoft.com/graph/api/oauth2permissiongrant-get.
func (c *Client) Grant(ctx context.Context, id consent.GrantID) (consent.PermissionGrant, bool, error) {
	g, err := call(ctx, c, opReadGrant, func(ctx context.Context) (models.OAuth2PermissionGrantable, error) {
		return c.grants().ByOAuth2PermissionGrantId(string(id)).Get(ctx, nil)
	})
	switch answered := asError(err); {
	case answered != nil && answered.Absent():
		return consent.PermissionGrant{}, false, nil
	case err != nil:
		return consent.PermissionGrant{}, false, err
	case g == nil || !isWhole(g) || deref(g.GetId()) != string(id):
		return consent.PermissionGrant{}, false, &Error{Op: opReadGrant.name, op: opReadGrant, Err: errors.New("the answer is not that grant")}
	}
	return permissionGrant(g), true, nil
}

func servicePrincipal(sp models.ServicePrincipalable) consent.ServicePrincipal {
	s := consent.ServicePrincipal{
		ID:                  consent.ObjectID(strings.ToLower(deref(sp.GetId()))),
		AppID:               consent.AppID(strings.ToLower(deref(sp.GetAppId()))),
		DisplayName:         deref(sp.GetDisplayName()),
		AccountEnabled:      sp.GetAccountEnabled(),
		AssignmentRequired:  deref(sp.GetAppRoleAssignmentRequired()),
		DisabledByMicrosoft: deref(sp.GetDisabledByMicrosoftStatus()),
	}
	if owner := sp.GetAppOwnerOrganizationId(); owner != nil {
		s.OwnerOrganizationID = owner.String()
	}
	if publisher := sp.GetVerifiedPublisher(); publisher != nil {
		s.VerifiedPublisher = deref(publisher.GetDisplayName())
	}
	return s
}

func permissionGrant(g models.OAuth2PermissionGrantable) consent.PermissionGrant {
	return consent.PermissionGrant{
		ID:          consent.GrantID(deref(g.GetId())),
		ClientID:    consent.ObjectID(strings.ToLower(deref(g.GetClientId()))),
		ResourceID:  consent.ObjectID(strings.ToLower(deref(g.GetResourceId()))),
		ConsentType: consentType(deref(g.GetConsentType())),
		Scopes:      consent.ParseScopes(deref(g.GetScope())),
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
