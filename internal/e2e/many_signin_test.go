//go:build linux

package e2e_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/testbed"

	"github.com/google/go-cmp/cmp"
)

// manyTenants is a simulated fleet behind Microsoft's host names, with a tenants file of some of its members.
type manyTenants struct {
	*microsoft
	fleet *simtest.Fleet
	ids   []string
	file  string
}

func newManyTenants(t *testing.T, members ...simulator.Member) *manyTenants {
	t.Helper()
	m := &manyTenants{microsoft: newMicrosoft(t, "granted"), fleet: simtest.NewFleet(simulator.FleetOptions{})}
	m.handler = m.fleet
	for _, member := range members {
		m.ids = append(m.ids, member.ID())
	}
	m.file = filepath.Join(m.folder, "tenants.txt")
	m.write(m.ids...)
	return m
}

func (m *manyTenants) write(tenants ...string) {
	m.T.Helper()
	if err := os.WriteFile(m.file, []byte(strings.Join(tenants, "\n")+"\n"), 0o600); err != nil {
		m.T.Fatal(err)
	}
}

// states runs a command over the tenants and returns the states of the rows in the file's order.
func (m *manyTenants) states(a testbed.Answer) (states []string) {
	m.T.Helper()
	for line := range strings.Lines(a.Stdout) {
		var read struct{ Kind, State string }
		if err := json.Unmarshal([]byte(line), &read); err != nil {
			m.T.Fatalf("%v\n%s%s", err, line, a.Stderr)
		}
		if read.Kind == "result" {
			states = append(states, read.State)
		}
	}
	return states
}

// kinds are the requests that a member got, by their kinds and in the order of the alphabet.
func (m *manyTenants) kinds(tenant string) (kinds []string) {
	for _, r := range m.fleet.Server(tenant).Requests() {
		path := r.Path
		if tail, ours := strings.CutPrefix(path, "/"+tenant); ours {
			path = tail
		}
		kinds = append(kinds, path)
	}
	slices.Sort(kinds)
	return kinds
}

func granted(count int) (members []simulator.Member) {
	for n := range count {
		members = append(members, simulator.Member{Scenario: "granted", Number: n + 1})
	}
	return members
}

// An application costs four requests for each tenant in which nothing is missing, of which two follow one another after the token;
// with a domain it asks whose that is, and nothing more of any other tenant.
func TestManySignIn_application(t *testing.T) {
	t.Parallel()
	const token, config = "/oauth2/v2.0/token", "/v2.0/.well-known/openid-configuration"
	look := []string{token, "/v1.0/oauth2PermissionGrants", "/v1.0/organization", "/v1.0/servicePrincipals"}
	files := certificateFiles(t)
	for auth, env := range map[string]func(m *microsoft) string{
		"client-secret": func(*microsoft) string { return "AZURE_CLIENT_SECRET=" + appSecret },
		"certificate": func(m *microsoft) string {
			return "AZURE_CLIENT_CERTIFICATE_PATH=" + m.file("c.pem", files["plain.pem"], 0o600)
		},
		"workload-identity": func(m *microsoft) string {
			return "AZURE_FEDERATED_TOKEN_FILE=" + m.file("token", assertion(), 0o600)
		},
	} {
		t.Run(auth, func(t *testing.T) {
			t.Parallel()
			m := newManyTenants(t, granted(6)...)
			domain := simulator.Member{Scenario: "granted", Number: 7}.Domain()
			m.write(append(slices.Clone(m.ids), domain)...)
			a := m.with([]string{"AZURE_CLIENT_ID=" + appID, env(m.microsoft)}, "status", "--tenants", m.file, "--auth", auth, "-o", "json").Must(t, 0, nil)
			if got := m.states(a); !slices.Equal(got, slices.Repeat([]string{"inPlace"}, 7)) {
				t.Errorf("got %v\n%s", got, a.Stderr)
			}
			for _, id := range m.ids {
				if diff := cmp.Diff(look, m.kinds(id)); diff != "" {
					t.Errorf("%s: requests (-want +got):\n%s", id, diff)
				}
			}
			if diff := cmp.Diff(append(slices.Clone(look), config, config), m.kinds(domain)); diff != "" || len(m.fleet.Servers()) != 7 {
				t.Errorf("%d tenants were asked; the domain's requests (-want +got):\n%s", len(m.fleet.Servers()), diff)
			}
			m.showsNoSecret(a)
		})
	}
}

