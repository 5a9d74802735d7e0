//go:build linux

package wine_test

import (
	"bufio"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"

	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// beforeWrite calls do when the n-th request that writes arrives, before it is carried out.
func (b *bench) beforeWrite(n int, do func()) {
	var wrote atomic.Int32
	b.Tenant.Before(func(r *http.Request) {
		if r.Method != http.MethodGet && int(wrote.Add(1)) == n {
			do()
		}
	})
}

// holdFirstWrite makes the first request that writes wait until release is called; arrived is closed when it is there.
func (b *bench) holdFirstWrite() (arrived <-chan struct{}, release func()) {
	here, goOn := make(chan struct{}), make(chan struct{})
	b.beforeWrite(1, func() {
		close(here)
		<-goOn
	})
	release = sync.OnceFunc(func() { close(goOn) })
	b.T.Cleanup(release) // or the tenant would not end
	return here, release
}

// hold lets another program open a file for so many milliseconds, and returns when it has it. Sharing is 0 for nothing and 1 for
// reading.
func (b *bench) hold(file string, sharing, milliseconds int) {
	cmd := b.command(b.machine.helper("hold"), onWindows(file), strconv.Itoa(sharing), strconv.Itoa(milliseconds))
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		b.T.Error(err)
		return
	}
	if line, err := bufio.NewReader(out).ReadString('\n'); err != nil {
		b.T.Errorf("the file is not held: %q, %v", line, err)
	}
	b.T.Cleanup(func() { _ = cmd.Wait() })
}

// A virus scanner that has the record open for a moment does not stop an apply halfway; one that keeps it does, with one clear error,
// and nothing is lost.
func TestHeldRecord(t *testing.T) {
	t.Parallel()
	for sharing, name := range []string{"nothing is shared", "reads are shared"} {
		for _, milliseconds := range []int{30, 1000, 6000} {
			t.Run(fmt.Sprintf("%s, %d ms", name, milliseconds), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, "fresh")
				before := testbed.Stands(b.Tenant)
				b.beforeWrite(2, func() { b.hold(b.record(), sharing, milliseconds) })
				if milliseconds < 2000 {
					b.must(0, "apply", "--yes")
				} else {
					a := b.must(1, "apply", "--yes")
					a.CheckError(t, "keep the change record", onWindows(b.record()), "another program has it open", "to undo what was done: appleconsent rollback 2")
					if sent := len(testbed.Writes(b.Tenant)); sent != 2 {
						t.Errorf("%d writes were sent, want 2", sent)
					}
				}
				data, err := os.ReadFile(b.record())
				if err == nil {
					_, err = plan.DecodeChange(data)
				}
				if err != nil {
					t.Errorf("the record is lost: %v", err)
				}
				b.Tenant.Before(nil)
				b.goesOn(before)
			})
		}
	}
}

// The same for a plan that is saved or read, for a simulated tenant, and for a record that is read.
func TestHeldFile(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file string   // in the state folder
		args []string // PLAN and STATE stand for the plan and the state folder
	}{
		"a plan is replaced":              {"plan.json", []string{"plan", "--out", "PLAN"}},
		"a plan is read":                  {"plan.json", []string{"apply", "PLAN", "--dry-run"}},
		"who holds the lock":              {"locks/*.json", []string{"apply", "--simulate", "fresh", "--yes"}},
		"the lock":                        {"locks/*.lock", []string{"apply", "--simulate", "fresh", "--yes"}},
		"a simulated tenant":              {"simulated/fresh.json", []string{"apply", "--simulate", "fresh", "--yes"}},
		"the lock of a simulated tenant":  {"simulated/fresh.json.lock", []string{"apply", "--simulate", "fresh", "--yes"}},
		"a simulated tenant is forgotten": {"simulated/fresh.json", []string{"simulate", "fresh", "--reset"}},
		"a record is read":                {"changes/*/*.json", []string{"rollback", "--simulate", "fresh", "--yes"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "fresh")
			planFile := onWindows(filepath.Join(b.State, "plan.json"))
			b.must(0, "plan", "--out", planFile)
			b.must(0, "apply", "--simulate", "fresh", "--yes", "--quiet")
			b.must(0, "rollback", "--simulate", "fresh", "--yes", "--quiet")
			if name == "a record is read" {
				b.must(0, "apply", "--simulate", "fresh", "--yes", "--quiet")
			}
			files, err := filepath.Glob(filepath.Join(b.State, test.file))
			if err != nil || len(files) == 0 {
				t.Fatalf("there is no %s", test.file)
			}
			for i, arg := range test.args {
				if arg == "PLAN" {
					test.args[i] = planFile
				}
			}
			b.hold(files[len(files)-1], 0, 1500)
			b.must(0, test.args...)
		})
	}
}

