//go:build linux

package e2e_test

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"

	"github.com/google/go-cmp/cmp"
)

const (
	grantsPath = "/v1.0/oauth2PermissionGrants"
	challenge  = `{"access_token":{"nbf":{"essential":true,"value":"1795464000"}}}`
)

// sequence is what the tenant saw: the sign-ins with what they asked for, and the writes, with how each was answered.
func (m *microsoft) sequence() []string {
	var list []string
	for _, r := range m.Tenant.Requests() {
		claims := ""
		if r.Claims != "" {
			claims = " with " + r.Claims
		}
		switch {
		case r.GrantType != "":
			list = append(list, fmt.Sprintf("%s%s %d", r.GrantType, claims, r.Status))
		case r.Method != http.MethodGet && strings.HasPrefix(r.Path, "/v1.0/"):
			list = append(list, fmt.Sprintf("%s %s %d", r.Method, strings.TrimPrefix(r.Path, "/v1.0"), r.Status))
		}
	}
	return list
}

// In the middle of a change Graph wants another token: it gets one, with the claims that it names, and the write is sent once more.
// Nobody is asked.
func TestSignIn_challenge(t *testing.T) {
	t.Parallel()
	const post, patch = "POST /oauth2PermissionGrants ", "PATCH /oauth2PermissionGrants/"
	for auth, first := range map[string][]string{
		"client-secret": {"client_credentials 200"}, "device-code": {"devicecode 200", "device_code 200", "refresh_token 200"},
	} {
		t.Run(auth, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "partial")
			if err := m.Tenant.SetRules(simulator.Rule{Method: "POST", Path: grantsPath, Trouble: simulator.TroubleStatus, Status: 401, Claims: challenge}); err != nil {
				t.Fatal(err)
			}
			m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "apply", "--yes", "--auth", auth).Must(t, 0, nil)
			second := map[string]string{"client-secret": "client_credentials", "device-code": "refresh_token"}[auth]
			want := append(slices.Clone(first), post+"401", second+" with "+challenge+" 200", post+"201")
			got := m.sequence()
			got = slices.DeleteFunc(got, func(line string) bool { return strings.HasPrefix(line, patch) || strings.Contains(line, "pending") })
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("requests (-want +got):\n%s", diff)
			}
		})
	}
}

// What a write lacks may have been given since the token was issued: one fresh token, past the cache, and one more try. The claims by
// which the library is made to look into no cache are not sent.
func TestSignIn_activatedMeanwhile(t *testing.T) {
	t.Parallel()
	for _, auth := range []string{"client-secret", "device-code", "managed-identity"} {
		t.Run(auth, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "partial")
			m.Tenant.SetAppRoles("Directory.Read.All")
			m.Tenant.SetAdminRoles()
			var once atomic.Bool
			m.Tenant.Before(func(r *http.Request) { // once the first write is on its way, with its token
				if r.Method == http.MethodPost && once.CompareAndSwap(false, true) {
					m.Tenant.SetAppRoles("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All")
					m.Tenant.SetAdminRoles(identity.CloudApplicationAdministrator)
				}
			})
			env := m.app("AZURE_CLIENT_SECRET="+appSecret, "IDENTITY_ENDPOINT="+m.machine()+"/msi/token", "IDENTITY_HEADER=simulated-identity-header")
			m.with(env, "apply", "--yes", "--auth", auth).Must(t, 0, nil)
			sent := strings.Join(m.sequence(), "; ")
			if strings.Count(sent, " 403") != 1 || strings.Contains(sent, " with ") || m.prompts() > 1 {
				t.Errorf("%d prompts, and sent %s", m.prompts(), sent)
			}
		})
	}
}

// A role that is activated between two runs: the token that is kept is of no use any more, and nobody has to sign out.
//
// Not parallel: the first of several processes that meet an empty keyring may replace another's key.
func TestSignIn_activatedBetweenRuns(t *testing.T) {
	m := newMicrosoft(t, "partial")
	m.needsKeyring()
	m.Tenant.SetAdminRoles()
	got := m.with(nil, "apply", "--yes", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 1, nil)
	if !strings.Contains(got.Stderr, "appleconsent logout") || !strings.Contains(got.Stderr, "nothing was changed") {
		t.Errorf("stderr does not name what drops the token:\n%s", got.Stderr)
	}
	m.Tenant.SetAdminRoles(identity.CloudApplicationAdministrator)
	m.with(nil, "apply", "--yes", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 0, nil)
	if n := m.prompts(); n != 1 {
		t.Errorf("the person was asked %d times, want once: %v", n, m.sequence())
	}
}

