package cli_test

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
)

// binary is the built program, which these tests run as a user does.
var binary string

func TestMain(m *testing.M) { os.Exit(testMain(m)) }

func testMain(m *testing.M) int {
	if os.Getenv(fakeBrowserVariable) != "" {
		return fakeBrowser(os.Args[1])
	}
	dir, err := os.MkdirTemp("", "appleconsent-test-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir) //nolint:errcheck // it is temporary
	binary = filepath.Join(dir, "appleconsent")
	build := exec.Command("go", "build", "-o", binary, "appleconsent") //nolint:noctx // bounded by go test itself
	build.Stdout, build.Stderr = os.Stderr, os.Stderr
	if err := build.Run(); err != nil {
		fmt.Fprintln(os.Stderr, "build the program:", err)
		return 1
	}
	return m.Run()
}

// bench is a simulated tenant and a state folder for the built program.
type bench struct {
	t      *testing.T
	tenant *simtest.Server
	url    string
	state  string

	arrival atomic.Pointer[func(*http.Request)]
	serving sync.RWMutex // held for reading by each request
}

// settled waits until no request is being served, for when the program has died in the middle of one.
func (b *bench) settled() {
	b.serving.Lock()
	defer b.serving.Unlock()
}

func newBench(t *testing.T, o simulator.Options) *bench {
	t.Helper()
	tenant, err := simtest.New(o)
	if err != nil {
		t.Fatal(err)
	}
	b := &bench{t: t, tenant: tenant, state: stateFolder(t)}
	b.arrives(func(*http.Request) {})
	url, stop, err := simulator.Serve(t.Context(), "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b.serving.RLock()
		defer b.serving.RUnlock()
		(*b.arrival.Load())(r)
		tenant.ServeHTTP(w, r)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := stop(); err != nil {
			t.Error(err)
		}
	})
	b.url = url
	return b
}

// stateFolder returns an empty folder for a test, in memory where the machine has such: each record is synced, and
// thousands of them would wait for a disk.
func stateFolder(t *testing.T) string {
	t.Helper()
	top, err := os.MkdirTemp("/dev/shm", "appleconsent-test-")
	if err != nil {
		return t.TempDir()
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(top); err != nil {
			t.Error(err)
		}
	})
	name := filepath.Join(top, "state")
	if err := os.Mkdir(name, 0o700); err != nil {
		t.Fatal(err)
	}
	return name
}

// arrives sets a hook that is called when a request arrives, also one that wants a token.
func (b *bench) arrives(hook func(*http.Request)) { b.arrival.Store(&hook) }

// answer is what a run of the program gave.
type answer struct {
	stdout, stderr string
	code           int
}

// run runs the program against the simulated tenant.
func (b *bench) run(args ...string) answer {
	b.t.Helper()
	return runIn(b.t, b.env("NO_COLOR=1"), args...)
}

// runIn runs the program with this environment and no other.
func runIn(t *testing.T, env []string, args ...string) answer {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), binary, args...)
	cmd.Env = env
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	err := cmd.Run()
	if _, ok := errors.AsType[*exec.ExitError](err); err != nil && !ok {
		t.Fatal(err)
	}
	return answer{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
}

// env returns the environment of the program: nothing of the machine's but where programs and folders are.
func (b *bench) env(more ...string) []string {
	return append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.state, "APPLECONSENT_SIMULATE=" + b.url, "APPLECONSENT_STATE_DIR=" + b.state,
	}, more...)
}

// must runs the program and wants that exit code.
func (b *bench) must(code int, args ...string) answer {
	b.t.Helper()
	return b.run(args...).must(b.t, code, args)
}

