package cli_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
)

// Saved plans of many tenants are carried out as they are; a line that was edited, or moved to another tenant, is refused alone.
func TestMany_savedPlans(t *testing.T) {
	t.Parallel()
	_, file := members(t, 12, "fresh=9,granted=1,no-exchange=1,65001=1")
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		plans := filepath.Join(b.State, "plans.jsonl")
		b.Must(1, "plan", "--tenants", file, "--out", plans)
		text, err := os.ReadFile(plans)
		if err != nil {
			b.T.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(text)), "\n")
		rows := make(map[string]int)
		for i, line := range lines[:12] {
			if strings.Contains(line, `"changesDue"`) {
				rows[line] = i
			}
		}
		var due []int
		for _, i := range rows {
			due = append(due, i)
		}
		slices.Sort(due)
		first, second := due[0], due[1]
		documents := regexp.MustCompile(`"document":.*$`)
		one, two := documents.FindString(lines[first]), documents.FindString(lines[second])
		lines[first] = documents.ReplaceAllLiteralString(lines[first], two)
		lines[second] = documents.ReplaceAllLiteralString(lines[second], one)
		lines[due[2]] = strings.ReplaceAll(lines[due[2]], `"User.Read"]`, `"User.Read","Mail.ReadWrite"]`)
		lines[due[3]] = strings.Replace(lines[due[3]], `"route":"admin-consent"`, `"route":"user-consent"`, 1)
		lines[due[4]] = strings.Replace(lines[due[4]], `"also":[]`, `"also":["graph:Mail.Read"]`, 1)
		if err := os.WriteFile(plans, []byte(strings.Join(lines, "\n")), 0o600); err != nil {
			b.T.Fatal(err)
		}
		a := b.Run("apply", plans, "--yes", "--at-most", "12", "-o", "json")
		results, summary := linesOf(b.T, a.Stdout)
		for n, i := range due {
			want := "done"
			if n < 5 {
				want = "refused"
			}
			if results[i].State != want {
				b.T.Errorf("due line %d: got %s, want %s: %s", n, results[i].State, want, results[i].Error)
			}
		}
		if summary.States["done"] != 4 || summary.States["refused"] != 5 || summary.States["nothingToDo"] != 1 || summary.States["notBegun"] != 1 || a.Code != 1 {
			b.T.Errorf("exit code %d, %+v", a.Code, summary)
		}
	})
}

// Nothing is asked of anybody, and nothing is written, where the command line is no good or more is due than may be.
func TestMany_refused(t *testing.T) {
	t.Parallel()
	_, file := members(t, 4, "fresh=1")
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		for line, says := range map[string]string{
			"apply --tenants FILE --yes":                                                       "--at-most",
			"apply --tenants FILE":                                                             "cannot ask for confirmation",
			"apply --tenants FILE --yes --at-most 0":                                           "--at-most must be 1 or more",
			"apply --tenants FILE --yes --at-most 9 --route user-consent":                      "--route user-consent is for one tenant",
			"apply --tenants FILE --yes --at-most 9 --enable-app":                              "--enable-app is for one tenant",
			"apply --tenants FILE --yes --at-most 9 --also consented":                          "--also consented is for one tenant",
			"status --tenants FILE --tenant contoso.com":                                       "a simulated one: use one of them",
			"status --tenants FILE --parallel 65":                                              "from 1 to 64",
			"status --tenants FILE -o powershell":                                              `unknown output format "powershell"`,
			"plan --tenants FILE -o terraform":                                                 "one tenant at a time",
			"status --tenants nowhere.csv":                                                     `read tenants "nowhere.csv"`,
			"status --parallel 3":                                                              "--parallel goes with --tenants",
			"status -o csv":                                                                    "it is for --tenants",
			"rollback --tenants FILE --yes --at-most 9":                                        "--tenants needs --run RUN",
			"rollback --run x --yes --at-most 9":                                               "is not the id of a run",
			"rollback --run 20261124T120000Z-aaaaaa --yes --at-most 9":                         "no such change",
			"rollback 20261124T120000Z-aaaaaa --run 20261124T120000Z-aaaaaa --yes --at-most 9": "goes with neither",
			"link --tenants FILE --check":                                                      "one tenant at a time",
		} {
			a := b.Run(strings.Fields(strings.ReplaceAll(line, "FILE", file))...)
			if a.Code != 1 || !strings.Contains(a.Stderr, says) || a.Stdout != "" {
				b.T.Errorf("%s: exit code %d, %s%s", line, a.Code, a.Stdout, a.Stderr)
			}
		}
		if len(b.Fleet.Servers()) > 0 {
			b.T.Errorf("%d tenants were asked for something", len(b.Fleet.Servers()))
		}
		a := b.Run("apply", "--tenants", file, "--yes", "--at-most", "3", "-o", "json")
		results, summary := linesOf(b.T, a.Stdout)
		if a.Code != 1 || len(results) != 4 || summary.States["notBegun"] != 4 || !strings.Contains(a.Stderr, `"code":"tooMany"`) || len(testbed.Records(b.T, b.State)) > 0 {
			b.T.Errorf("too many: exit code %d, %+v\n%s", a.Code, summary, a.Stderr)
		}
		for id, server := range b.Fleet.Servers() {
			if writes := testbed.Writes(server); len(writes) > 0 {
				b.T.Errorf("%s: %d writes", id, len(writes))
			}
		}
	})
}

