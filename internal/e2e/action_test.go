package e2e_test

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
)

var (
	given    = regexp.MustCompile(`(?m)^ +(INPUT_[A-Z_]+): \$\{\{ inputs\.([a-z-]+) \}\}$`)
	standard = regexp.MustCompile(`(?ms)^  ([a-z-]+):\n    description: [^\n]*\n    default: ([^\n]*)$`)
	// promised are the outputs of the action.
	promised = regexp.MustCompile(`\$\{\{ steps\.preview\.outputs\.([a-z-]+) \}\}`)
)

// action runs the step of action.yml as GitHub would, with these inputs beside the defaults, and returns what the step ends with and
// says, its outputs and the summary of the job.
func (r *runner) action(inputs map[string]string) (code int, said string, outputs map[string]string, summary string) {
	r.t.Helper()
	text := document(r.t, "action.yml")
	all := map[string]string{}
	for _, input := range standard.FindAllStringSubmatch(text, -1) {
		all[input[1]] = strings.Trim(input[2], `"`)
	}
	maps.Copy(all, inputs)
	before := r.env
	for _, input := range given.FindAllStringSubmatch(text, -1) {
		r.env = append(r.env, input[1]+"="+all[input[2]])
	}
	code, said = r.run(step("run: |", 0)(r.t, local("action.yml")))
	r.env = before
	outputs = map[string]string{}
	for line := range strings.Lines(r.read("output", "")) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		outputs[name] = value
	}
	return code, said, outputs, r.read("summary.md", "")
}

// The action tells each state by its outputs, its summary and the exit code of the step, and writes nothing to the tenant.
func TestAction(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		inputs  map[string]string
		code    int
		outputs string // exit code, state, changes due
		summary string
	}{
		"in place":              {map[string]string{"simulate": "granted"}, 0, "0 inPlace 0", "**Nothing to do:**"},
		"changes are due":       {map[string]string{"simulate": "fresh"}, 0, "2 changesDue 3", "**Plan:** 1 service principal to create, 2 grants to create"},
		"only for iPhones":      {map[string]string{"simulate": "fresh", "devices": "ios"}, 0, "2 changesDue 3", "2 scopes to grant"},
		"they fail the step":    {map[string]string{"simulate": "partial", "fail-on": "changes"}, 2, "2 changesDue 2", "**Plan:** 1 grant to create"},
		"blocked":               {map[string]string{"simulate": "no-exchange"}, 0, "2 blocked 0", "**Blocked:**"},
		"no such scenario":      {map[string]string{"simulate": "sunny"}, 1, "1 failed ", "Exit code 1"},
		"no tenant":             {nil, 1, "1 failed ", "--tenant is empty"},
		"no such devices":       {map[string]string{"simulate": "fresh", "devices": "watch"}, 1, "1 failed ", "watch"},
		"no such fail-on":       {map[string]string{"simulate": "fresh", "fail-on": "never"}, 1, "1 failed ", "fail-on must be"},
		"no program":            {map[string]string{"simulate": "fresh", "binary": "./nowhere"}, 127, "127 failed ", "nowhere"},
		"a tenant that is code": {map[string]string{"tenant": "\"; touch pwned; $(touch pwned) `touch pwned`"}, 1, "1 failed ", "touch pwned"},
		"a flag for a scenario": {map[string]string{"simulate": "fresh --out pwned"}, 1, "1 failed ", "pwned"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRunner(t)
			code, said, outputs, summary := r.action(test.inputs)
			if stopped, resumed := strings.Count(said, "::stop-commands::appleconsent-"), strings.Count(said, "\n::appleconsent-"); stopped != resumed {
				t.Errorf("the runner's commands are stopped %d times and resumed %d times\n%s", stopped, resumed, said)
			}
			got := strings.Join([]string{outputs["exit-code"], outputs["state"], outputs["changes-due"]}, " ")
			if code != test.code || got != test.outputs || !strings.Contains(summary, test.summary) {
				t.Errorf("exit code %d, outputs %q, want %d, %q and %q\n%s\nsummary:\n%s", code, got, test.code, test.outputs, test.summary, said, summary)
			}
			if _, err := os.Stat(filepath.Join(r.folder, "pwned")); err == nil {
				t.Error("an input was carried out")
			}
			if planned := outputs["state"] != "failed"; planned != (outputs["plan"] != "") || planned && !strings.Contains(r.read(relative(t, r, outputs["plan"]), ""), `"kind": "plan"`) {
				t.Errorf("the plan is %q", outputs["plan"])
			}
		})
	}
}

// relative is a path as the runner's folder knows it.
func relative(t *testing.T, r *runner, name string) string {
	t.Helper()
	path, err := filepath.Rel(r.folder, name)
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// An app that is disabled is not in place, whatever is granted.
func TestAction_cannotSignIn(t *testing.T) {
	t.Parallel()
	tenant, err := simtest.New(simulator.Options{Scenario: "disabled"})
	if err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(tenant)
	t.Cleanup(server.Close)
	r := newRunner(t)
	if code, said := r.run([]string{"appleconsent", "apply", "--simulate", server.URL, "--yes"}); code != 0 {
		t.Fatal(said)
	}
	tenant.ResetLog()
	code, said, outputs, _ := r.action(map[string]string{"simulate": server.URL})
	if code != 0 || outputs["exit-code"] != "2" || outputs["state"] != "cannotSignIn" {
		t.Errorf("exit code %d, outputs %q\n%s", code, outputs, said)
	}
	onlyReads(t, tenant)
}

// onlyReads wants no request but for reading and for tokens.
func onlyReads(t *testing.T, tenant *simtest.Server) {
	t.Helper()
	for _, request := range tenant.Requests() {
		if request.Method != http.MethodGet && request.GrantType == "" {
			t.Errorf("it sent %s %s", request.Method, request.Path)
		}
	}
}

// The action sets each output that it promises, and no more; no script of a workflow or of the action holds an expression, whose value
// could be code.
func TestAction_form(t *testing.T) {
	t.Parallel()
	_, _, outputs, _ := newRunner(t).action(map[string]string{"simulate": "fresh"})
	want := map[string]bool{}
	for _, output := range promised.FindAllStringSubmatch(document(t, "action.yml"), -1) {
		want[output[1]] = true
	}
	if got := slices.Sorted(maps.Keys(outputs)); len(got) == 0 || !slices.Equal(got, slices.Sorted(maps.Keys(want))) {
		t.Errorf("the outputs are %q, want %q", got, slices.Sorted(maps.Keys(want)))
	}
	files, err := filepath.Glob(local("examples/*.yml"))
	if err != nil || len(files) < 4 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, file := range append(files, local("action.yml")) {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, script := range append(blocksBehind(string(text), "run: |"), blocksBehind(string(text), "inlineScript: |")...) {
			if strings.Contains(script, "${{") || strings.Contains(script, "$(System.") {
				t.Errorf("%s has an expression in a script:\n%s", file, script)
			}
		}
	}
}
