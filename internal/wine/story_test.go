//go:build linux

package wine_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"appleconsent/internal/testbed"
)

// The story of the README, on a tenant that the program simulates itself: as on Linux, with the names of files as Windows has them.
func TestStory(t *testing.T) {
	t.Parallel()
	b := newBench(t, "fresh")
	b.URL = "fresh"
	b.must(2, "status", "--quiet")
	a := b.must(0, "apply", "--yes", "-o", "json")
	if !strings.Contains(a.Stdout, `"outcome": "succeeded"`) {
		t.Errorf("the record is\n%s", a.Stdout)
	}
	b.must(0, "status", "--quiet")
	b.must(0, "rollback", "--yes", "--quiet")
	b.must(2, "status", "--quiet")
	if a := b.must(0, "history"); strings.Count(a.Stdout, "\n") != 3 { // with the header
		t.Errorf("the history is\n%s", a.Stdout)
	}
	for _, folder := range []string{"changes", "locks", "simulated"} {
		info, err := os.Stat(filepath.Join(b.State, folder))
		if err != nil || info.Mode().Perm()&0o007 != 0 { // into which Wine translates the access list
			t.Errorf("%s is %v, %v; want it closed for others", folder, info.Mode(), err)
		}
	}
}

// A saved plan is applied; what is wrong with one is told with its name as it can be copied.
func TestSavedPlan(t *testing.T) {
	t.Parallel()
	b := newBench(t, "partial")
	file := onWindows(filepath.Join(b.State, "my plan.json"))
	a := b.must(0, "plan", "--out", file)
	if want := `appleconsent apply '` + file + `'`; !strings.Contains(a.Stderr, want) && !strings.Contains(a.Stderr, strings.ReplaceAll(want, "'", `"`)) {
		t.Errorf("stderr lacks %s:\n%s", want, a.Stderr)
	}
	b.must(0, "apply", file, "--yes")
	b.must(5, "apply", file, "--yes")
	for _, bad := range []string{`Z:\no such folder\plan.json`, onWindows(b.State)} {
		a := b.must(1, "apply", bad, "--yes")
		if a.CheckError(t, `"`+bad+`"`); strings.Contains(a.Stderr, "open Z:") || strings.Contains(a.Stderr, "CreateFile") {
			t.Errorf("it speaks Go:\n%s", a.Stderr)
		}
	}
}

// A command that the program suggests does in cmd what it says, whatever is in the name of the folder.
func TestPasted(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"plain", "my state", "a & b", "a^b (c)", "50%", "a,b;c=d", "Jörg"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "fresh")
			before := testbed.Stands(b.Tenant)
			state := onWindows(filepath.Join(b.State, name))
			a := b.inCmd(`appleconsent apply --yes --state-dir "` + state + `"`)
			undo := regexp.MustCompile(`To undo:\s+(.*?)\r?\n`).FindStringSubmatch(a.Stdout)
			if undo == nil {
				t.Fatalf("no command is suggested:\n%s%s", a.Stdout, a.Stderr)
			}
			if a := b.inCmd(undo[1] + " --yes"); testbed.Stands(b.Tenant) != before {
				t.Errorf("%s was pasted and undid nothing:\n%s%s", undo[1], a.Stdout, a.Stderr)
			}
		})
	}
}

// inCmd gives cmd a line as it is, in the folder of the program.
func (b *bench) inCmd(line string) testbed.Answer {
	b.T.Helper()
	cmd := b.command(b.machine.helper("onconsole"), onWindows(filepath.Join(b.State, "modes")), `cmd /d /s /c "`+line+`"`)
	cmd.Dir = filepath.Dir(b.machine.program())
	return testbed.End(b.T, cmd)
}

// What lies in the current folder is not taken for the Azure CLI.
func TestAzureCLI_notFromTheCurrentFolder(t *testing.T) {
	t.Parallel()
	b := newBench(t, "fresh")
	if err := os.WriteFile(filepath.Join(b.State, "az.cmd"), []byte("echo it ran >ran.txt\r\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := b.command(b.machine.program(), "status", "--tenant", "11111111-2222-4333-8444-555555555555", "--auth", "azure-cli")
	cmd.Dir = b.State
	cmd.Env = append(cmd.Env, "APPLECONSENT_SIMULATE=")
	testbed.End(t, cmd).Must(t, 1, cmd.Args).CheckError(t, "az is not installed")
	if _, err := os.Stat(filepath.Join(b.State, "ran.txt")); err == nil {
		t.Error("it was run")
	}
}

// While one process changes a tenant, another is told who it is and sends nothing.
func TestTwoAtOnce(t *testing.T) {
	t.Parallel()
	b := newBench(t, "fresh")
	arrived, release := b.holdFirstWrite()
	defer release()
	first := b.command(b.machine.program(), "apply", "--yes")
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	<-arrived
	b.must(1, "apply", "--yes").CheckError(t, "another apply (process ", "has been changing tenant", "nothing was changed")
	release()
	if err := first.Wait(); err != nil {
		t.Error(err)
	}
	if sent := testbed.Writes(b.Tenant); len(sent) != 3 {
		t.Errorf("%d writes were sent, want 3", len(sent))
	}
	b.must(0, "status", "--quiet")
}
