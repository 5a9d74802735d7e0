//go:build unix

package cli_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"

	"appleconsent/graph/simulator"
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

// Ctrl-C while any request is under way: exit code 130, a record that says what happened, an apply that converges, and a
// rollback that returns to the state before.
func TestInterrupt_atEachRequest(t *testing.T) {
	t.Parallel()
	const requests = 9 // of an apply of a fresh tenant: three reads and three writes, and the reads that verify
	for n := 1; n <= requests; n++ {
		t.Run(fmt.Sprintf("during request %d", n), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "fresh"})
			before := stands(b.tenant)
			code, stderr := b.interrupted(n, "apply", "--yes")
			if code != 130 && (code != 0 || n < 6) {
				t.Fatalf("exit code %d, want 130:\n%s", code, stderr)
			}
			wrote := len(writes(b.tenant))
			if records := b.records(); (len(records) > 0) != (wrote > 0) {
				t.Errorf("%d writes were sent, and there are the records %v", wrote, records)
			}
			if wrote > 0 && wrote < 3 {
				for _, words := range []string{"✓ done", "· not begun", "to go on: appleconsent apply", "to take back what was done: appleconsent rollback"} {
					if !strings.Contains(stderr, words) {
						t.Errorf("stderr does not say %q:\n%s", words, stderr)
					}
				}
			}
			b.must(0, "apply", "--yes")
			b.must(0, "status")
			for range b.records() { // the newest first, until nothing stands
				if b.run("rollback", "--yes").code != 0 {
					break
				}
			}
			if got := stands(b.tenant); got != before {
				t.Errorf("after the rollbacks there stands\n%s\ninstead of\n%s", got, before)
			}
		})
	}
}

// interrupted runs the program and sends SIGINT when the n-th request to Graph arrives. A write is answered only after
// the program has said that it is interrupted, a read when the program has given it up.
func (b *bench) interrupted(n int, args ...string) (code int, stderr string) {
	b.t.Helper()
	cmd := exec.CommandContext(b.t.Context(), binary, args...)
	out := &watched{words: "interrupted: the request in flight is awaited", seen: make(chan struct{})}
	cmd.Env, cmd.Stdout, cmd.Stderr = b.env(), io.Discard, out
	ended := make(chan struct{})
	var mu sync.Mutex
	count := 0
	b.tenant.Before(func(r *http.Request) {
		mu.Lock()
		count++
		hit := count == n
		mu.Unlock()
		if !hit {
			return
		}
		if err := cmd.Process.Signal(syscall.SIGINT); err != nil {
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
	if err := cmd.Start(); err != nil {
		b.t.Fatal(err)
	}
	_ = cmd.Wait() // its exit code tells
	close(ended)
	b.tenant.Before(nil)
	return cmd.ProcessState.ExitCode(), out.text.String()
}
