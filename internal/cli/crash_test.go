//go:build unix

package cli_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/plan"
)

// The built program is killed with SIGKILL: when a request arrives, before or after the tenant carries it out, and around
// each saving of its record. What must hold afterwards is what the fault matrix wants, too.

// crashBinary is the program built with the tag crashtest, which dies where APPLECONSENT_CRASH_AT says (plan/checkpoint_crash.go).
var crashBinary = sync.OnceValues(func() (string, error) {
	name := filepath.Join(filepath.Dir(binary), "appleconsent-crashtest")
	out, err := exec.Command("go", "build", "-tags", "crashtest", "-o", name, "appleconsent").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the program that crashes: %w\n%s", err, out)
	}
	return name, nil
})

func TestCrash_atEachRequest(t *testing.T) {
	t.Parallel()
	for _, s := range matrixStories() {
		for _, bd := range s.boundaries(t) {
			for _, done := range []bool{false, true} {
				if done && !bd.writes() {
					continue
				}
				name := fmt.Sprintf("%s/at %s", s, bd)
				if done {
					name += ", carried out"
				}
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					c := newCrash(t, s)
					c.killedAt(bd, done)
					c.survives()
				})
			}
		}
	}
}

func TestCrash_atEachRecord(t *testing.T) {
	t.Parallel()
	program, err := crashBinary()
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range matrixStories() {
		for _, point := range []string{"begin", "written", "renamed"} {
			for n := range recordWrites(t, s) {
				t.Run(fmt.Sprintf("%s/at the %d. record, %s", s, n+1, point), func(t *testing.T) {
					t.Parallel()
					c := newCrash(t, s)
					cmd := c.command(program)
					cmd.Env = append(cmd.Env, fmt.Sprintf("APPLECONSENT_CRASH_AT=%s:%d", point, n+1))
					c.dies(cmd, func() {})
					c.survives()
				})
			}
		}
	}
}

// recordWrites tells how often a story saves a record: once for the whole change and twice for each action, at its end,
// and once more in the record that a rollback takes back.
func recordWrites(t *testing.T, s matrixStory) int {
	t.Helper()
	n := 0
	inBubble(t, s.scenario, func(b *bubble) {
		s.prepare(b)
		b.must(0, s.line(s.command)...)
		ids := recordsIn(b.t, b.state)
		change, err := plan.NewJournal(b.state).Load(ids[len(ids)-1])
		if err != nil {
			b.t.Fatal(err)
		}
		n = 2 + 2*len(change.Actions)
		if change.RollsBack != nil {
			n++
		}
	})
	return n
}

// crash is a run of the built program that is killed.
type crash struct {
	*bench
	story matrixStory
	watch *watch
}

func newCrash(t *testing.T, s matrixStory) *crash {
	t.Helper()
	b := newBench(t, simulator.Options{Scenario: s.scenario})
	c := &crash{b, s, newWatch(t, b.tenant.Directory())}
	c.watch.flags = s.flags
	b.tenant.OnWrite(c.watch.wrote)
	c.watch.command = "apply"
	if s.command == "rollback" {
		b.must(0, s.line("apply")...)
	}
	c.watch.forget()
	c.watch.command = s.command
	return c
}

// command is the story's command, not started yet.
func (c *crash) command(program string) *exec.Cmd {
	cmd := exec.CommandContext(c.t.Context(), program, c.story.line(c.story.command)...)
	cmd.Env, cmd.Stdout, cmd.Stderr = c.env(), io.Discard, io.Discard
	return cmd
}

// killedAt kills the program when a request arrives; the tenant carries it out or not.
func (c *crash) killedAt(bd boundary, done bool) {
	c.t.Helper()
	cmd := c.command(binary)
	if err := c.tenant.SetRules(bd.rule(simulator.Rule{Trouble: simulator.TroubleClose, CarriedOut: done})); err != nil {
		c.t.Fatal(err)
	}
	var n atomic.Int32
	started := make(chan struct{})
	c.arrives(func(r *http.Request) {
		if bd.fits(r) && int(n.Add(1)) == bd.n {
			<-started // on a busy machine a request may be here first
			_ = cmd.Process.Kill()
		}
	})
	c.dies(cmd, func() { close(started) })
	c.arrives(func(*http.Request) {})
}