// A change costs one token for each tenant: what it is planned with is what it is written with. Nothing that stays true is asked again
// before the write: whose domain it is, and what the tenant is called. What decides is read again, and what is due is looked at where
// somebody asks for it alone.
func TestManySignIn_change(t *testing.T) {
	t.Parallel()
	const (
		token, config = "/oauth2/v2.0/token", "/v2.0/.well-known/openid-configuration"
		grants, sps   = "/v1.0/oauth2PermissionGrants", "/v1.0/servicePrincipals"
	)
	one := simulator.Member{Scenario: "fresh", Number: 1}.ID()
	domain := simulator.Member{Scenario: "fresh", Number: 2}.Domain()
	granted := simulator.Member{Scenario: "granted", Number: 3}.ID()
	m := newManyTenants(t)
	m.write(one, domain, granted)
	env := []string{"AZURE_CLIENT_ID=" + appID, "AZURE_CLIENT_SECRET=" + appSecret}
	a := m.with(env, "apply", "--tenants", m.file, "--auth", "client-secret", "--yes", "--at-most", "2", "-o", "json").Must(t, 0, nil)
	// token, organization, and the service principals are read; they are read again; three writes; verified by two reads
	fresh := []string{token, grants, grants, grants, "/v1.0/organization", sps, sps, sps, sps}
	for tenant, want := range map[string][]string{
		one: fresh, domain: append(slices.Clone(fresh), config, config), granted: {token, grants, "/v1.0/organization", sps},
	} {
		if diff := cmp.Diff(want, m.kinds(tenant)); diff != "" {
			t.Errorf("%s: requests (-want +got):\n%s", tenant, diff)
		}
	}
	m.showsNoSecret(a)
}

// What leads on from saved plans names the tenants of the plans, and not the one that the environment names for commands over one.
func TestManySignIn_savedPlans(t *testing.T) {
	t.Parallel()
	m := newManyTenants(t, simulator.Member{Scenario: "fresh", Number: 1}, simulator.Member{Scenario: "fresh", Number: 2})
	env := []string{"AZURE_CLIENT_ID=" + appID, "AZURE_CLIENT_SECRET=" + appSecret, "AZURE_TENANT_ID=" + m.ids[1]}
	plans, clients := filepath.Join(m.folder, "plans.jsonl"), "tenant,client_id\n"
	for _, id := range m.ids {
		clients += id + "," + appID + "\n"
	}
	if err := os.WriteFile(m.file, []byte(clients), 0o600); err != nil {
		t.Fatal(err)
	}
	m.with(env, "plan", "--tenants", m.file, "--auth", "client-secret", "--out", plans).Must(t, 0, nil)
	a := m.with(env, "apply", plans, "--auth", "client-secret", "--yes", "--at-most", "2").Must(t, 0, nil)
	undo := regexp.MustCompile(`To undo: appleconsent rollback --run \S+ --tenants FILE .*\nFILE is a tenants file with the client ids`)
	if !undo.MatchString(a.Stderr) || strings.Contains(a.Stderr, "--tenant ") {
		t.Errorf("got:\n%s", a.Stderr)
	}
	list := m.with(env, "apply", m.file, "--auth", "client-secret", "--yes", "--at-most", "2").Must(t, 1, nil)
	if !strings.Contains(list.Stderr, "apply --tenants ") || strings.Contains(list.Stderr, "--tenant ") {
		t.Errorf("got:\n%s", list.Stderr)
	}
}

// All tenants share the connections: two to Graph for each that is worked on, and no more to where they sign in.
func TestManySignIn_connections(t *testing.T) {
	t.Parallel()
	m := newManyTenants(t, granted(30)...)
	m.before(func(http.ResponseWriter, *http.Request) bool {
		time.Sleep(5 * time.Millisecond) // so that there is something to wait for
		return false
	})
	env := []string{"AZURE_CLIENT_ID=" + appID, "AZURE_CLIENT_SECRET=" + appSecret}
	m.with(env, "doctor", "--tenants", m.file, "--auth", "client-secret", "--parallel", "5", "-o", "json").Must(t, 0, nil)
	for _, host := range []string{"graph.microsoft.com", "login.microsoftonline.com"} {
		if got := m.front.tunnels(host); got > 2*10 { // all that were ever opened, also in the place of one that was given up
			t.Errorf("%d connections to %s were opened, want 10 that are used again", got, host)
		}
	}
}

// The token of a workflow is got once: it is good in every tenant.
func TestManySignIn_workflow(t *testing.T) {
	t.Parallel()
	m := newManyTenants(t, granted(6)...)
	m.pipelines()
	asked := 0
	m.before(func(_ http.ResponseWriter, r *http.Request) bool {
		if r.Host == "token.actions.example" {
			asked++
		}
		return false
	})
	a := m.with([]string{
		"AZURE_CLIENT_ID=" + appID, "ACTIONS_ID_TOKEN_REQUEST_URL=https://token.actions.example/run/1?api-version=2.0",
		"ACTIONS_ID_TOKEN_REQUEST_TOKEN=" + bearerOfJob,
	}, "status", "--tenants", m.file, "-o", "json").Must(t, 0, nil)
	if got := m.states(a); !slices.Equal(got, slices.Repeat([]string{"inPlace"}, 6)) || asked != 1 {
		t.Errorf("GitHub was asked %d times, want once; %v\n%s", asked, got, a.Stderr)
	}
	m.showsNoSecret(a)
}

