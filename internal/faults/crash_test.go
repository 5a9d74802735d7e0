//go:build unix

package faults_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// The program is killed with SIGKILL wherever its disk or the tenant has changed since the last such point: when a request
// arrives, after the tenant has carried one out, and around each saving of its record. What must hold afterwards is what the
// fault matrix wants, too.
func TestCrash(t *testing.T) {
	t.Parallel()
	var table killTable
	for _, s := range stories() {
		all := points(t, s)
		table.add(s, all)
		for _, p := range sample(all, killPoint.kind) {
			t.Run(fmt.Sprintf("%s/%s", s, p), func(t *testing.T) {
				t.Parallel()
				c := newCrash(t, s)
				c.killedAt(p)
				c.survives()
			})
		}
	}
	table.addInterruptions(interruptions(t))
	testbed.Golden(t, testbed.Docs(2, "kill-points.md"), table.text())
}

// crash is a run of the program that is killed.
type crash struct {
	*testbed.Bench
	story story
	watch *watch

	arrival atomic.Pointer[func(*http.Request)]
	serving sync.RWMutex // held for reading by each request
}

func newCrash(t *testing.T, s story) *crash {
	t.Helper()
	b := testbed.New(t, simulator.Options{Scenario: s.Scenario})
	c := &crash{Bench: b, story: s, watch: newWatch(t, b.Tenant, s.Flags)}
	c.arrives(func(*http.Request) {})
	b.URL = testbed.Serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		c.serving.RLock()
		defer c.serving.RUnlock()
		(*c.arrival.Load())(r)
		b.Tenant.ServeHTTP(w, r)
	}))
	if s.Command == "rollback" {
		c.goesOn(s.Line("apply")...)
	}
	c.watch.Forget()
	c.watch.Command = s.Command
	return c
}

// arrives sets a hook that is called when a request arrives, also one that wants a token.
func (c *crash) arrives(hook func(*http.Request)) { c.arrival.Store(&hook) }

// settled waits until no request is being served, for when the program has died in the middle of one.
func (c *crash) settled() {
	c.serving.Lock()
	defer c.serving.Unlock()
}

// goesOn runs a command in this process and wants it to end well.
func (c *crash) goesOn(args ...string) {
	c.T.Helper()
	c.Inside(args...).Must(c.T, 0, args)
}

// command is the story's command, not started yet.
func (c *crash) command() *exec.Cmd {
	cmd := exec.CommandContext(c.T.Context(), testbed.Program(c.T, "appleconsent"), c.story.Line(c.story.Command)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.Env(), io.Discard, io.Discard
	return cmd
}

// killedAt has the program killed at the point, by itself or when a request arrives.
func (c *crash) killedAt(p killPoint) {
	c.T.Helper()
	cmd := c.command()
	if p.checkpoint != "" {
		cmd.Env = append(cmd.Env, crashAt+"="+p.checkpoint)
		c.dies(cmd, func() {})
		return
	}
	if err := c.Tenant.SetRules(p.at.Rule(simulator.Rule{Trouble: simulator.TroubleClose, CarriedOut: p.carriedOut})); err != nil {
		c.T.Fatal(err)
	}
	var n atomic.Int32
	started := make(chan struct{})
	c.arrives(func(r *http.Request) {
		if p.at.Fits(r) && int(n.Add(1)) == p.at.N {
			<-started // on a busy machine a request may be here first
			_ = cmd.Process.Kill()
		}
	})
	c.dies(cmd, func() { close(started) })
	c.arrives(func(*http.Request) {})
}

// dies runs the program and wants it to be killed. Started is called once there is a process.
func (c *crash) dies(cmd *exec.Cmd, started func()) {
	c.T.Helper()
	err := cmd.Start()
	started()
	if err == nil {
		err = cmd.Wait()
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		c.T.Fatalf("the program was not killed: %v", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		c.T.Fatalf("the program was not killed: %v", exit)
	}
	c.settled() // its last request may still be on its way
	if err := c.Tenant.SetRules(); err != nil {
		c.T.Fatal(err)
	}
}

// survives wants a true record, an apply that converges, and rollbacks that return to the state before.
func (c *crash) survives() {
	c.T.Helper()
	c.checkRecords()
	c.watch.Command = "apply"
	c.goesOn(c.story.Line("apply")...)
	for _, look := range c.story.Looks() {
		c.goesOn(look...)
	}
	c.watch.Command = "rollback"
	rollBackAll(c.T, len(c.changes()), func() testbed.Answer { return c.Inside("rollback", "--yes") })
	c.watch.CheckBack(c.Tenant.Directory())
}

// changes returns what is on record, the newest first; all of it must be readable.
func (c *crash) changes() []plan.Change {
	c.T.Helper()
	changes, damaged, err := plan.NewJournal(c.State).List()
	if err != nil || len(damaged) > 0 {
		c.T.Fatalf("records that cannot be read: %v, %v", err, damaged)
	}
	return changes
}

// checkRecords wants a record of whatever was written, and no word in it that is not true.
func (c *crash) checkRecords() {
	c.T.Helper()
	changes := c.changes()
	before := 0
	if c.story.Command == "rollback" {
		before = 1
	}
	if len(changes) == before {
		if wrote := c.watch.Touched(); len(wrote) > 0 {
			c.T.Errorf("%v was written without a record", wrote)
		}
		return
	}
	for _, a := range changes[0].Actions {
		if c.watch.Untrue(a) {
			c.T.Errorf("the record says %s of %s, and written was %v", a.Status, describe(a), c.watch.Touched())
		}
	}
}

// The output of a program that dies for lack of a reader is a fault, too.
func TestBrokenPipe(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		wire func(*exec.Cmd, *os.File)
		code int
	}{
		"nobody reads progress and errors": {func(cmd *exec.Cmd, w *os.File) { cmd.Stderr = w }, 0},
		"nobody reads the result":          {func(cmd *exec.Cmd, w *os.File) { cmd.Stdout = w }, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := testbed.New(t, simulator.Options{Scenario: "fresh"})
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Close()
			defer w.Close() //nolint:errcheck // nothing can be written to it
			cmd := exec.CommandContext(t.Context(), testbed.Program(t, "appleconsent"), "apply", "--yes")
			var stderr strings.Builder
			cmd.Env, cmd.Stderr = b.Env(), &stderr
			test.wire(cmd, w)
			_ = cmd.Run() // its exit code tells
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, stderr.String())
			}
			if test.code != 0 && !strings.Contains(stderr.String(), "is done and verified, but its result could not be shown") {
				t.Errorf("stderr says\n%s", stderr.String())
			}
			b.Must(0, "status")
			b.Must(0, "rollback", "--yes")
		})
	}
}
