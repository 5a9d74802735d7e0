package cli_test

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// manyLine is a line of results, as far as these tests look.
type manyLine struct {
	Kind string `json:"kind"`
	Row  struct {
		Line   int    `json:"line"`
		Tenant string `json:"tenant"`
	} `json:"row"`
	State    string          `json:"state"`
	ExitCode int             `json:"exitCode"`
	Document json.RawMessage `json:"document"`
	Error    json.RawMessage `json:"error"`
	Run      *string         `json:"run"`
	States   map[string]int  `json:"states"`
}

// linesOf reads JSON Lines: the results by line, and the summary.
func linesOf(t *testing.T, text string) (results []manyLine, summary manyLine) {
	t.Helper()
	for line := range strings.Lines(text) {
		if err := testbed.FollowsSchema("result", line); err != nil {
			t.Errorf("%s: %v", line, err)
		}
		var read manyLine
		if err := json.Unmarshal([]byte(line), &read); err != nil {
			t.Fatalf("%s: %v", line, err)
		}
		if read.Kind == "summary" {
			summary = read
			continue
		}
		results = append(results, read)
	}
	return results, summary
}

// members are tenants of a fleet in these proportions, and the tenants file with them.
func members(t *testing.T, size int, mix string) ([]simulator.Member, string) {
	t.Helper()
	shares, err := simulator.ParseMix(mix)
	if err != nil {
		t.Fatal(err)
	}
	all, err := simulator.Members(size, shares)
	if err != nil {
		t.Fatal(err)
	}
	var text strings.Builder
	for _, m := range all {
		fmt.Fprintf(&text, "%s,%s\n", m.ID(), m.Name())
	}
	file := filepath.Join(t.TempDir(), "tenants.csv")
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return all, file
}

// troubled has all that can be the matter with a few of many; of a thousand, thirty have what somebody must do something about.
const (
	troubled = "fresh=30,partial=10,granted=9,no-exchange=1,lagging=1,throttled=1,disabled=1,65001=1,7000229=1,53003=1"
	thousand = 1000
	thirty   = "fresh=60,partial=40,granted=60,extra=16,lagging=6,throttled=6,disabled=6,no-exchange=3,65001=1,7000229=1,53003=1"
)

// manyMembers are a few tenants, or a thousand where there is the time.
func manyMembers(t *testing.T, few int) ([]simulator.Member, string) {
	t.Helper()
	if testbed.Full() {
		return members(t, thousand, thirty)
	}
	return members(t, few, troubled)
}

// changing is what differs between two documents of the same tenant: times, and ids that are made by chance.
var changing = regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{6}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// The whole story over a fleet with trouble in some: each row has one result, a tenant's requests carry its own id, a healthy one ends
// as it does alone, a second run converges, and the rollback of the run leaves every directory as it was.
func TestMany(t *testing.T) {
	t.Parallel()
	all, file := manyMembers(t, 110)
	size := len(all)
	before := make(map[string]string)
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		for _, m := range all {
			before[m.ID()] = testbed.Stands(b.Fleet.Server(m.ID()))
		}
		a := b.Run("apply", "--tenants", file, "--yes", "--at-most", fmt.Sprint(size), "-o", "json", "--failed", filepath.Join(b.State, "failed.csv"))
		results, summary := linesOf(b.T, a.Stdout)
		if a.Code != 1 || len(results) != size || summary.Run == nil || summary.ExitCode != 1 {
			b.T.Fatalf("exit code %d, %d results of %d, summary %+v\n%s", a.Code, len(results), size, summary, a.Stderr)
		}
		for i, m := range all {
			checkMember(b, m, results[i], i)
		}
		if bad := summary.States["failed"] + summary.States["blocked"]; size == thousand && bad != 30 {
			b.T.Errorf("%d of a thousand did not end well: %+v", bad, summary)
		}
		failed, err := os.ReadFile(filepath.Join(b.State, "failed.csv"))
		if unwell := summary.States["failed"] + summary.States["blocked"]; err != nil || strings.Count(string(failed), "\n") != unwell+2 {
			b.T.Errorf("%d did not end well, and the file has:\n%s", unwell, failed)
		}
		again, second := linesOf(b.T, b.Run("apply", "--tenants", file, "--yes", "--at-most", "1", "-o", "json").Stdout)
		if second.States["done"] != 0 || second.Run != nil || len(again) != size || second.States["nothingToDo"] != size-len(strings.Split(string(failed), "\n"))+3 {
			b.T.Errorf("the second run: %+v", second)
		}
		back := b.Run("rollback", "--run", *summary.Run, "--yes", "--at-most", fmt.Sprint(size), "-o", "json")
		if _, undone := linesOf(b.T, back.Stdout); back.Code != 0 || undone.States["done"] != summary.States["done"] {
			b.T.Errorf("the rollback: exit code %d, %+v\n%s", back.Code, undone, back.Stderr)
		}
		for _, m := range all {
			if now := testbed.Stands(b.Fleet.Server(m.ID())); now != before[m.ID()] {
				b.T.Errorf("%s is not as it was:\n%s\nwas:\n%s", m.ID(), now, before[m.ID()])
			}
		}
	})
}

