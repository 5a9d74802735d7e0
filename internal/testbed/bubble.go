package testbed

import (
	"context"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/cli"
)

// Bubble is a simulated tenant, a network and the whole command line in one process in which time is not real
// (testing/synctest): it jumps to the next moment at which somebody wants to go on. So a command that waits for minutes is
// tested in milliseconds, with every deadline and back-off as in earnest, over HTTP on connections in memory.
//
// At its end a bubble panics if a goroutine is left that nobody will wake; Run fails the test if a connection is open.
type Bubble struct {
	T      *testing.T
	Tenant *simtest.Server // nil in a bubble with a fleet
	Fleet  *simtest.Fleet  // nil in a bubble with one tenant
	URL    string          // of the tenant, or of the fleet
	State  string          // the folder
	// Front answers a request in place of the tenant, if it returns true.
	Front func(http.ResponseWriter, *http.Request) bool
	// Checkpoint and Dial are cli.Environment's. The one is nil in most tests; the other connects to the tenant, whatever the address.
	Checkpoint func(point string)
	Dial       func(ctx context.Context, network, address string) (net.Conn, error)

	net *pipeNet
}

// TenantURL is where the tenant of a bubble is found; nothing else is ever dialled.
const TenantURL = "http://127.0.0.1:1"

// InBubble runs a test in a bubble, with a tenant of the scenario.
func InBubble(t *testing.T, scenario string, test func(*Bubble)) {
	t.Helper()
	inBubble(t, func(b *Bubble) http.Handler {
		tenant, err := simtest.New(simulator.Options{Scenario: scenario})
		if err != nil {
			b.T.Fatal(err)
		}
		b.Tenant = tenant
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { b.Tenant.ServeHTTP(w, r) }) // which a test may replace
	}, test)
}

// InFleetBubble runs a test in a bubble with a fleet, whose members are known by their ids.
func InFleetBubble(t *testing.T, test func(*Bubble)) {
	t.Helper()
	inBubble(t, func(b *Bubble) http.Handler {
		b.Fleet = simtest.NewFleet(simulator.FleetOptions{})
		return b.Fleet
	}, test)
}

func inBubble(t *testing.T, serve func(*Bubble) http.Handler, test func(*Bubble)) {
	t.Helper()
	state := StateFolder(t)
	synctest.Test(t, func(t *testing.T) {
		b := &Bubble{T: t, URL: TenantURL, State: state}
		tenants := serve(b)
		b.net = &pipeNet{conns: make(chan net.Conn), closed: make(chan struct{})}
		b.Dial = b.net.dial
		stop := b.net.serve(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if b.Front == nil || !b.Front(w, r) {
				tenants.ServeHTTP(w, r)
			}
		}))
		defer stop() //nolint:errcheck // it has nothing to close that could fail
		test(b)
		time.Sleep(time.Hour) // until the server has done with requests that were given up
	})
}

// Run runs the command line in this process.
func (b *Bubble) Run(args ...string) Answer { return b.RunIn(b.T.Context(), b.State, args...) }

// RunIn runs it with another context, or as another machine with another state folder.
func (b *Bubble) RunIn(ctx context.Context, state string, args ...string) Answer {
	b.T.Helper()
	a := inside(ctx, args, b.URL, state, cli.Environment{Dial: b.Dial, Checkpoint: b.Checkpoint})
	time.Sleep(time.Millisecond) // until all that can go on has done so
	if left := b.net.open.Load(); left != 0 && state == b.State {
		b.T.Errorf("appleconsent %s leaves %d connections behind", strings.Join(args, " "), left)
	}
	return a
}

// inside runs the command line in this process, against a tenant and without terminals.
func inside(ctx context.Context, args []string, url, state string, env cli.Environment) Answer {
	variables := map[string]string{"APPLECONSENT_SIMULATE": url, "APPLECONSENT_STATE_DIR": state}
	var stdout, stderr strings.Builder
	env.In, env.Out, env.Err = strings.NewReader(""), &stdout, &stderr
	env.Getenv = func(name string) string { return variables[name] }
	code := cli.Main(ctx, append([]string{"appleconsent"}, args...), env)
	return Answer{stdout.String(), stderr.String(), code}.from(url, args)
}

// Must runs the command line and wants that exit code.
func (b *Bubble) Must(code int, args ...string) Answer {
	b.T.Helper()
	return b.Run(args...).Must(b.T, code, args)
}

// pipeNet is a network in memory with one server, whatever the address: the net.Listener of that server.
type pipeNet struct {
	conns  chan net.Conn
	closed chan struct{}
	open   atomic.Int32 // connections that the client has not closed
}

// serve lets a handler answer until stop is called.
func (n *pipeNet) serve(h http.Handler) (stop func() error) {
	server := &http.Server{Handler: h, ReadHeaderTimeout: time.Hour}
	go server.Serve(n) //nolint:errcheck // it ends with the bubble
	return server.Close
}

// dial connects to the server, as cli.Environment wants it.
func (n *pipeNet) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	client, server := net.Pipe()
	select {
	case n.conns <- server:
		n.open.Add(1)
		return &pipeConn{client, sync.OnceFunc(func() { n.open.Add(-1) })}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// pipeConn counts itself out when it is closed.
type pipeConn struct {
	net.Conn
	countOut func()
}

func (c *pipeConn) Close() error {
	c.countOut()
	return c.Conn.Close()
}

// Accept waits for the next connection.
func (n *pipeNet) Accept() (net.Conn, error) {
	select {
	case conn := <-n.conns:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept. The server calls it once.
func (n *pipeNet) Close() error {
	close(n.closed)
	return nil
}

// Addr is of no use here.
func (n *pipeNet) Addr() net.Addr { return &net.TCPAddr{} }

// RecordedChanges makes an apply and its rollback, and returns the state folder and the ids, the newest first.
func RecordedChanges(t *testing.T) (state string, ids []string) {
	t.Helper()
	InBubble(t, "fresh", func(b *Bubble) {
		b.Must(0, "apply", "--yes")
		b.Must(0, "rollback", "--yes")
		state, ids = b.State, RecordIDs(b.T, b.State)
	})
	slices.Reverse(ids)
	return state, ids
}
