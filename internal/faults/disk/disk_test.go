//go:build unix

package disk_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

func TestMain(m *testing.M) { testbed.Main(m, nil) }

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

// A state folder that is missing is made, and all in it is for its owner only.
func TestStateFolder_missing(t *testing.T) {
	t.Parallel()
	u := newUserBench(t, "fresh")
	top := u.State
	u.State = filepath.Join(top, "a", "b")
	if a := u.exits(0, "history"); a.Stdout != "No changes are recorded on this machine.\n" {
		t.Errorf("history says %q", a.Stdout)
	}
	u.exits(1, "rollback", "20261123T200000Z-3f9a1c", "--yes")
	u.exits(0, "apply", "--dry-run")
	if _, err := os.Stat(filepath.Dir(u.State)); err == nil {
		t.Errorf("a folder was made before there was something to write")
	}
	u.exits(0, "apply", "--yes")
	u.exits(0, "rollback", "--yes")
	files := 0
	u.must(filepath.WalkDir(filepath.Join(top, "a"), func(name string, d fs.DirEntry, err error) error {
		info, infoErr := d.Info()
		if want := map[bool]fs.FileMode{true: 0o700, false: 0o600}[d.IsDir()]; infoErr == nil && info.Mode().Perm() != want {
			t.Errorf("%s has mode %v, want %v", name, info.Mode().Perm(), want)
		}
		files++
		return errors.Join(err, infoErr)
	}))
	if files != 8 { // a, b, changes, two records, locks, the lock and who holds it
		t.Errorf("there are %d files and folders, want 8", files)
	}
}

// Whatever keeps the state folder from being used: one line that names what is in the way, and nothing is sent.
func TestStateFolder_unusable(t *testing.T) {
	t.Parallel()
	file := func(name string) error { return os.WriteFile(name, nil, 0o600) }
	folder := func(name string) error { return os.MkdirAll(name, 0o700) }
	nowhere := func(name string) error { return os.Symlink("nowhere", name) }
	pipe := func(name string) error { return syscall.Mkfifo(name, 0o600) }
	mode := func(make func(string) error, mode fs.FileMode) func(string) error {
		return func(name string) error { return errors.Join(make(name), os.Chmod(name, mode)) }
	}
	for name, test := range map[string]struct {
		in   string // what is in the way; TENANT stands for the tenant's id
		make func(name string) error
		want string
	}{
		"the state folder is a file":              {"state", file, "not a directory"},
		"the state folder is a link to nowhere":   {"state", nowhere, "is a symbolic link to nowhere"},
		"the state folder cannot be made":         {"", mode(folder, 0o500), "permission denied"},
		"the state folder cannot be written":      {"state", mode(folder, 0o500), "permission denied"},
		"the state folder cannot be entered":      {"state", mode(folder, 0o600), "permission denied"},
		"changes is a file":                       {"state/changes", file, "not a directory"},
		"changes is a link to nowhere":            {"state/changes", nowhere, "is a symbolic link to nowhere"},
		"changes cannot be written":               {"state/changes", mode(folder, 0o500), "permission denied"},
		"changes cannot be read":                  {"state/changes", mode(folder, 0o300), "permission denied"},
		"changes cannot be entered":               {"state/changes", mode(folder, 0o600), "permission denied"},
		"locks is a file":                         {"state/locks", file, "not a directory"},
		"locks is a link to nowhere":              {"state/locks", nowhere, "is a symbolic link to nowhere"},
		"locks cannot be written":                 {"state/locks", mode(folder, 0o500), "permission denied"},
		"the lock is a folder":                    {"state/locks/TENANT.lock", folder, "it is not a regular file"},
		"the lock is a pipe":                      {"state/locks/TENANT.lock", pipe, "it is not a regular file"},
		"the lock is a link":                      {"state/locks/TENANT.lock", nowhere, "it is a symbolic link"},
		"the lock cannot be read":                 {"state/locks/TENANT.lock", mode(file, 0), "permission denied"},
		"the file of the lock's holder, a folder": {"state/locks/TENANT.json", folder, "it is a folder"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			u := newUserBench(t, "partial")
			way := filepath.Join(u.State, strings.ReplaceAll(test.in, "TENANT", u.Tenant.TenantID()))
			u.must(os.MkdirAll(filepath.Dir(way), 0o700), test.make(way))
			u.give()
			u.State = filepath.Join(u.State, "state")
			named := filepath.Join(u.State, strings.TrimPrefix(strings.ReplaceAll(test.in, "TENANT", u.Tenant.TenantID()), "state"))
			u.CheckUntouched(u.exits(1, "apply", "--yes"), named, test.want, "the state folder must be writable and have room: see --state-dir")
			u.CheckUntouched(u.exits(1, "rollback", "--yes"))
			for _, args := range [][]string{{"history"}, {"rollback", "20261123T200000Z-3f9a1c", "--yes"}} {
				if a := ends(t, u.command(args...)); a.Code > 1 {
					t.Errorf("%v: exit code %d\n%s", args, a.Code, a.Stderr)
				}
			}
		})
	}
}

