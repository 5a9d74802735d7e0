//go:build linux

package e2e_test

import (
	"encoding/json"
	"net/http"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
)

// codeIn returns the code of the error document on stderr.
func codeIn(t *testing.T, a testbed.Answer) string {
	t.Helper()
	lines := strings.Split(strings.TrimSpace(a.Stderr), "\n")
	var doc struct{ Code string }
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &doc); err != nil {
		t.Fatalf("the last line on stderr is no document: %v\n%s", err, a.Stderr)
	}
	return doc.Code
}

// A proxy that is set to what is no address of one stops a run that would go by it before anything is sent, shows nothing of its
// password, and stops no other run.
func TestSignIn_proxySetting(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"HTTPS_PROXY", "https_proxy"} {
		for _, auth := range []string{"client-secret", "device-code", "azure-cli"} { // whose az is not even run
			m := newMicrosoft(t, "granted")
			env := m.app("AZURE_CLIENT_SECRET="+appSecret, "HTTPS_PROXY=", variable+"=http://somebody:pa%wo-hush#hush@127.0.0.1:1")
			got := m.with(env, "status", "--auth", auth, "--debug", "-o", "json").Must(t, 1, nil)
			if code := codeIn(t, got); code != "invalidInput" || !strings.Contains(got.Stderr, variable+" is not the address of a proxy") || !strings.Contains(got.Stderr, "percent-encode") {
				t.Errorf("%s, %s: code %q:\n%s", variable, auth, code, got.Stderr)
			}
			for _, secret := range []string{"hush", "somebody", "pa%wo"} {
				if strings.Contains(got.Stderr+got.Stdout, secret) {
					t.Errorf("%s, %s: %q is shown:\n%s", variable, auth, secret, got.Stderr)
				}
			}
			m.with([]string{"HTTPS_PROXY=", variable + "=http://a%w@b"}, "status", "--simulate", "granted").Must(t, 0, nil)
		}
	}
}

// 401 and 403 are explained by what they say, in the code for programs, too; a permission is named where one is lacking alone.
func TestSignIn_refusedByGraph(t *testing.T) {
	t.Parallel()
	const read, write = "/v1.0/servicePrincipals", "/v1.0/servicePrincipals"
	status := func(method, path string, status int, code string) simulator.Rule {
		return simulator.Rule{Method: method, Path: path, Times: -1, Trouble: simulator.TroubleStatus, Status: status, Code: code}
	}
	page := func(method string, status int) simulator.Rule {
		return simulator.Rule{Method: method, Path: read, Times: -1, Trouble: simulator.TroubleHTML, Status: status}
	}
	for name, test := range map[string]struct {
		rule       simulator.Rule
		args       []string
		code, told string
	}{
		"a web filter":                 {page("GET", 403), []string{"status"}, "graph", "a web filter or proxy on the way"},
		"a web filter, 401":            {page("GET", 401), []string{"plan"}, "graph", "a web filter or proxy on the way"},
		"a web filter, doctor":         {page("GET", 403), []string{"doctor"}, "graph", "a web filter or proxy on the way"},
		"a web filter, a write":        {page("POST", 403), []string{"apply", "--yes"}, "graph", "a web filter or proxy on the way"},
		"a quota":                      {status("POST", write, 403, "Directory_QuotaExceeded"), []string{"apply", "--yes"}, "quota", "the directory has no room"},
		"an unknown application":       {status("GET", read, 401, "Authorization_IdentityNotFound"), []string{"status"}, "signIn", "has no service principal in this tenant"},
		"an unknown one, doctor":       {status("GET", read, 401, "Authorization_IdentityNotFound"), []string{"doctor"}, "signIn", "has no service principal in this tenant"},
		"a permission":                 {status("GET", read, 403, ""), []string{"status"}, "permissionDenied", "the Microsoft Graph permission Directory.Read.All"},
		"a permission, a write":        {status("POST", write, 403, ""), []string{"apply", "--yes"}, "permissionDenied", "the Microsoft Graph permissions Application.ReadWrite.All and"},
		"a token that is not accepted": {status("GET", read, 401, ""), []string{"status"}, "signIn", "Graph did not accept the sign-in"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "fresh")
			if err := m.Tenant.SetRules(test.rule); err != nil {
				t.Fatal(err)
			}
			env := m.app("AZURE_CLIENT_SECRET=" + appSecret)
			got := m.with(env, append(test.args, "-o", "json", "--auth", "client-secret")...).Must(t, 1, nil)
			if code := codeIn(t, got); code != test.code || !strings.Contains(got.Stderr, test.told) {
				t.Errorf("code %q, want %q and %q:\n%s", code, test.code, test.told, got.Stderr)
			}
			if names := strings.Contains(got.Stderr, "Entra role") || strings.Contains(got.Stderr, "this needs"); names != (test.code == "permissionDenied") {
				t.Errorf("a permission is named: %v\n%s", names, got.Stderr)
			}
		})
	}
}

