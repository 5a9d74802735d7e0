package graph

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/microsoftgraph/msgraph-sdk-go/auditlogs"
	"github.com/microsoftgraph/msgraph-sdk-go/directory"
	"github.com/microsoftgraph/msgraph-sdk-go/domains"
	"github.com/microsoftgraph/msgraph-sdk-go/identity"
	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/policies"
)

// deleted reads the application's service principals among the deleted items: GET /directory/deletedItems/
// microsoft.graph.servicePrincipal, Directory.Read.All, learn.microsoft.com/graph/api/directory-deleteditems-list. That the
// list can be filtered is not documented, so that each row is looked at. The SDK writes the cast as graph.servicePrincipal,
// which the documentation does not: the address is ours.
func (c *Client) deleted(ctx context.Context, app consent.AppID) ([]doctor.DeletedServicePrincipal, error) {
	builder := directory.NewDeletedItemsGraphServicePrincipalRequestBuilderInternal(map[string]string{}, c.adapter)
	query := url.Values{"$filter": {fmt.Sprintf("appId eq '%s'", app)}, "$select": {"id,appId,displayName,deletedDateTime"}}
	first := c.cloud.Graph + "/v1.0/directory/deletedItems/microsoft.graph.servicePrincipal?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	get := func(ctx context.Context, link string) (models.ServicePrincipalCollectionResponseable, error) {
		return builder.WithUrl(cmp.Or(link, first)).Get(ctx, nil)
	}
	var found []doctor.DeletedServicePrincipal
	_, err := eachOf(ctx, c, opReadDeleted, maxUserPages, get, func(sp models.ServicePrincipalable) bool {
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

// conditionalAccessPolicies reads GET /identity/conditionalAccess/policies, Policy.Read.All,
// learn.microsoft.com/graph/api/conditionalaccessroot-list-policies.
func (c *Client) conditionalAccessPolicies(ctx context.Context) ([]doctor.ConditionalAccessPolicy, error) {
	builder := identity.NewConditionalAccessPoliciesRequestBuilderInternal(map[string]string{}, c.adapter)
	get := func(ctx context.Context, link string) (models.ConditionalAccessPolicyCollectionResponseable, error) {
		if link != "" {
			return builder.WithUrl(link).Get(ctx, nil)
		}
		return builder.Get(ctx, nil)
	}
	var all []doctor.ConditionalAccessPolicy
	_, err := eachOf(ctx, c, opReadConditionalAccess, maxUserPages, get, func(p models.ConditionalAccessPolicyable) bool {
		all = append(all, conditionalAccessPolicy(p))
		return true
	})
	return all, err
}

func conditionalAccessPolicy(p models.ConditionalAccessPolicyable) doctor.ConditionalAccessPolicy {
	out := doctor.ConditionalAccessPolicy{Name: deref(p.GetDisplayName())}
	if state := p.GetState(); state != nil {
		out.State = state.String()
	}
	if controls := p.GetGrantControls(); controls != nil {
		out.Controls = names(controls.GetBuiltInControls())
	}
	conditions := p.GetConditions()
	if conditions == nil {
		return out
	}
	out.ClientAppTypes = names(conditions.GetClientAppTypes())
	if apps := conditions.GetApplications(); apps != nil {
		out.IncludedApps, out.ExcludedApps = apps.GetIncludeApplications(), apps.GetExcludeApplications()
		lowerGUIDs(out.IncludedApps)
		lowerGUIDs(out.ExcludedApps)
	}
	if platforms := conditions.GetPlatforms(); platforms != nil {
		out.IncludedDevices, out.ExcludedDevices = names(platforms.GetIncludePlatforms()), names(platforms.GetExcludePlatforms())
	}
	return out
}

// lowerGUIDs writes the GUIDs among the texts in lower case.
func lowerGUIDs(texts []string) {
	for i, text := range texts {
		if isGUID(text) {
			texts[i] = strings.ToLower(text)
		}
	}
}

// names returns what Graph calls the values.
func names[T fmt.Stringer](values []T) []string {
	words := make([]string, len(values))
	for i, value := range values {
		words[i] = value.String()
	}
	return words
}

// failedSignIns reads the sign-ins to the application that failed for want of consent: GET /auditLogs/signIns,
// AuditLog.Read.All, learn.microsoft.com/graph/api/signin-list. In v1.0 that is interactive ones. Graph documents one code per
// filter; several are asked for at once and, if that is refused, all sign-ins are looked through.
func (c *Client) failedSignIns(ctx context.Context, app consent.AppID, since time.Time) (doctor.SignIns, error) {
	filter := fmt.Sprintf("appId eq '%s' and createdDateTime ge %s", app, since.UTC().Format(time.RFC3339))
	codes := make([]string, len(doctor.ConsentCodes()))
	for i, code := range doctor.ConsentCodes() {
		codes[i] = fmt.Sprintf("status/errorCode eq %d", code)
	}
	found, err := c.signIns(ctx, app, since, filter+" and ("+strings.Join(codes, " or ")+")")
	if e := asError(err); e != nil && e.Status == http.StatusBadRequest {
		return c.signIns(ctx, app, since, filter)
	}
	return found, err
}

func (c *Client) signIns(ctx context.Context, app consent.AppID, since time.Time, filter string) (doctor.SignIns, error) {
	builder, most := auditlogs.NewSignInsRequestBuilderInternal(map[string]string{}, c.adapter), int32(1000)
	get := func(ctx context.Context, link string) (models.SignInCollectionResponseable, error) {
		if link != "" {
			return builder.WithUrl(link).Get(ctx, nil)
		}
		return builder.Get(ctx, &auditlogs.SignInsRequestBuilderGetRequestConfiguration{
			QueryParameters: &auditlogs.SignInsRequestBuilderGetQueryParameters{Filter: &filter, Top: &most},
		})
	}
	found := doctor.SignIns{Since: since}
	more, err := eachOf(ctx, c, opReadSignIns, maxUserPages, get, func(s models.SignInable) bool {
		failure, ok := failedSignIn(s)
		if ok && strings.EqualFold(deref(s.GetAppId()), string(app)) && !failure.At.Before(since) {
			found.Failures = append(found.Failures, failure)
		}
		return true
	})
	found.Capped = more
	return found, err
}

// failedSignIn translates a sign-in that failed.
func failedSignIn(s models.SignInable) (doctor.SignInFailure, bool) {
	if s.GetStatus() == nil || s.GetCreatedDateTime() == nil || deref(s.GetStatus().GetErrorCode()) == 0 {
		return doctor.SignInFailure{}, false
	}
	return doctor.SignInFailure{At: s.GetCreatedDateTime().UTC(), UserID: deref(s.GetUserId()), Code: int(*s.GetStatus().GetErrorCode())}, true
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
	_, err := eachOf(ctx, c, opReadDomains, maxUserPages, get, func(d models.Domainable) bool {
		all = append(all, doctor.Domain{Name: deref(d.GetId()), Federated: strings.EqualFold(deref(d.GetAuthenticationType()), "Federated")})
		return true
	})
	return all, err
}
