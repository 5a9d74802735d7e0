package cli_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/internal/cli"
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

// troubled has all that can be the matter with a few of many.
const troubled = "fresh=30,partial=10,granted=9,no-exchange=1,lagging=1,throttled=1,disabled=1,65001=1,7000229=1,53003=1"

// changing is what differs between two documents of the same tenant: times, and ids that are made by chance.
var changing = regexp.MustCompile(`\d{8}T\d{6}Z-[0-9a-f]{6}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// The whole story over a fleet with trouble in some: each row has one result, a tenant's requests carry its own id, a healthy one ends
// as it does alone, a second run converges, and the rollback of the run leaves every directory as it was.
func TestMany(t *testing.T) {
	t.Parallel()
	size := 110
	if testbed.Full() {
		size = 1000
	}
	all, file := members(t, size, troubled)
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
		failed, err := os.ReadFile(filepath.Join(b.State, "failed.csv"))
		if unwell := summary.States["failed"] + summary.States["blocked"]; err != nil || strings.Count(string(failed), "\n") != unwell+1 {
			b.T.Errorf("%d did not end well, and the file has:\n%s", unwell, failed)
		}
		again, second := linesOf(b.T, b.Run("apply", "--tenants", file, "--yes", "--at-most", "1", "-o", "json").Stdout)
		if second.States["done"] != 0 || second.Run != nil || len(again) != size || second.States["nothingToDo"] != size-len(strings.Split(string(failed), "\n"))+2 {
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
	want := map[string]string{"fresh": "done", "partial": "done", "lagging": "done", "throttled": "done", "granted": "nothingToDo", "disabled": "done", "no-exchange": "blocked"}[m.Scenario]
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
	all, file := members(t, 22, troubled)
	together := make(map[string]string)
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		results, _ := linesOf(b.T, b.Run("apply", "--tenants", file, "--yes", "--at-most", "99", "-o", "json").Stdout)
		for _, r := range results {
			together[r.Row.Tenant] = changing.ReplaceAllString(string(r.Document)+string(r.Error), "…")
		}
	})
	for _, m := range all {
		_, one := oneTenant(t, m.ID())
		testbed.InFleetBubble(t, func(b *testbed.Bubble) {
			results, _ := linesOf(b.T, b.Run("apply", "--tenants", one, "--yes", "--at-most", "1", "-o", "json").Stdout)
			alone := changing.ReplaceAllString(string(results[0].Document)+string(results[0].Error), "…")
			if alone != together[m.ID()] {
				b.T.Errorf("%s alone:\n%s\ntogether:\n%s", m.ID(), alone, together[m.ID()])
			}
		})
	}
}

func oneTenant(t *testing.T, id string) (string, string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "one.csv")
	if err := os.WriteFile(file, []byte(id+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return id, file
}

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
			"status --tenants FILE --tenant contoso.com":                                       "takes the place of --tenant",
			"status --tenants FILE --parallel 65":                                              "from 1 to 64",
			"status --tenants FILE -o powershell":                                              `unknown output format "powershell"`,
			"plan --tenants FILE -o terraform":                                                 "one tenant at a time",
			"status --tenants nowhere.csv":                                                     `read tenants "nowhere.csv"`,
			"status --parallel 3":                                                              "--parallel goes with --tenants",
			"status -o csv":                                                                    "it is for --tenants",
			"rollback --tenants FILE --yes --at-most 9":                                        "--tenants needs --run RUN",
			"rollback --run x --yes --at-most 9":                                               "is not the id of a run",
			"rollback --run 20261124T120000Z-aaaaaa --yes --at-most 9":                         "no such change",
			"rollback 20261124T120000Z-aaaaaa --run 20261124T120000Z-aaaaaa --yes --at-most 9": "do not go together",
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

// A status of a tenant that has all costs four requests at most: the token and three.
func TestMany_budget(t *testing.T) {
	t.Parallel()
	all, file := members(t, 20, "granted=1")
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		b.Must(0, "status", "--tenants", file)
		for _, m := range all {
			if requests := b.Fleet.Server(m.ID()).Requests(); len(requests) > 4 {
				b.T.Errorf("%s: %d requests", m.ID(), len(requests))
			}
		}
		if testbed.Records(b.T, b.State) != nil {
			b.T.Error("a status left records")
		}
	})
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

// At a terminal the yes is the number of tenants that are due; anything else, and the end of input, is a no.
func TestMany_number(t *testing.T) {
	t.Parallel()
	_, file := members(t, 4, "fresh=3,granted=1")
	for typed, code := range map[string]int{"3\n": 0, " 3 \n": 0, "4\n": 3, "yes\n": 3, "\n": 3, "3": 3, "": 3} {
		testbed.InFleetBubble(t, func(b *testbed.Bubble) {
			var stdout, stderr strings.Builder
			variables := map[string]string{"APPLECONSENT_SIMULATE": b.URL, "APPLECONSENT_STATE_DIR": b.State, "ACCESSIBLE": "1"}
			got := cli.Main(b.T.Context(), []string{"appleconsent", "apply", "--tenants", file, "--quiet"}, cli.Environment{
				In: strings.NewReader(typed), Out: &stdout, Err: &stderr, Dial: b.Dial, Terminals: cli.Terminals{In: true, Err: true, Columns: 100},
				Getenv: func(name string) string { return variables[name] },
			})
			asked := strings.Contains(stderr.String(), "Type 3 to change 3 tenants:") && strings.Contains(stderr.String(), "+ service principal")
			if got != code || !asked || (len(testbed.Records(b.T, b.State)) > 0) != (code == 0) {
				b.T.Errorf("%q: exit code %d, want %d\n%s%s", typed, got, code, stdout.String(), stderr.String())
			}
		})
	}
}

// Interrupted at any request, a run ends with 130 and one result for each row, and run again it converges.
func TestMany_interrupted(t *testing.T) {
	t.Parallel()
	_, file := members(t, 9, "fresh=2,granted=1")
	for _, at := range []int{1, 5, 20, 37, 45, 60, 80} {
		testbed.InFleetBubble(t, func(b *testbed.Bubble) {
			ctx, cancel := context.WithCancel(b.T.Context())
			var n atomic.Int32
			b.Front = func(http.ResponseWriter, *http.Request) bool {
				if int(n.Add(1)) == at {
					cancel()
				}
				return false
			}
			a := b.RunIn(ctx, b.State, "apply", "--tenants", file, "--yes", "--at-most", "9", "--parallel", "3", "-o", "json")
			if int(n.Load()) < at {
				b.T.Fatalf("there were %d requests", n.Load())
			}
			results, summary := linesOf(b.T, a.Stdout)
			if len(results) != 9 || a.Code != summary.ExitCode || a.Code != 130 && summary.States["done"]+summary.States["nothingToDo"] < 9 {
				b.T.Errorf("at %d: exit code %d, %+v\n%s", at, a.Code, summary, a.Stderr)
			}
			b.Must(0, "apply", "--tenants", file, "--yes", "--at-most", "9")
			b.Must(0, "status", "--tenants", file)
		})
	}
}

// What goes wrong in one tenant is that tenant's: lost answers, throttling of every kind and lag are lived through there as they are
// alone, and another admin who is there between the look and the write has that tenant refused.
func TestMany_faults(t *testing.T) {
	t.Parallel()
	all, file := members(t, 12, "fresh=1")
	const grants = "/v1.0/oauth2PermissionGrants"
	post := func(r simulator.Rule) simulator.Rule {
		r.Method, r.Path = "POST", grants
		return r
	}
	rules := map[int]simulator.Rule{
		1: post(simulator.Rule{Trouble: simulator.TroubleClose, CarriedOut: true}),
		2: post(simulator.Rule{Trouble: simulator.TroubleClose}),
		3: {Trouble: simulator.TroubleStatus, Status: 429, Code: "TooManyRequests", RetryAfter: 20, Path: grants},
		4: {Trouble: simulator.TroubleStatus, Status: 429, Code: "TooManyRequests", RetryAfter: 20, Path: grants, ThrottleScope: "Application/Read/x"},
		5: post(simulator.Rule{Trouble: simulator.TroubleLag, Delay: "40s"}),
		6: post(simulator.Rule{Trouble: simulator.TroubleStatus, Status: 503}),
		7: {
			Trouble: simulator.TroubleEdit, Method: "GET", Path: "/v1.0/servicePrincipals", Match: 2, // when it is read again
			Edit: &directory.Edit{Do: "createServicePrincipal"},
		},
	}
	testbed.InFleetBubble(t, func(b *testbed.Bubble) {
		for i, rule := range rules {
			rule.Tenant = all[i].ID()
			if err := b.Fleet.Server(all[i].ID()).SetRules(rule); err != nil {
				b.T.Fatal(err)
			}
		}
		a := b.Run("apply", "--tenants", file, "--yes", "--at-most", "12", "-o", "json")
		results, summary := linesOf(b.T, a.Stdout)
		for i, r := range results {
			if want := map[bool]string{false: "done", true: "refused"}[i == 7]; r.State != want {
				b.T.Errorf("tenant %d: got %s, want %s: %s", i, r.State, want, r.Error)
			}
		}
		if len(results) != 12 || a.Code != 5 || summary.ExitCode != 5 {
			b.T.Errorf("exit code %d, %+v\n%s", a.Code, summary, a.Stderr)
		}
	})
}
