package cli_test

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/internal/testbed"
)

// mostOf is the most that there ever was of something at the same time.
type mostOf struct {
	mu        sync.Mutex
	now, most int
}

func (m *mostOf) add(n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.now += n
	m.most = max(m.most, m.now)
}

// countedConn counts itself out when it is closed.
type countedConn struct {
	net.Conn
	closed func()
}

func (c countedConn) Close() error {
	c.closed()
	return c.Conn.Close()
}

// However much a command reads of a tenant, two requests to Graph are under way for each that is worked on, and as many connections
// stand; not fewer than one tenant alone has.
func TestMany_sideBySide(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		args     []string
		parallel int
		want     int // requests, at most; exactly if there is enough to do
		exactly  bool
	}{
		{[]string{"status"}, 6, 12, true},
		{[]string{"apply", "--yes", "--at-most", "30"}, 6, 12, true},
		{[]string{"doctor"}, 6, 12, true},
		{[]string{"doctor"}, 1, 8, false},
		{[]string{"status"}, 1, 2, false},
	} {
		t.Run(fmt.Sprint(test.args[0], " ", test.parallel), func(t *testing.T) {
			t.Parallel()
			_, file := members(t, 24, "partial=1")
			testbed.InFleetBubble(t, func(b *testbed.Bubble) {
				var requests, connections mostOf
				b.Front = func(_ http.ResponseWriter, r *http.Request) bool {
					if strings.HasPrefix(r.URL.Path, "/v1.0/") {
						requests.add(1)
						defer requests.add(-1)
					}
					time.Sleep(100 * time.Millisecond)
					return false
				}
				dial := b.Dial
				b.Dial = func(ctx context.Context, network, address string) (net.Conn, error) {
					conn, err := dial(ctx, network, address)
					if err != nil {
						return nil, err
					}
					connections.add(1)
					return countedConn{conn, sync.OnceFunc(func() { connections.add(-1) })}, nil
				}
				b.Run(append(slices.Clone(test.args), "--tenants", file, "--parallel", fmt.Sprint(test.parallel))...)
				if requests.most > test.want || connections.most > max(8, 2*test.parallel) || test.exactly && requests.most < test.want {
					b.T.Errorf("%d requests to Graph and %d connections at the same time, want %d requests", requests.most, connections.most, test.want)
				}
			})
		})
	}
}
