package cli

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"appleconsent/graph"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/internal/operation"
	"appleconsent/internal/operation/fleet"
	"appleconsent/internal/terminal"
	"appleconsent/plan"
	"appleconsent/plan/render"
)

// reached is how all tenants of a run are reached: one network, one way to sign in that was chosen once, one journal.
type reached struct {
	k        *call
	conn     connection
	network  *wire.Network
	clients  *graph.Fleet
	journal  plan.Journal
	warnings warnings
	stop     func() // ends the simulated tenants that this process serves
}

// reach connects, and asks a person once to sign in, if one is to be asked.
func (k *call) reach(ctx context.Context, conn connection, parallel int, purpose graph.Purpose) (*reached, error) {
	if _, err := conn.folder(); err != nil {
		return nil, err
	}
	r := &reached{k: k, conn: conn, network: wire.NewNetwork(k.env.Dial, k.exchange), stop: func() {}}
	r.network.Parallel(parallel)
	r.network.OnHold = func(d time.Duration) {
		k.Notef("Microsoft throttles this application in all tenants: waiting %s", d.Round(time.Second))
	}
	journal := plan.NewJournal(conn.stateDir)
	journal.Checkpoint = k.env.Checkpoint
	r.journal = journal.OfMany()
	way, err := r.way(ctx)
	if err == nil {
		r.clients = graph.NewFleet(way, purpose, systemClock{}, tool().Version)
		err = r.clients.SignIn(ctx, func(string, time.Duration) {})
	}
	if err != nil {
		r.close()
		return nil, withConsentLink(err, conn, k.env)
	}
	return r, nil
}

func (r *reached) close() {
	r.network.Close()
	r.stop()
}

// way chooses how to sign in to all tenants.
func (r *reached) way(ctx context.Context) (*signin.Fleet, error) {
	if r.conn.simulate != "" {
		return r.simulated(ctx)
	}
	if err := r.network.CheckProxy(r.conn.cloud.Graph); err != nil { // before another program signs in
		return nil, err
	}
	options := r.conn.signIn(r.k.env)
	options.Network, options.OnDebug = r.network, r.k.Debug
	options.OnPrompt = r.k.signInPrompt
	way, err := options.Fleet()
	if err == nil && r.conn.auth == signin.AuthAuto {
		r.k.Notef("signing in with %s", way.Auth())
	}
	return way, err
}

// await waits until one more tenant may be asked for something.
func (r *reached) await(ctx context.Context) error {
	return r.network.Await(ctx, systemClock{}, func(string, time.Duration) {})
}

// open signs in to the tenant of a row. Only after it has returned is a request sent to Graph.
func (r *reached) open(ctx context.Context, row fleet.Row, need operation.Need) (*operation.Session, func(again bool), error) {
	client, err := r.clients.Client(row.Tenant, row.ClientID, func(string, time.Duration) {})
	if err != nil {
		return nil, nil, err
	}
	s, err := operation.Open(ctx, operation.Setup{
		Tenant: tenant{client}, Journal: r.journal, Clock: systemClock{}, Reporter: silent{&r.warnings}, Tool: tool(), Cloud: r.conn.cloud.Name,
		Limit: operation.Limit{Time: r.conn.timeout, Name: "--timeout"}, Wanted: row.Tenant, Usage: r.conn.usage, Within: wire.Within,
	}, need)
	at := r.conn
	at.tenant = row.Tenant
	if row.ClientID != "" {
		at.clientID = row.ClientID
	}
	done := func(again bool) {
		if again {
			r.clients.Keep(row.Tenant, row.ClientID, client)
		}
	}
	return s, done, withConsentLink(err, at, r.k.env)
}

// simulated finds the simulated tenants, or serves them.
func (r *reached) simulated(ctx context.Context) (*signin.Fleet, error) {
	r.k.Notef("simulation: tenants of %q on this machine; no real tenant is read or changed", r.conn.simulate)
	if !r.conn.simulatedURL() {
		server, err := r.conn.simulation()
		if err != nil {
			return nil, err
		}
		if r.conn.cloud, r.stop, err = serveHere(ctx, server); err != nil {
			return nil, err
		}
	}
	return signin.SimulatedFleet(r.conn.cloud, r.network), nil
}

// silent is a Reporter that keeps what must be known for the end: of many tenants nobody reads along.
type silent struct{ *warnings }

func (silent) Started(plan.RecordedAction)   {}
func (silent) Finished(plan.RecordedAction)  {}
func (silent) Waiting(string, time.Duration) {}
func (silent) Busy(string) (done func())     { return func() {} }
func (silent) Note(string)                   {}
func (silent) Begins(plan.Document)          {}
func (silent) Verified()                     {}
func (s silent) ListsLag()                   { s.Warning(terminal.ListsLag) }
func (s silent) Warning(text string)         { s.add(text) }

// warnings counts what is warned of.
type warnings struct {
	mu     sync.Mutex
	counts map[string]int
}

func (w *warnings) add(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.counts == nil {
		w.counts = make(map[string]int)
	}
	w.counts[text]++
}

// tell says each warning once.
func (w *warnings) tell(say func(string)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, text := range slices.Sorted(maps.Keys(w.counts)) {
		say(fmt.Sprintf("%s (%s)", text, render.Count(w.counts[text], "tenant")))
	}
}
