//go:build linux

package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
	"appleconsent/internal/testbed"
)

const otherTenant = "7e000000-0000-4000-8000-00000000000f"

// before puts something in front of the tenant; it answers what it returns true for.
func (m *microsoft) before(answers func(w http.ResponseWriter, r *http.Request) bool) {
	next := m.handler
	m.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !answers(w, r) {
			next.ServeHTTP(w, r)
		}
	})
}

func isDiscovery(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/openid-configuration") }

func isToken(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token") }

func jsonAnswer(w http.ResponseWriter, status int, body string) bool {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = io.WriteString(w, body)
	return true
}

// A discovery document that leads elsewhere, or off TLS, gets neither a secret nor a refresh token.
func TestSignIn_staysHome(t *testing.T) {
	t.Parallel()
	for name, endpoint := range map[string]string{
		"another host": "https://graph.microsoft.us/steal", "another port": "https://login.microsoftonline.com:444/t/oauth2/v2.0/token",
		"without TLS": "http://login.microsoftonline.com/t/oauth2/v2.0/token", "a user": "https://login.microsoftonline.com@graph.microsoft.us/x",
	} {
		for _, auth := range []string{"client-secret", "device-code"} { // the one of a domain, since of an id nothing is asked
			m := newMicrosoft(t, "granted")
			m.before(func(w http.ResponseWriter, r *http.Request) bool {
				return isDiscovery(r) && jsonAnswer(w, 200, fmt.Sprintf(`{"issuer":"https://login.microsoftonline.com/x/v2.0",
					"authorization_endpoint":"https://login.microsoftonline.com/a","token_endpoint":%q,"device_authorization_endpoint":%[1]q}`, endpoint))
			})
			got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "status", "--auth", auth, "--tenant", "contoso.example").Must(t, 1, nil)
			if hosts := m.front.hosts(); !slices.Equal(hosts, []string{"login.microsoftonline.com"}) || !strings.Contains(got.Stderr, "refusing to send credentials to ") {
				t.Errorf("%s, %s: contacted %v:\n%s", name, auth, hosts, got.Stderr)
			}
		}
	}
}

// What was sent or given is not shown by who echoes it: in the error, with --debug, or in a record.
func TestSignIn_echo(t *testing.T) {
	t.Parallel()
	for _, auth := range []string{"client-secret", "device-code", "browser"} {
		t.Run(auth, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "fresh")
			m.browser()
			var secrets []string
			m.before(func(w http.ResponseWriter, r *http.Request) bool {
				if !isToken(r) {
					return false
				}
				body, _ := io.ReadAll(r.Body)
				form, _ := url.ParseQuery(string(body))
				for _, name := range []string{"client_secret", "code", "code_verifier", "device_code", "refresh_token"} {
					if form.Get(name) != "" {
						secrets = append(secrets, form.Get(name))
					}
				}
				w.Header().Set("X-Ms-Request-Id", strings.Join(secrets, " "))
				return jsonAnswer(w, 400, fmt.Sprintf(`{"error":"invalid_grant","error_description":"AADSTS1: you sent %s and %s","correlation_id":%[2]q}`, body, strings.Join(secrets, " ")))
			})
			got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "apply", "--yes", "--auth", auth, "--debug").Must(t, 1, nil)
			if len(secrets) == 0 || !strings.Contains(got.Stderr, "AADSTS1: you sent") {
				t.Fatalf("nothing was echoed: %v\n%s", secrets, got.Stderr)
			}
			for _, secret := range secrets {
				if strings.Contains(got.Stderr, secret) {
					t.Errorf("stderr shows %q:\n%s", secret, got.Stderr)
				}
			}
		})
	}
}

