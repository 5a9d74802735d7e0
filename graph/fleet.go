package graph

import (
	"context"
	"slices"

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
}

// NewFleet returns the clients of a command over many tenants. The version is that of this program, for the User-Agent.
func NewFleet(way *signin.Fleet, purpose Purpose, clock wire.Clock, version string) *Fleet {
	return &Fleet{way, purpose, clock, version}
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
// that id is never used. Errors: *signin.CredentialError.
func (f *Fleet) Client(tenant, clientID string, onWait wire.OnWait) (*Client, error) {
	credential, err := f.way.Tenant(tenant, clientID)
	if err != nil {
		return nil, err
	}
	return f.client(credential, onWait)
}

func (f *Fleet) client(credential signin.Credential, onWait wire.OnWait) (*Client, error) {
	c, err := New(credential, f.clock, f.version, onWait)
	if err == nil && f.way.AsksPerson() {
		c.ask(func() { c.early = slices.Clone(needed(f.purpose.Kinds)) })
	}
	return c, err
}
