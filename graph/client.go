package graph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"time"

	"appleconsent/consent"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	"github.com/microsoft/kiota-abstractions-go/serialization"
	kiotajson "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
	"github.com/microsoftgraph/msgraph-sdk-go/oauth2permissiongrants"
	"github.com/microsoftgraph/msgraph-sdk-go/organization"
	"github.com/microsoftgraph/msgraph-sdk-go/serviceprincipals"
)

// Client reads and writes one tenant. It fits plan.Tenant. Its methods may be called side by side.
type Client struct {
	cloud      Cloud
	tokens     *tokens
	credential Credential
	network    *Network
	adapter    abstractions.RequestAdapter
	reads      []string // permissions to read that are asked for beside readDirectory
	optional   bool     // and can be done without
	needs      []string // permissions that the change under way needs; empty before StepUp

	nameOnce sync.Once
	name     string // of the organization; empty if it could not be read
}

// Options is what a client needs. All fields but Version are required.
type Options struct {
	Network    *Network // the caller closes it
	Cloud      Cloud
	Credential Credential
	Clock      Clock
	Version    string // of this program, for the User-Agent
	// OnWait hears of each pause before a retry and, with a zero duration, of an answer that lets wait; the latter from
	// another goroutine.
	OnWait func(what string, d time.Duration)
}

// New returns a client that has not sent anything yet and asks for read permissions only.
func New(o Options) (*Client, error) {
	t := &transport{
		network: o.Network, cloud: o.Cloud, clock: o.Clock, userAgent: "appleconsent/" + o.Version, onWait: o.OnWait,
		tokens: &tokens{credential: o.Credential.token, clock: o.Clock, network: o.Network, onWait: o.OnWait},
	}
	c := &Client{cloud: o.Cloud, tokens: t.tokens, credential: o.Credential, network: o.Network}
	adapter, err := newAdapter(t)
	if err != nil {
		return nil, fmt.Errorf("prepare the Graph SDK: %w", err)
	}
	adapter.SetBaseUrl(o.Cloud.Graph + "/v1.0")
	c.adapter = adapter
	c.ask()
	return c, nil
}

// newAdapter puts the SDK's builders and models on our transport: without its middlewares, its time limit over all
// retries, its redirects, and its own idea of authentication.
func newAdapter(t http.RoundTripper) (*core.GraphRequestAdapterBase, error) {
	client := &http.Client{Transport: t, CheckRedirect: noRedirect}
	parsers := serialization.NewParseNodeFactoryRegistry()
	parser := kiotajson.NewJsonParseNodeFactory()
	parsers.ContentTypeAssociatedFactories["application/json"] = parser
	writers := serialization.NewSerializationWriterFactoryRegistry()
	writers.ContentTypeAssociatedFactories["application/json"] = kiotajson.NewJsonSerializationWriterFactory()
	return core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, core.GraphClientOptions{}, parsers, writers, client)
}

// SignIn gets a token and returns who is signed in. Errors: *SignInError.
func (c *Client) SignIn(ctx context.Context) (Identity, error) {
	_, err := c.tokens.token(ctx)
	if refused, ok := errors.AsType[*SignInError](err); ok && c.optional && refused.LacksConsent() {
		c.askToRead(nil, false)
		_, err = c.tokens.token(ctx)
	}
	if err != nil {
		return Identity{}, err
	}
	who, err := c.tokens.identity()
	if err != nil {
		return Identity{}, &SignInError{Message: err.Error()}
	}
	return who, nil
}

// KeepAccount keeps who signed in, so that the next command need not ask; for when it is known to be the right tenant.
func (c *Client) KeepAccount() {
	if p, ok := c.credential.token.(*person); ok {
		p.keep()
	}
}

// Permissions of Microsoft Graph that are asked for or named (graph-facts.md §3.1).
const (
	readDirectory = "Directory.Read.All"
	readPolicies  = "Policy.Read.All"
	readAuditLogs = "AuditLog.Read.All"
	readIntune    = "DeviceManagementConfiguration.Read.All"

	writeGrants          = "DelegatedPermissionGrant.ReadWrite.All"
	writeApplications    = "Application.ReadWrite.All"
	writeClassifications = "Policy.ReadWrite.PermissionGrant"
	writeAuthorization   = "Policy.ReadWrite.Authorization"
)

