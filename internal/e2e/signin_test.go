//go:build linux

package e2e_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/internal/testbed"

	"github.com/google/go-cmp/cmp"
)

const (
	appID       = "11111111-2222-4333-8444-555555555555"
	appSecret   = "s3cret~value.of-the-app"
	bearerOfJob = "bearer-token-of-the-job"
)

// app is the environment of a pipeline that signs in as an application.
func (m *microsoft) app(more ...string) []string {
	return append([]string{"AZURE_TENANT_ID=" + m.Tenant.TenantID(), "AZURE_CLIENT_ID=" + appID}, more...)
}

// assertion is a token of another identity provider.
func assertion() string {
	encode := func(text string) string { return base64.RawURLEncoding.EncodeToString([]byte(text)) }
	now := time.Now().Unix()
	claims := fmt.Sprintf(`{"iss":"https://token.actions.example","sub":"repo:contoso/mail","aud":"api://AzureADTokenExchange","nbf":%d,"exp":%d}`, now-60, now+600)
	return encode(`{"alg":"RS256","typ":"JWT"}`) + "." + encode(claims) + "." + encode("signature")
}

// pipelines makes the host of an identity provider give its tokens to jobs, as GitHub Actions and Azure Pipelines do.
func (m *microsoft) pipelines() {
	tenant := m.handler
	m.handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		github := r.Method == http.MethodGet && r.URL.Query().Get("audience") == "api://AzureADTokenExchange"
		azure := r.Method == http.MethodPost && r.URL.Query().Get("serviceConnectionId") == "connection"
		switch {
		case r.Host != "token.actions.example":
			tenant.ServeHTTP(w, r)
		case r.Header.Get("Authorization") != "Bearer "+bearerOfJob || !github && !azure:
			http.Error(w, `{"message":"`+r.Header.Get("Authorization")+`"}`, http.StatusUnauthorized)
		default:
			_, _ = fmt.Fprintf(w, `{"value":%q,"oidcToken":%[1]q}`, assertion())
		}
	})
}

// azureCLI puts an az on the PATH that prints what az prints, and the file by which it is known who is signed in.
func (m *microsoft) azureCLI(subscriptions string) {
	m.T.Helper()
	document := m.file("az.json", string(cliDocument(m.Tenant, "https://graph.microsoft.com", m.Tenant.TenantID())), 0o600)
	m.file("az", "#!/bin/sh\nexec /bin/cat "+document+"\n", 0o700)
	if err := os.MkdirAll(filepath.Join(m.State, ".azure"), 0o700); err != nil {
		m.T.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(m.State, ".azure", "azureProfile.json"), []byte("\xef\xbb\xbf"+`{"subscriptions":`+subscriptions+`}`), 0o600); err != nil {
		m.T.Fatal(err)
	}
}

// browser puts an opener of pages on the PATH that does what a person in a browser does.
func (m *microsoft) browser() {
	m.T.Helper()
	m.file(opener(), "#!/bin/sh\nexec "+testbed.Program(m.T, fakeBrowserName)+" \"$1\"\n", 0o700)
}

// machine starts the endpoint of a managed identity on this machine.
func (m *microsoft) machine() string {
	server := httptest.NewServer(appService(m.Tenant))
	m.T.Cleanup(server.Close)
	return server.URL
}

const (
	readOnly = "Directory.Read.All"
	anything = ".default"
)

// usualWays are those of TestSignIn_ways that always run: one of each value of --auth.
var usualWays = []string{
	"client-secret", "environment", "certificate, PEM", "workload-identity, GitHub Actions", "managed-identity, App Service", "azure-cli", "device-code", "browser",
}

