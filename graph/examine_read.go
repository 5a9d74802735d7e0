package graph

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/microsoftgraph/msgraph-sdk-go/directory"
	"github.com/microsoftgraph/msgraph-sdk-go/domains"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
)

// deleted reads the application's service principals among the deleted items: GET /directory/deletedItems/
// microsoft.graph.servicePrincipal, Directory.Read.All, learn.microsoft.com/graph/api/directory-deleteditems-list. That the
// list can be filtered is not documented, so that each row is looked at. The SDK writes the cast as graph.servicePrincipal,
// which the documentation does not: the address is ours.
func (c *Client) deleted(ctx context.Context, app consent.AppID) ([]doctor.DeletedServicePrincipal, error) {
	builder := directory.NewDeletedItemsGraphServicePrincipalRequestBuilderInternal(map[string]string{}, c.adapter)
	first := c.address("/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal", url.Values{
		"$filter": {fmt.Sprintf("appId eq '%s'", app)}, "$select": {"id,appId,displayName,deletedDateTime"},
	})
	get := func(ctx context.Context, link string) (models.ServicePrincipalCollectionResponseable, error) {
		return builder.WithUrl(cmp.Or(link, first)).Get(ctx, nil)
	}
	var found []doctor.DeletedServicePrincipal
	err := each(ctx, c, opReadDeleted, get, func(sp models.ServicePrincipalable) bool {
		if translated := servicePrincipal(sp); translated.AppID == app {
			found = append(found, doctor.DeletedServicePrincipal{
				ID: translated.ID, DisplayName: translated.DisplayName, DeletedAt: deref(sp.GetDeletedDateTime()),
			})
		}
		return true
	})
	return found, err
}

// adminConsentRequests reads GET /policies/adminConsentRequestPolicy, Directory.Read.All or Policy.Read.All,
// learn.microsoft.com/graph/api/adminconsentrequestpolicy-get.
func (c *Client) adminConsentRequests(ctx context.Context) (doctor.AdminConsentRequests, error) {
	policy, err := call(ctx, c, opReadRequests, func(ctx context.Context) (models.AdminConsentRequestPolicyable, error) {
		return policies.NewAdminConsentRequestPolicyRequestBuilderInternal(map[string]string{}, c.adapter).Get(ctx, nil)
	})
	if err == nil && (policy == nil || policy.GetIsEnabled() == nil) {
		err = oddAnswer(opReadRequests, "the answer lacks isEnabled")
	}
	if err != nil {
		return doctor.AdminConsentRequests{}, err
	}
	return doctor.AdminConsentRequests{Enabled: *policy.GetIsEnabled(), Reviewers: len(policy.GetReviewers())}, nil
}

// domains reads GET /domains, Directory.Read.All or Domain.Read.All, learn.microsoft.com/graph/api/domain-list.
func (c *Client) domains(ctx context.Context) ([]doctor.Domain, error) {
	builder := domains.NewDomainsRequestBuilderInternal(map[string]string{}, c.adapter)
	get := func(ctx context.Context, link string) (models.DomainCollectionResponseable, error) {
		if link != "" {
			return builder.WithUrl(link).Get(ctx, nil)
		}
		return builder.Get(ctx, &domains.DomainsRequestBuilderGetRequestConfiguration{
			QueryParameters: &domains.DomainsRequestBuilderGetQueryParameters{Select: []string{"id", "authenticationType"}},
		})
	}
	var all []doctor.Domain
	err := each(ctx, c, opReadDomains, get, func(d models.Domainable) bool {
		all = append(all, doctor.Domain{Name: deref(d.GetId()), Federated: strings.EqualFold(deref(d.GetAuthenticationType()), "Federated")})
		return true
	})
	return all, err
}
