package render_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appleconsent/plan/render"

	"github.com/google/go-cmp/cmp"
)

// scriptCase is a run of a script of a plan.
type scriptCase struct {
	name  string
	plan  string                       // the input file that the script is made of
	tweak func(*document)              // what is different in it
	given func(d *directory)           // what is different in the tenant
	run   func(r *scriptRun)           // what is different in how it is run
	then  func(*testing.T, *directory) // looks at the tenant afterwards

	failure []string // parts of the error that ends it; none: it does not fail
	says    []string // parts of lines or warnings
	silent  []string // what no line or warning says
	writes  []string // the requests that write
	asked   int
	slept   int  // seconds
	open    bool // the connection is, afterwards
}

// scriptRun is how a script is run, as testdata/graph reads it.
type scriptRun struct {
	Script       string `json:"script"`
	Base         string `json:"base"`
	Parameters   row    `json:"parameters"`
	Context      row    `json:"context"`   // the connection of the window
	Connected    row    `json:"connected"` // that of the script
	ConnectFails bool   `json:"connectFails"`
	// DisconnectFails makes signing out fail.
	DisconnectFails bool `json:"disconnectFails"`
	// Shape is that of the errors of requests, if not the module's own.
	Shape          string `json:"shape"`
	ExchangeLoaded bool   `json:"exchangeLoaded"`
}

// scriptResult is what came of it.
type scriptResult struct {
	Lines, Warnings, Output []string
	Failure                 string
	Slept                   int
	Connected               row
	Open                    bool
}

// runOf is the usual run: signed in, and without questions.
func (c scriptCase) runOf(doc document, number int, server string) scriptRun {
	scopes := []string{
		"Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All", "Policy.ReadWrite.Authorization", "Policy.ReadWrite.PermissionGrant",
		"Application.Read.All",
	}
	connection := row{"TenantId": strings.ToUpper(doc.plan.Tenant.ID), "Environment": "Global", "Scopes": scopes}
	r := scriptRun{
		Script: fmt.Sprintf("%d.ps1", number), Base: fmt.Sprintf("%s/%d", server, number), Parameters: row{}, Connected: connection,
	}
	if c.run != nil {
		c.run(&r)
	}
	return r
}

// The question, and who answers it in a test.
const (
	question = "if ($PSCmdlet.ShouldProcess($Target, $Action)) {"
	standIn  = "if (-not $WhatIfPreference -and (Test-StandInYes $Target $Action)) {"
)

func scriptCases() []scriptCase {
	return slices.Concat(grantCases(), faultCases(), rollbackCases(), settingCases(), connectCases(), idleCases(), shapeCases())
}

// TestScript_run runs scripts in each PowerShell that is here, against a stand-in for the module of Microsoft Graph.
func TestScript_run(t *testing.T) {
	t.Parallel()
	cases := scriptCases()
	for _, shell := range []string{"pwsh", "powershell"} {
		t.Run(shell, func(t *testing.T) {
			t.Parallel()
			program, err := exec.LookPath(shell)
			if err != nil {
				t.Skip("it is not installed")
			}
			for i, got := range runScripts(t, program, cases) {
				t.Run(cases[i].name, func(t *testing.T) { cases[i].check(t, got.result, got.directory) })
			}
		})
	}
}

type scriptOutcome struct {
	result    scriptResult
	directory *directory
}

func runScripts(t *testing.T, shell string, cases []scriptCase) []scriptOutcome {
	t.Helper()
	folder := t.TempDir()
	mux := http.NewServeMux()
	server := httptest.NewServer(mux)
	defer server.Close()
	runs, outcomes := make([]scriptRun, len(cases)), make([]scriptOutcome, len(cases))
	for i, c := range cases {
		doc := read(t, c.plan)
		d := planned(doc.plan)
		if c.given != nil {
			c.given(d)
		}
		if c.tweak != nil {
			c.tweak(&doc)
		}
		mux.Handle(fmt.Sprintf("/%d/", i), d)
		runs[i], outcomes[i].directory = c.runOf(doc, i, server.URL), d
		writeScript(t, filepath.Join(folder, runs[i].Script), doc)
	}
	data, err := json.Marshal(runs)
	if err == nil {
		err = os.WriteFile(filepath.Join(folder, "cases.json"), data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	for i, r := range runFolder(t, shell, folder, len(cases)) {
		outcomes[i].result = r
	}
	return outcomes
}

func writeScript(t *testing.T, file string, doc document) {
	t.Helper()
	script, err := doc.render(render.PowerShell)
	if err != nil {
		t.Fatal(err)
	}
	questions := bytes.Count(script, []byte("ShouldProcess("))
	if bytes.Count(script, []byte(question)) != questions || questions > 1 || questions == 0 && len(doc.plan.Actions) > 0 && !doc.plan.Blocked() {
		t.Fatalf("%s asks in %d places", file, questions)
	}
	if err := os.WriteFile(file, bytes.Replace(script, []byte(question), []byte(standIn), 1), 0o600); err != nil {
		t.Fatal(err)
	}
}

func runFolder(t *testing.T, shell, folder string, count int) []scriptResult {
	t.Helper()
	run := exec.CommandContext(t.Context(), shell, "-NoProfile", "-NonInteractive", "-ExecutionPolicy", "Bypass", "-File",
		filepath.Join("testdata", "graph", "run.ps1"), folder)
	var complaints bytes.Buffer
	run.Stderr = &complaints
	out, err := run.Output()
	_, answer, found := bytes.Cut(out, []byte("RESULTS "))
	var got struct{ Results []scriptResult }
	if err != nil || !found || json.Unmarshal(answer, &got) != nil || len(got.Results) != count {
		t.Fatalf("%v, %d of %d results: %s%s", err, len(got.Results), count, out, complaints.String())
	}
	return got.Results
}

func (c scriptCase) check(t *testing.T, got scriptResult, d *directory) {
	t.Helper()
	for _, want := range c.failure {
		if !strings.Contains(got.Failure, want) {
			t.Errorf("it ends with %q, which lacks %q", got.Failure, want)
		}
	}
	if len(c.failure) == 0 && got.Failure != "" {
		t.Errorf("it fails: %s", got.Failure)
	}
	said := strings.Join(slices.Concat(got.Lines, got.Warnings), "\n")
	for _, want := range c.says {
		if !strings.Contains(said, want) {
			t.Errorf("nothing says %q:\n%s", want, said)
		}
	}
	for _, text := range append(c.silent, "\x1b", "\u202e") {
		if strings.Contains(said+got.Failure, text) {
			t.Errorf("it says %q:\n%s\n%s", text, said, got.Failure)
		}
	}
	if got.Failure != "" && strings.Contains(said, "Finished") {
		t.Errorf("it says that it finished, and fails with %q", got.Failure)
	}
	if got.Open != c.open {
		t.Errorf("the connection is open afterwards: %v", got.Open)
	}
	if len(got.Output) > 0 {
		t.Errorf("in the pipeline: %q", got.Output)
	}
	if diff := cmp.Diff(slices.Concat([]string{}, c.writes), slices.Concat([]string{}, d.writes)); diff != "" {
		t.Errorf("what it writes (-want +got):\n%s", diff)
	}
	if len(d.asked) != c.asked || got.Slept != c.slept {
		t.Errorf("it asks %d times, %q, and waits %d s; want %d and %d s", len(d.asked), d.asked, got.Slept, c.asked, c.slept)
	}
	if c.then != nil {
		c.then(t, d)
	}
}
