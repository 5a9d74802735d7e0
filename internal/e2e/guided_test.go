//go:build unix

package e2e_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"

	"github.com/creack/pty"
)

// What the guided flow asks, in its order.
const (
	askWay, askNow, askYes, askFile, askForm = "Which tenant, and how do you sign in?", "What now?", "actions) in ", "Save the plan as", "Which format?"
	down, enter, escape, ctrlC               = "\x1b[B", "\r", "\x1b", "\x03"
)

// The flow to its end: the same change, record and advice as apply has, and everything stays on the screen.
func TestGuided(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{"drawn": nil, "plain lines": {"ACCESSIBLE=1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "partial"})
			s := b.onTerminal(env)
			s.await(askWay)
			s.send(enter) // the simulated tenant of the environment comes first
			s.await(askNow)
			s.send(enter)
			s.await(askYes)
			if sent := testbed.Writes(b.Tenant); len(sent) > 0 || len(b.Records()) > 0 {
				t.Errorf("before the yes there is %v, %v", sent, b.Records())
			}
			if env == nil {
				s.send("y")
			} else {
				s.send("yes\r")
			}
			if code := s.end(); code != 0 {
				t.Fatalf("exit code %d:\n%s", code, s.text())
			}
			for _, words := range []string{"Plan: 1 grant to create, 1 grant to update", "Verified: the change is visible in the tenant.", "To undo: appleconsent rollback "} {
				if !strings.Contains(s.text(), words) {
					t.Errorf("the screen lacks %q:\n%s", words, s.text())
				}
			}
			if strings.Contains(s.seen.String(), "\x1b[?1049h") {
				t.Error("an alternate screen swallows the result")
			}
			b.Must(0, "status")
			b.Must(0, "rollback", "--yes")
		})
	}
}

// On every screen Ctrl-C ends the program and Esc leaves it; nothing was changed.
func TestGuided_left(t *testing.T) {
	t.Parallel()
	ways := map[string]struct {
		until string
		keys  []string // to the screen, each after what is awaited before it
	}{
		"the way to sign in": {askWay, nil},
		"what now":           {askNow, []string{askWay, enter}},
		"the confirmation":   {askYes, []string{askWay, enter, askNow, enter}},
		"the file":           {askFile, []string{askWay, enter, askNow, down + enter}},
		"the form":           {askForm, []string{askWay, enter, askNow, down + down + enter}},
	}
	for screenName, way := range ways {
		for key, code := range map[string]int{escape: 3, ctrlC: 130, "\x04": 3} {
			t.Run(screenName+" "+map[string]string{escape: "Esc", ctrlC: "Ctrl-C", "\x04": "Ctrl-D"}[key], func(t *testing.T) {
				t.Parallel()
				b := newBench(t, simulator.Options{Scenario: "fresh"})
				s := b.onTerminal(nil)
				for i := 0; i+1 < len(way.keys); i += 2 {
					s.await(way.keys[i])
					s.send(way.keys[i+1])
				}
				s.await(way.until)
				s.send(key)
				if (way.until == askFile || way.until == askForm) && code == 3 { // back to the choice, and out of it
					s.awaitAfter(way.until, askNow)
					s.send(key)
				}
				if got := s.end(); got != code {
					t.Errorf("exit code %d, want %d:\n%s", got, code, s.text())
				}
				if sent := testbed.Writes(b.Tenant); len(sent) > 0 || len(b.Records()) > 0 {
					t.Errorf("there is %v, %v", sent, b.Records())
				}
			})
		}
	}
}

// A plan that is saved here is one that apply takes, and saving leads back to the choice.
func TestGuided_save(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	file := filepath.Join(t.TempDir(), "plan.json")
	s := b.onTerminal([]string{"ACCESSIBLE=1"})
	s.await(askWay)
	s.send(enter)
	s.await(askNow)
	s.send("2\r")
	s.await(askFile)
	s.send("/\r") // which is a folder
	s.await("Try again")
	s.send(file + "\r")
	s.await("Saved " + file + ". To apply it, run: appleconsent apply " + file)
	s.send("4\r")
	if code := s.end(); code != 3 {
		t.Errorf("exit code %d, want 3:\n%s", code, s.text())
	}
	b.Must(0, "apply", file, "--yes")
}

// A plan leaves in another form, after which the choice comes again.
func TestGuided_export(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	file := filepath.Join(t.TempDir(), "plan.html")
	s := b.onTerminal([]string{"ACCESSIBLE=1"})
	s.await(askWay)
	s.send(enter)
	s.await(askNow)
	s.send("3\r")
	s.await(askForm)
	s.send("2\r")
	s.await("File (Enter for plan.html)")
	s.send(file + "\r")
	s.await("Wrote " + file)
	s.awaitAfter("Wrote", askNow)
	s.send("q\r")
	if code := s.end(); code != 3 {
		t.Errorf("exit code %d, want 3:\n%s", code, s.text())
	}
	if content, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(content), "<!DOCTYPE html>") {
		t.Errorf("%s: %v\n%.100s", file, err, content)
	}
}

// A tenant that has everything ends the flow at once, and one in which nothing can be done says why.
func TestGuided_nothing(t *testing.T) {
	t.Parallel()
	for scenario, want := range map[string]struct {
		code  int
		words string
	}{"granted": {0, "nothing to do"}, "no-exchange": {1, "nothing was changed"}} {
		b := newBench(t, simulator.Options{Scenario: scenario})
		s := b.onTerminal(nil)
		s.await(askWay)
		s.send(enter)
		if code := s.end(); code != want.code || !strings.Contains(strings.ToLower(s.text()), want.words) {
			t.Errorf("%s: exit code %d, want %d and %q:\n%s", scenario, code, want.code, want.words, s.text())
		}
	}
}

// The choices are those that are configured, in the order of --auth auto; a terminal may be small and change its size.
func TestGuided_ways(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	env := []string{"PATH=/usr/bin:/bin", "HOME=" + b.State, "APPLECONSENT_STATE_DIR=" + b.State, "TERM=xterm", "AZURE_TENANT_ID=contoso.example"}
	app := append(env, "AZURE_CLIENT_ID=11111111-2222-4333-8444-555555555555", "AZURE_CLIENT_SECRET=s3cret-value")
	for name, test := range map[string]struct {
		env  []string
		want string
	}{
		"nothing":             {env, "> Browser – on this machine Device code – a browser on another machine Simulated tenant – practise safely"},
		"an app registration": {app, "> App registration – the secret or certificate in the AZ"},
	} {
		s := startOnTerminal(t, test.env)
		if err := pty.Setsize(s.tty, &pty.Winsize{Rows: 20, Cols: 60}); err != nil {
			t.Fatal(err)
		}
		s.await("Simulated tenant")
		s.send(escape)
		s.end()
		if text := strings.ReplaceAll(s.text(), "┃ ", ""); !strings.Contains(text, test.want) || strings.Contains(text, "s3cret-value") {
			t.Errorf("%s: the screen lacks %q:\n%s", name, test.want, text)
		}
	}
}

// Without a terminal there is no flow, but the help.
func TestGuided_noTerminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	if got := b.Must(0); !strings.Contains(got.Stdout, "COMMANDS:") || len(b.Tenant.Requests()) > 0 {
		t.Errorf("got %s%s and %v", got.Stdout, got.Stderr, b.Tenant.Requests())
	}
}