// AskForSettings makes the next requests carry what it takes to read the user-consent setting beside the directory.
func (c *Client) AskForSettings() { c.askToRead([]string{readPolicies}, false) }

// AskForExamination makes the next requests carry what it takes to read all that Examine reads. Where nobody has consented to
// that, the sign-in goes on with what reads the directory.
func (c *Client) AskForExamination() {
	c.askToRead([]string{readPolicies, readAuditLogs, readIntune}, true)
}

func (c *Client) askToRead(permissions []string, optional bool) {
	c.reads, c.optional = permissions, optional
	c.ask()
}

// ask makes the next tokens have what is read and what the change under way needs.
func (c *Client) ask() {
	c.tokens.ask(c.scopes(slices.Concat([]string{readDirectory}, c.reads, c.needs)...))
}

// StepUp makes the next requests carry the permissions that actions of these kinds need. Credentials that have what an
// admin gave them once are not asked again.
func (c *Client) StepUp(kinds []consent.ActionKind) {
	c.needs = needed(kinds)
	c.ask()
}

// needed returns the permissions to write that actions of these kinds need.
func needed(kinds []consent.ActionKind) []string {
	var permissions []string
	for _, need := range []struct {
		object     consent.Object
		permission string
	}{
		{consent.OnGrant, writeGrants},
		{consent.OnServicePrincipal, writeApplications},
		{consent.OnClassification, writeClassifications},
		{consent.OnPolicy, writeAuthorization},
	} {
		if slices.ContainsFunc(kinds, func(k consent.ActionKind) bool { return k.Object == need.object }) {
			permissions = append(permissions, need.permission)
		}
	}
	return permissions
}

// scopes returns what to ask Entra for so that a token has these permissions.
func (c *Client) scopes(permissions ...string) []string {
	if !c.credential.incremental {
		return []string{c.cloud.Graph + "/.default"}
	}
	scopes := make([]string, len(permissions))
	for i, permission := range permissions {
		scopes[i] = c.cloud.Graph + "/" + permission
	}
	return scopes
}

// call runs one operation of the SDK and returns what it returns, but for panics, which odd answers have been seen to
// cause in it, and for errors, which are all *Error, *SignInError or the context's, and hold no secret.
func call[T any](ctx context.Context, c *Client, op operation, send func(context.Context) (T, error)) (result T, err error) {
	if ctx.Err() != nil {
		return result, context.Cause(ctx)
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = &Error{Op: op.name, op: op, sent: true, write: op.writes, Err: fmt.Errorf("the answer could not be read: %v", cause)}
		}
		err = c.network.secrets.cleanError(err)
	}()
	result, err = send(withOperation(ctx, op))
	if err == nil {
		return result, nil
	}
	if refused, ok := errors.AsType[*SignInError](err); ok {
		return result, refused
	}
	if answered, ok := errors.AsType[*Error](err); ok {
		answered.needs = c.needs
		return result, answered
	}
	return result, &Error{Op: op.name, op: op, sent: true, write: op.writes, Err: fmt.Errorf("the answer could not be read: %w", err)}
}

func (c *Client) grants() *oauth2permissiongrants.Oauth2PermissionGrantsRequestBuilder {
	return oauth2permissiongrants.NewOauth2PermissionGrantsRequestBuilderInternal(map[string]string{}, c.adapter)
}

func (c *Client) servicePrincipals() *serviceprincipals.ServicePrincipalsRequestBuilder {
	return serviceprincipals.NewServicePrincipalsRequestBuilderInternal(map[string]string{}, c.adapter)
}

func (c *Client) organization() *organization.OrganizationRequestBuilder {
	return organization.NewOrganizationRequestBuilderInternal(map[string]string{}, c.adapter)
}