// Doctor, signed in as an application, says nothing of roles where Graph refuses what the application holds.
func TestSignIn_doctorOfAnApplication(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "granted")
	m.Tenant.SetAppRoles("Directory.Read.All", "Policy.Read.All", "AuditLog.Read.All", "DeviceManagementConfiguration.Read.All")
	if err := m.Tenant.SetRules(simulator.Rule{Path: "/v1.0/identity", Times: -1, Trouble: simulator.TroubleStatus, Status: 403}); err != nil {
		t.Fatal(err)
	}
	got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "doctor", "--auth", "client-secret")
	said := strings.Join(strings.Fields(got.Stdout), " ")
	if !strings.Contains(said, "although the application that signed in holds Policy.Read.All") || strings.Contains(got.Stdout, "the Entra role") {
		t.Errorf("doctor says\n%s%s", got.Stdout, got.Stderr)
	}
}

// What Entra says through az gets the same advice as anywhere, and az's own command line stands below it, whole.
func TestSignIn_azTold(t *testing.T) {
	t.Parallel()
	const claims = "eyJhY2Nlc3NfdG9rZW4iOnsiYWNycyI6eyJlc3NlbnRpYWwiOnRydWUsInZhbHVlcyI6WyJwMSJdfX19"
	for name, test := range map[string]struct {
		says string // lines of az, the first of them an error
		told []string
	}{
		"an expired assertion": {
			"AADSTS700024: Client assertion is not within its valid time range.\nInteractive authentication is needed. Please run:\naz login",
			[]string{"has expired: in a pipeline", "--auth workload-identity", "az login --tenant contoso.example --allow-no-subscriptions"},
		},
		"claims": {
			"AADSTS50076: More proof.\nRun the command below:\naz logout\naz login --tenant \"contoso.example\" --scope \"https://graph.microsoft.com//.default\" --claims-challenge \"" + claims + "\"",
			[]string{`az login --tenant "contoso.example" --scope "https://graph.microsoft.com//.default" --claims-challenge "` + claims + `"`, "stronger authentication"},
		},
		"Conditional Access": {"AADSTS53003: Blocked.\naz login", []string{"Conditional Access blocks"}},
		"nobody":             {"Please run 'az login' to setup account.", []string{"sign in to the Azure CLI with: az login --tenant contoso.example --allow-no-subscriptions"}},
		"the network":        {"HTTPSConnectionPool(host='login.microsoftonline.com', port=443): Max retries exceeded with url: /x", []string{"could not reach this host"}},
		"expired":            {"AADSTS700082: Expired.\naz login --scope https://graph.microsoft.com//.default", []string{"that the Azure CLI keeps has expired", "az login --scope https://graph.microsoft.com//.default --tenant contoso.example"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "granted")
			m.file("az", "#!/bin/sh\n/bin/cat >&2 <<'END'\nERROR: "+test.says+"\nEND\nexit 1\n", 0o700)
			got := m.with(nil, "status", "--auth", "azure-cli", "--tenant", "contoso.example").Must(t, 1, nil)
			for _, told := range test.told {
				if !strings.Contains(got.Stderr, told) {
					t.Errorf("stderr lacks %q:\n%s", told, got.Stderr)
				}
			}
		})
	}
}

// Entra's own trouble passes: the sign-in is tried again, and a person is asked once.
func TestSignIn_busyEntra(t *testing.T) {
	t.Parallel()
	for _, auth := range []string{"client-secret", "device-code"} {
		t.Run(auth, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, "granted")
			var refused atomic.Int32
			m.before(func(w http.ResponseWriter, r *http.Request) bool {
				return isToken(r) && refused.Add(1) <= 2 &&
					jsonAnswer(w, 400, `{"error":"temporarily_unavailable","error_description":"AADSTS90033: A transient error has occurred. Please try again."}`)
			})
			m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "status", "--auth", auth).Must(t, 0, nil)
			if n := refused.Load(); n < 3 || m.prompts() > 1 {
				t.Errorf("%d requests for a token and %d prompts", n, m.prompts())
			}
		})
	}
}

