//go:build linux

package e2e_test

import (
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/internal/testbed"

	"github.com/google/go-cmp/cmp"
)

// What a command costs: all its requests by their kinds, and how many of them follow one another. In a bubble each takes
// the same time, so that the time of a command tells the latter.
func TestRequests(t *testing.T) {
	t.Parallel()
	const look = "GET organization, GET servicePrincipals"
	for name, test := range map[string]struct {
		scenario string
		args     []string
		code     int
		requests string // to Graph
		inARow   int    // with those for tokens
	}{
		"status": {"granted", []string{"status"}, 0, look + ", GET oauth2PermissionGrants", 3},
		"plan":   {"partial", []string{"plan"}, 0, look + ", GET oauth2PermissionGrants", 3},
		"nothing to apply": {
			"granted", []string{"apply", "--yes"}, 0, look + ", GET oauth2PermissionGrants", 3,
		},
		"a fresh apply": {
			"fresh", []string{"apply", "--yes"}, 0, look + ", POST servicePrincipals, POST oauth2PermissionGrants, POST oauth2PermissionGrants, " +
				"GET oauth2PermissionGrants, GET servicePrincipals", 7, // a token to read, and one to write
		},
		"a partial apply": {
			"partial", []string{"apply", "--yes"}, 0, look + ", GET oauth2PermissionGrants, POST oauth2PermissionGrants, " +
				"GET oauth2PermissionGrants/ID, PATCH oauth2PermissionGrants/ID, GET oauth2PermissionGrants", 8,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			testbed.InBubble(t, test.scenario, func(b *testbed.Bubble) {
				const each = 100 * time.Millisecond
				b.Front = func(http.ResponseWriter, *http.Request) bool {
					time.Sleep(each)
					return false
				}
				begin := time.Now()
				b.Must(test.code, test.args...)
				if inARow := int(time.Since(begin) / each); inARow != test.inARow {
					b.T.Errorf("%d requests followed one another, want %d", inARow, test.inARow)
				}
				want := strings.Split(test.requests, ", ")
				slices.Sort(want)
				if diff := cmp.Diff(want, kindsOf(b)); diff != "" {
					b.T.Errorf("requests (-want +got):\n%s", diff)
				}
			})
		})
	}
}

// kindsOf are the kinds of the requests to Graph, in the order of the alphabet.
func kindsOf(b *testbed.Bubble) []string {
	var kinds []string
	for _, r := range testbed.GraphRequests(b.Tenant) {
		what, id, _ := strings.Cut(strings.TrimPrefix(r.Path, "/v1.0/"), "/")
		if id != "" {
			what += "/ID"
		}
		kinds = append(kinds, r.Method+" "+what)
	}
	slices.Sort(kinds)
	return kinds
}

// What a sign-in costs before the first request to Graph: one request where an application signs in to a tenant that is given by
// its id. Where that is not known of the tenant or of the way there, Entra is asked as ever.
func TestRequests_signIn(t *testing.T) {
	t.Parallel()
	const (
		config = "/v2.0/.well-known/openid-configuration"
		token  = "/oauth2/v2.0/token"
	)
	secret := func(m *microsoft) []string { return m.app("AZURE_CLIENT_SECRET=" + appSecret) }
	for name, test := range map[string]struct {
		env  func(m *microsoft) []string
		args []string
		want []string
	}{
		"a secret": {secret, []string{"--auth", "client-secret"}, []string{token}},
		"a certificate": {func(m *microsoft) []string {
			return m.app("AZURE_CLIENT_CERTIFICATE_PATH=" + m.file("plain.pem", certificateFiles(t)["plain.pem"], 0o600))
		}, []string{"--auth", "certificate"}, []string{token}},
		"a workload identity": {func(m *microsoft) []string {
			return m.app("AZURE_FEDERATED_TOKEN_FILE=" + m.file("token", assertion(), 0o600))
		}, []string{"--auth", "workload-identity"}, []string{token}},
		"a pipeline": {func(m *microsoft) []string {
			m.pipelines()
			return []string{
				"SYSTEM_OIDCREQUESTURI=https://token.actions.example/oidc", "SYSTEM_ACCESSTOKEN=" + bearerOfJob, "AZURESUBSCRIPTION_TENANT_ID=" + m.Tenant.TenantID(),
				"AZURESUBSCRIPTION_CLIENT_ID=" + appID, "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID=connection",
			}
		}, []string{"--auth", "workload-identity"}, []string{token}},
		"a domain, which is looked up once more": {
			secret, []string{"--auth", "client-secret", "--tenant", "contoso.example"}, []string{config, token, config},
		},
		"a person": {func(*microsoft) []string { return nil }, []string{"--auth", "device-code"}, []string{config, "/oauth2/v2.0/devicecode", token}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "granted")
			m.with(test.env(m), append([]string{"status"}, test.args...)...).Must(t, 0, test.args)
			var got []string
			for _, r := range m.Tenant.Requests() {
				if path := r.Path; strings.Contains(r.Host, "login.") {
					got = append(got, path[strings.Index(path[1:], "/")+1:])
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("requests of the sign-in (-want +got):\n%s", diff)
			}
		})
	}
}

// Who asks for a regional authority is not answered for Entra.
func TestRequests_region(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "granted")
	env := m.app("AZURE_CLIENT_SECRET="+appSecret, "AZURE_REGIONAL_AUTHORITY_NAME=westeurope")
	m.with(env, "status", "--auth", "client-secret").Must(t, 1, nil) // the proxy knows no regions
	want := []string{"westeurope.login.microsoft.com"}
	if got := m.front.hosts(); !slices.Equal(got, want) {
		t.Errorf("%q were contacted, want %q", got, want)
	}
}
