//go:build unix

package e2e_test

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"

	"github.com/creack/pty"
)

// bench is the test bed's, with terminals.
type bench struct{ *testbed.Bench }

func newBench(t *testing.T, o simulator.Options) *bench {
	t.Helper()
	return &bench{testbed.New(t, o)}
}

// screen is the program on a terminal of its own.
type screen struct {
	t    *testing.T
	cmd  *exec.Cmd
	tty  *os.File
	seen strings.Builder
	more chan string
	upTo int // how much of its text was awaited, see seenFrom
}

// usualSize is that of a pseudo-terminal.
var usualSize = pty.Winsize{Rows: 50, Cols: 80}

// onTerminal starts the program on a pseudo-terminal of 80 columns.
func (b *bench) onTerminal(env []string, args ...string) *screen {
	b.T.Helper()
	return startOnTerminal(b.T, usualSize, b.Env(append([]string{"TERM=xterm-256color"}, env...)...), args...)
}

func startOnTerminal(t *testing.T, size pty.Winsize, env []string, args ...string) *screen {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), testbed.Program(t, "appleconsent"), args...)
	cmd.Env = env
	tty, err := pty.StartWithSize(cmd, &size)
	if err != nil {
		t.Fatal(err)
	}
	s := &screen{t: t, cmd: cmd, tty: tty, more: make(chan string)}
	t.Cleanup(func() { _ = tty.Close() })
	go s.read()
	return s
}

// read passes on what the program prints until it ends.
func (s *screen) read() {
	defer close(s.more)
	buf := make([]byte, 4096)
	for {
		n, err := s.tty.Read(buf)
		if n > 0 {
			s.more <- string(buf[:n])
		}
		if err != nil {
			return
		}
	}
}

