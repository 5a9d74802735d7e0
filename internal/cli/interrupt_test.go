//go:build unix

package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

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

// interruptions are the stories that are interrupted, and by what.
var interruptions = []struct {
	story   story
	signals []syscall.Signal
}{
	{story{"apply", "fresh"}, []syscall.Signal{syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP}},
	{story{"rollback", "fresh"}, []syscall.Signal{syscall.SIGINT, syscall.SIGTERM}},
}

// interruptPoints is how many interrupts there are in all.
func interruptPoints(t *testing.T) (n int) {
	t.Helper()
	for _, test := range interruptions {
		n += len(test.signals) * len(graphBoundaries(t, test.story))
	}
	return n
}

func graphBoundaries(t *testing.T, s story) []boundary {
	t.Helper()
	return slices.DeleteFunc(boundaries(t, s), func(b boundary) bool { return !b.isGraph() })
}

// Ctrl-C, kill, or a terminal that goes away, while any request is under way: exit code 130, a record that says what
// happened, an apply that converges, and rollbacks that return to the state before.
func TestInterrupt_atEachRequest(t *testing.T) {
	t.Parallel()
	for _, test := range interruptions {
		bounds := graphBoundaries(t, test.story)
		for _, signal := range test.signals {
			for _, bd := range bounds {
				t.Run(fmt.Sprintf("%s/%s at %s", test.story, signal, bd), func(t *testing.T) {
					t.Parallel()
					interruptAt(newCrash(t, matrixStory{story: test.story}), signal, bd)
				})
			}
		}
	}
}

func interruptAt(c *crash, signal syscall.Signal, bd boundary) {
	c.t.Helper()
	code, stderr := c.interrupted(signal, bd, c.story.command, "--yes")
	if code != 130 {
		c.t.Fatalf("exit code %d, want 130:\n%s", code, stderr)
	}
	changes, _, err := plan.NewJournal(c.state).List()
	if err != nil {
		c.t.Fatal(err)
	}
	wrote := len(c.watch.touched) > 0
	switch {
	case !wrote && !strings.Contains(stderr, "nothing was changed"):
		c.t.Errorf("nothing was written, and it does not say so:\n%s", stderr)
	case wrote && changes[0].Outcome == plan.OutcomeSucceeded && !strings.Contains(stderr, "was written and recorded, but not verified"):
		c.t.Errorf("everything was written, and it does not say so:\n%s", stderr)
	case wrote && changes[0].Outcome != plan.OutcomeSucceeded:
		for _, words := range []string{"✓ done", "· not begun", "to go on: appleconsent " + c.story.command, "to undo what was done: appleconsent rollback"} {
			if changes[0].Outcome != plan.OutcomeInterrupted || !strings.Contains(stderr, words) {
				c.t.Errorf("the outcome is %s, and stderr should say %q:\n%s", changes[0].Outcome, words, stderr)
			}
		}
	}
	c.survives()
}

// A second Ctrl-C ends the program at once, whatever it is waiting for; what it leaves is what a crash leaves.
func TestInterrupt_twice(t *testing.T) {
	t.Parallel()
	c := newCrash(t, matrixStory{story: story{"apply", "fresh"}})
	arrived, release := make(chan struct{}), make(chan struct{})
	t.Cleanup(sync.OnceFunc(func() { close(release) }))
	c.arrives(func(r *http.Request) {
		if r.Method == http.MethodPost && r.URL.Path == "/v1.0/servicePrincipals" {
			close(arrived)
			<-release
		}
	})
	cmd := c.command(binary)
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

// interrupted runs the program and sends a signal when a request arrives. A write is answered only after the program has
// said that it is interrupted, a read when the program has given it up.
func (b *bench) interrupted(signal syscall.Signal, bd boundary, args ...string) (code int, stderr string) {
	b.t.Helper()
	cmd := exec.CommandContext(b.t.Context(), binary, args...)
	out := &watched{words: "Stopping after the current request", seen: make(chan struct{})}
	cmd.Env, cmd.Stdout, cmd.Stderr = b.env(), io.Discard, out
	started, ended := make(chan struct{}), make(chan struct{})
	var count atomic.Int32
	b.tenant.Before(func(r *http.Request) {
		if !bd.fits(r) || int(count.Add(1)) != bd.n {
			return
		}
		<-started // on a busy machine a request may be here first
		if err := cmd.Process.Signal(signal); err != nil {
			b.t.Error(err)
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
		b.t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code tells
	close(ended)
	b.tenant.Before(nil)
	return cmd.ProcessState.ExitCode(), out.text.String()
}
