package cli_test

import (
	"context"
	"net"
	"net/http"
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

// A bubble is a simulated tenant, a network and the whole command line in one process in which time is not real
// (testing/synctest): it jumps to the next moment at which somebody wants to go on. So a command that waits for minutes is
// tested in milliseconds, with every deadline and back-off as in earnest, over HTTP on connections in memory.
//
// At its end a bubble panics if a goroutine is left that nobody will wake; run fails the test if a connection is open.
type bubble struct {
	t      *testing.T
	tenant *simtest.Server
	net    *pipeNet
	url    string // of the tenant
	state  string
	// front answers a request in place of the tenant, if it returns true.
	front func(http.ResponseWriter, *http.Request) bool
}

// tenantURL is where the tenant of a bubble is found; nothing else is ever dialled.
const tenantURL = "http://127.0.0.1:1"

// inBubble runs a test in a bubble, with a tenant of the scenario.
func inBubble(t *testing.T, scenario string, test func(*bubble)) {
	t.Helper()
	state := stateFolder(t)
	synctest.Test(t, func(t *testing.T) {
		tenant, err := simtest.New(simulator.Options{Scenario: scenario})
		if err != nil {
			t.Fatal(err)
		}
		b := &bubble{t: t, tenant: tenant, url: tenantURL, state: state}
		b.net = newPipeNet(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if b.front == nil || !b.front(w, r) {
				b.tenant.ServeHTTP(w, r)
			}
		}))
		defer b.net.close()
		test(b)
		time.Sleep(time.Hour) // until the server has done with requests that were given up
	})
}

// run runs the command line in this process.
func (b *bubble) run(args ...string) answer { return b.runIn(b.t.Context(), b.state, args...) }

// runIn runs it with another context, or as another machine with another state folder.
func (b *bubble) runIn(ctx context.Context, state string, args ...string) answer {
	b.t.Helper()
	env := map[string]string{"APPLECONSENT_SIMULATE": b.url, "APPLECONSENT_STATE_DIR": state}
	var stdout, stderr strings.Builder
	code := cli.Main(ctx, append([]string{"appleconsent"}, args...), cli.Environment{
		In: strings.NewReader(""), Out: &stdout, Err: &stderr, Getenv: func(name string) string { return env[name] }, Dial: b.net.dial,
	})
	time.Sleep(time.Millisecond) // until all that can go on has done so
	if left := b.net.open.Load(); left != 0 && state == b.state {
		b.t.Errorf("appleconsent %s leaves %d connections behind", strings.Join(args, " "), left)
	}
	return answer{stdout.String(), stderr.String(), code}
}

// must runs the command line and wants that exit code.
func (b *bubble) must(code int, args ...string) answer {
	b.t.Helper()
	return b.run(args...).must(b.t, code, args)
}

// pipeNet is a network in memory with one server, whatever the address.
type pipeNet struct {
	server *http.Server
	conns  chan net.Conn
	once   sync.Once
	closed chan struct{}
	open   atomic.Int32 // connections that the client has not closed

	// other takes the place of connecting to the server.
	other func(context.Context) (net.Conn, error)

	mu      sync.Mutex
	dialled map[string]int // addresses, and how often
}

func newPipeNet(h http.Handler) *pipeNet {
	n := &pipeNet{server: &http.Server{Handler: h, ReadHeaderTimeout: time.Hour}, conns: make(chan net.Conn), closed: make(chan struct{}), dialled: map[string]int{}}
	go n.server.Serve(n) //nolint:errcheck // it ends with the bubble
	return n
}

func (n *pipeNet) close() { _ = n.server.Close() }

// dial connects to the server, as cli.Environment wants it.
func (n *pipeNet) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	n.dialled[address]++
	n.mu.Unlock()
	if n.other != nil {
		return n.other(ctx)
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
func (n *pipeNet) Accept() (net.Conn, error) {
	select {
	case conn := <-n.conns:
		return conn, nil
	case <-n.closed:
		return nil, net.ErrClosed
	}
}

// Close ends Accept.
func (n *pipeNet) Close() error {
	n.once.Do(func() { close(n.closed) })
	return nil
}

// Addr is of no use here.
func (n *pipeNet) Addr() net.Addr { return &net.TCPAddr{} }