// A secret or an id with a line break at its end is said to have one, before any request.
func TestSignIn_lineBreak(t *testing.T) {
	t.Parallel()
	for _, variable := range []string{"AZURE_CLIENT_SECRET", "AZURE_CLIENT_ID", "AZURE_TENANT_ID"} {
		for _, end := range []string{"\n", "\r\n"} {
			m := newMicrosoft(t, "granted")
			values := map[string]string{"AZURE_CLIENT_SECRET": appSecret, "AZURE_CLIENT_ID": appID, "AZURE_TENANT_ID": m.Tenant.TenantID()}
			values[variable] += end
			var env []string
			for name, value := range values {
				env = append(env, name+"="+value)
			}
			got := m.with(env, "status", "--auth", "client-secret").Must(t, 1, nil)
			if hosts := m.front.hosts(); len(hosts) > 0 || !strings.Contains(got.Stderr, variable) || !strings.Contains(got.Stderr, "ends in a line break") {
				t.Errorf("%s with %q: contacted %v:\n%s", variable, end, hosts, got.Stderr)
			}
			m.showsNoSecret(got)
		}
	}
}

// A state folder that is a file is the same trouble in every command, before any request.
func TestStateFolder_isAFile(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "granted")
	file := m.file("state", "", 0o600)
	for _, args := range [][]string{
		{"status"}, {"plan"}, {"apply", "--yes"}, {"rollback", "--yes"}, {"doctor"}, {"link", "--check"}, {"history"}, {"history", "show", "x"}, {"logout"},
	} {
		for _, folder := range []string{file, filepath.Join(file, "below")} {
			got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), append(args, "-o", "json", "--state-dir", folder)...).Must(t, 1, args)
			if code := codeIn(t, got); code != "stateFolder" {
				t.Errorf("%v in %s: code %q:\n%s", args, folder, code, got.Stderr)
			}
		}
	}
	if hosts := m.front.hosts(); len(hosts) > 0 {
		t.Errorf("%v were contacted", hosts)
	}
}

// A person who signs in on another machine is told what for, before each time, and the commands that are shown go there again.
func TestGuided_deviceCode(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.Tenant.SetConsented()
	s := m.screen()
	s.chose(false, askGoal, 2, askWay, 2)
	s.asked(askTenant)
	s.send("contoso.example" + enter)
	s.chose(false, askDevices, 1)
	for _, words := range []string{"names Microsoft Graph Command Line Tools. If it asks", "Directory.Read.All read the grants", "To sign in, use a web browser"} {
		s.seenFrom(words)
	}
	s.chose(false, askNow, 1)
	s.asked("Apply this plan")
	s.send("y")
	for _, words := range []string{
		"Sign in once more: until now it was for reading only", "DelegatedPermissionGrant.ReadWrite.All create, change or delete grants", "To sign in, use a web browser",
		"✓ Verified", "--auth device-code --tenant " + m.Tenant.TenantID(),
	} {
		s.seenFrom(words)
	}
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.text())
	}
}

// Where the Azure CLI looks signed in and is not, the guided flow says why and offers the other ways.
func TestGuided_azFails(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "granted")
	m.azureCLI(`[{}]`)
	m.file("az", "#!/bin/sh\necho \"ERROR: Please run 'az login' to setup account.\" >&2\nexit 1\n", 0o700)
	s := m.screen()
	s.chose(false, askGoal, 1, askWay, 1) // the Azure CLI comes first
	s.asked(askTenant)
	s.send(enter)
	s.chose(false, askDevices, 1)
	s.seenFrom("nothing was changed")
	s.asked(askWay)
	_, list, _ := strings.Cut(s.text(), "nothing was changed")
	if strings.Contains(list, "Azure CLI") || !strings.Contains(list, "Device code") {
		t.Errorf("what is offered is\n%s", list)
	}
	s.send(ctrlD)
	if code := s.end(); code != 3 {
		t.Errorf("exit code %d, want 3:\n%s", code, s.text())
	}
}
