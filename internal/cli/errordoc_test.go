package cli_test

import (
	"encoding/json"
	"path/filepath"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
)

// With -o json an error is one line on stderr that programs can read; its code and form are a contract.
func TestErrors_json(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scenario, code string
		exit           int
		args           []string
		prepare        func(b *bench)
	}{
		"a wrong flag":     {"fresh", "invalidInput", 1, []string{"status", "--odd"}, nil},
		"a wrong command":  {"fresh", "invalidInput", 1, []string{"statsu"}, nil},
		"a wrong value":    {"fresh", "invalidInput", 1, []string{"status", "--cloud", "mars"}, nil},
		"no confirmation":  {"fresh", "invalidInput", 1, []string{"apply"}, nil},
		"nothing possible": {"no-exchange", "blocked", 1, []string{"apply", "--yes"}, nil},
		"no permission": {"partial", "permissionDenied", 1, []string{"apply", "--yes"}, func(b *bench) {
			b.tenant.SetAdminRoles("f2ef992c-3afb-46b9-b7cf-a126ee74c451")
		}},
		"no sign-in":           {"partial", "signIn", 1, []string{"status"}, func(b *bench) { b.tenant.RefuseSignIn(53003) }},
		"nothing to take back": {"granted", "failed", 1, []string{"rollback", "--yes"}, nil},
		"no such record":       {"granted", "invalidInput", 1, []string{"rollback", "20261123T200000Z-3f9a1c", "--yes"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: test.scenario})
			if test.prepare != nil {
				test.prepare(b)
			}
			got := b.must(test.exit, append(test.args, "-o", "json", "--quiet")...)
			lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
			last := lines[len(lines)-1]
			var doc struct {
				Code     string
				ExitCode int
				Change   any
			}
			if err := json.Unmarshal([]byte(last), &doc); err != nil || doc.Code != test.code || doc.ExitCode != test.exit || (got.stdout != "") != (test.code == "blocked") { // whose plan is shown
				t.Fatalf("got %+v, %v; want %s\n%s%s", doc, err, test.code, got.stdout, got.stderr)
			}
			if err := followsSchema(filepath.Join("..", "..", "docs", "schema"), "error", last); err != nil {
				t.Error(err)
			}
			if wrote := len(writes(b.tenant)) > 0; wrote != (doc.Change != nil) {
				t.Errorf("wrote: %v, and the error holds the change %v", wrote, doc.Change)
			}
		})
	}
}
