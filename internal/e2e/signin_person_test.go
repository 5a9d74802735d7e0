//go:build linux

package e2e_test

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/simtest"
	"appleconsent/internal/testbed"

	"github.com/google/go-cmp/cmp"
)

// needsKeyring skips a test where the platform keeps no tokens, such as in a container without keyctl, and says why.
func (m *microsoft) needsKeyring() {
	m.T.Helper()
	const none = "debug: tokens are not kept after this command: "
	got := m.with(nil, "status", "--auth", "device-code", "--debug")
	if _, why, found := strings.Cut(got.Stderr, none); found {
		why, _, _ = strings.Cut(why, "\n")
		m.T.Skip(why)
	}
	m.with(nil, "logout").Must(m.T, 0, []string{"logout"})
	m.Tenant.ResetLog()
}

// prompts counts how often a person was asked.
func (m *microsoft) prompts() int {
	asks := []string{"authorize", "devicecode"}
	return len(slices.DeleteFunc(m.Tenant.Requests(), func(r simtest.Request) bool { return !slices.Contains(asks, r.GrantType) }))
}

// An afternoon's plan, apply and rollback ask the person once, and for each thing only what it needs: the permissions to
// write come with the refresh token, after the confirmation. After logout the person is asked again.
//
// Not parallel: the first of several processes that meet an empty keyring may replace another's key.
func TestSignIn_once(t *testing.T) {
	for _, auth := range []string{"device-code", "browser"} {
		t.Run(auth, func(t *testing.T) {
			m := newMicrosoft(t, "fresh")
			m.needsKeyring()
			m.browser()
			before := testbed.Stands(m.Tenant)
			for _, args := range [][]string{{"plan"}, {"apply", "--yes"}, {"rollback", "--yes"}} {
				args = append(args, "--auth", auth, "--tenant", m.Tenant.TenantID())
				got := m.with(nil, args...).Must(t, 0, args)
				m.showsNoSecret(got)
			}
			if after := testbed.Stands(m.Tenant); after != before {
				t.Errorf("the rollback left\n%s\ninstead of\n%s", after, before)
			}
			if n := m.prompts(); n != 1 {
				t.Errorf("the person was asked %d times, want once: %v", n, m.asked())
			}
			all := readOnly + " DelegatedPermissionGrant.ReadWrite.All Application.ReadWrite.All"
			if got := m.asked(); got[0] != map[string]string{"device-code": "devicecode", "browser": "authorize"}[auth]+": "+readOnly ||
				!slices.Contains(got, "refresh_token: "+all) {
				t.Errorf("asked for %v, want %s first and for %s in a refresh", got, readOnly, all)
			}

			got := m.with(nil, "logout").Must(t, 0, []string{"logout"})
			if want := "Signed out: admin@contoso.example in tenant " + m.Tenant.TenantID() + "\n"; got.Stdout != want {
				t.Errorf("logout prints %q, want %q", got.Stdout, want)
			}
			if left, err := filepath.Glob(filepath.Join(m.State, ".cache", ".IdentityService", "appleconsent*")); err != nil || len(left) > 0 {
				t.Errorf("logout leaves %v, %v", left, err)
			}
			m.with(nil, "status", "--auth", auth).Must(t, 2, []string{"status"})
			if n := m.prompts(); n != 2 {
				t.Errorf("after logout the person was asked %d times in all, want twice", n)
			}
			m.with(nil, "logout").Must(t, 0, nil)
			if got := m.with(nil, "logout", "-o", "json").Must(t, 0, nil); !strings.Contains(got.Stdout, `"forgotten": []`) {
				t.Errorf("a second logout prints %s", got.Stdout)
			}
		})
	}
}

// Where permissions were not consented to before, the person is asked a second time, for these: after the yes, never
// before, and never for a dry-run or a no.
func TestSignIn_stepUp(t *testing.T) {
	const grants, settings = readOnly + " DelegatedPermissionGrant.ReadWrite.All", readOnly + " Policy.Read.All"
	for name, test := range map[string]struct {
		scenario string
		args     []string
		want     []string // of the prompts
	}{
		"status":                            {"partial", []string{"status"}, []string{readOnly}},
		"plan":                              {"partial", []string{"plan"}, []string{readOnly}},
		"a dry run":                         {"partial", []string{"apply", "--dry-run"}, []string{readOnly}},
		"nothing to do":                     {"granted", []string{"apply", "--yes"}, []string{readOnly}},
		"the service principal is there":    {"partial", []string{"apply", "--yes"}, []string{readOnly, grants}},
		"the service principal is missing":  {"fresh", []string{"apply", "--yes"}, []string{readOnly, grants + " Application.ReadWrite.All"}},
		"nothing can be done":               {"no-exchange", []string{"apply", "--yes"}, []string{readOnly}},
		"there is nothing to be taken back": {"granted", []string{"rollback", "--yes"}, nil},
		"to be enabled":                     {"disabled", []string{"apply", "--enable-app", "--yes"}, []string{readOnly, grants + " Application.ReadWrite.All"}},
		"doctor":                            {"partial", []string{"doctor"}, []string{settings + " AuditLog.Read.All DeviceManagementConfiguration.Read.All"}},
		"a plan of user consent":            {"fresh", []string{"plan", "--route", "user-consent"}, []string{settings}},
		"user consent": {
			"fresh",
			[]string{"apply", "--route", "user-consent", "--yes"},
			[]string{settings, settings + " Policy.ReadWrite.PermissionGrant Policy.ReadWrite.Authorization"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t, test.scenario)
			m.Tenant.SetConsented()
			answer := m.with(nil, append(test.args, "--auth", "device-code", "--tenant", m.Tenant.TenantID())...)
			explained(t, answer.Stderr, test.want)
			var got []string
			for _, asked := range m.asked() {
				if scopes, found := strings.CutPrefix(asked, "devicecode: "); found {
					got = append(got, scopes)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("prompts (-want +got):\n%s", diff)
			}
		})
	}
}

