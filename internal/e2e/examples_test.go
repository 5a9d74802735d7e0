package e2e_test

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
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

// step is a shell step of a workflow: the nth block behind such a key, run as a runner does.
func step(key string, nth int) func(*testing.T, string) []string {
	return func(t *testing.T, file string) []string {
		t.Helper()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		blocks := blocksBehind(string(text), key)
		if len(blocks) <= nth {
			t.Fatalf("%s has %d steps", file, len(blocks))
		}
		return []string{"bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", blocks[nth]}
	}
}

// blocksBehind are the literal blocks of a YAML file behind a key: the lines that are indented more than its own.
func blocksBehind(text, key string) (blocks []string) {
	indent := -1 // of the key whose block is read
	for line := range strings.Lines(text) {
		at := len(line) - len(strings.TrimLeft(line, " "))
		switch {
		case indent >= 0 && at > indent:
			blocks[len(blocks)-1] += line[min(at, indent+2):]
			continue
		case strings.TrimSpace(line) == key:
			indent, blocks = at, append(blocks, "")
			continue
		}
		indent = -1
	}
	return blocks
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
				e.plans(a, file, want.code)
			})
		}
	}
}

// evening is a folder with the tenants to look at, and the program as schedulers run it.
type evening struct {
	t      *testing.T
	folder string
	env    []string
}

func newEvening(t *testing.T, mix string) *evening {
	t.Helper()
	e := &evening{t, t.TempDir(), nil}
	program := testbed.Program(t, "appleconsent")
	e.env = append(os.Environ(), "PATH="+filepath.Dir(program)+string(filepath.ListSeparator)+os.Getenv("PATH"), "APPLECONSENT_SIMULATE=fleet",
		"APPLECONSENT_STATE_DIR="+filepath.Join(e.folder, "state"), "GITHUB_OUTPUT="+filepath.Join(e.folder, "output"),
		"GITHUB_STEP_SUMMARY="+filepath.Join(e.folder, "summary.md"))
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

// run runs a command in the folder and returns what it ends with and says.
func (e *evening) run(command []string) (code int, said string) {
	e.t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		e.t.Skipf("there is no %s here", command[0])
	}
	c := exec.CommandContext(e.t.Context(), command[0], command[1:]...)
	c.Dir, c.Env = e.folder, e.env
	out, err := c.CombinedOutput()
	if exit, ok := errors.AsType[*exec.ExitError](err); ok {
		return exit.ExitCode(), string(out)
	}
	if err != nil {
		e.t.Fatal(err)
	}
	return 0, string(out)
}

// read returns a file of the folder, or what was said where there is none.
func (e *evening) read(name, said string) string {
	text, err := os.ReadFile(filepath.Join(e.folder, name))
	if name == "" || err != nil {
		return said
	}
	return string(text)
}

// plans wants what is due to have been planned, in a form that can be applied, and only where there was drift.
func (e *evening) plans(a alarm, file string, code int) {
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