// Each way to sign in gets as far as Graph, asks for what the table in docs/signing-in.md says, reaches Microsoft's hosts
// and no others, and shows neither a secret nor a token, with --debug too.
func TestSignIn_ways(t *testing.T) {
	t.Parallel()
	files := certificateFiles(t)
	certificate := func(name string, more ...string) func(*microsoft) ([]string, []string) {
		return func(m *microsoft) ([]string, []string) {
			return m.app(append(more, "AZURE_CLIENT_CERTIFICATE_PATH="+m.file(name, files[name], 0o600))...), []string{"--auth", "certificate"}
		}
	}
	password := "AZURE_CLIENT_CERTIFICATE_PASSWORD=" + certificatePassword
	for name, test := range map[string]struct {
		prepare func(m *microsoft) (env, args []string)
		asked   []string // nil: only what is signed in elsewhere is used
		told    string
	}{
		"client-secret": {func(m *microsoft) ([]string, []string) {
			return m.app("AZURE_CLIENT_SECRET=" + appSecret), []string{"--auth", "client-secret"}
		}, []string{"client_credentials: " + anything}, ""},
		"client-secret by flags": {func(m *microsoft) ([]string, []string) {
			return []string{"AZURE_CLIENT_SECRET=" + appSecret}, []string{"--auth", "client-secret", "--tenant", "contoso.example", "--client-id", appID}
		}, []string{"client_credentials: " + anything}, ""},
		"environment": {func(m *microsoft) ([]string, []string) {
			return m.app("AZURE_CLIENT_SECRET=" + appSecret), []string{"--auth", "environment"}
		}, []string{"client_credentials: " + anything}, ""},
		"auto, a secret": {func(m *microsoft) ([]string, []string) {
			m.azureCLI(`[{}]`)
			return m.app("AZURE_CLIENT_SECRET=" + appSecret), nil
		}, []string{"client_credentials: " + anything}, "signing in with client-secret"},
		"certificate, PEM":                       {certificate("plain.pem"), []string{"client_credentials: " + anything}, ""},
		"certificate, PEM as Notepad saves it":   {certificate("notepad.pem"), []string{"client_credentials: " + anything}, ""},
		"certificate, PEM as PowerShell does":    {certificate("unicode.pem"), []string{"client_credentials: " + anything}, ""},
		"certificate, PEM with an RSA key":       {certificate("rsa.pem"), []string{"client_credentials: " + anything}, ""},
		"certificate, PEM with a password":       {certificate("encrypted.pem", password), []string{"client_credentials: " + anything}, ""},
		"certificate, PFX with a password":       {certificate("modern.pfx", password), []string{"client_credentials: " + anything}, ""},
		"certificate, older PFX with a password": {certificate("legacy.pfx", password), []string{"client_credentials: " + anything}, ""},
		"certificate, PFX without one":           {certificate("open.pfx"), []string{"client_credentials: " + anything}, ""},
		"certificate, with its chain":            {certificate("plain.pem", "AZURE_CLIENT_SEND_CERTIFICATE_CHAIN=true"), []string{"client_credentials: " + anything}, ""},
		"workload-identity, a file as in Kubernetes": {func(m *microsoft) ([]string, []string) {
			return m.app("AZURE_FEDERATED_TOKEN_FILE=" + m.file("token", assertion(), 0o600)), []string{"--auth", "workload-identity"}
		}, []string{"client_credentials: " + anything}, ""},
		"workload-identity, a file with a mark before it": {func(m *microsoft) ([]string, []string) {
			return m.app("AZURE_FEDERATED_TOKEN_FILE=" + m.file("token", "\xef\xbb\xbf"+assertion()+"\r\n", 0o600)), []string{"--auth", "workload-identity"}
		}, []string{"client_credentials: " + anything}, ""},
		"workload-identity, GitHub Actions": {func(m *microsoft) ([]string, []string) {
			m.pipelines()
			return m.app("ACTIONS_ID_TOKEN_REQUEST_URL=https://token.actions.example/run/1?api-version=2.0", "ACTIONS_ID_TOKEN_REQUEST_TOKEN="+bearerOfJob),
				[]string{"--auth", "workload-identity"}
		}, []string{"client_credentials: " + anything}, ""},
		"workload-identity, Azure Pipelines": {func(m *microsoft) ([]string, []string) {
			m.pipelines()
			return []string{
				"SYSTEM_OIDCREQUESTURI=https://token.actions.example/oidc", "SYSTEM_ACCESSTOKEN=" + bearerOfJob, "AZURESUBSCRIPTION_TENANT_ID=" + m.Tenant.TenantID(),
				"AZURESUBSCRIPTION_CLIENT_ID=" + appID, "AZURESUBSCRIPTION_SERVICE_CONNECTION_ID=connection",
			}, nil
		}, []string{"client_credentials: " + anything}, "signing in with workload-identity"},
		"managed-identity, App Service": {func(m *microsoft) ([]string, []string) {
			return []string{"IDENTITY_ENDPOINT=" + m.machine() + "/msi/token", "IDENTITY_HEADER=simulated-identity-header"}, []string{"--auth", "managed-identity"}
		}, []string{"managed_identity: https://graph.microsoft.com"}, ""},
		"managed-identity, one of several": {func(m *microsoft) ([]string, []string) {
			return []string{"IDENTITY_ENDPOINT=" + m.machine() + "/msi/token", "IDENTITY_HEADER=simulated-identity-header"},
				[]string{"--auth", "managed-identity", "--client-id", appID, "--tenant", "contoso.example"}
		}, []string{"managed_identity: https://graph.microsoft.com"}, ""},
		"azure-cli": {func(m *microsoft) ([]string, []string) {
			m.azureCLI(`[]`)
			return nil, []string{"--auth", "azure-cli", "--tenant", m.Tenant.TenantID()}
		}, nil, ""},
		"auto, a signed-in Azure CLI": {func(m *microsoft) ([]string, []string) {
			m.azureCLI(`[{}]`)
			return nil, nil
		}, nil, "signing in with azure-cli"},
		"device-code": {func(m *microsoft) ([]string, []string) {
			return nil, []string{"--auth", "device-code"}
		}, []string{"devicecode: " + readOnly, "device_code: " + readOnly}, "To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code "},
		"browser": {func(m *microsoft) ([]string, []string) {
			m.browser()
			return nil, []string{"--auth", "browser", "--tenant", "contoso.example"}
		}, []string{"authorize: " + readOnly, "authorization_code: " + readOnly}, "Opening your browser"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if !testbed.Full() && !slices.Contains(usualWays, name) {
				t.Skip("one of many ways")
			}
			m := newMicrosoft(t, "granted")
			env, args := test.prepare(m)
			got := m.with(env, append([]string{"status", "-o", "json", "--debug"}, args...)...).Must(t, 0, args)
			if tenant := tenantIn(t, got.Stdout); tenant != m.Tenant.TenantID() {
				t.Errorf("the document names tenant %q, want %q", tenant, m.Tenant.TenantID())
			}
			if diff := cmp.Diff(test.asked, m.asked()); diff != "" {
				t.Errorf("what was asked for (-want +got):\n%s", diff)
			}
			if !strings.Contains(got.Stderr, test.told) {
				t.Errorf("stderr lacks %q:\n%s", test.told, got.Stderr)
			}
			for _, host := range m.front.hosts() {
				if !slices.Contains([]string{"login.microsoftonline.com", "graph.microsoft.com", "token.actions.example"}, host) {
					t.Errorf("%s was contacted", host)
				}
			}
			m.showsNoSecret(got)
		})
	}
}