// explained wants each prompt told before it comes: what the page will name, each permission with its purpose, how long a consent
// stays, once, and before a prompt for more why there is another one.
func explained(t *testing.T, stderr string, prompts []string) {
	t.Helper()
	parts := strings.Split(stderr, "To sign in, use a web browser")
	if len(parts) != len(prompts)+1 {
		t.Fatalf("%d prompts are told, want %d:\n%s", len(parts)-1, len(prompts), stderr)
	}
	for i, prompt := range prompts {
		for _, permission := range strings.Fields(strings.ReplaceAll(prompt, "https://graph.microsoft.com/", "")) {
			if !regexp.MustCompile(`(?m)^  ` + regexp.QuoteMeta(permission) + ` +[a-z].+$`).MatchString(parts[i]) {
				t.Errorf("before prompt %d there is no purpose of %s:\n%s", i+1, permission, parts[i])
			}
		}
		for words, want := range map[string]bool{
			"names Microsoft Graph Command Line Tools. If it asks": i == 0, "Permissions > Revoke permission.": i == 0, "Sign in once more": i > 0,
		} {
			if strings.Contains(parts[i], words) != want {
				t.Errorf("before prompt %d there is %q: %v, want %v:\n%s", i+1, words, !want, want, parts[i])
			}
		}
	}
}

// A person who says no in the browser, comes too late, has no browser, or comes back as somebody else changes nothing.
func TestSignIn_person(t *testing.T) {
	t.Parallel()
	const other = "7e000000-0000-4000-8000-00000000000f"
	for name, test := range map[string]struct {
		auth   string
		person entra.Person
		told   []string
	}{
		"the code expires":           {"device-code", entra.Person{Expires: true}, []string{"AADSTS70020", "run it again and finish the sign-in"}},
		"declined":                   {"device-code", entra.Person{Declines: true}, []string{"declined"}},
		"declined in the browser":    {"browser", entra.Person{Declines: true}, []string{"AADSTS65004", "sign in again to accept it"}},
		"another tenant":             {"device-code", entra.Person{Tenant: other}, []string{"signed in to tenant " + other + " instead of ", "check --tenant"}},
		"another tenant, by browser": {"browser", entra.Person{Tenant: other}, []string{"signed in to tenant " + other + " instead of "}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "fresh")
			m.browser()
			m.Tenant.SetPerson(test.person)
			got := m.with(nil, "apply", "--yes", "--auth", test.auth, "--tenant", m.Tenant.TenantID()).Must(t, 1, nil)
			for _, told := range append(test.told, "nothing was") {
				if !strings.Contains(got.Stderr, told) {
					t.Errorf("stderr lacks %q:\n%s", told, got.Stderr)
				}
			}
			if sent := testbed.GraphRequests(m.Tenant); len(sent) > 0 {
				t.Errorf("Graph was asked: %v", sent)
			}
		})
	}
	t.Run("no browser", func(t *testing.T) {
		t.Parallel()
		m := newMicrosoft(t, "fresh")
		got := m.with(nil, "status", "--auth", "browser").Must(t, 1, nil)
		if !strings.Contains(got.Stderr, "use --auth device-code") {
			t.Errorf("stderr does not say what else to do:\n%s", got.Stderr)
		}
	})
	t.Run("somebody else at the second prompt", func(t *testing.T) {
		t.Parallel()
		m := newMicrosoft(t, "partial")
		m.Tenant.SetConsented()
		m.Tenant.SetPerson(entra.Person{Pending: 1})
		before := testbed.Stands(m.Tenant)
		s := m.screen("apply", "--auth", "device-code")
		s.await("Apply this plan (2 actions) in")
		m.Tenant.SetPerson(entra.Person{Tenant: other})
		s.send("y")
		if code := s.end(); code != 1 || !strings.Contains(s.text(), "signed in to tenant "+other+" this time") {
			t.Errorf("exit code %d:\n%s", code, s.text())
		}
		if after := testbed.Stands(m.Tenant); after != before {
			t.Errorf("the tenant changed to\n%s", after)
		}
	})
}

// A no at the prompt asks for no permission to write.
func TestSignIn_declinedChange(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	s := m.screen("apply", "--auth", "device-code")
	s.await("Apply this plan (2 actions) in")
	s.send("n")
	if code := s.end(); code != 3 {
		t.Errorf("exit code %d, want 3:\n%s", code, s.text())
	}
	if got := m.asked(); slices.ContainsFunc(got, func(asked string) bool { return strings.Contains(asked, "ReadWrite") }) {
		t.Errorf("asked for %v", got)
	}
}

// screen starts the program on a terminal.
func (m *microsoft) screen(args ...string) *screen {
	m.T.Helper()
	return startOnTerminal(m.T, usualSize, m.environ("TERM=xterm-256color"), args...)
}

// What is kept of a sign-in is for its owner only, and holds no token.
func TestSignIn_accountFile(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "granted")
	m.with(nil, "status", "--auth", "device-code").Must(t, 0, nil)
	files, err := filepath.Glob(filepath.Join(m.State, "accounts", "*"))
	if err != nil || len(files) != 1 {
		t.Skipf("no account was kept: %v, %v", files, err)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%s: %v, %v", files[0], info, err)
	}
	for content, want := range map[string]int{"{": 0, `{"version":"9.9"}`: 0, "": 0} { // a damaged one counts as none
		if err := os.WriteFile(files[0], []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		m.with(nil, "status", "--auth", "device-code").Must(t, want, nil)
	}
}
