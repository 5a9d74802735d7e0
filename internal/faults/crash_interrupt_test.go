//go:build unix

package faults_test

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// watched is what a program prints, and a channel that is closed when it has printed some words.
type watched struct {
	mu    sync.Mutex
	text  bytes.Buffer
	words string
	seen  chan struct{}
	once  sync.Once
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.text.Write(b)
	if strings.Contains(w.text.String(), w.words) {
		w.once.Do(func() { close(w.seen) })
	}
	return len(b), nil
}

// interruption is a signal at a request to Graph of a story.
type interruption struct {
	story  story
	signal syscall.Signal
	at     boundary
}

// kind is what a sample has one of.
func (i interruption) kind() string { return fmt.Sprint(i.story, i.signal, i.at.Writes()) }

// interruptions are all that are put to the test.
func interruptions(t *testing.T) (all []interruption) {
	t.Helper()
	for command, signals := range map[string][]syscall.Signal{
		"apply": {syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}, "rollback": {syscall.SIGINT, syscall.SIGTERM},
	} {
		s := story{Command: command, Scenario: "fresh"}
		for _, bd := range s.Boundaries(t) {
			for _, signal := range signals {
				if bd.IsGraph() {
					all = append(all, interruption{s, signal, bd})
				}
			}
		}
	}
	return all
}

// Ctrl-C, kill, or a terminal that goes away, while any request is under way: exit code 130, a record that says what
// happened, an apply that converges, and rollbacks that return to the state before.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for _, i := range sample(interruptions(t), interruption.kind) {
		t.Run(fmt.Sprintf("%s/%s at %s", i.story, i.signal, i.at), func(t *testing.T) {
			t.Parallel()
			c := newCrash(t, i.story)
			c.checkInterrupted(c.interrupted(i.signal, i.at))
			c.survives()
		})
	}
}

// checkInterrupted wants exit code 130, and to be told how far the command came, as the record says it.
func (c *crash) checkInterrupted(a testbed.Answer) {
	c.T.Helper()
	a.Must(c.T, 130, c.story.Line(c.story.Command))
	said := []string{"nothing was changed"}
	if changes := c.changes(); len(c.watch.Touched()) > 0 {
		switch outcome := changes[0].Outcome; outcome {
		case plan.OutcomeSucceeded:
			said = []string{"was written and recorded, but not verified"}
		case plan.OutcomeInterrupted:
			did := map[string]string{"apply": "✓ Created", "rollback": "✓ Deleted"}[c.story.Command]
			said = []string{did, "not begun", "to go on: appleconsent " + c.story.Command, "to undo what was done: appleconsent rollback"}
		default:
			c.T.Errorf("the outcome is %s", outcome)
		}
	}
	for _, words := range said {
		if !strings.Contains(a.Stderr, words) {
			c.T.Errorf("stderr should say %q:\n%s", words, a.Stderr)
		}
	}
	if said[0] != "nothing was changed" && strings.Contains(a.Stderr, "nothing was changed") {
		c.T.Errorf("%v was written, and it says that nothing was:\n%s", c.watch.Touched(), a.Stderr)
	}
}

// A second Ctrl-C ends the program at once, whatever it is waiting for; what it leaves is what a crash leaves.
func TestInterrupt_twice(t *testing.T) {
	t.Parallel()
	c := newCrash(t, story{Command: "apply", Scenario: "fresh"})
	arrived, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(release) }))
	c.arrives(func(r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/v1.0/servicePrincipals" {
			close(arrived)
			<-release
		}
	})
	cmd := c.command()
	out := &watched{words: "Press Ctrl-C again to quit now", seen: make(chan struct{})}
	cmd.Stderr = out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	for _, wait := range []chan struct{}{out.seen, nil} {
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
			t.Fatal(err)
		}
		if wait != nil {
			<-wait
		}
	}
	_ = cmd.Wait() // while its request is still held
	if status, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v, want the signal", cmd.ProcessState)
	}
	c.checkRecords()
}

// interrupted runs the command and sends a signal when a request arrives. A write is answered only after the program has
// said that it is interrupted, a read when the program has given it up.
func (c *crash) interrupted(signal syscall.Signal, bd boundary) testbed.Answer {
	c.T.Helper()
	cmd := c.command()
	out := &watched{words: "Stopping after the current request", seen: make(chan struct{})}
	cmd.Stderr = out
	started, ended := make(chan struct{}), make(chan struct{})
	var count atomic.Int32
	c.Tenant.Before(func(r *http.Request) {
		if !bd.Fits(r) || int(count.Add(1)) != bd.N {
			return
		}
		<-started // on a busy machine a request may be here first
		if err := cmd.Process.Signal(signal); err != nil {
			c.T.Error(err)
		}
		if r.Method == http.MethodGet {
			select {
			case <-r.Context().Done():
			case <-ended:
			}
			return
		}
		select {
		case <-out.seen:
		case <-ended:
		}
	})
	err := cmd.Start()
	close(started)
	if err != nil {
		c.T.Fatal(err)
	}
	_ = cmd.Wait() // its exit code tells
	close(ended)
	c.Tenant.Before(nil)
	return testbed.Answer{Stderr: out.text.String(), Code: cmd.ProcessState.ExitCode()}
}