// A refresh token that is echoed while a change is under way does not get into its record either.
func TestSignIn_echoInRecord(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "fresh")
	m.Tenant.SetTokenLifetime(time.Minute)
	var refresh atomic.Value
	refresh.Store("")
	m.before(func(w http.ResponseWriter, r *http.Request) bool {
		if !isToken(r) || len(testbed.Writes(m.Tenant)) == 0 {
			return false
		}
		body, _ := io.ReadAll(r.Body)
		form, _ := url.ParseQuery(string(body))
		if token := form.Get("refresh_token"); token != "" {
			refresh.Store(token)
			return jsonAnswer(w, 400, `{"error":"invalid_grant","error_description":"AADSTS50173: revoked"}`)
		}
		return jsonAnswer(w, 400, fmt.Sprintf(`{"error":"access_denied","error_description":"AADSTS1: you had %s"}`, refresh.Load()))
	})
	got := m.with(nil, "apply", "--yes", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 1, nil)
	files, err := filepath.Glob(filepath.Join(m.State, "changes", "*", "*.json"))
	if err != nil || len(files) != 1 || refresh.Load() == "" {
		t.Fatalf("records %v, %v, refresh token %q\n%s", files, err, refresh.Load(), got.Stderr)
	}
	record, err := os.ReadFile(files[0])
	if err != nil || !strings.Contains(string(record), "AADSTS1") {
		t.Errorf("the record does not say why it stopped: %v\n%s", err, record)
	}
	for where, text := range map[string]string{"stderr": got.Stderr, "the record": string(record)} {
		if strings.Contains(text, refresh.Load().(string)) { //nolint:forcetypeassert // it is one
			t.Errorf("%s shows the refresh token:\n%s", where, text)
		}
	}
}

// A sign-in that ended in a wrong tenant is not remembered: the next run asks again, and does not go there by itself.
func TestSignIn_wrongAccountIsForgotten(t *testing.T) {
	m := newMicrosoft(t, "fresh")
	m.Tenant.SetPerson(entra.Person{Tenant: otherTenant})
	for range 2 {
		m.Tenant.ResetLog()
		got := m.with(nil, "status", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 1, nil)
		if !strings.Contains(got.Stderr, "signed in to tenant "+otherTenant) || m.prompts() != 1 {
			t.Errorf("%d prompts, want one:\n%s", m.prompts(), got.Stderr)
		}
	}
	if files, err := filepath.Glob(filepath.Join(m.State, "accounts", "*")); err != nil || len(files) > 0 {
		t.Errorf("%v, %v is remembered", files, err)
	}
}

// Whose a domain is must be known before anything is read or written.
func TestSignIn_domainUnknown(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "fresh")
	m.azureCLI(`[{}]`)
	m.before(func(w http.ResponseWriter, r *http.Request) bool { return isDiscovery(r) && jsonAnswer(w, 400, `{}`) })
	got := m.with(nil, "apply", "--yes", "--auth", "azure-cli", "--tenant", "contoso.example").Must(t, 1, nil)
	if sent := testbed.GraphRequests(m.Tenant); len(sent) > 0 || !strings.Contains(got.Stderr, "cannot be found out") {
		t.Errorf("sent %v:\n%s", sent, got.Stderr)
	}
}

// A configuration that leaves the tenant open leaves it to the sign-in, but for a machine's own identity.
func TestSignIn_domainLeftOpen(t *testing.T) {
	t.Parallel()
	for auth, code := range map[string]int{"client-secret": 0, "managed-identity": 1} {
		m := newMicrosoft(t, "granted")
		m.before(func(w http.ResponseWriter, r *http.Request) bool {
			return isDiscovery(r) && jsonAnswer(w, 200, `{"issuer":"https://login.microsoftonline.com/{tenantid}/v2.0",
				"authorization_endpoint":"https://login.microsoftonline.com/common/oauth2/v2.0/authorize",
				"token_endpoint":"https://login.microsoftonline.com/contoso.example/oauth2/v2.0/token"}`)
		})
		env := append(m.app("AZURE_CLIENT_SECRET="+appSecret), "IDENTITY_ENDPOINT="+m.machine()+"/msi/token", "IDENTITY_HEADER=simulated-identity-header")
		m.with(env, "status", "--auth", auth, "--tenant", "contoso.example").Must(t, code, []string{auth})
	}
}

// A later token must be of the same tenant, and say so.
func TestSignIn_laterToken(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "fresh")
	m.Tenant.SetTokenLifetime(time.Minute) // so that each request wants a new one
	m.before(func(w http.ResponseWriter, r *http.Request) bool {
		return isToken(r) && len(testbed.Writes(m.Tenant)) == 1 && jsonAnswer(w, 200, `{"access_token":"opaque-to-all","token_type":"Bearer","expires_in":60}`)
	})
	got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "apply", "--yes", "--auth", "client-secret").Must(t, 1, nil)
	if sent := testbed.Writes(m.Tenant); len(sent) != 1 || !strings.Contains(got.Stderr, "the access token cannot be read") {
		t.Errorf("sent %v:\n%s", sent, got.Stderr)
	}
}

