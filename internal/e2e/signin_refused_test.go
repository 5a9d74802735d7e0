//go:build linux

package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
)

var correlationID = regexp.MustCompile(`\(correlation id [0-9a-f-]{36}\)`)

// A refusal of Entra's is one line with its code and correlation id, and the next step; nothing was changed, and no secret is
// shown. What is advised about each code is tested beside the table.
func TestSignIn_refused(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		number     int
		auth, next string
	}{
		{7000215, "client-secret", "set AZURE_CLIENT_SECRET to the secret's value"},
		{65001, "client-secret", "has no consent itself"},
		{53003, "device-code", "Conditional Access blocks"},
		{50076, "device-code", "use --auth browser"},
	} {
		t.Run(fmt.Sprint(test.number, " ", test.auth), func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "fresh")
			m.Tenant.RefuseSignIn(test.number)
			got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "apply", "--yes", "--auth", test.auth, "--debug").Must(t, 1, nil)
			for _, told := range []string{fmt.Sprintf("error: sign in: AADSTS%d: ", test.number), test.next, "nothing was changed"} {
				if !strings.Contains(got.Stderr, told) {
					t.Errorf("stderr lacks %q:\n%s", told, got.Stderr)
				}
			}
			if !correlationID.MatchString(got.Stderr) || strings.Contains(got.Stderr, "Trace ID") || got.Stdout != "" {
				t.Errorf("no correlation id, or more than was asked for:\n%s%s", got.Stdout, got.Stderr)
			}
			m.showsNoSecret(got)
		})
	}
}

// What is wrong before Entra is asked, or with what az, a machine or a pipeline says.
func TestSignIn_wrong(t *testing.T) {
	t.Parallel()
	files := certificateFiles(t)
	certificate := func(name, password string) func(m *microsoft) ([]string, string) {
		return func(m *microsoft) ([]string, string) {
			return m.app("AZURE_CLIENT_CERTIFICATE_PATH="+m.file("c", files[name], 0o600), "AZURE_CLIENT_CERTIFICATE_PASSWORD="+password), "certificate"
		}
	}
	az := func(script string) func(m *microsoft) ([]string, string) {
		return func(m *microsoft) ([]string, string) {
			m.file("az", "#!/bin/sh\n"+script+"\n", 0o700)
			return nil, "azure-cli"
		}
	}
	for name, test := range map[string]struct {
		prepare func(m *microsoft) (env []string, auth string)
		told    []string
	}{
		"a certificate whose key has a password": {certificate("encrypted.pem", ""), []string{"its private key is encrypted: set AZURE_CLIENT_CERTIFICATE_PASSWORD"}},
		"a certificate and a wrong password":     {certificate("encrypted.pem", "no such word"), []string{"is AZURE_CLIENT_CERTIFICATE_PASSWORD right?"}},
		"a PFX without its password":             {certificate("modern.pfx", ""), []string{"it has a password"}},
		"a PFX and a wrong password":             {certificate("modern.pfx", "no such word"), []string{"the password in AZURE_CLIENT_CERTIFICATE_PASSWORD is wrong"}},
		"a certificate without its key":          {certificate("keyless.pem", ""), []string{"without its private key"}},
		"no certificate at all":                  {certificate("none", ""), []string{"it is neither PEM nor PKCS#12"}},
		"az is not installed":                    {func(*microsoft) ([]string, string) { return nil, "azure-cli" }, []string{"executable not found on path", "az is not installed: choose another sign-in method"}},
		"az, signed out":                         {az(`echo "ERROR: Please run 'az login' to setup account." >&2; exit 1`), []string{"sign in: Please run 'az login' to setup account.", "sign in to the Azure CLI with: az login"}},
		"az, more proof is wanted":               {az(`echo "WARNING: odd" >&2; echo "ERROR: AADSTS50076: Due to a configuration change made by your administrator, you must use multi-factor authentication. Trace ID: a Correlation ID: 11111111-2222-4333-8444-555555555555 Timestamp: t" >&2; echo "To re-authenticate, please run: az login" >&2; exit 1`), []string{"sign in: AADSTS50076: Due to a configuration", "(correlation id 11111111-2222-4333-8444-555555555555)", "az login"}},
		"az, nonsense":                           {az(`echo sneaky`), []string{"sign in: "}},
		"a machine that is none of Azure's": {func(m *microsoft) ([]string, string) {
			return []string{"IDENTITY_ENDPOINT=http://127.0.0.1:1/msi", "IDENTITY_HEADER=header-of-it"}, "managed-identity"
		}, []string{"could not reach this host"}},
		"a machine that wants another header": {func(m *microsoft) ([]string, string) {
			return []string{"IDENTITY_ENDPOINT=" + m.machine() + "/msi/token", "IDENTITY_HEADER=header-of-it"}, "managed-identity"
		}, []string{"sign in: "}},
		"a machine that cannot tell whose the domain is": {func(m *microsoft) ([]string, string) {
			return []string{"IDENTITY_ENDPOINT=" + m.machine() + "/msi/token", "IDENTITY_HEADER=simulated-identity-header", "AZURE_TENANT_ID=fabrikam.example"}, "managed-identity"
		}, []string{"cannot be found out", "name the tenant by its GUID"}},
		"a workflow without id-token: write": {func(m *microsoft) ([]string, string) { return m.app(), "workload-identity" }, []string{"AZURE_FEDERATED_TOKEN_FILE must be set"}},
		"a workflow whose token is refused": {func(m *microsoft) ([]string, string) {
			m.pipelines()
			return m.app("ACTIONS_ID_TOKEN_REQUEST_URL=https://token.actions.example/", "ACTIONS_ID_TOKEN_REQUEST_TOKEN=another-bearer-token"), "workload-identity"
		}, []string{"get the workflow's token from GitHub"}},
		"a token file that is missing": {func(m *microsoft) ([]string, string) {
			return m.app("AZURE_FEDERATED_TOKEN_FILE=/nowhere/token"), "workload-identity"
		}, []string{"/nowhere/token"}},
		"a token file that is empty": {func(m *microsoft) ([]string, string) {
			return m.app("AZURE_FEDERATED_TOKEN_FILE=" + m.file("token", "", 0o600)), "workload-identity"
		}, []string{"sign in: AADSTS"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "fresh")
			env, auth := test.prepare(m)
			got := m.with(env, "apply", "--yes", "--auth", auth).Must(t, 1, nil)
			for _, told := range append(test.told, "nothing was") {
				if !strings.Contains(got.Stderr, told) {
					t.Errorf("stderr lacks %q:\n%s", told, got.Stderr)
				}
			}
			if n := strings.Count(got.Stderr, "error:"); n != 1 || strings.Contains(got.Stderr, "another-bearer-token") || strings.Contains(got.Stderr, "header-of-it") {
				t.Errorf("%d errors, want one, without secrets:\n%s", n, got.Stderr)
			}
			if sent := testbed.GraphRequests(m.Tenant); len(sent) > 0 {
				t.Errorf("Graph was asked: %v", sent)
			}
		})
	}
}

