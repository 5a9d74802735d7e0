package testbed

import (
	"context"
	"maps"
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
	Tenant *simtest.Server
	Net    *PipeNet
	URL    string // of the tenant
	State  string // the folder
	// Front answers a request in place of the tenant, if it returns true.
	Front func(http.ResponseWriter, *http.Request) bool
	// Checkpoint is cli.Environment's, nil in most tests.
	Checkpoint func(point string)
}

// TenantURL is where the tenant of a bubble is found; nothing else is ever dialled.
const TenantURL = "http://127.0.0.1:1"

// InBubble runs a test in a bubble, with a tenant of the scenario.
func InBubble(t *testing.T, scenario string, test func(*Bubble)) {
	t.Helper()
	state := StateFolder(t)
	synctest.Test(t, func(t *testing.T) {
		tenant, err := simtest.New(simulator.Options{Scenario: scenario})
		if err != nil {
			t.Fatal(err)
		}
		b := &Bubble{T: t, Tenant: tenant, URL: TenantURL, State: state}
		b.Net = newNet(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if b.Front == nil || !b.Front(w, r) {
				b.Tenant.ServeHTTP(w, r)
			}
		}))
		defer b.Net.close()
		test(b)
		time.Sleep(time.Hour) // until the server has done with requests that were given up
	})
}

// Run runs the command line in this process.
func (b *Bubble) Run(args ...string) Answer { return b.RunIn(b.T.Context(), b.State, args...) }

// RunIn runs it with another context, or as another machine with another state folder.
func (b *Bubble) RunIn(ctx context.Context, state string, args ...string) Answer {
	b.T.Helper()
	a := inside(ctx, args, b.URL, state, cli.Environment{Dial: b.Net.dial, Checkpoint: b.Checkpoint})
	time.Sleep(time.Millisecond) // until all that can go on has done so
	if left := b.Net.open.Load(); left != 0 && state == b.State {
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
	return Answer{stdout.String(), stderr.String(), code}
}

// Must runs the command line and wants that exit code.
func (b *Bubble) Must(code int, args ...string) Answer {
	b.T.Helper()
	return b.Run(args...).Must(b.T, code, args)
}

// PipeNet is a network in memory with one server, whatever the address.
type PipeNet struct {
	server *http.Server
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
	open   atomic.Int32 // connections that the client has not closed

	// Other takes the place of connecting to the server.
	Other func(context.Context) (net.Conn, error)

	mu      sync.Mutex
	dialled map[string]bool // addresses
}

func newNet(h http.Handler) *PipeNet {
	n := &PipeNet{server: &http.Server{Handler: h, ReadHeaderTimeout: time.Hour}, conns: make(chan net.Conn), closed: make(chan struct{}), dialled: map[string]bool{}}
	go n.server.Serve(n) //nolint:errcheck // it ends with the bubble
	return n
}

func (n *PipeNet) close() { _ = n.server.Close() }

// dial connects to the server, as cli.Environment wants it.
func (n *PipeNet) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	n.dialled[address] = true
	n.mu.Unlock()
	if n.Other != nil {
		return n.Other(ctx)
	}
	client, server := net.Pipe()
	select {
	case n.conns <- server:
		n.open.Add(1)
		return &pipeConn{Conn: client, open: &n.open}, nil
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// Dialled returns the addresses that were asked for.
func (n *PipeNet) Dialled() []string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return slices.Sorted(maps.Keys(n.dialled))
}

// pipeConn counts itself out when it is closed.
type pipeConn struct {
	net.Conn
	open *atomic.Int32
	once sync.Once
}

func (c *pipeConn) Close() error {
	c.once.Do(func() { c.open.Add(-1) })
	return c.Conn.Close()
}

// Accept, Close and Addr make the network a net.Listener.

// Accept waits for the next connection.
func (n *PipeNet) Accept() (net.Conn, error) {
	select {
	case conn := <-n.conns:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (n *PipeNet) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

// Addr is of no use here.
func (n *PipeNet) Addr() net.Addr { return &net.TCPAddr{} }

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
