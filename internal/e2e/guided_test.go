//go:build unix

package e2e_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"

	"github.com/creack/pty"
)

// What the guided flow asks.
const (
	askGoal, askDevices, askNow, askYes = "What do you want to do?", "Which devices use Apple Mail?", "What now?", "actions) in "
	askFile, askForm, askWhich          = "Save the plan as", "Which format?", "Undo which change?"
	askWay, askTenant                   = "How do you want to sign in?", "Tenant ID or domain"
	askScenario, askPractice            = "Which simulated tenant?", "What do you want to practise?"

	down, enter, escape, ctrlC, ctrlD = "\x1b[B", "\r", "\x1b", "\x03", "\x04"
)

// chose answers questions, each as soon as it is asked, with the nth option, in drawn lists or in plain lines.
func (s *screen) chose(plain bool, answers ...any) {
	s.t.Helper()
	for i := 0; i < len(answers); i += 2 {
		s.asked(answers[i].(string))
		n := answers[i+1].(int)
		if plain {
			s.send(fmt.Sprintf("%d\r", n))
		} else {
			s.send(strings.Repeat(down, n-1) + enter)
		}
	}
}

// asked reads until a question is asked and can be answered. What was read before it is not looked at again.
func (s *screen) asked(question string) {
	s.t.Helper()
	s.seenFrom(question)
	s.seenFrom("enter choose", "enter submit", "or q to quit", "anything else to stop", "go back:", "): ")
}

// seenFrom reads until one of the words was printed behind all that was awaited before.
func (s *screen) seenFrom(words ...string) {
	s.t.Helper()
	s.awaitFunc(func(text string) bool {
		for _, word := range words {
			if i := strings.Index(text[min(s.upTo, len(text)):], word); i >= 0 {
				s.upTo += i + len(word)
				return true
			}
		}
		return false
	}, words...)
}

// The flow to its end: the same change, record and advice as apply has, and everything stays on the screen.
func TestGuided(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{"drawn": nil, "plain lines": {"ACCESSIBLE=1"}, "no colour": {"NO_COLOR=1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "partial"})
			s := b.onTerminal(env)
			plain := name == "plain lines"
			s.chose(plain, askGoal, 2, askDevices, 1, askNow, 1)
			s.asked(askYes)
			if sent := testbed.Writes(b.Tenant); len(sent) > 0 || len(b.Records()) > 0 {
				t.Errorf("before the yes there is %v, %v", sent, b.Records())
			}
			s.send(map[bool]string{false: "y", true: "yes\r"}[plain])
			if code := s.end(); code != 0 {
				t.Fatalf("exit code %d:\n%s", code, s.text())
			}
			for _, words := range []string{
				"appleconsent: consent for Apple Mail in Microsoft 365", "Plan: 1 grant to create, 1 grant to update",
				"✓ Created grant on Microsoft Graph ✓ Updated grant on Office 365 Exchange Online ✓ Verified Done: ",
				"To undo: appleconsent rollback ",
			} {
				if !strings.Contains(s.text(), words) {
					t.Errorf("the screen lacks %q:\n%s", words, s.text())
				}
			}
			for words, times := range map[string]int{"Verified: ": 0, "SIMULATION: ": 1} { // what the screen shows already is not said again
				if n := strings.Count(s.text(), words); n != times {
					t.Errorf("%d times %q:\n%s", n, words, s.text())
				}
			}
			if strings.Contains(s.seen.String(), "\x1b[?1049h") {
				t.Error("an alternate screen swallows the result")
			}
			if strings.Contains(s.seen.String(), "\x1b]") || strings.Contains(s.seen.String(), "[38;") || strings.Contains(s.seen.String(), "[48;") {
				t.Error("colours are not those of the terminal's theme, or it is asked for its own")
			}
			if coloured := strings.Contains(s.seen.String(), "\x1b[32m"); coloured != (name != "no colour") {
				t.Errorf("colours: %v", coloured)
			}
			b.Must(0, "status")
			b.Must(0, "rollback", "--yes")
		})
	}
}