var control = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\x1b\][^\x07]*\x07|\r`)

// text returns what was printed, without control sequences, in one line.
func (s *screen) text() string {
	return strings.Join(strings.Fields(control.ReplaceAllString(s.seen.String(), "")), " ")
}

// await reads until the program has printed the words.
func (s *screen) await(words string) {
	s.t.Helper()
	s.awaitFunc(func(text string) bool { return strings.Contains(text, words) }, words)
}

// awaitFunc reads until the text of the screen is as wanted.
func (s *screen) awaitFunc(wanted func(text string) bool, words ...string) {
	s.t.Helper()
	limit := time.After(20 * time.Second)
	for !wanted(s.text()) {
		select {
		case part, open := <-s.more:
			if !open {
				s.t.Fatalf("the program ended without %q:\n%s", words, s.text())
			}
			s.seen.WriteString(part)
		case <-limit:
			s.t.Fatalf("no %q in time:\n%s", words, s.text())
		}
	}
}

func (s *screen) send(keys string) {
	s.t.Helper()
	if _, err := io.WriteString(s.tty, keys); err != nil {
		s.t.Fatal(err)
	}
}

// end reads to the end and returns the exit code.
func (s *screen) end() int {
	s.t.Helper()
	limit := time.AfterFunc(20*time.Second, func() { _ = s.cmd.Process.Kill() })
	defer limit.Stop()
	for part := range s.more {
		s.seen.WriteString(part)
	}
	err := s.cmd.Wait()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		s.t.Fatal(err)
	}
	return s.cmd.ProcessState.ExitCode()
}

// Whatever is not a clear yes is a no, in both kinds of prompt.
func TestPrompt(t *testing.T) {
	t.Parallel()
	const question, drawn, plain = "Apply this plan (3 actions) in Contoso (simulated)", "enter submit", "Type yes to go on"
	accessible, dumb := []string{"ACCESSIBLE=1"}, []string{"TERM=dumb"}
	for name, test := range map[string]struct {
		env   []string
		ready string
		keys  string
		code  int
	}{
		"drawn: y":                {nil, drawn, "y", 0},
		"drawn: n":                {nil, drawn, "n", 3},
		"drawn: enter":            {nil, drawn, "\r", 3},
		"drawn: left and enter":   {nil, drawn, "\x1b[D\r", 0},
		"drawn: esc":              {nil, drawn, "\x1b", 3},
		"drawn: end of input":     {nil, drawn, "\x04", 3},
		"drawn: ctrl-c":           {nil, drawn, "\x03", 130},
		"plain: yes":              {accessible, plain, "yes\r", 0},
		"plain: Y":                {accessible, plain, " Y \r", 0},
		"plain: no":               {accessible, plain, "no\r", 3},
		"plain: enter":            {accessible, plain, "\r", 3},
		"plain: anything else":    {accessible, plain, "yes please\r", 3},
		"plain: end of input":     {accessible, plain, "\x04", 3},
		"plain: yes without line": {accessible, plain, "yes\x04\x04", 3},
		"plain: ctrl-c":           {accessible, plain, "\x03", 130},
		"dumb terminal: enter":    {dumb, plain, "\r", 3},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "fresh"})
			before := testbed.Stands(b.Tenant)
			s := b.onTerminal(test.env, "apply")
			s.await(question)
			s.await(test.ready)
			if sent := testbed.Writes(b.Tenant); len(sent) > 0 {
				t.Errorf("before the answer writes were sent: %v", sent)
			}
			s.send(test.keys)
			if code := s.end(); code != test.code {
				t.Errorf("exit code %d, want %d:\n%s", code, test.code, s.text())
			}
			if got := testbed.Stands(b.Tenant); (got == before) != (test.code != 0) {
				t.Errorf("after exit code %d there stands\n%s", test.code, got)
			}
			if records := b.Records(); (len(records) == 0) != (test.code != 0) {
				t.Errorf("after exit code %d there are the records %v", test.code, records)
			}
		})
	}
}

// A signal ends a question at once, whoever hears of it first.
func TestPrompt_signal(t *testing.T) {
	t.Parallel()
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		for i := range 8 {
			t.Run(fmt.Sprintf("%s %d", signal, i), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, simulator.Options{Scenario: "fresh"})
				s := b.onTerminal(nil, "apply")
				s.await("enter submit")
				if err := s.cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
				if code := s.end(); code != 130 {
					t.Errorf("exit code %d, want 130:\n%s", code, s.text())
				}
			})
		}
	}
}

// What changes while a person thinks makes the answer void.
func TestPrompt_tenantChangesMeanwhile(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "partial"})
	s := b.onTerminal([]string{"ACCESSIBLE=1"}, "apply")
	s.await("Type yes")
	b.Tenant.Edit(func(d *directory.Directory) {
		d.PermissionGrants[testbed.GrantOf(d, identity.ExchangeAppID)].Scope = "EAS.AccessAsUser.All Mail.Send"
	})
	s.send("yes\r")
	if code := s.end(); code != 5 {
		t.Errorf("exit code %d, want 5:\n%s", code, s.text())
	}
	if sent := testbed.Writes(b.Tenant); len(sent) > 0 {
		t.Errorf("writes were sent: %v", sent)
	}
}

// Colours are for terminals, unless they are switched off.
func TestColours(t *testing.T) {
	t.Parallel()
	coloured := regexp.MustCompile(`\x1b\[[0-9;]*m`)
	b := newBench(t, simulator.Options{Scenario: "partial"})
	for name, test := range map[string]struct {
		env  []string
		args []string
		want bool
	}{
		"terminal":      {nil, []string{"status"}, true},
		"NO_COLOR":      {[]string{"NO_COLOR=1"}, []string{"status"}, false},
		"--no-color":    {nil, []string{"status", "--no-color"}, false},
		"dumb terminal": {[]string{"TERM=dumb"}, []string{"status"}, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := b.onTerminal(test.env, test.args...)
			if code := s.end(); code != 2 {
				t.Errorf("exit code %d, want 2", code)
			}
			if got := coloured.MatchString(s.seen.String()); got != test.want { // a line that is written over moves, and has no colour
				t.Errorf("colours: %v, want %v:\n%q", got, test.want, s.seen.String())
			}
			if strings.Contains(s.seen.String(), "\x1b]") { // see package noquery
				t.Errorf("the terminal is asked for its colours:\n%q", s.seen.String())
			}
		})
	}
}

// Answers come from a terminal and questions go to one; half of that is none.
func TestPrompt_halfATerminal(t *testing.T) {
	t.Parallel()
	for _, half := range []string{"stdin", "stderr"} {
		b := newBench(t, simulator.Options{Scenario: "fresh"})
		tty, slave, err := pty.Open()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), testbed.Program(t, "appleconsent"), "apply")
		cmd.Env = b.Env("ACCESSIBLE=1")
		if half == "stdin" {
			cmd.Stdin = slave
			if _, err := tty.WriteString("yes\n"); err != nil {
				t.Fatal(err)
			}
		} else {
			cmd.Stdin, cmd.Stderr = strings.NewReader("yes\n"), slave
		}
		_ = cmd.Run()
		if code := cmd.ProcessState.ExitCode(); code != 1 || len(b.Tenant.Requests()) > 0 {
			t.Errorf("only %s is a terminal: exit code %d, requests %v; want 1 and none", half, code, b.Tenant.Requests())
		}
		_, _ = slave.Close(), tty.Close()
	}
}
