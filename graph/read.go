package graph

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
)

// Read returns the state that decides about the requirement, in at most two requests one after the other and three in
// all: the service principals, with the organization's name beside them, then the client's tenant-wide grants. However
// many users have consented one by one, the cost is the same. The route of user consent has the settings that it is about read
// beside the grants, and what is asked for beyond what the application needs has what its resources publish read there.
func (c *Client) Read(ctx context.Context, required consent.Requirement) (consent.State, error) {
	identity, err := c.SignIn(ctx)
	if err != nil {
		return consent.State{}, err
	}
	name := make(chan string, 1)
	go func() { name <- c.organizationName(ctx) }()

	state := consent.State{Tenant: consent.Tenant{ID: identity.TenantID, Cloud: c.credential.Cloud.Name, Simulated: c.credential.Cloud.Simulated}}
	state.ServicePrincipals, err = c.listServicePrincipals(ctx, required.AppIDs())
	if err == nil {
		err = c.readRest(ctx, required, &state)
	}
	state.Tenant.DisplayName = <-name
	return state, err
}

// readRest reads all but the service principals, which the state has.
func (c *Client) readRest(ctx context.Context, required consent.Requirement, into *consent.State) error {
	found := *into
	var published consent.Catalogue
	err := sideBySide(2, func(i int) (err error) {
		if i == 0 {
			return c.readObjects(ctx, required, into, func(object) bool { return true })
		}
		published, err = c.readPublished(ctx, required, found)
		return err
	})
	into.Published = published
	return err
}

// readObjects reads those of the kinds of objects that are wanted into a state that has the service principals.
func (c *Client) readObjects(ctx context.Context, required consent.Requirement, into *consent.State, wanted func(object) bool) error {
	all, found := objects(), *into
	return sideBySide(len(all), func(i int) error {
		if o := all[i]; o.read != nil && wanted(o) && (o.route == "" || o.route == required.Route) {
			return o.read(c, ctx, required, found, into)
		}
		return nil
	})
}

// Reread is Read after a write, without the organization's name.
func (c *Client) Reread(ctx context.Context, required consent.Requirement, look consent.Look) (consent.State, error) {
	if look.Once {
		ctx = wire.Impatient(context.WithValue(ctx, onceKey{}, true))
	}
	if look.Client == "" {
		return c.Read(ctx, required)
	}
	areGrants := func(o object) bool { return o.kind == consent.OnGrant }
	listed := consent.State{ServicePrincipals: []consent.ServicePrincipal{{ID: look.Client, AppID: required.App.ID}}}
	state := listed
	err := sideBySide(2, func(i int) (err error) {
		switch {
		case i == 0:
			err = c.readObjects(ctx, required, &listed, areGrants)
		case !look.GrantsOnly:
			state.ServicePrincipals, err = c.listServicePrincipals(ctx, required.AppIDs())
		}
		if i == 1 && err == nil && !look.GrantsOnly {
			err = c.readObjects(ctx, required, &state, func(o object) bool { return !areGrants(o) })
		}
		return err
	})
	state.Grants, state.OddGrants = listed.Grants, listed.OddGrants
	return state, err
}

// sideBySide does that many things at once, and returns the first error in their order.
func sideBySide(things int, do func(i int) error) error {
	errs := make([]error, things)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() { errs[i] = do(i) })
	}
	wait.Wait()
	return cmp.Or(errs...)
}

// nameTimeout is how long anything waits for a name that is only decoration.
const nameTimeout = 3 * time.Second

var opReadOrganization = reading("read the organization's name", "User.Read", true)

// organizationName returns what the tenant is called, which is asked for once and not for long: without it the name
// stays empty. GET /organization, User.Read, learn.microsoft.com/graph/api/organization-get.
func (c *Client) organizationName(ctx context.Context) string {
	type organization struct {
		DisplayName string `json:"displayName"`
	}
	c.nameOnce.Do(func() {
		ctx, cancel := context.WithTimeout(ctx, nameTimeout)
		defer cancel()
		all := c.list("/v1.0/organization", url.Values{"$select": {"id,displayName"}})
		_, _ = each(ctx, c, opReadOrganization, all, func(row organization) error { // an error leaves the name empty
			c.name = row.DisplayName
			return errEnough
		})
	})
	return c.name
}