// No network, an authority that nobody trusts, a dead proxy: each says what to do.
func TestSignIn_network(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env  []string
		told string
	}{
		"a company's own authority": {[]string{"SSL_CERT_FILE=/dev/null"}, "name its PEM file in SSL_CERT_FILE"},
		"no such proxy":             {[]string{"HTTPS_PROXY=http://127.0.0.1:1"}, "the proxy of HTTPS_PROXY cannot be reached"},
		"a name that nobody knows":  {[]string{"HTTPS_PROXY=", "GODEBUG=netdns=go", "RES_OPTIONS=attempts:1 timeout:1"}, "check your network; behind a company proxy, set HTTPS_PROXY"},
		"a proxy that refuses":      {[]string{"AZURE_AUTHORITY_HOST=https://login.microsoftonline.us", "HTTPS_PROXY=" + refusingProxy(t)}, "a proxy on the way wants its own sign-in: check HTTPS_PROXY"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "fresh")
			got := m.with(m.app(append(test.env, "AZURE_CLIENT_SECRET="+appSecret)...), "status", "--auth", "client-secret", "--timeout", "30s").Must(t, 1, nil)
			if !strings.Contains(got.Stderr, test.told) {
				t.Errorf("stderr lacks %q:\n%s", test.told, got.Stderr)
			}
			m.showsNoSecret(got)
		})
	}
}

// refusingProxy is a proxy that wants to be signed in to itself.
func refusingProxy(t *testing.T) string {
	t.Helper()
	url, stop, err := simulator.Serve(t.Context(), "127.0.0.1:0", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = stop() })
	return url
}

