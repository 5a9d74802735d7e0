//go:build linux

package e2e_test

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/testbed"
)

// microsoft is a simulated tenant behind Microsoft's own host names, over TLS with a throw-away authority and through a
// proxy, as in a company: the program signs in with azidentity and reads the real addresses. That is why these tests need
// Linux, on which SSL_CERT_FILE is heard.
type microsoft struct {
	*testbed.Bench
	front   edge
	folder  string // of fake programs, and the only one on PATH
	ca      string
	handler http.Handler // takes the place of the tenant, if set before the first request
}

func newMicrosoft(t *testing.T, scenario string) *microsoft {
	t.Helper()
	tenant, err := simtest.New(simulator.Options{Scenario: scenario})
	if err != nil {
		t.Fatal(err)
	}
	m := &microsoft{Bench: &testbed.Bench{T: t, Tenant: tenant, State: testbed.StateFolder(t)}, folder: t.TempDir(), handler: tenant}
	m.front = newEdge(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { m.handler.ServeHTTP(w, r) }))
	m.ca = m.file("ca.pem", string(m.front.ca), 0o600)
	return m
}

// file writes a file for the program, into the folder that is on its PATH.
func (m *microsoft) file(name, content string, mode os.FileMode) string {
	m.T.Helper()
	name = filepath.Join(m.folder, name)
	if err := os.WriteFile(name, []byte(content), mode); err != nil {
		m.T.Fatal(err)
	}
	return name
}

// environ is what the program gets: the proxy, the authority, and what the test adds or takes back.
func (m *microsoft) environ(more ...string) []string {
	return append([]string{
		"PATH=" + m.folder, "HOME=" + m.State, "APPLECONSENT_STATE_DIR=" + m.State, "NO_COLOR=1",
		"HTTPS_PROXY=" + m.front.proxyURL, "SSL_CERT_FILE=" + m.ca,
	}, more...)
}

// with runs the program with further variables.
func (m *microsoft) with(env []string, args ...string) testbed.Answer {
	m.T.Helper()
	return testbed.RunIn(m.T, m.environ(env...), args...)
}

// asked returns what the sign-ins asked for, one "grant type: permissions" each, without what every one has.
func (m *microsoft) asked() []string {
	var list []string
	for _, r := range m.Tenant.Requests() {
		if r.GrantType == "" {
			continue
		}
		var words []string
		for _, scope := range strings.Fields(r.Scope) {
			if !slices.Contains([]string{"openid", "profile", "offline_access"}, scope) {
				words = append(words, strings.TrimPrefix(scope, "https://graph.microsoft.com/"))
			}
		}
		list = append(list, r.GrantType+": "+strings.Join(words, " "))
	}
	return list
}

// tenantIn returns the id of the tenant that a document shows.
func tenantIn(t *testing.T, document string) string {
	t.Helper()
	var doc struct {
		Tenant struct{ ID string }
	}
	if err := json.Unmarshal([]byte(document), &doc); err != nil {
		t.Fatalf("stdout is not one JSON document: %v\n%s", err, document)
	}
	return doc.Tenant.ID
}
