package cli_test

import (
	"bytes"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appleconsent/internal/testbed"
)

// refuses are the scenarios that an apply refuses, and already are those in which it has nothing to do.
var (
	refuses = []string{"no-exchange"}
	already = []string{"granted", "assignment-required", "old-profiles", "unlicensed", "device-policies", "disabled-by-owner", "mac-on-graph"}
	// disabled are those whose users cannot sign in, whatever is granted.
	disabled = []string{"disabled", "disabled-by-owner"}
)

func TestApply_dryRun(t *testing.T) {
	t.Parallel()
	for _, name := range scenarioNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, name, func(b *bubble) {
				before := testbed.Stands(b.Tenant)
				want := 2
				switch {
				case slices.Contains(refuses, name):
					want = 1
				case slices.Contains(already, name):
					want = 0
				}
				b.Must(want, "apply", "--dry-run", "--detailed-exitcode")
				if sent := testbed.Writes(b.Tenant); len(sent) > 0 {
					t.Errorf("writes were sent: %v", sent)
				}
				if got := testbed.Stands(b.Tenant); got != before {
					t.Errorf("the tenant changed from\n%s\nto\n%s", before, got)
				}
				if entries, err := os.ReadDir(b.State); err != nil || len(entries) > 0 {
					t.Errorf("the state folder has %v, %v; want nothing", entries, err)
				}
			})
		})
	}
}

// Apply reaches the requirement, a second one sends nothing and records nothing, and rollback returns to the exact state
// before.
func TestApplyAndRollback_eachScenario(t *testing.T) {
	t.Parallel()
	for _, name := range scenarioNames() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, name, func(b *bubble) {
				before := testbed.Stands(b.Tenant)
				if slices.Contains(refuses, name) {
					b.Must(1, "apply", "--yes")
					if sent := testbed.Writes(b.Tenant); len(sent) > 0 {
						t.Errorf("writes were sent: %v", sent)
					}
					return
				}
				b.Must(0, "apply", "--yes", "--reason", "CHG-1042")
				inPlace := 0
				if slices.Contains(disabled, name) {
					inPlace = 2
				}
				b.Must(inPlace, "status")

				records := testbed.Records(b.T, b.State)
				b.Tenant.ResetLog()
				b.Must(0, "apply", "--yes")
				if sent := testbed.Writes(b.Tenant); len(sent) > 0 {
					t.Errorf("the second apply sent %v", sent)
				}
				if got := testbed.Records(b.T, b.State); !slices.Equal(got, records) {
					t.Errorf("the second apply left records: had %v, has %v", records, got)
				}
				if slices.Contains(already, name) {
					b.Must(1, "rollback", "--yes")
				} else {
					b.Must(0, "rollback", "--yes")
				}
				if got := testbed.Stands(b.Tenant); got != before {
					t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
				}
			})
		})
	}
}

// What an apply and a rollback of a fresh tenant send, so that a change of it is noticed.
func TestApply_cost(t *testing.T) {
	t.Parallel()
	inBubble(t, "fresh", func(b *bubble) {
		methods := func() (list []string) {
			for _, r := range testbed.GraphRequests(b.Tenant) {
				segment := strings.Split(strings.TrimPrefix(r.Path, "/v1.0/"), "/")[0]
				list = append(list, r.Method+" "+segment)
			}
			slices.Sort(list)
			return list
		}
		b.Must(0, "apply", "--yes")
		want := []string{
			"GET oauth2PermissionGrants", "GET organization", "GET servicePrincipals", "GET servicePrincipals",
			"POST oauth2PermissionGrants", "POST oauth2PermissionGrants", "POST servicePrincipals",
		}
		if got := methods(); !slices.Equal(got, want) {
			t.Errorf("apply sent %v, want %v", got, want)
		}
	})
}

// The record says who and why.
func TestApply_whoAndWhy(t *testing.T) {
	t.Parallel()
	inBubble(t, "partial", func(b *bubble) {
		b.Must(0, "apply", "--yes", "--reason", "CHG-1042")
		record, err := os.ReadFile(testbed.Records(b.T, b.State)[0])
		if err != nil {
			t.Fatal(err)
		}
		for _, words := range []string{`"reason": "CHG-1042"`, `"operator": "admin@`} {
			if !strings.Contains(string(record), words) {
				t.Errorf("the record does not say %s:\n%s", words, record)
			}
		}
		b.Tenant.ResetLog()
		b.Must(1, "apply", "--yes", "--reason", strings.Repeat("x", 1001))
		if sent := b.Tenant.Requests(); len(sent) > 0 {
			t.Errorf("with an overlong reason %v was sent", sent)
		}
	})
}

// The plan of a simulation is not taken to a real tenant, nor a real one into a simulation: nobody is asked to sign in for it.
func TestApply_planOfAnotherWorld(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	simulated, authentic := filepath.Join(state, "plan.json"), filepath.Join(state, "real.json")
	runWith(t, nil, "plan", "--simulate", "fresh", "--state-dir", state, "--out", simulated).Must(t, 0, nil)
	text, err := os.ReadFile(simulated)
	if err != nil {
		t.Fatal(err)
	}
	text = bytes.Replace(text, []byte(`"simulated": true`), []byte(`"simulated": false`), 1)
	if err := os.WriteFile(authentic, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for want, args := range map[string][]string{
		"apply " + simulated + " --simulate fresh": {simulated},
		"cannot be applied with --simulate":        {authentic, "--simulate", "fresh", "--state-dir", state},
	} {
		got := offline(t, nil, append([]string{"apply", "--yes"}, args...)...).Must(t, 1, nil)
		if !strings.Contains(strings.Join(strings.Fields(got.Stderr), " "), want) || got.Stdout != "" {
			t.Errorf("%q: want %q, got %s%s", args, want, got.Stdout, got.Stderr)
		}
	}
}
