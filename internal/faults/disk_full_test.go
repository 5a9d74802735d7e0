//go:build unix

package faults_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// smallDisk gives the bench a state folder on a disk of its own, which fill leaves without room until free.
func (b *bench) smallDisk() (fill, free func()) {
	b.T.Helper()
	out, err := exec.CommandContext(b.T.Context(), "mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", b.State).CombinedOutput()
	if err != nil {
		b.T.Skipf("a small disk cannot be mounted here: %v: %s", err, out)
	}
	b.T.Cleanup(func() {
		if out, err := exec.Command("umount", b.State).CombinedOutput(); err != nil { //nolint:noctx // the test's context has ended
			b.T.Errorf("umount: %v: %s", err, out)
		}
	})
	filler := filepath.Join(b.State, "filler")
	fill = func() {
		file, err := os.OpenFile(filler, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			b.T.Error(err)
			return
		}
		for err == nil {
			_, err = file.Write(make([]byte, 512))
		}
		if !errors.Is(err, syscall.ENOSPC) || file.Close() != nil {
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

// A disk that is full before there is a record: nothing is sent, whether it is known at once or only after the plan.
func TestDiskFull_beforeTheFirstRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	fill, free := b.smallDisk()
	fill()
	a := b.Must(1, "apply", "--yes")
	checkUntouched(b.Bench, a, "lock tenant "+b.Tenant.TenantID(), b.State, "no space left on device", "see --state-dir")
	free()
	b.beforeWrite(0, fill)
	a = b.Must(1, "apply", "--yes")
	checkUntouched(b.Bench, a, "keep the change record", filepath.Join(b.State, "changes"), "no space left on device", "see --state-dir")
	if left := b.Records(); len(left) > 0 {
		t.Errorf("%v was left behind", left)
	}
	free()
	b.Must(0, "apply", "--yes")
}

// A writer that fails at the first record and not at the lock, without the rights that a small disk takes: one file may
// have a block or two, which is less than a record.
func TestDisk_failingWriter(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 1 && exec "$0" apply --yes`, testbed.Program(t, "appleconsent"))
	cmd.Env = b.Env("NO_COLOR=1")
	checkUntouched(b.Bench, runs(t, 1, cmd), "keep the change record", filepath.Join(b.State, "changes"), "file too large")
	if left := b.Records(); len(left) > 0 {
		t.Errorf("%v was left behind", left)
	}
	b.Must(0, "apply", "--yes")
}

// A disk that fills up while a write is under way: nothing more is sent, what was done is told, and with room again both
// ways on work.
func TestDiskFull_duringAnApply(t *testing.T) {
	t.Parallel()
	for n := 1; n <= 3; n++ {
		for _, first := range []string{"rollback", "apply"} {
			t.Run(fmt.Sprintf("write %d, then %s", n, first), func(t *testing.T) {
				t.Parallel()
				b := newBench(t, simulator.Options{Scenario: "fresh"})
				fill, free := b.smallDisk()
				before := testbed.Stands(b.Tenant)
				b.beforeWrite(n, fill)
				a := b.Must(1, "apply", "--yes")
				a.CheckError(t, "keep the change record", filepath.Join(b.State, "changes"), "no space left on device", "see --state-dir",
					"the record may lack the last action's outcome", "to undo what was done: appleconsent rollback 2")
				if sent := len(testbed.Writes(b.Tenant)); sent != n || strings.Count(a.Stderr, "✓ Created") != 2*n || strings.Contains(a.Stderr, "nothing was changed") {
					t.Errorf("%d writes were sent, want %d that are told, while they happen and at the end:\n%s", sent, n, a.Stderr)
				}
				if c := b.newest(); c.Outcome != plan.OutcomeRunning || c.Actions[n-1].Status != plan.StatusStarted {
					t.Errorf("the record says %s, and of action %d %s; want running and started", c.Outcome, n, c.Actions[n-1].Status)
				}
				b.Records() // and nothing else
				free()
				if first == "apply" {
					b.Must(map[bool]int{true: 0, false: 2}[n == 3], "status")
					b.Must(0, "apply", "--yes")
					b.Must(0, "status")
					if n < 3 { // of which the second apply has a record of its own
						b.Must(0, "rollback", "--yes")
					}
				}
				b.Must(0, "rollback", "--yes")
				checkStands(b.Bench, before)
				b.Must(0, "apply", "--yes")
				b.Must(0, "status")
			})
		}
	}
}

// The same during a rollback, and at its very end, when it notes what it took back.
func TestDiskFull_duringARollback(t *testing.T) {
	t.Parallel()
	for _, n := range []int{1, 2, 3, -3} {
		t.Run(fmt.Sprintf("write %d", n), func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "fresh"})
			fill, free := b.smallDisk()
			before := testbed.Stands(b.Tenant)
			b.Must(0, "apply", "--yes")
			b.Tenant.ResetLog()
			b.beforeWrite(n, fill)
			a := b.Must(1, "rollback", "--yes")
			a.CheckError(t, "keep the change record", filepath.Join(b.State, "changes"), "no space left on device", "see --state-dir", "to go on: appleconsent rollback 2")
			if sent := len(testbed.Writes(b.Tenant)); sent != max(n, -n) || strings.Contains(a.Stderr, "nothing was changed") {
				t.Errorf("%d writes were sent, want %d:\n%s", sent, max(n, -n), a.Stderr)
			}
			b.Records() // and nothing else
			free()
			b.Must(0, "rollback", "--yes")
			checkStands(b.Bench, before)
		})
	}
}

// A plan is saved whole or not at all, and one that stands is kept.
func TestDiskFull_savingAPlan(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	fill, free := b.smallDisk()
	file := filepath.Join(b.State, "plan.json")
	b.Must(0, "plan", "--out", file)
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fill()
	b.Must(1, "plan", "--out", file).CheckError(t, fmt.Sprintf("write %q: no space left on device", file))
	free()
	entries, dirErr := os.ReadDir(b.State)
	if is, err := os.ReadFile(file); err != nil || dirErr != nil || !bytes.Equal(was, is) || len(entries) != 1 {
		t.Errorf("the plan that stood was not kept, or something is beside it: %v, %v %v", entries, err, dirErr)
	}
}
