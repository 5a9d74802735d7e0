package signin

import (
	"cmp"
	"context"
	"errors"
	"strings"
	"sync"

	"appleconsent/consent"
	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// Fleet signs in to many tenants in one way that was chosen once. An application has a credential for each tenant, made from the
// same secret, certificate or federated token, so that no tenant waits for another. A person is asked once, and what that
// sign-in gave is good for tokens of the other tenants, silently and one at a time; the Azure CLI runs one at a time, too. The
// credentials share the network and nothing that tells of one tenant. Its methods may be called side by side.
type Fleet struct {
	auth   Auth // never AuthAuto; empty for simulated tenants
	way    Options
	person *person       // nil but for a browser or a device code
	turn   chan struct{} // is taken by who signs in one at a time
}

// Fleet chooses as Choose does, without any network. Tenant is where a person is asked; where it is empty, AZURE_TENANT_ID, or
// wherever the person is at home. Errors: those of Choose, and a *CredentialError for a managed identity, which knows its own
// tenant only.
func (o Options) Fleet() (*Fleet, error) {
	o.many, o.assertions = true, new(assertions)
	whole := o // with what each tenant brings
	whole.Tenant = cmp.Or(o.value("AZURE_TENANT_ID"), "organizations")
	whole.ClientID = cmp.Or(o.value("AZURE_CLIENT_ID"), graphCommandLineTools)
	auth, err := whole.way()
	if err != nil {
		return nil, err
	}
	if auth == AuthManagedIdentity {
		return nil, &CredentialError{auth, errors.New("a managed identity knows its own tenant only")}
	}
	o.keys = sync.OnceValues(o.readKeys)
	whole.keys = o.keys
	first, err := whole.choose(auth)
	if err != nil {
		return nil, err
	}
	asked, _ := first.source.(*person)
	return &Fleet{auth: auth, way: o, person: asked, turn: make(chan struct{}, 1)}, nil
}

// SimulatedFleet signs in to the simulated tenants that wire.Loopback found, as the admin of each.
func SimulatedFleet(at wire.Cloud, network *wire.Network) *Fleet {
	return &Fleet{way: Options{Cloud: at, Network: network}, turn: make(chan struct{}, 1)}
}

// Auth is the way that was chosen: never AuthAuto; empty for simulated tenants.
func (f *Fleet) Auth() Auth { return f.auth }

// Person returns the credential with which the person is asked, once and before any other tenant; false if nobody is to be asked.
// Its tokens are of the person's own tenant.
func (f *Fleet) Person() (Credential, bool) {
	if f.person == nil {
		return Credential{}, false
	}
	c := f.way.without(f.auth)
	c.source = f.person
	return c, true
}

// Tenant returns the credential of one tenant, given by its id or a domain. A clientID is that of the application that signs in to
// it, in place of the one that was chosen; persons and the Azure CLI have their own. Tokens of another tenant than that id are
// refused. Errors: *CredentialError.
func (f *Fleet) Tenant(tenant, clientID string) (Credential, error) {
	pinned, err := consent.ParseGUID(tenant)
	if err != nil {
		pinned = ""
	}
	c, err := f.credential(tenant, clientID)
	c.pinned = pinned
	return c, err
}

func (f *Fleet) credential(tenant, clientID string) (Credential, error) {
	o := f.way
	o.Tenant = tenant
	switch {
	case f.auth == "":
		return simulatedIn(tenant, o.Cloud, o.Network), nil
	case f.person != nil:
		c := o.without(f.auth)
		c.source = inTurn{f.person, f.turn, tenant}
		return c, nil
	case f.auth == AuthAzureCLI:
		c, err := o.choose(f.auth)
		c.source = inTurn{c.source, f.turn, ""}
		return c, err
	}
	o.ClientID = cmp.Or(strings.ToLower(clientID), o.ClientID)
	return o.choose(f.auth)
}

// inTurn gets tokens one at a time, and asks no person.
type inTurn struct {
	azcore.TokenCredential
	turn   chan struct{}
	tenant string // is asked for; empty: the credential's own
}

// GetToken waits for its turn, or for the context to end.
func (s inTurn) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if err := s.wait(ctx); err != nil {
		return azcore.AccessToken{}, err
	}
	defer func() { <-s.turn }()
	options.TenantID = s.tenant
	return s.TokenCredential.GetToken(context.WithValue(ctx, silentKey{}, true), options)
}

// wait waits for its turn. How long that is, other tenants decide.
func (s inTurn) wait(ctx context.Context) error {
	defer wire.Pause(ctx)()
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