// damages are the ways in which a record can be unusable: how it is made of a good one, and what is said of it.
var damages = []struct {
	make func(file, good string) error
	want string
}{
	{func(file, _ string) error { return os.Mkdir(file, 0o700) }, "it is not a regular file"},
	{func(file, _ string) error { return syscall.Mkfifo(file, 0o600) }, "it is not a regular file"},
	{func(file, _ string) error { return os.Symlink("nowhere", file) }, "it is a symbolic link"},
	{func(file, _ string) error { return os.Symlink("/dev/zero", file) }, "it is a symbolic link"},
	{func(file, _ string) error { return os.Symlink("../good.json", file) }, "it is a symbolic link"},
	{func(file, good string) error { return os.WriteFile(file, []byte(good), 0) }, "permission denied"},
	{damaged(func(good string) string { return good }), "it holds the change 2"},
	{damaged(func(string) string { return "" }), "it is not a JSON document of ours"},
	{damaged(func(good string) string { return good[:len(good)/2] }), "it is not a JSON document of ours"},
	{damaged(func(good string) string { return strings.TrimRight(good, "}\n") }), "it is not a JSON document of ours"},
	{damaged(func(string) string { return strings.Repeat("\x00\xff\x1b[2J\"{", plan.MaxFileSize/8) }), "it is not a JSON document of ours"},
	{damaged(func(string) string { return strings.Repeat("\n", plan.MaxFileSize+1) }), "it is larger than 1048576 bytes"},
	{doctored(`"kind"`, `"x\u001b[2J\n": 1, "kind"`), "unknown field"},
	{doctored(`"schemaVersion": 1,`, `"schemaVersion": 2,`), "use a newer appleconsent"},
	{doctored(`"schemaVersion": 1,`, `"schemaVersion": 0,`), "which never existed"},
	{doctored(`"schemaVersion": 1,`, `"schemaVersion": -1,`), "which never existed"},
	{doctored(`"schemaVersion": 1,`, `"schemaVersion": "1",`), "schemaVersion is a JSON string"},
	{doctored(`"schemaVersion": 1,`, ``), "it has no schemaVersion"},
}

func damaged(content func(good string) string) func(file, good string) error {
	return func(file, good string) error { return os.WriteFile(file, []byte(content(good)), 0o600) }
}

func doctored(was, is string) func(file, good string) error {
	return damaged(func(good string) string { return strings.Replace(good, was, is, 1) })
}

// damagedRecords makes one record of each kind of damage and returns their ids, which are newer than all others.
func (u userBench) damagedRecords() (ids []string) {
	u.T.Helper()
	good, err := os.ReadFile(u.Records()[0])
	u.must(err, os.WriteFile(filepath.Join(u.State, "good.json"), good, 0o600))
	for i, d := range damages {
		ids = append(ids, fmt.Sprintf("29991123T2000%02dZ-00000f", i))
		u.must(d.make(u.file(ids[i]), string(good)))
	}
	u.give()
	return ids
}

// file returns where the record of that id is.
func (b *bench) file(id string) string { return filepath.Join(b.State, "changes", id+".json") }

// Records that cannot be used: history names each in one line and lists the others, nothing is taken back by them or past
// them, and an apply and its rollback go on beside them.
func TestRecords_damaged(t *testing.T) {
	t.Parallel()
	u := newUserBench(t, "partial")
	before := testbed.Stands(u.Tenant)
	u.exits(0, "apply", "--yes")
	older := u.newest().ID
	after := testbed.Stands(u.Tenant)
	ids := u.damagedRecords()
	a := u.exits(0, "history")
	for i, id := range ids {
		line := fmt.Sprintf("warning: read change record %q: ", u.file(id))
		if _, rest, _ := strings.Cut(a.Stderr, line); strings.Count(a.Stderr, line) != 1 || !strings.Contains(strings.Split(rest, "\n")[0], damages[i].want) {
			t.Errorf("history does not warn of %s in one line that says %q:\n%s", id, damages[i].want, a.Stderr)
		}
	}
	if strings.Count(a.Stderr, "\n") != len(ids) || strings.Count(a.Stdout, "\n") != 1 || !strings.HasPrefix(a.Stdout, older) {
		t.Errorf("history lists more or less than what is there:\n%s%s", a.Stdout, a.Stderr)
	}

	u.Tenant.Edit(func(d *simulator.Directory) { d.PermissionGrants[testbed.GrantOf(d, testbed.Graph)].Scope = "openid" })
	between := testbed.Stands(u.Tenant)
	u.exits(0, "apply", "--yes")
	u.exits(0, "rollback", "--yes")
	if got := testbed.Stands(u.Tenant); got != between {
		t.Errorf("after an apply and its rollback there stands\n%s\ninstead of\n%s", got, between)
	}

	u.Tenant.Edit(func(d *simulator.Directory) {
		d.PermissionGrants[testbed.GrantOf(d, testbed.Graph)].Scope = "User.Read"
	})
	u.Tenant.ResetLog()
	for i, id := range slices.Backward(ids) {
		for _, args := range [][]string{{"history", "show", id}, {"rollback", id, "--yes"}, {"rollback", "--yes"}} {
			u.CheckUntouched(u.exits(1, args...), u.file(id), damages[i].want)
		}
		u.must(os.Remove(u.file(id)))
	}
	if got := testbed.Stands(u.Tenant); got != after {
		t.Errorf("damaged records changed the tenant to\n%s", got)
	}
	u.exits(0, "rollback", "--yes")
	if got := testbed.Stands(u.Tenant); got != before {
		t.Errorf("after the rollback of the good one there stands\n%s\ninstead of\n%s", got, before)
	}
}

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
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		b.T.Fatal(err)
	}
	return c
}