// Each goal in each kind of prompt, to the screen that it leads to, and out of it.
func TestGuided_goals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scenario string
		answers  []any
		words    string // on the last screen
		quit     int    // the option that quits; 0: there is none any more
		code     int
	}{
		"check: something is missing":   {"partial", []any{askGoal, 1, askDevices, 1}, "Not in place: 2 of 3 required scopes missing", 4, 2},
		"check: iPhones alone":          {"partial", []any{askGoal, 1, askDevices, 2}, "Not in place: 1 of 2 required scopes missing", 4, 2},
		"check: all is in place":        {"granted", []any{askGoal, 1, askDevices, 1}, "In place: ", 3, 0},
		"check, then grant":             {"partial", []any{askGoal, 1, askDevices, 1, askNow, 1}, "Plan: 1 grant to create", 5, 3},
		"grant: nothing to do":          {"granted", []any{askGoal, 2, askDevices, 1}, "Nothing to do: ", 3, 0},
		"grant: nothing, then diagnose": {"granted", []any{askGoal, 2, askDevices, 1, askNow, 1}, "No problems found", 2, 0},
		"grant: it cannot be done":      {"no-exchange", []any{askGoal, 2, askDevices, 1}, "Blocked: ", 3, 1},
		"check: it cannot be granted":   {"no-exchange", []any{askGoal, 1, askDevices, 1}, "Blocked: ", 3, 2},
		"check: up to the owner":        {"disabled-by-owner", []any{askGoal, 1, askDevices, 1}, "Not in place: ", 3, 2},
		"grant: the app is disabled":    {"disabled", []any{askGoal, 2, askDevices, 1, askNow, 2}, "Plan: 1 service principal to enable, 2 grants", 5, 3},
		"diagnose":                      {"consent-blocked", []any{askGoal, 3, askDevices, 1}, "problem", 3, 2},
		"diagnose, then grant":          {"consent-blocked", []any{askGoal, 3, askDevices, 1, askNow, 1}, "Plan: 2 grants to create", 5, 3},
		"undo: there is nothing":        {"granted", []any{askGoal, 4}, "Nothing to undo: no active change of this tenant", 2, 0},
		"something else":                {"granted", []any{askGoal, 1, askDevices, 1, askNow, 2, askGoal, 1}, "In place: ", 3, 0},
	} {
		for _, plain := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, plain: %v", name, plain), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, simulator.Options{Scenario: test.scenario})
				var env []string
				if plain {
					env = []string{"ACCESSIBLE=1"}
				}
				s := b.onTerminal(env)
				s.chose(plain, test.answers...)
				if test.quit > 0 {
					s.chose(plain, askNow, test.quit)
				}
				if code := s.end(); code != test.code || !strings.Contains(s.text(), test.words) {
					t.Errorf("exit code %d, want %d and %q:\n%s", code, test.code, test.words, s.text())
				}
				if sent := testbed.Writes(b.Tenant); len(sent) > 0 || len(b.Records()) > 0 {
					t.Errorf("there is %v, %v", sent, b.Records())
				}
			})
		}
	}
}

// The changes of this tenant that can be undone are listed, and undone one by one.
func TestGuided_undo(t *testing.T) {
	t.Parallel()
	for _, plain := range []bool{false, true} {
		b := newBench(t, simulator.Options{Scenario: "fresh"})
		b.Must(0, "apply", "--devices", "ios", "--yes", "--reason", "CHG-1")
		b.Must(0, "apply", "--yes", "--reason", "CHG-2")
		var env []string
		if plain {
			env = []string{"ACCESSIBLE=1"}
		}
		s := b.onTerminal(env)
		s.chose(plain, askGoal, 4, askWhich, 2)
		s.asked("Carry out this rollback")
		if !strings.Contains(s.text(), " CHG-2") || !strings.Contains(s.text(), "- EAS.AccessAsUser.All") {
			t.Errorf("the screen lacks a reason or the plan:\n%s", s.text())
		}
		s.send(map[bool]string{false: "y", true: "yes\r"}[plain])
		if code := s.end(); code != 0 || !strings.Contains(s.text(), "✓ Verified") {
			t.Errorf("plain %v: exit code %d:\n%s", plain, code, s.text())
		}
	}
}

// ofOneself is an environment without a simulated tenant.
func (b *bench) ofOneself(more ...string) []string {
	return append([]string{"PATH=/usr/bin:/bin", "HOME=" + b.State, "APPLECONSENT_STATE_DIR=" + b.State, "TERM=xterm"}, more...)
}

