package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/graph/claims"

	"github.com/microsoftgraph/msgraph-sdk-go/models"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
)

// Examine reads what decides whether the users of the requirement's client are well, all of it side by side but for what
// hangs on the service principals; of the sign-in log the time since the given one. However many users there are, no more
// than five requests follow each other; lists of policies, domains and profiles are read to their end, which is a page in
// most tenants. What cannot be read, or not in time, says so in the facts; the errors are that nobody
// is signed in, that it was interrupted, and that not even the service principals can be read for another reason than a
// missing permission.
func (c *Client) Examine(ctx context.Context, required consent.Requirement, since time.Time) (doctor.Facts, error) {
	identity, err := c.SignIn(ctx)
	if err != nil {
		return doctor.Facts{}, err
	}
	f := doctor.Facts{Tenant: consent.Tenant{ID: identity.TenantID, Cloud: c.cloud.Name, Simulated: c.cloud.Simulated}}
	x := examination{Client: c, ctx: ctx}
	x.held, _ = c.tokens.claims() // SignIn has read them
	x.wait.Go(func() { f.Tenant.DisplayName = c.organizationName(ctx) })
	x.wait.Go(func() { c.examineServicePrincipals(&x, required, &f) })
	read(&x, &f.Deleted, func(ctx context.Context) ([]doctor.DeletedServicePrincipal, error) {
		return c.deleted(ctx, required.App.ID)
	})
	read(&x, &f.Policies, c.ConsentPolicies)
	read(&x, &f.Requests, c.adminConsentRequests)
	read(&x, &f.ConditionalAccess, c.conditionalAccessPolicies)
	read(&x, &f.SignIns, func(ctx context.Context) (doctor.SignIns, error) { return c.failedSignIns(ctx, required.App.ID, since) })
	read(&x, &f.Domains, c.domains)
	read(&x, &f.MailProfiles, c.mailProfiles)
	x.wait.Wait()
	if err := ctx.Err(); errors.Is(err, context.Canceled) {
		return f, err
	}
	return f, x.err
}

// examination is the reads of an Examine that are under way.
type examination struct {
	*Client
	ctx  context.Context // it lives as long as the call of Examine
	held claims.Claims
	wait sync.WaitGroup
	once sync.Once
	err  error // because of which nothing can be said
}

// read reads one fact beside the others.
func read[T any](x *examination, into *doctor.Reading[T], get func(context.Context) (T, error)) {
	x.wait.Go(func() {
		value, err := get(x.ctx)
		*into = readingOf(x, value, err)
		x.note(err)
	})
}

// note keeps an error that ends the examination.
func (x *examination) note(err error) {
	if refused, ok := errors.AsType[*SignInError](err); ok {
		x.once.Do(func() { x.err = refused })
	}
}

// readingOf says why something could not be read, if so.
func readingOf[T any](x *examination, value T, err error) doctor.Reading[T] {
	if err == nil {
		return doctor.Reading[T]{Value: value}
	}
	e := asError(err)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return doctor.Reading[T]{Failed: "no answer came before the time was up, see --timeout"}
	case e == nil:
		return doctor.Reading[T]{Failed: "it could not be read"}
	case e.unlicensed():
		return doctor.Reading[T]{Failed: "the tenant has no Entra ID P1 or P2 licence, which this needs"}
	case e.Status == http.StatusBadRequest && strings.Contains(e.Message, "not applicable to target tenant"):
		return doctor.Reading[T]{Failed: "the tenant does not seem to have Intune"}
	case e.Denied() && slices.Contains(x.held.Permissions, e.op.least()):
		return doctor.Reading[T]{Failed: "Graph refuses it although the sign-in holds " + e.op.least() +
			"; a person also needs the Entra role " + e.op.role + " or one like it"}
	case e.Status == http.StatusUnauthorized:
		return doctor.Reading[T]{Failed: "Graph did not accept the sign-in for it"}
	case e.Denied():
		return doctor.Reading[T]{Lacks: e.op.least()}
	}
	return doctor.Reading[T]{Failed: e.Error()}
}

// unlicensed tells whether Graph refuses for want of a licence, which it has been seen to say in these words
// (graph-facts.md §6).
func (e *Error) unlicensed() bool {
	return strings.Contains(e.Code, "NonPremiumTenant") || strings.Contains(e.Message, "premium license")
}

// examineServicePrincipals reads the service principals, and then what hangs on them.
func (c *Client) examineServicePrincipals(x *examination, required consent.Requirement, f *doctor.Facts) {
	list, err := c.listServicePrincipals(x.ctx, required.AppIDs())
	f.ServicePrincipals = readingOf(x, list, err)
	x.note(err)
	if err != nil {
		if e := asError(err); e == nil || !e.Denied() {
			x.once.Do(func() { x.err = err })
		}
		f.Grants = unread[[]consent.PermissionGrant](f.ServicePrincipals)
		f.PerUserGrants = unread[doctor.PerUserGrants](f.ServicePrincipals)
		f.Classifications = unread[[]consent.Classification](f.ServicePrincipals)
		return
	}
	state := consent.State{ServicePrincipals: list}
	read(x, &f.Classifications, func(ctx context.Context) ([]consent.Classification, error) {
		return c.requiredClassifications(ctx, required, state.ServicePrincipal)
	})
	client, found := state.ServicePrincipal(required.App.ID)
	if !found {
		return
	}
	read(x, &f.Grants, func(ctx context.Context) ([]consent.PermissionGrant, error) {
		return c.listGrants(ctx, client.ID, consent.AllPrincipals)
	})
	read(x, &f.PerUserGrants, func(ctx context.Context) (doctor.PerUserGrants, error) { return c.perUserGrants(ctx, client.ID) })
}

// unread says that something could not be read because something else could not.
func unread[T, U any](cause doctor.Reading[U]) doctor.Reading[T] {
	return doctor.Reading[T]{Lacks: cause.Lacks, Failed: cause.Failed}
}

// maxUserPages is how many pages of per-user grants are counted; a popular app has many thousands.
const maxUserPages = 3

// perUserGrants counts GET /oauth2PermissionGrants, Directory.Read.All, learn.microsoft.com/graph/api/
// oauth2permissiongrant-list, up to a number of pages.
func (c *Client) perUserGrants(ctx context.Context, client consent.ObjectID) (doctor.PerUserGrants, error) {
	filter, most := fmt.Sprintf("clientId eq '%s' and consentType eq '%s'", client, consent.Principal), int32(999)
	config := &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetRequestConfiguration{
		QueryParameters: &oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilderGetQueryParameters{
			Filter: &filter, Top: &most, Select: []string{"id", "clientId", "consentType", "principalId"},
		},
	}
	get := func(ctx context.Context, link string) (models.OAuth2PermissionGrantCollectionResponseable, error) {
		if link != "" {
			return c.grants().WithUrl(link).Get(ctx, nil)
		}
		return c.grants().Get(ctx, config)
	}
	counted, users := doctor.PerUserGrants{}, map[string]bool{}
	more, err := eachOf(ctx, c, opReadGrants, maxUserPages, get, func(g models.OAuth2PermissionGrantable) bool {
		if strings.EqualFold(deref(g.GetClientId()), string(client)) && consentType(deref(g.GetConsentType())) == consent.Principal {
			counted.Grants++
			users[strings.ToLower(deref(g.GetPrincipalId()))] = true
		}
		return true
	})
	counted.Users, counted.Capped = len(users), more
	return counted, err
}