// A person is asked once, at home. Tokens of the other tenants come silently, and what one of them refuses is that row's failure.
func TestManySignIn_person(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]string{
		"the program's own client": {"--auth", "device-code"},
		"Azure CLI's client":       {"--auth", "device-code", "--client-id", azureCLI},
		"a browser":                {"--auth", "browser"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			refusing := simulator.Member{Scenario: "granted", Refusal: 50177, Number: 9}
			m := newManyTenants(t, append(granted(4), refusing)...)
			m.browser()
			a := m.with(nil, append([]string{"apply", "--tenants", m.file, "--dry-run", "-o", "json"}, args...)...).Must(t, 1, args)
			want := append(slices.Repeat([]string{"nothingToDo"}, 4), "failed")
			if got := m.states(a); !slices.Equal(got, want) || !strings.Contains(a.Stdout, "AADSTS50177") {
				t.Errorf("got %v, want %v\n%s%s", got, want, a.Stdout, a.Stderr)
			}
			prompts := strings.Count(a.Stderr, "To sign in, use a web browser") + strings.Count(a.Stderr, "Opening your browser")
			if prompts != 1 {
				t.Errorf("the person was asked %d times:\n%s", prompts, a.Stderr)
			}
			m.wereSilent(t, strings.Contains(name, "Azure"))
		})
	}
}

// wereSilent wants of each tenant that all its tokens were got with a refresh token, for all permissions at once if so told.
func (m *manyTenants) wereSilent(t *testing.T, whole bool) {
	t.Helper()
	for _, id := range m.ids {
		signIns := 0
		for _, r := range m.fleet.Server(id).Requests() {
			if r.GrantType == "" {
				continue
			}
			signIns++
			if r.GrantType != "refresh_token" || strings.Contains(r.Scope, ".default") != whole {
				t.Errorf("%s: got %s for %s", id, r.GrantType, r.Scope)
			}
		}
		if signIns != 1 {
			t.Errorf("%s: %d sign-ins, want 1", id, signIns)
		}
	}
}

// One az runs at a time, each for the tenant of its row; a token of another tenant than that is not used.
func TestManySignIn_azureCLI(t *testing.T) {
	t.Parallel()
	m := newManyTenants(t, granted(8)...)
	for _, id := range m.ids {
		m.tokenOf(id, cliDocument(m.fleet.Server(id), "https://graph.microsoft.com", id))
	}
	stray := m.ids[3]
	m.tokenOf(stray, cliDocument(m.fleet.Server(m.ids[0]), "https://graph.microsoft.com", ""))
	m.microsoft.file("az", fmt.Sprintf(`#!/bin/sh
cd %s
/bin/mkdir running || echo two >>overlaps
while [ "$1" != --tenant ]; do shift; done
/bin/sleep 0.05
/bin/cat "token-$2"
/bin/rmdir running
`, m.folder), 0o700)
	a := m.with(nil, "status", "--tenants", m.file, "--auth", "azure-cli", "-o", "json").Must(t, 1, nil)
	want := slices.Repeat([]string{"inPlace"}, 8)
	want[3] = "failed"
	if got := m.states(a); !slices.Equal(got, want) || !strings.Contains(a.Stdout, "signed in to tenant "+m.ids[0]+" instead of "+stray) {
		t.Errorf("got %v, want %v\n%s%s", got, want, a.Stdout, a.Stderr)
	}
	if overlaps, _ := os.ReadFile(filepath.Join(m.folder, "overlaps")); len(overlaps) > 0 {
		t.Errorf("%d times two az ran at once", strings.Count(string(overlaps), "\n"))
	}
	if asked := m.fleet.Server(stray).Requests(); len(asked) > 0 {
		t.Errorf("the stray token was used: %v", asked)
	}
	if first := len(m.fleet.Server(m.ids[0]).Requests()); first != 3 {
		t.Errorf("the tenant of the stray token got %d requests, want its own 3", first)
	}
}

// tokenOf is what az prints for a tenant.
func (m *manyTenants) tokenOf(tenant string, document []byte) {
	m.T.Helper()
	m.microsoft.file("token-"+tenant, string(document), 0o600)
}

// A managed identity is refused before anything is asked.
func TestManySignIn_managedIdentity(t *testing.T) {
	t.Parallel()
	m := newManyTenants(t, granted(2)...)
	m.with(nil, "status", "--tenants", m.file, "--auth", "managed-identity").Must(t, 1, nil).CheckError(t, "a managed identity knows its own tenant only")
	if hosts := m.front.hosts(); len(hosts) > 0 {
		t.Errorf("%v were contacted", hosts)
	}
}