// dies runs the program and wants it to be killed. Started is called once there is a process.
func (c *crash) dies(cmd *exec.Cmd, started func()) {
	c.t.Helper()
	err := cmd.Start()
	started()
	if err == nil {
		err = cmd.Wait()
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok {
		c.t.Fatalf("the program was not killed: %v", err)
	}
	if status, ok := exit.Sys().(syscall.WaitStatus); !ok || !status.Signaled() || status.Signal() != syscall.SIGKILL {
		c.t.Fatalf("the program was not killed: %v", exit)
	}
	c.settled() // its last request may still be on its way
	if err := c.tenant.SetRules(); err != nil {
		c.t.Fatal(err)
	}
}

// survives wants a true record, an apply that converges, and rollbacks that return to the state before.
func (c *crash) survives() {
	c.t.Helper()
	c.checkRecords()
	c.watch.command = "apply"
	c.must(0, c.story.line("apply")...)
	for _, look := range c.story.looks() {
		c.must(0, look...)
	}
	c.watch.command = "rollback"
	rollBackAll(c.t, len(c.records()), func() answer { return c.run("rollback", "--yes") })
	c.watch.checkBack(c.tenant.Directory())
}

// checkRecords wants a record of whatever was written, and no word in it that is not true.
func (c *crash) checkRecords() {
	c.t.Helper()
	changes, damaged, err := plan.NewJournal(c.state).List()
	if err != nil || len(damaged) > 0 {
		c.t.Fatalf("records that cannot be read: %v, %v", err, damaged)
	}
	before := 0
	if c.story.command == "rollback" {
		before = 1
	}
	if len(changes) == before {
		if len(c.watch.touched) > 0 {
			c.t.Errorf("%v was written without a record", c.watch.touched)
		}
		return
	}
	for _, a := range changes[0].Actions {
		if untrue(a, c.watch.touched) {
			c.t.Errorf("the record says %s of %s, and written was %v", a.Status, describe(a), c.watch.touched)
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
			b := newBench(t, simulator.Options{Scenario: "fresh"})
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			_ = r.Close()
			defer w.Close() //nolint:errcheck // nothing can be written to it
			cmd := exec.CommandContext(t.Context(), binary, "apply", "--yes")
			var stderr strings.Builder
			cmd.Env, cmd.Stderr = b.env(), &stderr
			test.wire(cmd, w)
			_ = cmd.Run() // its exit code tells
			if code := cmd.ProcessState.ExitCode(); code != test.code {
				t.Errorf("exit code %d, want %d\n%s", code, test.code, stderr.String())
			}
			if test.code != 0 && !strings.Contains(stderr.String(), "is done and verified, but its result could not be shown") {
				t.Errorf("stderr says\n%s", stderr.String())
			}
			b.must(0, "status")
			b.must(0, "rollback", "--yes")
		})
	}
}

// The figures of docs/reliability.md are those of these tests.
func TestReliability_figures(t *testing.T) {
	t.Parallel()
	requests, records := 0, 0
	for _, s := range matrixStories() {
		for _, bd := range s.boundaries(t) {
			requests++
			if bd.writes() {
				requests++
			}
		}
		records += 3 * recordWrites(t, s)
	}
	matrix := regexp.MustCompile(`(\d+) cells: (\d+) kinds of trouble at (\d+) requests.* (\d+) cells with `).FindStringSubmatch(document(t, "fault-matrix.md"))
	if matrix == nil {
		t.Fatal("docs/fault-matrix.md has no figures")
	}
	for _, figure := range []string{
		matrix[1] + " cells and ends", matrix[2] + " kinds of trouble", "the " + matrix[3] + " requests", "the " + matrix[4] + " cells with a –",
		fmt.Sprintf("(%d points), and at each writing", requests), fmt.Sprintf("(%d points, with a build", records),
		fmt.Sprintf("(%d points): exit code 130", interruptPoints(t)),
	} {
		if !strings.Contains(document(t, "reliability.md"), figure) {
			t.Errorf("docs/reliability.md does not say %q", figure)
		}
	}
}

// document returns a text of docs in one line.
func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(string(text), "\n", " ")
}
