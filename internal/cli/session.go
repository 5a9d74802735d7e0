package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/signin"
	"appleconsent/graph/simulator"
	"appleconsent/graph/wire"
	"appleconsent/plan"
)

// The Graph client is what package plan needs of a tenant, and its errors are what plan asks of them.
var (
	_ plan.Tenant  = (*graph.Client)(nil)
	_ plan.Failure = (*wire.Error)(nil)
)

// session is a signed-in connection to one tenant.
type session struct {
	*printer
	clock    systemClock
	client   *graph.Client
	identity signin.Claims
	cloud    wire.Cloud
	journal  plan.Journal
	known    *plan.Records // see records
	budget   *budget
	network  *wire.Network
	stop     func() // ends the simulated tenant that this process serves
	dryRun   bool   // nothing is written, records included

	asksPerson bool // signing in may wait for a person
}

// open connects and signs in, for what prepare asks of the client. Only after it has returned is a request sent to Graph.
func open(ctx context.Context, conn connection, env Environment, p *printer, prepare func(*graph.Client)) (*session, error) {
	p.began = true
	s := &session{
		printer: p, journal: plan.NewJournal(conn.stateDir), budget: &budget{clock: systemClock{}, left: conn.timeout},
		network: wire.NewNetwork(env.Dial, p.exchange), stop: func() {},
	}
	s.journal.Checkpoint = env.Checkpoint
	if err := s.connect(ctx, conn, env, prepare); err != nil {
		s.close()
		return nil, err
	}
	return s, nil
}

func (s *session) connect(ctx context.Context, conn connection, env Environment, prepare func(*graph.Client)) error {
	credential, err := s.credential(ctx, &conn, env)
	if err != nil {
		return err
	}
	s.asksPerson = credential.AsksPerson()
	s.client, err = graph.New(graph.Options{
		Credential: credential, Clock: s.clock, Version: toolVersion(), OnWait: s.Waiting,
	})
	if err != nil {
		return err
	}
	s.cloud = conn.cloud
	prepare(s.client)
	if err := s.signIn(ctx); err != nil {
		return withConsentLink(err, conn, env)
	}
	if conn.simulate != "" {
		return nil
	}
	err = s.budget.spend(ctx, func(ctx context.Context) error {
		return s.client.CheckTenant(ctx, conn.tenant, s.identity.TenantID)
	})
	if err == nil {
		s.client.KeepAccount()
	}
	return err
}

// close leaves no connection and no server behind.
func (s *session) close() {
	s.network.Close()
	s.stop()
}

// credential chooses how to sign in; for a scenario it starts the simulated tenant and points the connection to it.
func (s *session) credential(ctx context.Context, conn *connection, env Environment) (signin.Credential, error) {
	if conn.simulate == "" {
		way := conn.signIn(env)
		way.Network, way.OnDebug = s.network, s.explain
		way.OnPrompt = func(text string) { s.stderr(s.fit(plan.PrintableLine(text), 0)) }
		chosen, err := way.Choose()
		if err == nil && conn.auth == signin.AuthAuto {
			s.note("signing in with %s", chosen.Auth)
		}
		return chosen, err
	}
	s.note("simulation: tenant %q on this machine; no real tenant is read or changed", conn.simulate)
	if !conn.simulatedURL() {
		server, err := simulator.New(simulator.Options{Scenario: conn.simulate, File: simulatedFile(conn.stateDir, conn.simulate)})
		if err != nil {
			return signin.Credential{}, err
		}
		base, stop, err := simulator.Serve(context.WithoutCancel(ctx), "127.0.0.1:0", server)
		if err != nil {
			return signin.Credential{}, err
		}
		s.stop = func() { _ = stop() }
		conn.cloud, err = wire.Loopback(base)
		if err != nil {
			return signin.Credential{}, err
		}
	}
	return signin.SimulatedCredential(conn.cloud, s.network), nil
}

// simulatedFile is where a simulated tenant is kept between commands.
func simulatedFile(stateDir, scenario string) string {
	return filepath.Join(stateDir, "simulated", scenario+".json")
}

// signIn says how to sign in to the tenant, but for what a session adds.
func (conn connection) signIn(env Environment) signin.Options {
	return signin.Options{
		Auth: conn.auth, Tenant: conn.tenant, ClientID: conn.clientID, Cloud: conn.cloud, Accounts: accounts(conn.stateDir), Terminal: env.canAsk(),
		Timeout: conn.timeout, Getenv: env.Getenv,
	}
}

// withConsentLink adds the page on which an administrator consents, if that is what an application of the user's own lacks.
func withConsentLink(err error, conn connection, env Environment) error {
	refused, ok := errors.AsType[*signin.Error](err)
	client := cmp.Or(conn.clientID, env.Getenv("AZURE_CLIENT_ID"))
	if !ok || !refused.LacksConsent() || client == "" {
		return err
	}
	return &hintedError{err, causeHints[refused.Cause] + "; the page for that: " + conn.cloud.AdminConsentLink(cmp.Or(conn.tenant, "organizations"), client)}
}

// accounts is where it is kept who signed in.
func accounts(stateDir string) signin.Accounts {
	return signin.Accounts{Dir: filepath.Join(stateDir, "accounts")}
}

// records returns the change records of the tenant. They are read once, or once more when the tenant is locked.
func (s *session) records() (*plan.Records, error) {
	if s.known == nil {
		records, err := s.journal.Tenant(s.identity.TenantID)
		if err != nil {
			return nil, err
		}
		s.known = records
	}
	return s.known, nil
}

// signIn gets a token. The time of a person who signs in does not count; it is bounded on its own.
func (s *session) signIn(ctx context.Context) error {
	defer s.busy("signing in")()
	signIn := func(ctx context.Context) error {
		identity, err := s.client.SignIn(ctx)
		s.identity = identity
		return err
	}
	if s.asksPerson {
		return signIn(ctx)
	}
	return s.budget.spend(ctx, signIn)
}

// read returns the state of the tenant.
func (s *session) read(ctx context.Context, required consent.Requirement) (consent.State, error) {
	defer s.busy("reading the tenant")()
	var state consent.State
	err := s.budget.spend(ctx, func(ctx context.Context) error {
		var err error
		state, err = s.client.Read(ctx, required)
		return s.inTenant(err)
	})
	return state, err
}

// readFor is read for a requirement that may need more than what was asked for when the session was opened.
func (s *session) readFor(ctx context.Context, required consent.Requirement) (consent.State, error) {
	if required.Route == consent.UserConsent {
		s.client.AskForSettings()
		if err := s.signIn(ctx); err != nil {
			return consent.State{}, err
		}
	}
	return s.read(ctx, required)
}

// inTenant says in which tenant something failed.
func (s *session) inTenant(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("tenant %s: %w", s.identity.TenantID, err)
}

// tool names this program in documents.
func tool() plan.Tool { return plan.Tool{Name: "appleconsent", Version: toolVersion()} }

// budget is the time that a command may take in all. Time spent outside of spend, such as on an answer at the prompt,
// does not count.
type budget struct {
	clock plan.Clock
	left  time.Duration
}

// spend runs f with what is left of the time.
func (b *budget) spend(ctx context.Context, f func(context.Context) error) error {
	begin := b.clock.Now()
	ctx, cancel := context.WithTimeout(ctx, b.left)
	defer cancel()
	err := f(ctx)
	b.left -= b.clock.Now().Sub(begin)
	return err
}