// A tenant that a run did not change is asked for nothing when the run is rolled back, or for no more than who it is; that is said of it.
func TestMany_rollbackOthers(t *testing.T) {
	t.Parallel()
	all, file := members(t, 4, "fresh=1")
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		_, one := oneTenant(t, all[0].ID())
		_, summary := linesOf(b.T, b.Must(0, "apply", "--tenants", one, "--yes", "--at-most", "1", "-o", "json").Stdout)
		text := strings.Join([]string{all[1].ID(), all[2].Domain(), all[0].Domain(), all[0].ID()}, "\n")
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			b.T.Fatal(err)
		}
		a := b.Must(0, "rollback", "--run", *summary.Run, "--tenants", file, "--yes", "--at-most", "1", "-o", "json")
		results, undone := linesOf(b.T, a.Stdout)
		for i, want := range []string{"nothingToDo", "nothingToDo", "done", "duplicate"} {
			if said := string(results[i].Error); results[i].State != want || want == "nothingToDo" && !strings.Contains(said, `"code":"notInRun"`) {
				b.T.Errorf("line %d: got %s, %s", i+1, results[i].State, said)
			}
		}
		if undone.ExitCode != 0 || b.Fleet.Servers()[all[1].ID()] != nil {
			b.T.Errorf("got %+v", undone)
		}
		for _, r := range b.Fleet.Server(all[2].ID()).Requests() {
			if strings.HasPrefix(r.Path, "/v1.0/") {
				b.T.Errorf("the tenant of line 2 was asked for %s", r.Path)
			}
		}
	})
}

// What a rollback of a run could not undo is listed with the devices that the run was for: taken up again, it grants no more.
func TestMany_rollbackDevices(t *testing.T) {
	t.Parallel()
	all, file := members(t, 2, "fresh=1")
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		_, summary := linesOf(b.T, b.Must(0, "apply", "--tenants", file, "--devices", "ios", "--yes", "--at-most", "2", "-o", "json").Stdout)
		setRules(b, all, simulator.Rule{
			Method: "DELETE", Times: -1, Trouble: simulator.TroubleStatus, Status: 403, Code: "Authorization_RequestDenied",
		})
		unwell := filepath.Join(b.State, "unwell.csv")
		b.Must(1, "rollback", "--run", *summary.Run, "--yes", "--at-most", "2", "--failed", unwell)
		text, err := os.ReadFile(unwell)
		if err != nil || strings.Count(string(text), ",ios\n") != len(all) {
			b.T.Errorf("%v; the file has:\n%s", err, text)
		}
	})
}

// How to apply saved plans is said if there is something to apply.
func TestMany_savedPlansOnward(t *testing.T) {
	t.Parallel()
	for mix, due := range map[string]bool{"granted=1": false, "granted=2,fresh=1": true} {
		_, file := members(t, 6, mix)
		testbed.InFleetBubble(t, func(b *testbed.Bubble) {
			a := b.Must(0, "plan", "--tenants", file, "--out", filepath.Join(b.State, "plans.jsonl"))
			if onward := strings.Contains(a.Stderr, "To apply it"); onward != due || !strings.Contains(a.Stderr, "Saved ") {
				b.T.Errorf("%s: got %s", mix, a.Stderr)
			}
		})
	}
}