// A disk that fills up while a write is under way: the record says what was begun, nothing more is sent, and with room again both ways
// on work.
func TestDiskFull(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 3; n++ {
		t.Run(fmt.Sprintf("write %d", n), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, "fresh")
			before := testbed.Stands(b.Tenant)
			fill, free := b.smallDisk()
			b.beforeWrite(n, fill)
			a := b.must(1, "apply", "--yes")
			a.CheckError(t, "keep the change record", onWindows(filepath.Join(b.State, "changes")), "see --state-dir", "to undo what was done: appleconsent rollback 2")
			data, err := os.ReadFile(b.record())
			c, decodeErr := plan.DecodeChange(data)
			if err := errors.Join(err, decodeErr); err != nil {
				t.Fatalf("the record is lost: %v", err)
			}
			if sent := len(testbed.Writes(b.Tenant)); sent != n || c.Outcome != plan.OutcomeRunning || c.Actions[n-1].Status != plan.StatusStarted {
				t.Errorf("%d writes were sent, want %d; the record says %s, and of the last one %s", sent, n, c.Outcome, c.Actions[n-1].Status)
			}
			free()
			b.Tenant.Before(nil)
			b.goesOn(before)
		})
	}
}

// smallDisk gives the bench a state folder on a disk of its own, which fill leaves without room until free.
func (b *bench) smallDisk() (fill, free func()) {
	b.T.Helper()
	out, err := exec.CommandContext(b.T.Context(), "mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "tmpfs", b.State).CombinedOutput()
	if err != nil {
		b.T.Skipf("a small disk cannot be mounted here: %v: %s", err, out)
	}
	b.T.Cleanup(func() { // lazily: Wine may not have closed all of it yet
		if out, err := exec.Command("umount", "-l", b.State).CombinedOutput(); err != nil { //nolint:noctx // the test's context has ended
			b.T.Errorf("umount: %v: %s", err, out)
		}
	})
	filler := filepath.Join(b.State, "filler")
	fill = func() {
		err := os.WriteFile(filler, make([]byte, 1<<20), 0o600)
		if !errors.Is(err, syscall.ENOSPC) {
			b.T.Errorf("the disk cannot be filled: %v", err)
		}
	}
	free = func() {
		if err := os.Remove(filler); err != nil {
			b.T.Error(err)
		}
	}
	return fill, free
}

// The program is killed around each writing of its record: what it leaves is good for an apply and for rollbacks.
func TestKilled(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 8; n++ {
		for _, point := range []string{"begin", "written", "renamed"} {
			t.Run(fmt.Sprintf("%s %d", point, n), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, "fresh")
				before := testbed.Stands(b.Tenant)
				cmd := b.command(b.machine.mortal(), "apply", "--yes")
				cmd.Env = append(cmd.Env, fmt.Sprintf("%s=%s:%d", crashAt, point, n))
				if a := testbed.End(t, cmd); a.Code != 1 || a.Stdout != "" {
					t.Fatalf("it was not killed: %d\n%s%s", a.Code, a.Stdout, a.Stderr)
				}
				for _, file := range b.recordFiles() {
					data, err := os.ReadFile(file)
					if err == nil {
						_, err = plan.DecodeChange(data)
					}
					if err != nil {
						t.Errorf("a record is cut: %v", err)
					}
				}
				b.goesOn(before)
			})
		}
	}
}

// recordFiles returns the change records; a temporary file may be beside them.
func (b *bench) recordFiles() []string {
	b.T.Helper()
	files, err := filepath.Glob(filepath.Join(b.State, "changes", "*", "[0-9]*.json"))
	if err != nil {
		b.T.Fatal(err)
	}
	return files
}
