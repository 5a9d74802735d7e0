package render_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"

	"github.com/google/go-cmp/cmp"
)

// row is an object that a command of Exchange returns.
type row map[string]any

// exchangeState is what the stand-ins in testdata/exchange know, by the names that they use.
type exchangeState struct {
	Open         []row    `json:"open"`   // the connections of the window
	Tenant       string   `json:"tenant"` // to which the script connects
	ConnectFails bool     `json:"connectFails"`
	GraphLoaded  bool     `json:"graphLoaded"`
	Missing      []string `json:"missing"`  // commands that the role does not allow
	NoSwitch     bool     `json:"noSwitch"` // nor the parameter that reads the list
	Organization row      `json:"organization"`
	Lists        []any    `json:"lists"` // what each read of the list returns, the last one from then on
	Late         bool     `json:"late"`  // a write does not show
	WriteFails   bool     `json:"writeFails"`
	AccessLevel  any      `json:"accessLevel"`
	Rules        []row    `json:"rules"`
	Policies     []row    `json:"policies"`
	Domains      []row    `json:"domains"`
	Mailbox      row      `json:"mailbox"` // nil: it is not found
	Devices      []row    `json:"devices"`
	Plan         any      `json:"plan"`
}

// Applications that may be in the list beside Apple's.
const (
	teamsID  = "cc15fd57-2c6c-4117-a88c-83b1d56b4bbe"
	backupID = "{11111111-1111-1111-1111-111111111111}"
	othersID = teamsID + "," + backupID
	appleID  = string(consent.AppleInternetAccounts)
)

// healthyExchange is Exchange of the tenant of exchangeFacts, in which all is well.
func healthyExchange() exchangeState {
	policy := row{"EwsEnabled": true, "EwsApplicationAccessPolicy": nil, "EwsAllowList": nil, "EwsBlockList": nil}
	organization := row{"OAuth2ClientProfileEnabled": true, "DefaultAuthenticationPolicy": nil}
	mailbox := row{"ActiveSyncEnabled": true}
	for name, value := range policy {
		organization[name], mailbox[name] = value, value
	}
	return exchangeState{
		Open: []row{}, Tenant: exchangeFacts().Tenant.ID, Missing: []string{}, Organization: organization,
		Lists:       []any{teamsID + ", " + strings.ToUpper(appleID)},
		AccessLevel: "Allow", Rules: []row{}, Policies: []row{}, Mailbox: mailbox, Plan: "ExchangeOnlineEnterprise-1",
		Domains: []row{{"DomainName": "contoso.com", "InitialDomain": false}, {"DomainName": "Contoso.onmicrosoft.com", "InitialDomain": true}},
		Devices: []row{{
			"ClientType": "EAS", "DeviceType": "iPhone", "DeviceModel": "iPhone14C2", "ClientVersion": "16.1", "DeviceAccessState": "Allowed",
		}},
	}
}

// exchangeCase is a run of the script.
type exchangeCase struct {
	Parameters row           `json:"parameters"`
	State      exchangeState `json:"state"`

	name    string
	lines   []string // each is part of one that it prints
	failure string   // part of the error that ends it; empty: none does
	written []string
	open    int // connections that are left
}

// exchangeResult is what came of a run.
type exchangeResult struct {
	Lines   []string
	Failure string
	Written []string
	Open    int
}

// TestExchange_run runs the script in each PowerShell that is here, and passes over those that are not.
func TestExchange_run(t *testing.T) {
	t.Parallel()
	cases := slices.Concat(organizationCases(), ewsCases(), activeSyncCases(), mailboxCases(), allowCases(), connectionCases())
	for _, shell := range []string{"pwsh", "powershell"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skip("it is not installed")
			}
			for i, got := range runExchange(t, program, cases) {
				checkExchangeCase(t, cases[i], got)
			}
		})
	}
}

func runExchange(t *testing.T, shell string, cases []exchangeCase) []exchangeResult {
	t.Helper()
	folder := t.TempDir()
	data, err := json.Marshal(cases)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "cases.json"), data, 0o600)
	}
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "exchange.ps1"), []byte(exchangeScript(t, exchangeFacts())), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	run := exec.CommandContext(t.Context(), shell, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File",
		filepath.Join("testdata", "exchange", "run.ps1"), folder)
	var complaints bytes.Buffer
	run.Stderr = &complaints
	out, err := run.Output()
	_, answer, found := bytes.Cut(out, []byte("RESULTS "))
	var got struct{ Results []exchangeResult }
	if err != nil || !found || json.Unmarshal(answer, &got) != nil || len(got.Results) != len(cases) {
		t.Fatalf("%v, %d of %d results: %s%s", err, len(got.Results), len(cases), out, complaints.String())
	}
	return got.Results
}

func checkExchangeCase(t *testing.T, c exchangeCase, got exchangeResult) {
	t.Helper()
	for _, want := range c.lines {
		if !slices.ContainsFunc(got.Lines, func(line string) bool { return strings.Contains(line, want) }) {
			t.Errorf("%s: no line holds %q:\n%s", c.name, want, strings.Join(got.Lines, "\n"))
		}
	}
	if (c.failure == "") != (got.Failure == "") || !strings.Contains(got.Failure, c.failure) {
		t.Errorf("%s: it ends with %q, want %q", c.name, got.Failure, c.failure)
	}
	if diff := cmp.Diff(slices.Concat([]string{}, c.written), slices.Concat([]string{}, got.Written)); diff != "" || got.Open != c.open {
		t.Errorf("%s: %d connections are left, want %d; written (-want +got):\n%s", c.name, got.Open, c.open, diff)
	}
}
