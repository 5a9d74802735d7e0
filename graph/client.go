// Package graph is a client for one tenant over the Microsoft Graph SDK, and the only package that knows the SDK. It reads what
// package consent compares and carries out what package plan decides, one method per operation.
//
// The SDK builds the requests that write, and its adapter carries all of them over the transport of package wire, which decides
// what is sent again: the SDK's own middlewares repeat writes and compress bodies, and its errors lose status codes
// (github.com/microsoft/kiota-http-go v1.5.4, retry_handler.go and compression_handler.go). Answers are read here (request.go) into plain structs, since the SDK's models take a value that is newer than they are for
// another one, and nothing of the SDK leaves the package. Tokens come from package signin.
//
// What must not be here: decisions about what to grant, documents, prompts, flags, and any other host than the chosen cloud's
// (wire/report.go has the one exception).
package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"

	abstractions "github.com/microsoft/kiota-abstractions-go"
	"github.com/microsoft/kiota-abstractions-go/authentication"
	kiotajson "github.com/microsoft/kiota-serialization-json-go"
	core "github.com/microsoftgraph/msgraph-sdk-go-core"
)

// Client reads and writes one tenant. It fits plan.Tenant. Its methods may be called side by side; clients of many tenants share
// a wire.Network and nothing else.
type Client struct {
	credential signin.Credential
	tokens     *signin.Tokens
	transport  *wire.Transport
	adapter    abstractions.RequestAdapter
	clock      wire.Clock
	onWait     wire.OnWait
	created    atomic.Bool // by this client: a service principal, which may not be visible everywhere yet
	// olderSchema: this cloud has refused a property that is younger than its schema.
	olderSchema atomic.Bool

	mu       sync.Mutex // guards what is asked for
	reads    []string   // permissions to read that are asked for beside readDirectory
	optional bool       // and can be done without
	forUsage bool       // readReports is asked for, which can be done without
	needs    []string   // permissions that the change under way needs; empty before StepUp
	early    []string   // permissions that are asked for before a change needs them, see Fleet

	nameOnce sync.Once
	name     string // of the organization; empty if it could not be read
}

// New returns a client that has not sent anything yet and asks for read permissions only. The credential is of the tenant, and the
// caller closes its network; version is that of this program, for the User-Agent.
//
// The SDK's builders and models go over our transport: without the SDK's middlewares, its time limit over all retries, its
// redirects, and its own idea of authentication. It parses nothing.
func New(credential signin.Credential, clock wire.Clock, version string, onWait wire.OnWait) (*Client, error) {
	c := &Client{credential: credential, tokens: credential.Tokens(clock, onWait), clock: clock, onWait: onWait}
	c.transport = &wire.Transport{
		Network: credential.Network, Cloud: credential.Cloud, Tokens: c.tokens, Secrets: credential.Secrets, Clock: clock,
		UserAgent: "appleconsent/" + version, OnWait: onWait,
	}
	adapter, err := core.NewGraphRequestAdapterBaseWithParseNodeFactoryAndSerializationWriterFactoryAndHttpClient(
		&authentication.AnonymousAuthenticationProvider{}, core.GraphClientOptions{}, nil, kiotajson.NewJsonSerializationWriterFactory(),
		wire.Client(c.transport))
	if err != nil {
		return nil, fmt.Errorf("prepare the Graph SDK: %w", err)
	}
	adapter.SetBaseUrl(credential.Cloud.Graph + "/v1.0")
	c.adapter = adapter
	c.ask(func() {})
	return c, nil
}

// SignIn gets a token and returns who is signed in. Errors: *signin.Error, and the context's, wrapped.
func (c *Client) SignIn(ctx context.Context) (signin.Claims, error) {
	who, err := c.tokens.SignIn(ctx)
	for {
		refused, ok := errors.AsType[*signin.Error](err)
		if !ok || !refused.LacksConsent() || !c.askForLess() {
			return who, err
		}
		who, err = c.tokens.SignIn(ctx)
	}
}

// askForLess leaves out what can be done without, first how many people it is about, and reports whether there was any.
func (c *Client) askForLess() (less bool) {
	c.ask(func() {
		switch less = c.forUsage || c.optional; {
		case c.forUsage:
			c.forUsage = false
		case c.optional:
			c.reads, c.optional = nil, false
		}
	})
	return less
}

// CheckTenant refuses a token of another tenant than the one that was asked for, see signin.Tokens.
func (c *Client) CheckTenant(ctx context.Context, asked, got string) error {
	return c.tokens.CheckTenant(ctx, asked, got)
}

// KeepAccount keeps who signed in, so that the next command need not ask; for when it is known to be the right tenant.
func (c *Client) KeepAccount() { c.tokens.KeepAccount() }

// AskForSettings makes the next requests carry what it takes to read the user-consent setting beside the directory.
func (c *Client) AskForSettings() {
	c.ask(func() { c.reads, c.optional = []string{readPolicies}, false })
}

// AskForExamination makes the next requests carry what it takes to read all that Examine reads. Where nobody has consented to
// that, the sign-in goes on with what reads the directory.
func (c *Client) AskForExamination() {
	c.ask(func() { c.reads, c.optional = []string{readPolicies, readAuditLogs, readIntune}, true })
}

// AskForUsage makes the next requests carry what it takes to read Usage, too. Where nobody has consented to that, the sign-in goes on
// without.
func (c *Client) AskForUsage() {
	c.ask(func() { c.forUsage = true })
}

// StepUp makes the next requests carry the permissions that actions of these kinds need. Credentials that have what an
// admin gave them once are not asked again.
func (c *Client) StepUp(kinds []consent.ActionKind) {
	c.ask(func() { c.needs = needed(kinds) })
}

// ask makes the next tokens have what is read and what the change under way needs, after a change of that.
func (c *Client) ask(change func()) {
	c.mu.Lock()
	defer c.mu.Unlock()
	change()
	permissions := []string{".default"}
	if c.credential.Incremental {
		permissions = slices.Concat([]string{readDirectory}, c.reads, union(c.early, c.needs))
		if c.forUsage {
			permissions = append(permissions, readReports)
		}
	}
	scopes := make([]string, len(permissions))
	for i, permission := range permissions {
		scopes[i] = c.credential.Cloud.Graph + "/" + permission
	}
	c.tokens.Ask(scopes)
}

// union is a, and what b has besides.
func union(a, b []string) []string {
	more := slices.DeleteFunc(slices.Clone(b), func(text string) bool { return slices.Contains(a, text) })
	return slices.Concat(a, more)
}

func (c *Client) changeNeeds() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.needs
}