// checkMember holds what became of a member against what it is.
func checkMember(b *testbed.Bubble, m simulator.Member, got manyLine, row int) {
	b.T.Helper()
	want := map[string]string{"fresh": "done", "partial": "done", "lagging": "done", "throttled": "done", "granted": "nothingToDo", "extra": "done", "disabled": "done", "no-exchange": "blocked"}[m.Scenario]
	if m.Refusal != 0 {
		want = "failed"
	}
	if m.Scenario == "disabled" && got.State == "nothingToDo" {
		want = got.State
	}
	if got.Row.Line != row+1 || got.Row.Tenant != m.ID() || got.State != want {
		b.T.Errorf("row %d (%s, %d): got %+v, want %s", row, m.Scenario, m.Refusal, got, want)
	}
	if m.Refusal != 0 && !strings.Contains(string(got.Error), fmt.Sprint("AADSTS", m.Refusal)) {
		b.T.Errorf("row %d: %s does not tell AADSTS%d", row, got.Error, m.Refusal)
	}
	for _, r := range b.Fleet.Server(m.ID()).Requests() {
		if signIn := !strings.HasPrefix(r.Path, "/v1.0/"); signIn && !strings.HasPrefix(r.Path, "/"+m.ID()+"/") {
			b.T.Errorf("row %d: a sign-in at %s", row, r.Path)
		}
	}
	other := regexp.MustCompile(`f1ee7000-[0-9a-f-]{27}`)
	for _, id := range other.FindAllString(string(got.Document)+string(got.Error), -1) {
		if id != m.ID() {
			b.T.Errorf("row %d: what is told of %s names %s", row, m.ID(), id)
		}
	}
}

// Of the tenants that are well, each comes to what it comes to alone, byte for byte but for times and the ids of changes.
func TestMany_asAlone(t *testing.T) {
	t.Parallel()
	all, file := manyMembers(t, 22)
	together := make(map[string]string)
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		results, _ := linesOf(b.T, b.Run("apply", "--tenants", file, "--yes", "--at-most", fmt.Sprint(len(all)), "-o", "json").Stdout)
		for _, r := range results {
			together[r.Row.Tenant] = r.whole()
		}
	})
	for _, m := range all {
		_, one := oneTenant(t, m.ID())
		testbed.InFleetBubble(t, func(b *testbed.Bubble) {
			results, _ := linesOf(b.T, b.Run("apply", "--tenants", one, "--yes", "--at-most", "1", "-o", "json").Stdout)
			if alone := results[0].whole(); alone != together[m.ID()] {
				b.T.Errorf("%s alone:\n%s\ntogether:\n%s", m.ID(), alone, together[m.ID()])
			}
		})
	}
}

// whole is all that became of a tenant but for what changes from run to run.
func (l manyLine) whole() string {
	return changing.ReplaceAllString(fmt.Sprint(l.State, " ", l.ExitCode, " ", string(l.Document), string(l.Error)), "…")
}

func oneTenant(t *testing.T, id string) (string, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "one.csv")
	if err := os.WriteFile(file, []byte(id+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return id, file
}

// What a tenant costs in requests, with one token each however many steps there are: beside what the same change costs alone, a run
// reads again before it writes, and nothing else.
func TestMany_budget(t *testing.T) {
	t.Parallel()
	const run = "RUN"
	yes := []string{"--yes", "--at-most", "99"}
	for name, test := range map[string]struct {
		scenario string
		args     []string
		want     int
	}{
		"status":             {"granted", []string{"status"}, 4},
		"nothing to apply":   {"granted", append([]string{"apply"}, yes...), 4},
		"a fresh apply":      {"fresh", append([]string{"apply"}, yes...), 8 + 1},
		"a partial apply":    {"partial", append([]string{"apply"}, yes...), 8 + 2},
		"a partial rollback": {"partial", append([]string{"rollback", "--run", run}, yes...), 9 + 2},
		"a fresh rollback":   {"fresh", append([]string{"rollback", "--run", run}, yes...), 17 + 5},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			all, file := members(t, 5, test.scenario+"=1")
			testbed.InFleetBubble(t, func(b *testbed.Bubble) {
				args, before := slices.Clone(test.args), make(map[string]int)
				if i := slices.Index(args, run); i > 0 {
					_, applied := linesOf(b.T, b.Must(0, append([]string{"apply", "-o", "json", "--tenants", file}, yes...)...).Stdout)
					args[i] = *applied.Run
					for _, m := range all {
						before[m.ID()] = len(b.Fleet.Server(m.ID()).Requests())
					}
				}
				b.Must(0, append(args, "--tenants", file)...)
				for _, m := range all {
					requests, tokens := b.Fleet.Server(m.ID()).Requests()[before[m.ID()]:], 0
					for _, r := range requests {
						if r.GrantType != "" {
							tokens++
						}
					}
					if len(requests) != test.want || tokens != 1 {
						b.T.Errorf("%s: %d requests, want %d, and %d tokens, want 1", m.ID(), len(requests), test.want, tokens)
					}
				}
				if test.args[0] == "status" && testbed.Records(b.T, b.State) != nil {
					b.T.Error("a status left records")
				}
			})
		})
	}
}

// Records of many tenants name their run, which is one id, and lie each in the folder of their tenant.
func TestMany_records(t *testing.T) {
	t.Parallel()
	_, file := members(t, 5, "fresh=1")
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		_, summary := linesOf(b.T, b.Must(0, "apply", "--tenants", file, "--yes", "--at-most", "5", "-o", "json").Stdout)
		for _, name := range testbed.Records(b.T, b.State) {
			data, err := os.ReadFile(name)
			if err != nil {
				b.T.Fatal(err)
			}
			c, err := plan.DecodeChange(data)
			if err != nil || c.Run == nil || *c.Run != *summary.Run || filepath.Base(filepath.Dir(name)) != c.Tenant.ID {
				b.T.Errorf("%s: got %+v, %v", name, c, err)
			}
		}
		if a := b.Run("__complete", "rollback", "--run", ""); a.Stdout != *summary.Run+"\t5 tenants\n:none\n" {
			b.T.Errorf("--run is completed by %q", a.Stdout)
		}
	})
}