// What does not wait for a person is bounded by --timeout, and what may pass by itself asks nobody.
func TestSignIn_patience(t *testing.T) {
	t.Parallel()
	hang := func(w http.ResponseWriter, r *http.Request) bool {
		_, _ = io.Copy(io.Discard, r.Body) // or else the server does not see the client go
		<-r.Context().Done()
		return true
	}
	for name, at := range map[string]func(*http.Request) bool{
		"discovery": isDiscovery, "the device code": func(r *http.Request) bool { return strings.HasSuffix(r.URL.Path, "/devicecode") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "granted")
			m.before(func(w http.ResponseWriter, r *http.Request) bool { return at(r) && hang(w, r) })
			got := m.with(nil, "status", "--auth", "device-code", "--timeout", "1s").Must(t, 1, nil)
			if !strings.Contains(got.Stderr, "imed out after") {
				t.Errorf("stderr:\n%s", got.Stderr)
			}
		})
	}
	t.Run("a server that is out of order", func(t *testing.T) {
		t.Parallel()
		m := newMicrosoft(t, "granted")
		m.with(nil, "status", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 0, nil)
		if files, _ := filepath.Glob(filepath.Join(m.State, "accounts", "*")); len(files) == 0 {
			t.Skip("no account was kept")
		}
		m.Tenant.ResetLog()
		m.before(func(w http.ResponseWriter, r *http.Request) bool {
			return isToken(r) && jsonAnswer(w, 503, `{"error":"temporarily_unavailable"}`)
		})
		got := m.with(nil, "apply", "--yes", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 0, nil) // has what it needs in the cache
		if m.prompts() > 0 {
			t.Errorf("the person was asked:\n%s", got.Stderr)
		}
		m.Tenant.Edit(func(d *directory.Directory) { d.PermissionGrants = nil })
		got = m.with(nil, "apply", "--yes", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 1, nil)
		if m.prompts() > 0 || !strings.Contains(got.Stderr, "temporarily_unavailable") {
			t.Errorf("%d prompts:\n%s", m.prompts(), got.Stderr)
		}
	})
}

// A cache that cannot be read costs one sign-in, and no more; so does one that cannot be written.
func TestSignIn_damagedCache(t *testing.T) {
	m := newMicrosoft(t, "granted")
	m.needsKeyring()
	file := filepath.Join(m.State, ".cache", ".IdentityService", "appleconsent")
	m.with(nil, "status", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 0, nil)
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, content[:len(content)/2], 0o600); err != nil {
		t.Fatal(err)
	}
	m.Tenant.ResetLog()
	for range 3 {
		m.with(nil, "status", "--auth", "device-code", "--tenant", m.Tenant.TenantID()).Must(t, 0, nil)
	}
	if n := m.prompts(); n > 2 {
		t.Errorf("the person was asked %d times after the cache was cut, want twice at most", n)
	}
}

// A browser that stays in the foreground does not keep the program from being stopped.
func TestSignIn_browserStays(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "granted")
	m.file(opener(), "#!/bin/sh\nexec /bin/sleep 60\n", 0o700)
	s := m.screen("status", "--auth", "browser")
	s.await("Opening your browser")
	s.send("\x03")
	if code := s.end(); code != 130 || !strings.Contains(s.text(), "nothing was changed") {
		t.Errorf("exit code %d, want 130:\n%s", code, s.text())
	}
}

// The state folder may have any name.
func TestLogout_oddFolder(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "granted")
	odd := "APPLECONSENT_STATE_DIR=" + filepath.Join(m.State, "st[a]te *")
	m.with([]string{odd}, "status", "--auth", "device-code").Must(t, 0, nil)
	files, _ := os.ReadDir(filepath.Join(m.State, "st[a]te *", "accounts"))
	if len(files) == 0 {
		t.Skip("no account was kept")
	}
	if got := m.with([]string{odd}, "logout").Must(t, 0, nil); !strings.Contains(got.Stdout, "Signed out: admin@contoso.example") {
		t.Errorf("logout prints %s", got.Stdout)
	}
	if files, err := os.ReadDir(filepath.Join(m.State, "st[a]te *", "accounts")); err != nil || len(files) > 0 {
		t.Errorf("logout leaves %v, %v", files, err)
	}
}
