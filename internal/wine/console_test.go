//go:build linux

package wine_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"appleconsent/internal/testbed"
	"appleconsent/plan"

	"github.com/creack/pty"
)

// window is a console of Windows, with a program in it.
type window struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	seen strings.Builder
	more chan string
}

// inWindow starts a program in a console of its own.
func inWindow(t *testing.T, cmd *exec.Cmd) *window {
	t.Helper()
	tty, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 50, Cols: 200})
	if err != nil {
		t.Fatal(err)
	}
	w := &window{t: t, cmd: cmd, tty: tty, more: make(chan string, 100)}
	t.Cleanup(func() { _ = tty.Close() })
	go w.read()
	return w
}

// read passes on what is shown until the program ends.
func (w *window) read() {
	defer close(w.more)
	buf := make([]byte, 4096)
	for {
		n, err := w.tty.Read(buf)
		if n > 0 {
			w.more <- string(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

var (
	moved   = regexp.MustCompile(`\x1b\[(\d*)C`)
	control = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r`)
)

// text is what was shown. Wine draws a window as it changes, and moves over what is blank.
func (w *window) text() string {
	blank := moved.ReplaceAllStringFunc(w.seen.String(), func(move string) string {
		n, _ := strconv.Atoi(moved.FindStringSubmatch(move)[1])
		return strings.Repeat(" ", max(n, 1))
	})
	return strings.Join(strings.Fields(control.ReplaceAllString(blank, "")), " ")
}

// await reads until the words are shown.
func (w *window) await(words string) {
	w.t.Helper()
	limit := time.After(time.Minute)
	for !strings.Contains(w.text(), words) {
		select {
		case part, open := <-w.more:
			if !open {
				w.t.Fatalf("the program ended without %q:\n%s", words, w.text())
			}
			w.seen.WriteString(part)
		case <-limit:
			w.t.Fatalf("no %q in time:\n%s\n%q", words, w.text(), w.seen.String())
		}
	}
}

func (w *window) send(keys string) {
	w.t.Helper()
	if _, err := io.WriteString(w.tty, keys); err != nil {
		w.t.Fatal(err)
	}
}

// end reads to the end and returns the exit code.
func (w *window) end() int {
	w.t.Helper()
	limit := time.AfterFunc(time.Minute, func() { _ = w.cmd.Process.Kill() })
	defer limit.Stop()
	for part := range w.more {
		w.seen.WriteString(part)
	}
	_ = w.cmd.Wait() // its exit code tells
	return w.cmd.ProcessState.ExitCode()
}

// Ctrl-C at a request that writes: the record is closed, and the exit code is 130. A second one ends the program at once, with the same.
func TestInterrupt(t *testing.T) {
	t.Parallel()
	for name, twice := range map[string]bool{"once": false, "twice": true} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "fresh")
			before := testbed.Stands(b.Tenant)
			arrived, release := b.holdFirstWrite()
			w := inWindow(t, b.command(b.machine.program(), "apply", "--yes"))
			<-arrived
			w.send(ctrlC)
			w.await("Press Ctrl-C again to quit now")
			if twice {
				w.send(ctrlC)
			} else {
				release()
			}
			if code := w.end(); code != 130 {
				t.Errorf("exit code %d, want 130:\n%s", code, w.text())
			}
			release()
			outcome := plan.OutcomeInterrupted
			if twice {
				outcome = plan.OutcomeRunning
			}
			data, err := os.ReadFile(b.record())
			if c, decodeErr := plan.DecodeChange(data); err != nil || decodeErr != nil || c.Outcome != outcome {
				t.Errorf("the record says %s, want %s: %v, %v", c.Outcome, outcome, err, decodeErr)
			}
			b.Tenant.Before(nil)
			b.goesOn(before)
		})
	}
}

const ctrlC = "\x03"

// The modes of a console are afterwards as they were, whatever the program ended with; meanwhile it takes escape codes for what they are.
func TestConsoleModes(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		args   string
		key    string // pressed when it asks
		code   string
		during string // escape codes, if it takes long enough to see that
	}{
		"it goes well":         {"apply --yes", "", "0", "on"},
		"an error":             {"rollback 20261123T200000Z-3f9a1c --yes", "", "1", ""},
		"a question, answered": {"apply", "y", "0", "on"},
		"a question, left":     {"apply", "\x1b", "3", "on"},
		"a question, Ctrl-C":   {"apply", ctrlC, "130", "on"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "fresh")
			told := filepath.Join(b.State, "modes")
			cmd := b.command(b.machine.helper("onconsole"), onWindows(told), onWindows(b.machine.program())+" "+test.args)
			w := inWindow(t, cmd)
			if test.key != "" {
				w.await("esc cancel") // all of it is drawn
			}
			if test.key != ctrlC {
				w.send(test.key)
			} else if err := os.Mkdir(told+".ctrl-c", 0o700); err != nil {
				t.Fatal(err)
			}
			w.end()
			text, err := os.ReadFile(told)
			if err != nil {
				t.Fatal(err)
			}
			lines := map[string]string{}
			for line := range strings.Lines(string(text)) {
				key, value, _ := strings.Cut(strings.TrimSpace(line), " ")
				lines[key] = value
			}
			if lines["before"] == "" || lines["before"] != lines["after"] || lines["exit"] != test.code || test.during != "" && lines["escapes"] != test.during {
				t.Errorf("got\n%s\nwant exit code %s, and the same modes before and after; shown was\n%s", text, test.code, w.text())
			}
		})
	}
}

// A window that a double click opens stays until Enter is pressed. Nothing else waits: not with arguments, not in a window that others
// use, not without a console for input, as in a scheduled task.
func TestOwnWindow(t *testing.T) {
	t.Parallel()
	b := newBench(t, "fresh")
	const enter = "Press Enter to close this window."
	alone := func(args ...string) *window {
		return inWindow(t, b.command(b.machine.program(), args...))
	}
	w := alone()
	w.await("What do you want to do?")
	w.await("esc quit")
	w.send("\x1b")
	w.await(enter)
	if !strings.Contains(w.text(), "Cancelled. Nothing was changed.") {
		t.Errorf("shown is\n%s", w.text())
	}
	w.send("\r")
	if code := w.end(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	if w := alone("version"); w.end() != 0 || strings.Contains(w.text(), enter) {
		t.Errorf("with an argument: shown is\n%s", w.text())
	}
	shared := inWindow(t, b.command(b.machine.helper("onconsole"), onWindows(filepath.Join(b.State, "modes")), onWindows(b.machine.program())))
	shared.await("What do you want to do?")
	shared.await("esc quit")
	shared.send("\x1b")
	if shared.end(); strings.Contains(shared.text(), enter) {
		t.Errorf("in a window of others: shown is\n%s", shared.text())
	}
	if a := b.must(0); strings.Contains(a.Stdout+a.Stderr, enter) || !strings.Contains(a.Stdout, "COMMANDS") {
		t.Errorf("without a console: shown is\n%s%s", a.Stdout, a.Stderr)
	}
}
