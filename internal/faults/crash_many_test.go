//go:build unix

package faults_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// A run over many tenants is killed, or interrupted, at a request; run again it converges, and the rollback of its runs returns every
// tenant to what it was before.
func TestCrash_many(t *testing.T) {
	t.Parallel()
	step := 29
	if testbed.Full() {
		step = 3
	}
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
		for at := 2; at < 130; at += step {
			t.Run(fmt.Sprintf("%s at request %d", signal, at), func(t *testing.T) {
				t.Parallel()
				c := newManyCrash(t, 8)
				c.struck(signal, at)
				c.survives()
			})
		}
	}
}

// The same of a thousand, struck while they are changed; one after the other, since each takes a lot of memory.
func TestCrash_thousand(t *testing.T) {
	if !testbed.Full() {
		t.Skip("where everything is tested")
	}
	for signal, at := range map[syscall.Signal]int{syscall.SIGKILL: 6000, syscall.SIGINT: 4500} {
		t.Run(fmt.Sprintf("%s at request %d", signal, at), func(t *testing.T) {
			c := newManyCrash(t, 1000)
			c.struck(signal, at)
			c.survives()
		})
	}
}

// manyCrash is a run over a fleet that is struck.
type manyCrash struct {
	*testbed.Bench
	fleet   *simtest.Fleet
	tenants string // the file
	before  map[string]string

	arrival atomic.Pointer[func()]
	serving sync.RWMutex // held for reading by each request
}

func newManyCrash(t *testing.T, size int) *manyCrash {
	t.Helper()
	c := &manyCrash{fleet: simtest.NewFleet(simulator.FleetOptions{}), before: make(map[string]string)}
	c.arrives(func() {})
	url := testbed.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.serving.RLock()
		defer c.serving.RUnlock()
		(*c.arrival.Load())()
		c.fleet.ServeHTTP(w, r)
	}))
	c.Bench = &testbed.Bench{T: t, URL: url, State: testbed.StateFolder(t)}
	mix, err := simulator.ParseMix("fresh=2,partial=1,granted=1")
	if err != nil {
		t.Fatal(err)
	}
	members, err := simulator.Members(size, mix)
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for _, m := range members {
		ids = append(ids, m.ID())
		c.before[m.ID()] = testbed.Stands(c.fleet.Server(m.ID()))
	}
	c.tenants = filepath.Join(c.State, "tenants.txt")
	if err := os.WriteFile(c.tenants, []byte(strings.Join(ids, "\n")), 0o600); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *manyCrash) arrives(hook func()) { c.arrival.Store(&hook) }

func (c *manyCrash) line() []string {
	return []string{"apply", "--tenants", c.tenants, "--yes", "--at-most", "1000", "--parallel", "3"}
}

// struck runs an apply that gets a signal when a request arrives, if it sends so many.
func (c *manyCrash) struck(signal syscall.Signal, at int) {
	c.T.Helper()
	cmd := exec.CommandContext(c.T.Context(), testbed.Program(c.T, "appleconsent"), c.line()...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.Env(), io.Discard, io.Discard
	var n atomic.Int32
	started := make(chan struct{})
	c.arrives(func() {
		if int(n.Add(1)) == at {
			<-started // on a busy machine a request may be here first
			_ = cmd.Process.Signal(signal)
		}
	})
	err := cmd.Start()
	close(started)
	if err != nil {
		c.T.Fatal(err)
	}
	_ = cmd.Wait() // however it ends
	c.arrives(func() {})
	c.serving.Lock() // its last requests may still be on their way
	defer c.serving.Unlock()
	if code := cmd.ProcessState.ExitCode(); signal == syscall.SIGINT && int(n.Load()) > at && code != 130 && code != 0 {
		c.T.Errorf("interrupted: exit code %d", code)
	}
}

// survives wants an apply that converges, records that can be read, and rollbacks of all runs that return to the state before.
func (c *manyCrash) survives() {
	c.T.Helper()
	c.Inside(c.line()...).Must(c.T, 0, c.line())
	look := []string{"status", "--tenants", c.tenants}
	c.Inside(look...).Must(c.T, 0, look)
	for _, run := range c.runs() {
		back := []string{"rollback", "--run", run, "--yes", "--at-most", "1000"}
		c.Inside(back...).Must(c.T, 0, back)
	}
	for id, before := range c.before {
		if now := testbed.Stands(c.fleet.Server(id)); now != before {
			c.T.Errorf("%s is not as it was:\n%s\nwas:\n%s", id, now, before)
		}
	}
}

// runs are those on record, the newest first: ids of changes order them, as far as they are of one tenant.
func (c *manyCrash) runs() []string {
	c.T.Helper()
	changes, damaged, err := plan.NewJournal(c.State).List()
	if err != nil || len(damaged) > 0 {
		c.T.Fatalf("records that cannot be read: %v, %v", err, damaged)
	}
	var runs []string
	for _, change := range changes {
		if change.Run == nil {
			c.T.Errorf("change %s is of no run", change.ID)
		} else if !slices.Contains(runs, *change.Run) {
			runs = append(runs, *change.Run)
		}
	}
	return runs
}
