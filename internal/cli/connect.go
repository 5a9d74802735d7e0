package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"path/filepath"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"
	"appleconsent/graph/signin"
	"appleconsent/graph/simulator"
	"appleconsent/graph/wire"
	"appleconsent/internal/operation"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

var _ plan.Failure = (*wire.Error)(nil) // its errors are what package plan asks of them

// tenant is the Graph client, with who is signed in as package operation sees it.
type tenant struct{ *graph.Client }

func (t tenant) SignIn(ctx context.Context) (operation.Identity, error) {
	who, err := t.Client.SignIn(ctx)
	return operation.Identity{TenantID: who.TenantID, Operator: who.Operator}, err
}

// Consented puts what was read into the form of package operation.
func (t tenant) Consented(ctx context.Context, required consent.Requirement) (operation.Consented, error) {
	state, users, err := t.Client.Consented(ctx, required)
	return operation.Consented{State: state, Grants: users.Grants, Scopes: users.Scopes, Capped: users.Capped}, err
}

// connected is a session with what lies below it.
type connected struct {
	*operation.Session
	client  *graph.Client
	cloud   wire.Cloud
	network *wire.Network
	stop    func() // ends the simulated tenant that this process serves

	explained bool // what signing in leaves behind
}

// open connects and signs in, for what has to be read. Only after it has returned is a request sent to Graph.
func (k *call) open(ctx context.Context, conn connection, need operation.Need) (*connected, error) {
	if _, err := conn.folder(); err != nil {
		return nil, err
	}
	s := &connected{network: wire.NewNetwork(k.env.Dial, k.exchange), stop: func() {}}
	if err := s.connect(ctx, k, conn, need); err != nil {
		s.close()
		return nil, err
	}
	k.follow = k.follow.at(s.Identity.TenantID)
	return s, nil
}

func (s *connected) connect(ctx context.Context, k *call, conn connection, need operation.Need) error {
	credential, err := s.credential(ctx, k, &conn)
	if err != nil {
		return err
	}
	progress := terminal.NewProgress(k.Printer)
	client, err := graph.New(credential, systemClock{}, tool().Version, progress.Waiting)
	if err != nil {
		return err
	}
	if conn.gdap {
		client.AskForRelationships()
	}
	s.client, s.cloud = client, conn.cloud
	journal := plan.NewJournal(conn.stateDir)
	journal.Checkpoint = k.env.Checkpoint
	setup := operation.Setup{
		Tenant: tenant{client}, Journal: journal, Clock: systemClock{}, Reporter: progress, Tool: tool(), Cloud: conn.cloud.Name,
		Limit: operation.Limit{Time: conn.timeout, Name: "--timeout"}, AsksPerson: credential.AsksPerson(),
		Usage: conn.usage,
	}
	if conn.simulate == "" || conn.tenant != "" {
		setup.Wanted = conn.named(credential.Auth, k.env)
	}
	s.Session, err = operation.Open(ctx, setup, need)
	return withConsentLink(err, conn, k.env)
}

// close leaves no connection and no server behind.
func (s *connected) close() {
	s.network.Close()
	s.stop()
}

// credential chooses how to sign in; for a scenario it starts the simulated tenant and points the connection to it.
func (s *connected) credential(ctx context.Context, k *call, conn *connection) (signin.Credential, error) {
	if conn.simulate == "" {
		if err := s.network.CheckProxy(conn.cloud.Graph); err != nil { // before another program signs in
			return signin.Credential{}, err
		}
		way := conn.signIn(k.env)
		way.Network, way.OnDebug = s.network, k.Debug
		way.OnPrompt = k.signInPrompt
		way.OnAsk = func(a signin.Asking) { s.explain(k, a) }
		chosen, err := way.Choose()
		if err == nil && conn.auth == signin.AuthAuto {
			k.Notef("signing in with %s", chosen.Auth)
		}
		return chosen, err
	}
	if !k.Style().Beside || k.output.stdout() != render.Text { // else the result says it on the same screen
		k.Notef("simulation: tenant %q on this machine; no real tenant is read or changed", cmp.Or(conn.tenant, conn.simulate))
	}
	if !conn.simulatedURL() {
		server, err := conn.simulation()
		if err != nil {
			return signin.Credential{}, err
		}
		if conn.cloud, s.stop, err = serveHere(ctx, server); err != nil {
			return signin.Credential{}, err
		}
	}
	if conn.tenant != "" {
		return signin.SimulatedFleet(conn.cloud, s.network).Tenant(conn.tenant, "")
	}
	return signin.SimulatedCredential(conn.cloud, s.network), nil
}

// simulation is what answers for the scenario, or for the fleet, of which the partner's tenant is meant where none is named.
func (conn connection) simulation() (http.Handler, error) {
	if conn.simulate == simulator.FleetName {
		return simulator.NewFleet(simulator.FleetOptions{Folder: simulatedFleet(conn.stateDir)}), nil
	}
	return simulator.New(simulator.Options{Scenario: conn.simulate, File: simulatedFile(conn.stateDir, conn.simulate)})
}

// serveHere serves a simulation in this process, until stop is called.
func serveHere(ctx context.Context, server http.Handler) (at wire.Cloud, stop func(), err error) {
	base, end, err := simulator.Serve(context.WithoutCancel(ctx), "127.0.0.1:0", server)
	if err != nil {
		return at, func() {}, err
	}
	at, err = wire.Loopback(base)
	return at, func() { _ = end() }, err
}

// exchange logs one request: no header and no body, so no token.
func (k *call) exchange(e wire.Exchange) {
	id := ""
	if e.RequestID != "" {
		id = " request-id=" + plan.Printable(e.RequestID)
	}
	k.Debug(fmt.Sprintf("%s %s %d %s%s", e.Method, plan.Printable(e.Path), e.Status, e.Duration.Round(time.Millisecond), id))
}

// simulatedFile is where a simulated tenant is kept between commands.
func simulatedFile(stateDir, scenario string) string {
	return filepath.Join(stateDir, "simulated", scenario+".json")
}

// simulatedFleet is where the tenants of the simulated fleet are kept that were changed.
func simulatedFleet(stateDir string) string {
	return filepath.Join(stateDir, "simulated", simulator.FleetName)
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