// must fails the test unless the run ended with that exit code.
func (a answer) must(t *testing.T, code int, args []string) answer {
	t.Helper()
	if a.code != code {
		t.Fatalf("appleconsent %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), a.code, code, a.stdout, a.stderr)
	}
	return a
}

// graphRequests returns the requests to Graph, without those for tokens.
func graphRequests(s *simtest.Server) []simtest.Request {
	return slices.DeleteFunc(s.Requests(), func(r simtest.Request) bool { return !strings.HasPrefix(r.Path, "/v1.0/") })
}

// writes returns the requests that would change something.
func writes(s *simtest.Server) []simtest.Request {
	return slices.DeleteFunc(graphRequests(s), func(r simtest.Request) bool { return r.Method == "GET" })
}

// stands renders what the program is about: the service principals and the tenant-wide grants, one a line.
func stands(s *simtest.Server) string {
	d := s.Directory()
	var lines []string
	for _, sp := range d.ServicePrincipals {
		lines = append(lines, fmt.Sprintf("%s %s %s, enabled %v", sp.AppID, sp.ID, sp.DisplayName, sp.AccountEnabled == nil || *sp.AccountEnabled))
	}
	for _, c := range d.PermissionClassifications {
		lines = append(lines, fmt.Sprintf("%s %s is %s", c.ResourceID, c.PermissionName, c.Classification))
	}
	lines = append(lines, fmt.Sprintf("policies %q", d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned))
	for _, g := range d.PermissionGrants {
		if g.ConsentType == "AllPrincipals" {
			lines = append(lines, fmt.Sprintf("%s %s %s %q", g.ID, g.ClientID, g.ResourceID, g.Scope))
		}
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// scenarios returns the names of all simulated tenants.
func scenarios() []string {
	var names []string
	for _, s := range simulator.Scenarios() {
		names = append(names, s.Name)
	}
	return names
}

// refuses are the scenarios that an apply refuses, and already are those in which it has nothing to do.
var (
	refuses = []string{"no-exchange"}
	already = []string{"granted", "assignment-required", "old-profiles", "unlicensed"}
)

func TestDryRun_sendsNoWrite(t *testing.T) {
	t.Parallel()
	for _, name := range scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: name})
			before := stands(b.tenant)
			want := 2
			switch {
			case slices.Contains(refuses, name):
				want = 1
			case slices.Contains(already, name):
				want = 0
			}
			b.must(want, "apply", "--dry-run", "--detailed-exitcode")
			if sent := writes(b.tenant); len(sent) > 0 {
				t.Errorf("writes were sent: %v", sent)
			}
			if got := stands(b.tenant); got != before {
				t.Errorf("the tenant changed from\n%s\nto\n%s", before, got)
			}
			if entries, err := os.ReadDir(b.state); err != nil || len(entries) > 0 {
				t.Errorf("the state folder has %v, %v; want nothing", entries, err)
			}
		})
	}
}

// Apply reaches the requirement, a second one sends nothing and records nothing, and rollback returns to the exact state
// before.
func TestApplyAndRollback_eachScenario(t *testing.T) {
	t.Parallel()
	for _, name := range scenarios() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: name})
			before := stands(b.tenant)
			if slices.Contains(refuses, name) {
				b.must(1, "apply", "--yes")
				if sent := writes(b.tenant); len(sent) > 0 {
					t.Errorf("writes were sent: %v", sent)
				}
				return
			}
			b.must(0, "apply", "--yes", "--reason", "CHG-1042")
			b.must(0, "status")

			records := b.records()
			b.tenant.ResetLog()
			b.must(0, "apply", "--yes")
			if sent := writes(b.tenant); len(sent) > 0 {
				t.Errorf("the second apply sent %v", sent)
			}
			if got := b.records(); !slices.Equal(got, records) {
				t.Errorf("the second apply left records: had %v, has %v", records, got)
			}
			if slices.Contains(already, name) {
				b.must(1, "rollback", "--yes")
			} else {
				b.must(0, "rollback", "--yes")
			}
			if got := stands(b.tenant); got != before {
				t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
			}
		})
	}
}

// records returns the names of the change records.
func (b *bench) records() []string {
	b.t.Helper()
	files, err := filepath.Glob(filepath.Join(b.state, "changes", "*"))
	if err != nil {
		b.t.Fatal(err)
	}
	return files
}

// A look costs the same however many users have consented one by one: requests and bytes.
func TestStatus_cost(t *testing.T) {
	t.Parallel()
	const maxBytes = 4000
	type cost struct{ requests, bytes int }
	look := func(o simulator.Options, args ...string) cost {
		b := newBench(t, o)
		b.run(args...)
		var c cost
		for _, r := range graphRequests(b.tenant) {
			c.requests++
			c.bytes += r.ResponseBytes
		}
		return c
	}
	for name, test := range map[string]struct {
		options simulator.Options
		want    int
	}{
		"no service principal": {simulator.Options{Scenario: "fresh"}, 2},
		"granted":              {simulator.Options{Scenario: "granted"}, 3},
		"5,000 users":          {simulator.Options{Scenario: "user-consents", PerUserGrants: 5000}, 3},
		"100,000 users":        {simulator.Options{Scenario: "user-consents", PerUserGrants: 100000}, 3},
	} {
		for _, command := range []string{"status", "plan"} {
			t.Run(command+" "+name, func(t *testing.T) {
				t.Parallel()
				c := look(test.options, command)
				if c.requests != test.want || c.bytes > maxBytes {
					t.Errorf("%d requests and %d bytes; want %d requests and at most %d bytes", c.requests, c.bytes, test.want, maxBytes)
				}
			})
		}
	}
}

// What an apply and a rollback of a fresh tenant send, so that a change of it is noticed.
func TestApply_cost(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	methods := func() (list []string) {
		for _, r := range graphRequests(b.tenant) {
			segment := strings.Split(strings.TrimPrefix(r.Path, "/v1.0/"), "/")[0]
			list = append(list, r.Method+" "+segment)
		}
		slices.Sort(list)
		return list
	}
	b.must(0, "apply", "--yes")
	want := []string{
		"GET oauth2PermissionGrants", "GET organization", "GET servicePrincipals", "GET servicePrincipals",
		"POST oauth2PermissionGrants", "POST oauth2PermissionGrants", "POST servicePrincipals",
	}
	if got := methods(); !slices.Equal(got, want) {
		t.Errorf("apply sent %v, want %v", got, want)
	}
}
