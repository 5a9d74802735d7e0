package graph

import (
	"context"
	"strings"
	"sync"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
)

// Purpose is all that a command may ask of its tenants. A person who signs in once is asked for all of it at once.
type Purpose struct {
	Kinds       []consent.ActionKind // what may be written
	Settings    bool                 // the user-consent setting is read
	Examination bool                 // all that Examine reads is read
	Usage       bool
}

// Fleet makes the clients of many tenants. They share a wire.Network, and how to sign in; what one of them learns, keeps or hides
// is its own. Its methods may be called side by side.
type Fleet struct {
	way     *signin.Fleet
	purpose Purpose
	clock   wire.Clock
	version string

	mu   sync.Mutex
	kept map[asked]kept
}

// asked is what a client was asked for by: a tenant, and an application to sign in with there.
type asked struct{ tenant, clientID string }

// kept is what a client leaves behind for the next one of its tenant.
type kept struct {
	signIn signin.Held
	name   string // of the organization
}

// NewFleet returns the clients of a command over many tenants. The version is that of this program, for the User-Agent.
func NewFleet(way *signin.Fleet, purpose Purpose, clock wire.Clock, version string) *Fleet {
	return &Fleet{way: way, purpose: purpose, clock: clock, version: version, kept: make(map[asked]kept)}
}

// SignIn asks the person who signs in with a browser or a device code, before the first tenant is asked for anything; nobody is
// asked again. For other ways it does nothing. Errors: *signin.Error, and the context's, wrapped.
func (f *Fleet) SignIn(ctx context.Context, onWait wire.OnWait) error {
	credential, asks := f.way.Person()
	if !asks {
		return nil
	}
	c, err := f.client(credential, onWait)
	if err != nil {
		return err
	}
	switch {
	case f.purpose.Examination:
		c.AskForExamination()
	case f.purpose.Settings:
		c.AskForSettings()
	}
	if f.purpose.Usage {
		c.AskForUsage()
	}
	_, err = c.SignIn(ctx)
	return err
}

// Client returns the client of one tenant, given by its id or a domain, which has sent nothing yet; clientID is that of the
// application that signs in there, empty for the one that was chosen (see signin.Fleet.Tenant). A token of another tenant than
// that id is never used. What was kept of the tenant (Keep) is taken up, and kept no longer. Errors: *signin.CredentialError.
func (f *Fleet) Client(tenant, clientID string, onWait wire.OnWait) (*Client, error) {
	credential, err := f.way.Tenant(tenant, clientID)
	if err != nil {
		return nil, err
	}
	c, err := f.client(credential, onWait)
	if before, found := f.take(asked{tenant, clientID}); found && err == nil {
		c.tokens.Resume(before.signIn)
		c.nameOnce.Do(func() { c.name = before.name })
	}
	return c, err
}

// Keep keeps what is as true in a moment as it is now, so that the next client of the same tenant and application need not ask for it
// again: the sign-in, as long as its token is valid, and what the tenant is called. It is for a client that has read its tenant, and
// whose tenant is certain to be worked on once more, since each takes some kilobytes until then.
func (f *Fleet) Keep(tenant, clientID string, c *Client) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.kept[asked{tenant, clientID}] = kept{c.tokens.Held(), strings.Clone(c.name)}
}

func (f *Fleet) take(of asked) (before kept, found bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	before, found = f.kept[of]
	delete(f.kept, of)
	return before, found
}

// client asks at once for all that the command may need: who signs in incrementally would have to sign in once more before a write.
func (f *Fleet) client(credential signin.Credential, onWait wire.OnWait) (*Client, error) {
	c, err := New(credential, f.clock, f.version, onWait)
	if err == nil {
		c.ask(func() { c.early = needed(f.purpose.Kinds) })
	}
	return c, err
}
