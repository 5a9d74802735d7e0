//go:build unix

package e2e_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"appleconsent/graph/simulator"

	"github.com/google/go-cmp/cmp"
)

// What is confirmed was seen, however quiet it shall be: the plan and every warning stand before the question.
func TestQuiet_confirmed(t *testing.T) {
	t.Parallel()
	for name, env := range map[string][]string{"drawn": nil, "plain lines": {"ACCESSIBLE=1"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "disabled"})
			yes := map[bool]string{true: "y", false: "yes\r"}[env == nil]
			for command, words := range map[string][]string{
				"apply":    {"warning: Sign-in to Apple Internet Accounts is disabled", "Plan: 2 grants to create, 3 scopes to grant"},
				"rollback": {"Delete grant on Microsoft Graph", "Plan: 2 grants to delete, 3 scopes to revoke"},
			} {
				if command == "rollback" {
					b.Must(0, "apply", "--yes")
				}
				s := b.onTerminal(env, command, "-q")
				s.asked(askYes)
				before, _, _ := strings.Cut(s.text(), askYes)
				for _, word := range words {
					if !strings.Contains(before, word) {
						t.Errorf("%s: before the question there is no %q:\n%s", command, word, before)
					}
				}
				s.send(yes)
				if code := s.end(); code != 0 || strings.Contains(s.text(), "✓ Verified") {
					t.Errorf("%s: exit code %d, and there must be no progress:\n%s", command, code, s.text())
				}
				if command == "apply" {
					b.Must(0, "rollback", "--yes")
				}
			}
		})
	}
}

// Where nobody is asked, warnings stay on stderr and nothing else does.
func TestQuiet_yes(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "disabled"})
	got := b.Must(0, "apply", "--yes", "-q", "--devices", "ios")
	if want := regexp.MustCompile(`^(warning: .*\n)*warning: Sign-in to Apple Internet Accounts is disabled.*\n(warning: .*\n)*$`); !want.MatchString(got.Stderr) {
		t.Errorf("stderr:\n%s", got.Stderr)
	}
	b.Must(0, "rollback", "--yes", "-q")
	got = b.Must(0, "apply", "--yes", "-q", "-o", "json")
	for line := range strings.Lines(got.Stderr) {
		var document struct{ Kind, Message string }
		if err := json.Unmarshal([]byte(line), &document); err != nil || document.Kind != "warning" || document.Message == "" {
			t.Errorf("%v in %q", err, line)
		}
	}
	b.Must(0, "rollback", "--yes", "-q")
	got = b.Must(0, "apply", "--yes", "-q") // what is true in every tenant takes one line, as it does when it is not quiet
	if want := "warning: Macs: EWS ends on 1 April 2027; see appleconsent doctor\n"; !strings.Contains(got.Stderr, want) || strings.Contains(got.Stderr, "EwsAllowedAppIDs") {
		t.Errorf("stderr lacks %q, or says more of it:\n%s", want, got.Stderr)
	}
	if !strings.Contains(got.Stderr, "is disabled") {
		t.Errorf("stderr:\n%s", got.Stderr)
	}
}

// status --quiet says it by its exit code alone; what is asked for by name comes all the same.
func TestQuiet_status(t *testing.T) {
	t.Parallel()
	for scenario, code := range map[string]int{"granted": 0, "partial": 2, "disabled-by-owner": 2} {
		b := newBench(t, simulator.Options{Scenario: scenario})
		if got := b.Must(code, "status", "--quiet"); got.Stdout != "" || got.Stderr != "" {
			t.Errorf("%s: %q, %q", scenario, got.Stdout, got.Stderr)
		}
		if got := b.Must(code, "status", "--quiet", "-o", "json"); !strings.Contains(got.Stdout, `"kind": "status"`) {
			t.Errorf("%s: %q", scenario, got.Stdout)
		}
		file := filepath.Join(t.TempDir(), "status.md")
		got := b.Must(code, "status", "--quiet", "--out", file)
		if content, err := os.ReadFile(file); err != nil || len(content) == 0 || got.Stdout != "" {
			t.Errorf("%s: %v, %q, stdout %q", scenario, err, content, got.Stdout)
		}
	}
}

// In a pipe there is a line for each action and one for the verification, without control characters.
func TestProgress_pipe(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "lagging"})
	got := b.Must(0, "apply", "--yes")
	var ticks []string
	for line := range strings.Lines(got.Stderr) {
		if strings.HasPrefix(line, "✓ ") && !strings.Contains(line, ":") {
			ticks = append(ticks, line)
		}
	}
	want := []string{
		"✓ Created service principal of Apple Internet Accounts\n", "✓ Created grant on Microsoft Graph\n",
		"✓ Created grant on Office 365 Exchange Online\n", "✓ Verified\n",
	}
	if diff := cmp.Diff(want, ticks); diff != "" {
		t.Errorf("progress (-want +got):\n%s", diff)
	}
	if strings.ContainsAny(got.Stderr, "\x1b\r") {
		t.Errorf("control characters: %q", got.Stderr)
	}
}

// On a terminal each action has one line, which becomes its tick: what is waited for is told in it.
func TestProgress_terminal(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "lagging"})
	s := b.onTerminal(nil, "apply", "--yes")
	if code := s.end(); code != 0 {
		t.Fatalf("exit code %d:\n%s", code, s.text())
	}
	text := s.seen.String()
	const waits = "Create grant on Microsoft Graph … (waiting 1s for the new"
	if !strings.Contains(text, waits) || strings.Contains(text, "\n  waiting") || strings.Contains(text, "\n\x1b[2m  waiting") {
		t.Errorf("the screen is %q", text)
	}
	if n := strings.Count(text, "✓ "); n != 4 {
		t.Errorf("there are %d ticks, want 4: %q", n, text)
	}
}
