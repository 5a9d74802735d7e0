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

// A command that is run later makes its change for the same reason; a saved plan has it in itself.
func TestCommands_keepTheReason(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	variables := map[string]string{"APPLECONSENT_SIMULATE": "fresh", "APPLECONSENT_STATE_DIR": state}
	for _, args := range [][]string{{"plan"}, {"plan", "-o", "html"}, {"apply", "--dry-run"}} {
		shown := runWith(t, variables, append(args, "--reason", "CHG-1")...).Must(t, 0, args).Stdout
		if !strings.Contains(shown, "appleconsent apply --reason CHG-1 --simulate fresh") {
			t.Errorf("%v:\n%s", args, shown)
		}
	}
	saved := runWith(t, variables, "plan", "--reason", "CHG-1", "--out", state+"/plan.json").Must(t, 0, nil).Stderr
	if strings.Contains(saved, "--reason") {
		t.Errorf("the saved plan has its reason:\n%s", saved)
	}
	runWith(t, variables, "apply", "--yes").Must(t, 0, nil)
	undo := runWith(t, variables, "rollback", "--dry-run", "--reason", "CHG-2").Must(t, 0, nil).Stdout
	if !strings.Contains(undo, " --reason CHG-2 --simulate fresh") {
		t.Errorf("rollback:\n%s", undo)
	}
}
