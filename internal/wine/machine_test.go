//go:build linux

package wine_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
)

// machine is the Windows that Wine plays: a folder with Wine's own files, the program and its helpers.
type machine struct{ folder string }

var (
	once    sync.Once
	theOne  *machine
	missing string // what keeps it from being had; empty: nothing
	broken  error
)

// onMachine returns the machine, or skips the test where there can be none.
func onMachine(t *testing.T) *machine {
	t.Helper()
	if !testbed.Full() {
		t.Skip("a build for Windows and Wine take minutes: set APPLECONSENT_TEST=full")
	}
	once.Do(func() {
		for _, tool := range []string{"wine", "wineserver", compiler} {
			if _, err := exec.LookPath(tool); err != nil {
				missing = tool
				return
			}
		}
		theOne, broken = newMachine()
	})
	switch {
	case missing != "":
		t.Skipf("%s is not installed", missing)
	case broken != nil:
		t.Fatal(broken)
	}
	return theOne
}

const compiler = "x86_64-w64-mingw32-gcc"

// newMachine builds all that runs on it. Wine's system lacks what Go takes its random numbers from.
func newMachine() (*machine, error) {
	folder, err := os.MkdirTemp("", "appleconsent-wine-")
	if err != nil {
		return nil, err
	}
	m := &machine{folder}
	system := filepath.Join(m.prefix(), "drive_c", "windows", "system32")
	steps := [][]string{
		{"go", "build", "-o", m.program(), "appleconsent"},
		{"go", "test", "-c", "-o", m.mortal(), "appleconsent/internal/wine"},
		{"wineserver", "-p"}, // it stays until closeMachine
		{"wine", "wineboot", "--init"},
		{compiler, "-shared", "-o", filepath.Join(system, "bcryptprimitives.dll"), "testdata/bcryptprimitives.c", "-ladvapi32"},
		{compiler, "-o", m.helper("hold"), "testdata/hold.c"},
		{compiler, "-municode", "-o", m.helper("onconsole"), "testdata/onconsole.c"},
	}
	said, err := os.Create(filepath.Join(folder, "said")) // no pipe, which Wine's own processes would keep open
	if err == nil {
		err = os.Mkdir(m.prefix(), 0o700)
	}
	for _, step := range steps {
		if err != nil {
			break
		}
		cmd := exec.Command(step[0], step[1:]...) //nolint:noctx // for all tests
		cmd.Env, cmd.Stdout, cmd.Stderr = append(os.Environ(), m.env()...), said, said
		if err = cmd.Run(); err != nil {
			text, _ := os.ReadFile(said.Name())
			err = fmt.Errorf("%s: %w: %s", strings.Join(step, " "), err, text)
		}
	}
	return m, err
}

// closeMachine ends Wine and removes the machine, if there was one.
func closeMachine() {
	if theOne == nil {
		return
	}
	for _, step := range []string{"-k", "-w"} {
		cmd := exec.Command("wineserver", step) //nolint:noctx // there is no test any more
		cmd.Env = append(os.Environ(), theOne.env()...)
		_ = cmd.Run() // there may be none
	}
	_ = os.RemoveAll(theOne.folder)
}

func (m *machine) prefix() string { return filepath.Join(m.folder, "prefix") }

// program is the program as it is released.
func (m *machine) program() string { return filepath.Join(m.folder, "released", "appleconsent.exe") }

// mortal is the program that kills itself where it is told to.
func (m *machine) mortal() string { return filepath.Join(m.folder, "mortal", "appleconsent.exe") }

func (m *machine) helper(name string) string { return filepath.Join(m.folder, name+".exe") }

// env is what Wine and the builds for it want.
func (m *machine) env() []string {
	return []string{"WINEPREFIX=" + m.prefix(), "WINEDEBUG=-all", "WINEDLLOVERRIDES=mscoree,mshtml=", "GOOS=windows", "GOARCH=amd64", "CGO_ENABLED=0"}
}

// onWindows is the name of a file as Windows knows it.
func onWindows(name string) string { return "Z:" + strings.ReplaceAll(name, "/", `\`) }

// bench is the test bed's, whose program runs under Wine.
type bench struct {
	*testbed.Bench
	machine *machine
}

func newBench(t *testing.T, scenario string) *bench {
	t.Helper()
	m := onMachine(t)
	return &bench{testbed.New(t, simulator.Options{Scenario: scenario}), m}
}

// command is a program under Wine, not started yet, with the environment that leads to the tenant.
func (b *bench) command(program string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(b.T.Context(), "wine", append([]string{program}, args...)...)
	cmd.Dir = b.machine.folder
	cmd.Env = append([]string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + b.machine.folder, "LC_ALL=C.UTF-8", "NO_COLOR=1",
		"APPLECONSENT_SIMULATE=" + b.URL, "APPLECONSENT_STATE_DIR=" + onWindows(b.State),
	}, b.machine.env()...)
	return cmd
}

// run runs the program to its end.
func (b *bench) run(args ...string) testbed.Answer {
	b.T.Helper()
	return testbed.End(b.T, b.command(b.machine.program(), args...))
}

// must is run, and wants that exit code.
func (b *bench) must(code int, args ...string) testbed.Answer {
	b.T.Helper()
	return b.run(args...).Must(b.T, code, args)
}

// record returns the file of the newest change record.
func (b *bench) record() string {
	b.T.Helper()
	records := b.Records()
	if len(records) == 0 {
		b.T.Fatal("there is no record")
	}
	return records[len(records)-1]
}

// goesOn wants what is left behind to be good for an apply and for rollbacks that return to the state before.
func (b *bench) goesOn(before string) {
	b.T.Helper()
	b.must(0, "apply", "--yes")
	b.must(0, "status", "--quiet")
	for range len(b.Records()) {
		if a := b.run("rollback", "--yes"); a.Code != 0 {
			a.CheckError(b.T, "nothing to roll back")
			break
		}
	}
	if got := testbed.Stands(b.Tenant); got != before {
		b.T.Errorf("after the rollbacks there stands\n%s\ninstead of\n%s", got, before)
	}
}