// showsNoSecret looks for secrets and tokens in what a run printed, and for tokens in what it left on disk.
func (m *microsoft) showsNoSecret(a testbed.Answer) {
	m.T.Helper()
	texts := map[string]string{"stdout": a.Stdout, "stderr": a.Stderr}
	err := filepath.WalkDir(m.State, func(name string, entry os.DirEntry, err error) error {
		if err != nil || !entry.Type().IsRegular() {
			return err
		}
		content, err := os.ReadFile(name)
		texts[name] = string(content)
		return err
	})
	if err != nil {
		m.T.Fatal(err)
	}
	for where, text := range texts {
		encrypted := strings.Contains(where, ".IdentityService")
		for _, secret := range []string{appSecret, certificatePassword, bearerOfJob, "simulated-identity-header", "eyJhbGciOi"} {
			if strings.Contains(text, secret) && (!encrypted || secret != "eyJhbGciOi") { // as its own header begins
				m.T.Errorf("%s shows %q:\n%s", where, secret, text)
			}
		}
	}
}

// Nothing is configured: five lines say what can be done, and nothing was tried.
func TestSignIn_autoNothing(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "granted")
	m.azureCLI(`[]`) // az is there, and signed out
	got := m.with(nil, "status").Must(t, 1, nil)
	if lines := strings.Count(got.Stderr, "hint:"); lines != 5 || !strings.Contains(got.Stderr, "error: no sign-in method is configured") {
		t.Errorf("got %d lines of advice, want 5:\n%s", lines, got.Stderr)
	}
	if hosts := m.front.hosts(); len(hosts) > 0 {
		t.Errorf("%v were contacted", hosts)
	}
}
