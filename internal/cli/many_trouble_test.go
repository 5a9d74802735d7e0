package cli_test

import (
	"context"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/internal/cli"
	"appleconsent/internal/testbed"
)

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
	for _, at := range []int{1, 5, 15, 30, 37, 45, 60} {
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