// Examine reads what decides whether the users of the requirement's client are well, all of it side by side but for what
// hangs on the service principals. However many users there are, no more than six requests follow each other; lists of
// policies, domains and profiles are read to their end, which is a page in most tenants. What cannot be read, or not in
// time, says so in the facts; the errors are that nobody is signed in, that it was interrupted, and that not even the
// service principals can be read for another reason than a missing permission.
func (c *Client) Examine(ctx context.Context, required consent.Requirement, asked doctor.Question) (doctor.Facts, error) {
	identity, err := c.SignIn(ctx)
	if err != nil {
		return doctor.Facts{}, err
	}
	f := doctor.Facts{Tenant: consent.Tenant{ID: identity.TenantID, Cloud: c.credential.Cloud.Name, Simulated: c.credential.Cloud.Simulated}}
	x := examination{Client: c, ctx: ctx, held: identity}
	x.wait.Go(func() { f.Tenant.DisplayName = c.organizationName(ctx) })
	x.wait.Go(func() { c.examineServicePrincipals(&x, required, asked, &f) }) //nolint:contextcheck // it is the one that x has
	read(&x, &f.Deleted, func(ctx context.Context) ([]doctor.DeletedServicePrincipal, error) {
		return c.deleted(ctx, required.App.ID)
	})
	read(&x, &f.Policies, c.ConsentPolicies)
	read(&x, &f.Requests, c.adminConsentRequests)
	read(&x, &f.ConditionalAccess, c.conditionalAccessPolicies)
	read(&x, &f.SignIns, func(ctx context.Context) (doctor.SignIns, error) {
		return c.failedSignIns(ctx, required.App.ID, asked.SignInsSince)
	})
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
	held signin.Claims
	wait sync.WaitGroup
	once sync.Once
	err  error // because of which nothing can be said
}

// read reads one fact beside the others; done is closed when that is over.
func read[T any](x *examination, into *doctor.Reading[T], get func(context.Context) (T, error)) (done <-chan struct{}) {
	over := make(chan struct{})
	x.wait.Go(func() {
		defer close(over)
		value, err := get(wire.Impatient(x.ctx)) // a silent one does not hold up the others
		if err == nil {
			into.Value = value
			return
		}
		into.Lacks, into.Failed = x.why(err)
		_, page := errors.AsType[*laterPageError](err)
		_, odd := errors.AsType[*oddRowsError](err)
		if page || odd {
			into.Value, into.Partly = value, true
		}
	})
	return over
}

// end ends the examination with an error, unless another one did.
func (x *examination) end(err error) { x.once.Do(func() { x.err = err }) }

// why says why something could not be read: for want of a permission, or in words. Nothing can be said without a sign-in.
func (x *examination) why(err error) (lacks, failed string) {
	if refused, ok := errors.AsType[*signin.Error](err); ok {
		x.end(refused)
	}
	odd, isOdd := errors.AsType[*oddRowsError](err)
	e := asError(err)
	switch {
	case isOdd:
		return "", odd.said()
	case errors.Is(err, context.DeadlineExceeded):
		return "", "no answer in time"
	case e == nil:
		return "", "it could not be read"
	case e.Unlicensed():
		return "", "the tenant has no Entra ID P1 or P2 licence, which this needs"
	case e.Status == http.StatusBadRequest && strings.Contains(e.Message, "not applicable to target tenant"):
		return "", "the tenant does not seem to have Intune"
	case refusals[e.Cause()] != "":
		return "", refusals[e.Cause()]
	case e.Denied() && enough(x.held.Permissions, e.Op) != "" && x.held.AppOnly:
		return "", "Graph refuses it although the application that signed in holds " + enough(x.held.Permissions, e.Op)
	case e.Denied() && enough(x.held.Permissions, e.Op) != "":
		return "", "Graph refuses it although the sign-in holds " + enough(x.held.Permissions, e.Op) + "; a person also needs the Entra role " +
			e.Op.Role + " or one like it"
	case e.Status == http.StatusUnauthorized:
		return "", "Graph did not accept the sign-in for it"
	case e.Denied():
		return least(e.Op), ""
	}
	return "", e.Error()
}

// refusals are why something could not be read, for refusals that no permission helps against.
var refusals = map[wire.Cause]string{
	wire.CauseBlocked:          "Conditional Access blocks it",
	wire.CauseFiltered:         "a web filter or proxy on the way answers in Graph's place",
	wire.CauseQuota:            "the directory is full (its quota is exceeded)",
	wire.CauseTenantRestricted: "tenant restrictions block it",
	wire.CauseUnknownApp:       "the application that signed in has no service principal in this tenant",
}