// A disk that is full before there is a record: nothing is sent, whether it is known at once or only after the plan.
func TestDiskFull_beforeTheFirstRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	fill, free := b.smallDisk()
	fill()
	a := b.Must(1, "apply", "--yes")
	b.CheckUntouched(a, "lock tenant "+b.Tenant.TenantID(), b.State, "no space left on device", "see --state-dir")
	free()
	b.beforeWrite(0, fill)
	a = b.Must(1, "apply", "--yes")
	b.CheckUntouched(a, "keep the change record", filepath.Join(b.State, "changes"), "no space left on device", "see --state-dir")
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
	b.CheckUntouched(runs(t, 1, cmd), "keep the change record", filepath.Join(b.State, "changes"), "file too large")
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
					"the record on disk may lack what became of the last action above", "to take back what was done: appleconsent rollback 2")
				if sent := len(testbed.Writes(b.Tenant)); sent != n || strings.Count(a.Stderr, "✓ done") != 2*n || strings.Contains(a.Stderr, "nothing was changed") {
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
				if got := testbed.Stands(b.Tenant); got != before {
					t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
				}
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
			if got := testbed.Stands(b.Tenant); got != before {
				t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
			}
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

// A record that cannot be replaced any more stops a change after the write that is under way.
func TestRecord_inTheWay(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	before := testbed.Stands(b.Tenant)
	var record string
	b.beforeWrite(1, func() {
		record = b.Records()[0]
		if err := errors.Join(os.Rename(record, filepath.Join(b.State, "saved")), os.MkdirAll(filepath.Join(record, "x"), 0o700)); err != nil {
			t.Error(err)
		}
	})
	b.Must(1, "apply", "--yes").CheckError(t, fmt.Sprintf("write change record %q: it is a folder", record), "to go on: appleconsent apply")
	if sent := testbed.Writes(b.Tenant); len(sent) != 1 {
		t.Errorf("writes %v were sent, want one", sent)
	}
	b.Records() // and nothing else
	b.Must(1, "rollback", "--yes").CheckError(t, fmt.Sprintf("read change record %q: it is not a regular file", record), "nothing was changed")
	if err := errors.Join(os.RemoveAll(record), os.Rename(filepath.Join(b.State, "saved"), record)); err != nil {
		t.Fatal(err)
	}
	b.Must(0, "rollback", "--yes")
	if got := testbed.Stands(b.Tenant); got != before {
		t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
	}
}

// A plan is private whatever had the name before, and takes the place of files only: told before any request.
func TestPlan_out(t *testing.T) {
	t.Parallel()
	u := newUserBench(t, "fresh")
	file, pipe := filepath.Join(u.State, "plan.json"), filepath.Join(u.State, "pipe")
	u.must(os.WriteFile(file, nil, 0o600), os.Chmod(file, 0o644), syscall.Mkfifo(pipe, 0o600))
	u.give()
	u.exits(0, "plan", "--out", file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the plan has mode %v, %v; want 0600", info.Mode(), err)
	}
	u.Tenant.ResetLog()
	for _, name := range []string{pipe, "/dev/null", u.State} {
		u.exits(1, "plan", "--out", name).CheckError(t, fmt.Sprintf("write %q: it is ", name))
	}
	redirected, err := os.Create(filepath.Join(u.State, "redirected"))
	u.must(err)
	cmd := u.command("plan", "--out", "/dev/stdout")
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = redirected, &stderr
	if err := cmd.Run(); err == nil || !strings.Contains(stderr.String(), "it is not a regular file; to print the plan use -o json") {
		t.Errorf("saving to stdout: %v, %s", err, stderr.String())
	}
	if info, err := redirected.Stat(); err != nil || info.Size() > 0 {
		t.Errorf("%d bytes on stdout, %v; want none", info.Size(), err)
	}
	for _, name := range []string{pipe, "/dev/zero", u.State} {
		u.exits(1, "apply", name, "--yes").CheckError(t, fmt.Sprintf("read plan %q: it is not a regular file", name), "nothing was read or changed")
	}
	if sent := u.Tenant.Requests(); len(sent) > 0 {
		t.Errorf("requests %v were sent", sent)
	}
}
