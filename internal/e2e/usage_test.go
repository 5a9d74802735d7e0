//go:build linux

package e2e_test

import (
	"fmt"
	"net/http"
	"os"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"

	"github.com/google/go-cmp/cmp"
)

const readReports = "Reports.Read.All"

// carried returns the requests for the report, in their order: the host, and whether a token went along.
func (m *microsoft) carried() (list []string) {
	m.T.Helper()
	for _, r := range m.Tenant.Requests() {
		host := strings.TrimSuffix(r.Host, ":443")
		if r.Bearer && host != "graph.microsoft.com" {
			m.T.Errorf("a token went to %s%s", host, r.Path)
		}
		if strings.HasPrefix(r.Path, "/v1.0/reports/") || strings.HasPrefix(r.Path, "/data/") {
			list = append(list, fmt.Sprintf("%s, token %v", host, r.Bearer))
		}
	}
	return list
}

// With --usage the token goes to Graph, and never along with the redirect, which is followed once and to a host for reports of that
// cloud alone. Whatever comes of it is one line and no failure, and the address of the report is nowhere.
func TestUsage_hosts(t *testing.T) {
	t.Parallel()
	const atGraph, atFiles = "graph.microsoft.com, token true", "reportsncu.office.com, token false"
	const numbers = "Apple Mail on Macs: 41 people. Mail on phones other than Outlook (iPhones among them): 212 people. (Microsoft's report of 2"
	both := []string{atGraph, atFiles}
	leads := func(location string) *simulator.Rule {
		return &simulator.Rule{Path: "/v1.0/reports", Times: -1, Trouble: simulator.TroubleStatus, Status: http.StatusFound, Location: location}
	}
	graph := func(r simulator.Rule) *simulator.Rule { r.Path, r.Times = "/v1.0/reports", -1; return &r }
	file := func(r simulator.Rule) *simulator.Rule { r.Path, r.Times = "/data", -1; return &r }
	for name, test := range map[string]struct {
		scenario string
		roles    []string
		rule     *simulator.Rule
		want     []string
		told     string // behind the words that it could not be read; else the numbers
	}{
		"granted":                {"partial", []string{readOnly, readReports}, nil, both, ""},
		"refused":                {"partial", []string{readOnly}, nil, both[:1], "it needs the Microsoft Graph permission Reports.Read.All"},
		"empty":                  {"no-exchange", []string{readOnly, readReports}, nil, both, "the report is empty."},
		"not known here":         {"partial", nil, graph(simulator.Rule{Trouble: simulator.TroubleStatus, Status: http.StatusNotFound}), both[:1], "Graph answered 404"},
		"a filter":               {"partial", nil, graph(simulator.Rule{Trouble: simulator.TroubleHTML, Status: http.StatusOK}), both[:1], "a web filter or proxy on the way"},
		"a foreign host":         {"partial", nil, leads("https://files.example/x?token=eyJhIjoiYiJ9.c.d"), both[:1], "the report's address leads to files.example, which is no host for reports"},
		"a host that looks good": {"partial", nil, leads("https://reports.office.com.files.example/x"), both[:1], "the report's address leads to reports.office.com.files.example"},
		"another cloud's host":   {"partial", nil, leads("https://reports.office365.us/data/v1.0/download"), both[:1], "the report's address leads to reports.office365.us"},
		"without TLS":            {"partial", nil, leads("http://reportsncu.office.com/data/v1.0/download"), both[:1], "the report's address leads to reportsncu.office.com without TLS"},
		"this machine":           {"partial", nil, leads("https://localhost/data/v1.0/download"), both[:1], "the report's address leads to localhost"},
		"expired": {
			"partial", nil, leads("https://reportsncu.office.com/data/v1.0/download?token=eyJhIjoiYiJ9.c.d"), both,
			"reportsncu.office.com answered 403 Forbidden.",
		},
		"it leads on": {
			"partial", nil, file(simulator.Rule{Trouble: simulator.TroubleStatus, Status: http.StatusFound, Location: "https://files.example/"}), both,
			"reportsncu.office.com leads on to another place",
		},
		"a page":       {"partial", nil, file(simulator.Rule{Trouble: simulator.TroubleHTML, Status: http.StatusOK}), both, "reportsncu.office.com answered with a page instead of a report."},
		"half of it":   {"partial", nil, file(simulator.Rule{Trouble: simulator.TroubleTruncate}), both, "the answer of reportsncu.office.com was cut off."},
		"no table":     {"partial", nil, file(simulator.Rule{Trouble: simulator.TroubleInvalidJSON}), both, "the report is no table."},
		"not a report": {"partial", nil, file(simulator.Rule{Trouble: simulator.TroubleEmpty}), both, "the report is empty."},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newMicrosoft(t, test.scenario)
			if test.roles == nil {
				test.roles = []string{readOnly, readReports}
			}
			m.Tenant.SetAppRoles(test.roles...)
			if test.rule != nil {
				if err := m.Tenant.SetRules(*test.rule); err != nil {
					t.Fatal(err)
				}
			}
			got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "plan", "--usage", "--auth", "client-secret", "--debug", "-o", "markdown").Must(t, 0, nil)
			want := "**Note:** " + numbers
			if test.told != "" {
				want = "**Note:** How many people use it could not be read: " + test.told
			}
			shown := strings.NewReplacer(`\`, "", "&#8203;", "").Replace(got.Stdout)
			if !strings.Contains(shown, want) || strings.Count(shown, "could not be read") > 1 {
				t.Errorf("got\n%s\nwant %s", shown, want)
			}
			if diff := cmp.Diff(test.want, m.carried()); diff != "" {
				t.Errorf("requests, -want +got:\n%s", diff)
			}
			for _, host := range m.front.hosts() {
				if !slices.Contains([]string{"login.microsoftonline.com", "graph.microsoft.com", "reportsncu.office.com"}, host) {
					t.Errorf("%s was contacted", host)
				}
			}
			m.showsNoSecret(got)
			for _, part := range []string{"token=", "/data", "eyJ"} {
				if strings.Contains(got.Stderr+got.Stdout, part) {
					t.Errorf("the address of the report is told: %q in\n%s\n%s", part, got.Stdout, got.Stderr)
				}
			}
		})
	}
}

// The Azure CLI's token does not hold the permission, which is told with what would.
func TestUsage_azureCLI(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.azureCLI(`[{}]`)
	got := m.with(nil, "plan", "--usage", "--auth", "azure-cli").Must(t, 0, nil)
	text := strings.Join(strings.Fields(got.Stdout), " ")
	if !strings.Contains(text, readReports+", which the Azure CLI's own sign-in does not hold; sign in with a browser") {
		t.Errorf("got\n%s", got.Stdout)
	}
	if diff := cmp.Diff([]string{"graph.microsoft.com, token true"}, m.carried()); diff != "" {
		t.Errorf("requests, -want +got:\n%s", diff)
	}
}

// In a national cloud the report lies in that cloud.
func TestUsage_cloud(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.Tenant.SetAppRoles(readOnly, readReports)
	got := m.with(m.app("AZURE_CLIENT_SECRET="+appSecret), "plan", "--usage", "--auth", "client-secret", "--cloud", "usgov").Must(t, 0, nil)
	if !strings.Contains(got.Stdout, "Apple Mail on Macs: 41 people.") || !slices.Contains(m.front.hosts(), "reports.office365.us") {
		t.Errorf("asked %v, got\n%s", m.front.hosts(), got.Stdout)
	}
}

// The permission is asked for with --usage, or by the variable where there is that flag, and never otherwise.
func TestUsage_least(t *testing.T) {
	const on, grants = "APPLECONSENT_USAGE=true", " DelegatedPermissionGrant.ReadWrite.All"
	const doctor = readOnly + " Policy.Read.All AuditLog.Read.All DeviceManagementConfiguration.Read.All"
	for name, test := range map[string]struct {
		scenario string
		env      string
		args     []string
		want     []string // of the prompts
	}{
		"plan":                      {"partial", "", []string{"plan", "--usage"}, []string{readOnly + " " + readReports}},
		"plan by the variable":      {"partial", on, []string{"plan"}, []string{readOnly + " " + readReports}},
		"plan, not this time":       {"partial", on, []string{"plan", "--usage=false"}, []string{readOnly}},
		"a variable that says no":   {"partial", "APPLECONSENT_USAGE=0", []string{"plan"}, []string{readOnly}},
		"doctor":                    {"partial", "", []string{"doctor", "--usage"}, []string{doctor + " " + readReports}},
		"doctor without":            {"partial", "", []string{"doctor"}, []string{doctor}},
		"rollback, nothing to undo": {"granted", on, []string{"rollback", "--yes"}, nil},
		"status never":              {"partial", on, []string{"status"}, []string{readOnly}},
		"apply never":               {"partial", on, []string{"apply", "--yes"}, []string{readOnly, readOnly + grants}},
		"a variable that is no yes": {"partial", "APPLECONSENT_USAGE=perhaps", []string{"plan"}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := newMicrosoft(t, test.scenario)
			m.Tenant.SetConsented()
			got := m.with([]string{test.env}, append(test.args, "--auth", "device-code", "--tenant", m.Tenant.TenantID())...)
			if test.env == "APPLECONSENT_USAGE=perhaps" && (got.Code != 1 || !strings.Contains(got.Stderr, `APPLECONSENT_USAGE is "perhaps": use true or false`)) {
				t.Errorf("exit code %d:\n%s", got.Code, got.Stderr)
			}
			if diff := cmp.Diff(test.want, m.prompted()); diff != "" {
				t.Errorf("prompts (-want +got):\n%s", diff)
			}
		})
	}
}

// A rollback asks for it, too; what it writes was consented to with the apply.
func TestUsage_rollback(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.Tenant.SetConsented()
	person := []string{"--auth", "device-code", "--tenant", m.Tenant.TenantID()}
	m.with(nil, append([]string{"apply", "--yes"}, person...)...).Must(t, 0, nil)
	before := len(m.prompted())
	m.with([]string{"APPLECONSENT_USAGE=true"}, append([]string{"rollback", "--yes"}, person...)...).Must(t, 0, nil)
	want := []string{readOnly + " " + readReports}
	if diff := cmp.Diff(want, m.prompted()[before:]); diff != "" {
		t.Errorf("prompts (-want +got):\n%s", diff)
	}
}

// prompted returns what a person with a device code was asked for.
func (m *microsoft) prompted() (list []string) {
	for _, asked := range m.asked() {
		if scopes, found := strings.CutPrefix(asked, "devicecode: "); found {
			list = append(list, scopes)
		}
	}
	return list
}

// Where nobody can consent to the permission, everything else goes on.
func TestUsage_withoutConsent(t *testing.T) {
	t.Parallel()
	m := newMicrosoft(t, "partial")
	m.Tenant.SetConsented(readOnly)
	m.Tenant.SetDelegatedScopes(readOnly, readReports)
	m.Tenant.SetAdminRoles(globalReader)
	got := m.with(nil, "plan", "--usage", "--auth", "device-code").Must(t, 0, nil)
	if text := strings.Join(strings.Fields(got.Stdout), " "); !strings.Contains(text, "it needs the Microsoft Graph permission "+readReports) {
		t.Errorf("got\n%s", got.Stdout)
	}
	if diff := cmp.Diff([]string{readOnly + " " + readReports, readOnly}, m.prompted()); diff != "" {
		t.Errorf("prompts (-want +got):\n%s", diff)
	}
}

// A saved plan tells how many people it was about, is applied without asking that again, and is not stale because of it.
func TestUsage_savedPlan(t *testing.T) {
	t.Parallel()
	b := testbed.New(t, simulator.Options{Scenario: "partial"})
	file := b.State + "/plan.json"
	b.Must(0, "plan", "--usage", "--out", file)
	saved, err := os.ReadFile(file)
	if err != nil || !strings.Contains(string(saved), `"mailOnMacs": 41`) {
		t.Fatalf("saved %s, %v", saved, err)
	}
	other := strings.NewReplacer("41", "40", "212", "9999").Replace(string(saved))
	if err := os.WriteFile(file, []byte(other), 0o600); err != nil {
		t.Fatal(err)
	}
	b.Tenant.ResetLog()
	b.Must(0, "apply", file, "--yes")
	for _, r := range b.Tenant.Requests() {
		if strings.Contains(r.Path, "reports") || strings.HasPrefix(r.Path, "/data") {
			t.Errorf("%s was asked for", r.Path)
		}
	}
	for _, name := range b.Records() {
		if record, err := os.ReadFile(name); err != nil || strings.Contains(string(record), "mailOn") || strings.Contains(string(record), "usage") {
			t.Errorf("the record is\n%s\n%v", record, err)
		}
	}
}