// Each cloud signs in at its own authority and reads its own Graph, by --cloud or by AZURE_AUTHORITY_HOST.
func TestSignIn_clouds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env, args []string
		want      []string
	}{
		"global":                {nil, nil, []string{"graph.microsoft.com", "login.microsoftonline.com"}},
		"usgov":                 {nil, []string{"--cloud", "usgov"}, []string{"graph.microsoft.us", "login.microsoftonline.us"}},
		"usgovdod":              {nil, []string{"--cloud", "usgovdod"}, []string{"dod-graph.microsoft.us", "login.microsoftonline.us"}},
		"china":                 {nil, []string{"--cloud", "china"}, []string{"login.chinacloudapi.cn", "microsoftgraph.chinacloudapi.cn"}},
		"by the authority host": {[]string{"AZURE_AUTHORITY_HOST=https://login.microsoftonline.us/"}, nil, []string{"graph.microsoft.us", "login.microsoftonline.us"}},
	} {
		for _, auth := range []string{"client-secret", "device-code"} {
			t.Run(name+" "+auth, func(t *testing.T) {
				t.Parallel()
				if !testbed.Full() && name != "china" {
					t.Skip("one of many clouds")
				}
				m := newMicrosoft(t, "granted")
				env := append(m.app("AZURE_CLIENT_SECRET="+appSecret), test.env...)
				m.with(env, append([]string{"status", "--auth", auth}, test.args...)...).Must(t, 0, nil)
				if got := m.front.hosts(); !slices.Equal(got, test.want) {
					t.Errorf("contacted %v, want %v", got, test.want)
				}
			})
		}
	}
	m := newMicrosoft(t, "granted")
	got := m.with([]string{"AZURE_AUTHORITY_HOST=https://login.evil.example"}, "status", "--auth", "device-code").Must(t, 1, nil)
	if hosts := m.front.hosts(); len(hosts) > 0 || !strings.Contains(got.Stderr, "the sign-in host of no known cloud") {
		t.Errorf("contacted %v:\n%s", hosts, got.Stderr)
	}
}

// A tenant is a GUID or a domain, told before any network, and the token must be of it.
func TestSignIn_tenant(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{
		{"--tenant", "f8d98a96-0999-43f5-8af3-69971c7bb4235"},
		{"--tenant", "../common", "--auth", "browser"},
	} {
		m := newMicrosoft(t, "granted")
		got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), append([]string{"status"}, args...)...).Must(t, 1, args)
		if hosts := m.front.hosts(); len(hosts) > 0 || !strings.Contains(got.Stderr, "is not a tenant") {
			t.Errorf("%v: contacted %v\n%s", args, hosts, got.Stderr)
		}
	}
	for _, tenant := range []string{"common", "organizations", "contoso.example", "CONTOSO.example"} {
		m := newMicrosoft(t, "granted")
		m.with(nil, "status", "--auth", "device-code", "--tenant", tenant).Must(t, 0, []string{tenant})
	}
	m := newMicrosoft(t, "granted")
	m.azureCLI(`[{}]`)
	const other = "7e000000-0000-4000-8000-00000000000f"
	got := m.with(nil, "status", "--auth", "azure-cli", "--tenant", other).Must(t, 1, nil)
	if want := "signed in to tenant " + m.Tenant.TenantID() + " instead of " + other; !strings.Contains(got.Stderr, want) {
		t.Errorf("stderr lacks %q:\n%s", want, got.Stderr)
	}
}

// liveVariable names a real tenant for TestLive, see docs/signing-in.md.
const liveVariable = "APPLECONSENT_LIVE_TENANT"

// Against a real tenant, reading only: status and plan agree, and --auth is what the environment says.
func TestLive(t *testing.T) {
	tenant := os.Getenv(liveVariable)
	if tenant == "" {
		t.Skip(liveVariable + " names no tenant")
	}
	args := []string{"--tenant", tenant, "-o", "json"}
	if auth := os.Getenv("APPLECONSENT_LIVE_AUTH"); auth != "" {
		args = append(args, "--auth", auth)
	}
	status, plan := testbed.RunIn(t, os.Environ(), append([]string{"status"}, args...)...),
		testbed.RunIn(t, os.Environ(), append([]string{"plan", "--detailed-exitcode"}, args...)...)
	if status.Code != plan.Code || status.Code != 0 && status.Code != 2 {
		t.Errorf("status exits %d and plan %d\n%s%s", status.Code, plan.Code, status.Stderr, plan.Stderr)
	}
	if a, b := tenantIn(t, status.Stdout), tenantIn(t, plan.Stdout); a != b || a == "" {
		t.Errorf("status names tenant %q, plan %q", a, b)
	}
}

// Where somebody happens to be signed in is not where a change goes that nobody is asked about: the tenant must have been named, by flag
// or variable. It is named in the error, and nothing is written or recorded.
func TestSignIn_unnamedTenant(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.azureCLI(`[{}]`)
	for _, command := range []string{"apply", "rollback"} {
		m.with(nil, "apply", "--dry-run").Must(t, 0, nil)
		got := m.with(nil, command, "--yes").Must(t, 1, nil)
		if command == "apply" && !strings.Contains(got.Stderr, "you are signed in to "+m.Tenant.TenantID()) {
			t.Errorf("%s: stderr:\n%s", command, got.Stderr)
		}
		if sent := testbed.Writes(m.Tenant); len(sent) > 0 {
			t.Errorf("%s: sent %v", command, sent)
		}
	}
	m.with([]string{"AZURE_TENANT_ID=" + m.Tenant.TenantID()}, "apply", "--yes").Must(t, 0, nil)
	id := testbed.RecordIDs(t, m.State)[0]
	m.with(nil, "rollback", "--yes").Must(t, 1, nil)
	m.with(nil, "rollback", id, "--yes").Must(t, 0, nil)
}