var wholeGUID = regexp.MustCompile(`\([0-9a-f]{8}-[0-9a-f-]{27}\)\?`)

// A simulated tenant is found with the filter and stays, and commands that are shown lead there; on a small terminal, too.
func TestGuided_practise(t *testing.T) {
	t.Parallel()
	for _, size := range []pty.Winsize{{Rows: 20, Cols: 60}, {Rows: 24, Cols: 80}, {Rows: 40, Cols: 140}} {
		t.Run(fmt.Sprint(size.Cols), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "fresh"})
			s := startOnTerminal(t, size, b.ofOneself())
			s.chose(false, askGoal, 5)
			s.asked(askScenario)
			s.send("/renamed")
			s.seenFrom("> renamed")
			s.send(escape) // clears the filter
			s.seenFrom("> fresh")
			s.send("/renamed" + enter)
			s.chose(false, askPractice, 1, askDevices, 1, askNow, 1)
			s.asked("Apply this plan")
			if !wholeGUID.MatchString(s.text()) {
				t.Errorf("the question lacks the tenant's id:\n%s", s.text())
			}
			s.send("y")
			if code := s.end(); code != 0 || !strings.Contains(s.text(), "--simulate renamed") {
				t.Errorf("exit code %d:\n%s", code, s.text())
			}
		})
	}
}

// What the command line says is not asked.
func TestGuided_flags(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "granted"})
	for name, test := range map[string]struct {
		args    []string
		answers []any
		words   string
		code    int
	}{
		"a simulated tenant":       {[]string{"--simulate", "granted"}, []any{askGoal, 1, askDevices, 1, askNow, 3}, "In place: ", 0},
		"a simulated one, devices": {[]string{"--simulate", "granted", "--devices", "ios"}, []any{askGoal, 1, askNow, 3}, "In place: ", 0},
		"a tenant":                 {[]string{"--tenant", "contoso.example"}, []any{askGoal, 1, askWay, 2, askDevices, 0}, "", 3},
		"a sign-in method":         {[]string{"--auth", "device-code"}, []any{askGoal, 4, askTenant, 0}, "", 3},
		"none":                     {nil, []any{askGoal, 1, askWay, 1, askTenant, 0}, "", 3},
		"what is none":             {[]string{"--simulate", "nothing"}, nil, `unknown scenario "nothing"`, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startOnTerminal(t, usualSize, b.ofOneself(), test.args...)
			for i := 0; i < len(test.answers); i += 2 {
				if test.answers[i+1] == 0 {
					s.asked(test.answers[i].(string))
					s.send(ctrlD)
					continue
				}
				s.chose(false, test.answers[i:i+2]...)
			}
			if code := s.end(); code != test.code || !strings.Contains(s.text(), test.words) {
				t.Errorf("exit code %d, want %d and %q:\n%s", code, test.code, test.words, s.text())
			}
		})
	}
	for name, args := range map[string][]string{"before a command": {"--simulate", "granted", "status"}, "without a terminal": {"--simulate", "granted"}} {
		got := testbed.RunIn(t, b.ofOneself(), args...).Must(t, 1, args)
		if !strings.Contains(got.Stderr, "for example: appleconsent status --simulate granted") {
			t.Errorf("%s: %s", name, got.Stderr)
		}
	}
}

// The choices are those that are configured, in the order of --auth auto, and which one is chosen needs no colour.
func TestGuided_ways(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	env := b.ofOneself("AZURE_TENANT_ID=contoso.example", "NO_COLOR=1")
	app := append(slices.Clone(env), "AZURE_CLIENT_ID=11111111-2222-4333-8444-555555555555", "AZURE_CLIENT_SECRET=s3cret-value")
	for name, test := range map[string]struct {
		env  []string
		want string
	}{
		"nothing":             {env, "> Browser on this machine Device code a browser on another machine"},
		"an app registration": {app, "> App registration Browser Device code the secret or certificate in the AZURE_… variables"},
	} {
		s := startOnTerminal(t, pty.Winsize{Rows: 20, Cols: 60}, test.env)
		s.chose(false, askGoal, 1)
		s.asked(askWay)
		s.send(ctrlD)
		s.end()
		if text := s.text(); !strings.Contains(text, test.want) || strings.Contains(text, "s3cret-value") {
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
