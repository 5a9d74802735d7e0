package cli_test

import (
	"encoding/json"
	"strings"
	"testing"

	"appleconsent/internal/testbed"
)

// With -o json an error is one line on stderr that programs can read; its code and form are a contract.
func TestErrors_json(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scenario, code string
		exit           int
		args           []string
		prepare        func(b *bubble)
	}{
		"a wrong flag":     {"fresh", "invalidInput", 1, []string{"status", "--odd"}, nil},
		"a wrong command":  {"fresh", "invalidInput", 1, []string{"statsu"}, nil},
		"a wrong value":    {"fresh", "invalidInput", 1, []string{"status", "--cloud", "mars"}, nil},
		"no confirmation":  {"fresh", "invalidInput", 1, []string{"apply"}, nil},
		"nothing possible": {"no-exchange", "blocked", 1, []string{"apply", "--yes"}, nil},
		"no permission": {"partial", "permissionDenied", 1, []string{"apply", "--yes"}, func(b *bubble) {
			b.Tenant.SetAdminRoles("f2ef992c-3afb-46b9-b7cf-a126ee74c451")
		}},
		"no sign-in":           {"partial", "signIn", 1, []string{"status"}, func(b *bubble) { b.Tenant.RefuseSignIn(53003) }},
		"nothing to take back": {"granted", "failed", 1, []string{"rollback", "--yes"}, nil},
		"no such record":       {"granted", "invalidInput", 1, []string{"rollback", "20261123T200000Z-3f9a1c", "--yes"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, test.scenario, func(b *bubble) {
				if test.prepare != nil {
					test.prepare(b)
				}
				got := b.Must(test.exit, append(test.args, "-o", "json", "--quiet")...)
				lines := strings.Split(strings.TrimSpace(got.Stderr), "\n")
				last := lines[len(lines)-1]
				var doc struct {
					Code     string
					ExitCode int
					Change   any
				}
				if err := json.Unmarshal([]byte(last), &doc); err != nil || doc.Code != test.code || doc.ExitCode != test.exit || (got.Stdout != "") != (test.code == "blocked") { // whose plan is shown
					t.Fatalf("got %+v, %v; want %s\n%s%s", doc, err, test.code, got.Stdout, got.Stderr)
				}
				if err := testbed.FollowsSchema("error", last); err != nil {
					t.Error(err)
				}
				if wrote := len(testbed.Writes(b.Tenant)) > 0; wrote != (doc.Change != nil) {
					t.Errorf("wrote: %v, and the error holds the change %v", wrote, doc.Change)
				}
			})
		})
	}
}
