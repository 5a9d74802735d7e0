//go:build unix

package faults_test

import (
	"errors"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// bench is the test bed's, with a disk that can be full.
type bench struct{ *testbed.Bench }

func newBench(t *testing.T, o simulator.Options) *bench {
	t.Helper()
	return &bench{testbed.New(t, o)}
}

// userBench is a bench whose program is run by a user to whom permissions apply: if root runs the tests, by nobody.
type userBench struct{ *bench }

const nobody = 65534

func newUserBench(t *testing.T, scenario string) userBench {
	t.Helper()
	u := userBench{newBench(t, simulator.Options{Scenario: scenario})}
	if program := testbed.Program(t, "appleconsent"); os.Getuid() == 0 {
		u.must(os.Chmod(filepath.Dir(program), 0o755), os.Chmod(filepath.Dir(filepath.Dir(program)), 0o755), os.Chmod(filepath.Dir(u.State), 0o755))
	}
	u.give()
	t.Cleanup(func() { // or what must not be read or written could not be removed
		_ = filepath.WalkDir(u.State, func(name string, d fs.DirEntry, _ error) error {
			if d != nil && d.IsDir() {
				_ = os.Chmod(name, 0o700)
			}
			return nil
		})
	})
	return u
}

// must fails the test because of an error.
func (u userBench) must(errs ...error) {
	u.T.Helper()
	for _, err := range errs {
		if err != nil {
			u.T.Fatal(err)
		}
	}
}

// give makes all in the state folder the user's own.
func (u userBench) give() {
	u.T.Helper()
	if os.Getuid() != 0 {
		return
	}
	u.must(filepath.WalkDir(u.State, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(name, nobody, nobody))
	}))
}

// command returns the program, to be run by the user.
func (u userBench) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(u.T.Context(), testbed.Program(u.T, "appleconsent"), args...)
	cmd.Env = u.Env("NO_COLOR=1")
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd
}

// exits runs the program and wants that exit code.
func (u userBench) exits(code int, args ...string) testbed.Answer {
	u.T.Helper()
	return runs(u.T, code, u.command(args...))
}

func runs(t *testing.T, code int, cmd *exec.Cmd) testbed.Answer {
	t.Helper()
	a := ends(t, cmd)
	if a.Code != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", cmd.Args, a.Code, code, a.Stdout, a.Stderr)
	}
	return a
}

// ends runs a program, and if it exits with 1 wants a single error in one line.
func ends(t *testing.T, cmd *exec.Cmd) testbed.Answer {
	t.Helper()
	a := testbed.End(t, cmd)
	if a.Code == 1 {
		a.CheckError(t)
	}
	return a
}

// beforeWrite calls do when the n-th request that writes arrives; with n = 0 when the first that reads does, and with
// n < 0 when the first does that reads after -n that write.
func (b *bench) beforeWrite(n int, do func()) {
	var wrote atomic.Int32
	var did atomic.Bool
	b.Tenant.Before(func(r *http.Request) {
		seen := wrote.Load()
		if r.Method != http.MethodGet {
			seen = wrote.Add(1)
		}
		if (n > 0) == (r.Method != http.MethodGet) && int(seen) == max(n, -n) && did.CompareAndSwap(false, true) {
			do()
		}
	})
}

// newest returns the newest change record.
func (b *bench) newest() plan.Change {
	b.T.Helper()
	var c plan.Change
	records := b.Records()
	if len(records) == 0 {
		b.T.Fatal("there is no record")
	}
	data, err := os.ReadFile(records[len(records)-1])
	if err == nil {
		c, err = plan.DecodeChange(data)
	}
	if err != nil {
		b.T.Fatal(err)
	}
	return c
}