// Where only a person could get the fresh token, nobody is asked in the middle of a change: Graph's refusal stands.
func TestSignIn_challengeWantsPerson(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	if err := m.Tenant.SetRules(simulator.Rule{Method: "POST", Path: grantsPath, Times: -1, Trouble: simulator.TroubleStatus, Status: 401, Claims: challenge}); err != nil {
		t.Fatal(err)
	}
	m.before(func(w http.ResponseWriter, r *http.Request) bool {
		if !isToken(r) {
			return false
		}
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		return strings.Contains(string(body), "claims=") && jsonAnswer(w, 400, `{"error":"interaction_required","error_description":"AADSTS50076: More proof."}`)
	})
	got := m.with(nil, "apply", "--yes", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 1, nil)
	if n := m.prompts(); n != 1 || !strings.Contains(got.Stderr, "Graph answered 401") || !strings.Contains(got.Stderr, "appleconsent logout") {
		t.Errorf("%d prompts, want one:\n%s", n, got.Stderr)
	}
	if sent := strings.Count(strings.Join(m.sequence(), "\n"), "POST "+strings.TrimPrefix(grantsPath, "/v1.0")); sent != 1 {
		t.Errorf("the write was sent %d times, want once: %v", sent, m.sequence())
	}
}

// countedAz puts an az on the PATH that does what the script says, and notes each call.
func (m *microsoft) countedAz(script string) (calls func() []string) {
	m.T.Helper()
	m.azureCLI(`[{}]`)
	log := filepath.Join(m.folder, "az.log")
	m.file("az", "#!/bin/sh\necho \"$*\" >> "+log+"\n"+script+"\nexec /bin/cat "+filepath.Join(m.folder, "az.json")+"\n", 0o700)
	return func() []string {
		text, err := os.ReadFile(log)
		if err != nil {
			m.T.Fatal(err)
		}
		return strings.Split(strings.TrimSpace(string(text)), "\n")
	}
}

// Az cannot be made to get a fresh token: it is not run again, and the hint is its command line, with the claims.
func TestSignIn_challengeOfAz(t *testing.T) {
	t.Parallel()
	for status, command := range map[int]string{
		401: " --allow-no-subscriptions --claims-challenge " + base64.StdEncoding.EncodeToString([]byte(challenge)), 403: " --allow-no-subscriptions\n",
	} {
		m := newMicrosoft(t, "partial")
		calls := m.countedAz("")
		rule := simulator.Rule{Method: "POST", Path: grantsPath, Trouble: simulator.TroubleStatus, Status: status}
		if status == 401 {
			rule.Claims = challenge
		}
		if err := m.Tenant.SetRules(rule); err != nil {
			t.Fatal(err)
		}
		got := m.with(nil, "apply", "--yes", "--auth", "azure-cli", "--tenant", m.Tenant.TenantID()).Must(t, 1, nil)
		if want := "az login --tenant " + m.Tenant.TenantID() + command; !strings.Contains(got.Stderr, want) {
			t.Errorf("%d: stderr lacks %q:\n%s", status, want, got.Stderr)
		}
		if n := len(calls()); n != 1 || len(testbed.Writes(m.Tenant)) != 1 {
			t.Errorf("%d: az was run %d times, and %v was sent; want once each", status, n, testbed.Writes(m.Tenant))
		}
	}
}

// In Azure Cloud Shell and with a managed identity az takes no tenant: it is asked again without, and its token is looked at.
func TestSignIn_azTakesNoTenant(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"Cloud Shell", "managed identity", "MSI"} {
		m := newMicrosoft(t, "partial")
		calls := m.countedAz(`case "$*" in *--tenant*) echo "ERROR: Tenant shouldn't be specified for ` + account + ` account" >&2; exit 1;; esac`)
		m.with(nil, "apply", "--yes", "--auth", "azure-cli", "--tenant", m.Tenant.TenantID()).Must(t, 0, nil)
		const line = "account get-access-token -o json --resource https://graph.microsoft.com"
		if diff := cmp.Diff([]string{line + " --tenant " + m.Tenant.TenantID(), line}, calls()); diff != "" {
			t.Errorf("%s: az was run with (-want +got):\n%s", account, diff)
		}
		if sent := m.sequence(); len(sent) != 2 || !strings.HasSuffix(sent[0], " 201") && !strings.HasSuffix(sent[1], " 201") {
			t.Errorf("%s: sent %v", account, sent)
		}
		got := m.with(nil, "apply", "--yes", "--auth", "azure-cli", "--tenant", otherTenant).Must(t, 1, nil)
		if want := "signed in to tenant " + m.Tenant.TenantID() + " instead of " + otherTenant; !strings.Contains(got.Stderr, want) {
			t.Errorf("%s: stderr lacks %q:\n%s", account, want, got.Stderr)
		}
	}
}
