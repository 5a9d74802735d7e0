package e2e_test

import (
	"cmp"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
)

// alarm is one of the examples: what is run each night, and what it does if that ends with the exit code of drift.
type alarm struct {
	file    string
	nightly func(t *testing.T, file string) []string // the command
	after   func(t *testing.T, file string) []string // another step; nil: the command does it itself
	summary string                                   // the file, or the part of what is printed, where people read the report
}

var alarms = map[string]alarm{
	"GitHub Actions":  {"drift-alarm.github.yml", step("run: |", 0), step("run: |", 1), "summary.md"},
	"Azure Pipelines": {"drift-alarm.azure-pipelines.yml", step("inlineScript: |", 0), step("inlineScript: |", 1), "drift.md"},
	"cron":            {"drift-alarm.sh", script("sh"), nil, ""},
	"Windows":         {"drift-alarm.ps1", script("pwsh", "-NoProfile", "-File"), nil, "drift.md"},
}

// script is a script as it is registered, for the folder in which it is run.
func script(shell ...string) func(*testing.T, string) []string {
	return func(t *testing.T, file string) []string {
		t.Helper()
		return append(shell, file, ".")
	}
}

// The steps of the examples, as they stand there, over fleets that are well, that have drifted, that cannot all be reached, and over none:
// the exit code tells drift from what could not be looked at, the report is where people read it, and of drift there is a plan.
func TestExamples_driftAlarm(t *testing.T) {
	t.Parallel()
	const unseen = "not all tenants could be looked at (exit code 1)"
	nights := map[string]struct {
		mix                string // empty: there is no file of tenants
		code               int
		says, shown, never string
	}{
		"healthy":        {"granted=1", 0, "", "4 in place.", "not in place"},
		"drifted":        {"granted=3,fresh=1", 2, "in place in some tenants", "missing: User.Read", "AADSTS"},
		"failing":        {"granted=3,65001=1", 1, unseen, "AADSTS65001", "missing: "},
		"both":           {"granted=2,partial=1,65001=1", 1, unseen, "missing: ", "in place in some tenants"},
		"without a file": {"", 1, unseen, "", "in place in some tenants"},
	}
	for system, a := range alarms {
		for night, want := range nights {
			t.Run(system+", "+night, func(t *testing.T) {
				t.Parallel()
				e := newEvening(t, want.mix)
				file, err := filepath.Abs(filepath.Join("..", "..", "examples", a.file))
				if err != nil {
					t.Fatal(err)
				}
				for range 2 { // a second night finds what the first has left
					code, said := e.run(a.nightly(t, file))
					if said = strings.ReplaceAll(said, "Not all", "not all"); code != want.code || !strings.Contains(said, want.says) {
						t.Fatalf("exit code %d, want %d and %q\n%s", code, want.code, want.says, said)
					}
					quiet := want.code == 0 && a.summary == "" // cron sends what is said
					report := e.read(a.summary, said)
					if quiet && said != "" || !quiet && !strings.Contains(report, want.shown) || strings.Contains(report, want.never) {
						t.Errorf("said:\n%s\nreport:\n%s", said, report)
					}
				}
				wantPlans(e, a, file, want.code)
			})
		}
	}
}

// newEvening is a folder with the tenants to look at, and the program as schedulers run it.
func newEvening(t *testing.T, mix string) *runner {
	t.Helper()
	e := newRunner(t, "APPLECONSENT_SIMULATE=fleet")
	if mix == "" {
		return e
	}
	shares, err := simulator.ParseMix(mix)
	if err != nil {
		t.Fatal(err)
	}
	members, err := simulator.Members(4, shares)
	text := ""
	for _, m := range members {
		text += m.ID() + "," + m.Name() + "\n"
	}
	if err = cmp.Or(err, os.WriteFile(filepath.Join(e.folder, "customers.csv"), []byte(text), 0o600)); err != nil {
		t.Fatal(err)
	}
	return e
}

// wantPlans wants what is due to have been planned, in a form that can be applied, and only where there was drift.
func wantPlans(e *runner, a alarm, file string, code int) {
	e.t.Helper()
	if a.after != nil && code == 2 {
		if ended, said := e.run(a.after(e.t, file)); ended != 0 {
			e.t.Errorf("the plan: exit code %d\n%s", ended, said)
		}
	}
	plans := filepath.Join(e.folder, "plans.jsonl")
	if _, err := os.Stat(plans); (err == nil) != (code == 2) {
		e.t.Fatalf("exit code %d, and the plans: %v", code, err)
	}
	if code != 2 {
		return
	}
	if ended, said := e.run([]string{"appleconsent", "apply", plans, "--dry-run", "--detailed-exitcode"}); ended != 2 {
		e.t.Errorf("the plans cannot be applied: exit code %d\n%s", ended, said)
	}
}