// examineServicePrincipals reads the service principals, and then what hangs on them.
func (c *Client) examineServicePrincipals(x *examination, required consent.Requirement, asked doctor.Question, f *doctor.Facts) {
	list, err := c.listServicePrincipals(x.ctx, required.AppIDs())
	if err != nil {
		lacks, failed := x.why(err)
		f.ServicePrincipals.Lacks, f.ServicePrincipals.Failed = lacks, failed
		f.Grants.Lacks, f.Grants.Failed = lacks, failed
		f.PerUserGrants.Lacks, f.PerUserGrants.Failed = lacks, failed
		f.Classifications.Lacks, f.Classifications.Failed = lacks, failed
		f.Published.Lacks, f.Published.Failed = lacks, failed
		if e := asError(err); e == nil || !e.Denied() {
			x.end(err)
		}
		return
	}
	f.ServicePrincipals.Value = list
	state := consent.State{ServicePrincipals: list}
	published := read(x, &f.Published, func(ctx context.Context) (consent.Catalogue, error) {
		if asked.Consented {
			return c.publishedOf(ctx, called(required), state)
		}
		return c.readPublished(ctx, required, state)
	})
	read(x, &f.Classifications, func(ctx context.Context) ([]consent.Classification, error) {
		var read consent.State
		err := c.readClassifications(ctx, required, state, &read)
		if later, partly := errors.AsType[*laterPageError](err); partly {
			err = later.error // what was read of them says nothing about the rest
		}
		return read.Classifications, err
	})
	client, found := state.ServicePrincipal(required.App.ID)
	if !found {
		return
	}
	grants := read(x, &f.Grants, func(ctx context.Context) ([]consent.PermissionGrant, error) {
		var listed consent.State
		err := c.listGrants(ctx, client.ID, &listed)
		f.OddGrants = listed.OddGrants
		return listed.Grants, err
	})
	users := read(x, &f.PerUserGrants, func(ctx context.Context) (doctor.PerUserGrants, error) {
		return c.perUserGrants(ctx, client.ID, maxUserPages)
	})
	<-published
	<-grants
	<-users
	state.Grants = f.Grants.Value
	if doctor.LacksOnGraph(required.App.ID, state, f.PerUserGrants.Value) {
		read(x, &f.OnGraph, func(ctx context.Context) ([]consent.Published, error) {
			return c.onGraph(ctx, required, state, f.Published)
		})
	}
}

// onGraph is what Microsoft Graph publishes, which may have been read for what is asked for besides.
func (c *Client) onGraph(
	ctx context.Context, required consent.Requirement, state consent.State, read doctor.Reading[consent.Catalogue],
) ([]consent.Published, error) {
	for _, known := range []consent.Catalogue{read.Value, required.Published} {
		if all := known[consent.MicrosoftGraph]; all != nil {
			return all, nil
		}
	}
	all, err := c.publishedOf(ctx, []consent.AppID{consent.MicrosoftGraph}, state)
	return all[consent.MicrosoftGraph], err
}

// maxUserPages is how many pages of per-user grants are counted; a popular app has many thousands.
const maxUserPages = 3

// perUserGrants counts GET /oauth2PermissionGrants, Directory.Read.All, learn.microsoft.com/graph/api/
// oauth2permissiongrant-list, up to a number of pages.
func (c *Client) perUserGrants(ctx context.Context, client consent.ObjectID, pages int) (doctor.PerUserGrants, error) {
	query := grantQuery(client, consent.Principal)
	query.Set("$top", "999")
	query.Set("$select", "id,clientId,consentType,principalId,resourceId,scope")
	first := c.list(grantsPath, query)
	first.pages = pages
	counted, users, scopes := doctor.PerUserGrants{}, map[string]bool{}, userScopes{}
	more, err := eachUnderstood(ctx, c, tolerant(opReadGrants), first, func(row grantRow) (understood bool) {
		if g := row.grant(); g.ClientID == client && g.ConsentType == consent.Principal {
			counted.Grants++
			users[strings.ToLower(text(row.PrincipalID))] = true
			scopes.add(g, strings.ToLower(text(row.PrincipalID)))
		}
		return true
	})
	_, page := errors.AsType[*laterPageError](err)
	_, odd := errors.AsType[*oddRowsError](err)
	counted.Users, counted.Scopes, counted.Capped = len(users), scopes.list(), more || page || odd
	return counted, err
}
