package cli_test

import (
	"strings"
	"testing"

	"appleconsent/internal/cli"
	"appleconsent/internal/testbed"
)

// runWith runs the command line in this process with these variables.
func runWith(t *testing.T, variables map[string]string, args ...string) testbed.Answer {
	t.Helper()
	var stdout, stderr strings.Builder
	env := cli.Environment{
		In: strings.NewReader(""), Out: &stdout, Err: &stderr, Getenv: func(name string) string { return variables[name] },
	}
	code := cli.Main(t.Context(), append([]string{"appleconsent"}, args...), env)
	return testbed.Answer{Stdout: stdout.String(), Stderr: stderr.String(), Code: code}
}

// A command in a file is read where the environment says something else: it names its tenant itself.
func TestCommands_nameTheSimulation(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	variables := map[string]string{"APPLECONSENT_SIMULATE": "Partial", "APPLECONSENT_STATE_DIR": state, "AZURE_TENANT_ID": "contoso.com"}
	check := func(of, text, command string) {
		t.Helper()
		if !strings.Contains(text, command) || strings.Contains(text, "--tenant") {
			t.Errorf("%s: no %q in\n%s", of, command, text)
		}
	}
	planned := runWith(t, variables, "plan", "-o", "markdown").Must(t, 0, nil).Stdout
	check("plan", planned, "appleconsent apply --simulate partial")
	check("plan", planned, "appleconsent rollback --simulate partial")
	saved := runWith(t, variables, "plan", "--out", state+"/plan.json").Must(t, 0, nil).Stderr
	check("saved plan", saved, "plan.json --simulate partial")
	check("apply", runWith(t, variables, "apply", "--yes", "-o", "html").Must(t, 0, nil).Stdout, " --simulate partial</code>")
	delete(variables, "APPLECONSENT_SIMULATE")
	check("history show", runWith(t, variables, "history", "show", "latest").Must(t, 0, nil).Stdout, " --simulate partial\n")
}
