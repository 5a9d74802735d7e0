//go:build unix

package cli_test

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
	"appleconsent/plan"
)

// userBench is a bench whose program is run by a user to whom permissions apply: if root runs the tests, by nobody.
type userBench struct{ *bench }

const nobody = 65534

func newUserBench(t *testing.T, scenario string) userBench {
	t.Helper()
	u := userBench{newBench(t, simulator.Options{Scenario: scenario})}
	if os.Getuid() == 0 {
		u.must(os.Chmod(filepath.Dir(binary), 0o755), os.Chmod(filepath.Dir(u.state), 0o755))
	}
	u.give()
	t.Cleanup(func() { // or what must not be read or written could not be removed
		_ = filepath.WalkDir(u.state, func(name string, d fs.DirEntry, _ error) error {
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
	u.t.Helper()
	for _, err := range errs {
		if err != nil {
			u.t.Fatal(err)
		}
	}
}

// give makes all in the state folder the user's own.
func (u userBench) give() {
	u.t.Helper()
	if os.Getuid() != 0 {
		return
	}
	u.must(filepath.WalkDir(u.state, func(name string, _ fs.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(name, nobody, nobody))
	}))
}

// command returns the program, to be run by the user.
func (u userBench) command(args ...string) *exec.Cmd {
	cmd := exec.CommandContext(u.t.Context(), binary, args...)
	cmd.Env = u.env("NO_COLOR=1")
	if os.Getuid() == 0 {
		cmd.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
	}
	return cmd
}

// exits runs the program and wants that exit code.
func (u userBench) exits(code int, args ...string) answer {
	u.t.Helper()
	return runs(u.t, code, u.command(args...))
}

func runs(t *testing.T, code int, cmd *exec.Cmd) answer {
	t.Helper()
	a := ends(t, cmd)
	if a.code != code {
		t.Fatalf("%v: exit code %d, want %d\n%s%s", cmd.Args, a.code, code, a.stdout, a.stderr)
	}
	return a
}

// ends runs a program, and if it exits with 1 wants a single error in one line.
func ends(t *testing.T, cmd *exec.Cmd) answer {
	t.Helper()
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	if err := cmd.Run(); cmd.ProcessState == nil {
		t.Fatal(err)
	}
	a := answer{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
	if a.code == 1 {
		checkError(t, a)
	}
	return a
}

// checkError wants one error in one line that says these words, and nothing but advice after it.
func checkError(t *testing.T, a answer, words ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(a.stderr, "\n"), "\n")
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "error: ") })
	if i < 0 || slices.ContainsFunc(lines[i+1:], func(line string) bool { return !strings.HasPrefix(line, "hint:  ") }) {
		t.Errorf("stderr does not end with one error in one line, and advice:\n%s", a.stderr)
		return
	}
	for _, word := range words {
		if !strings.Contains(strings.Join(lines[i:], "\n"), word) {
			t.Errorf("the error does not say %q:\n%s", word, strings.Join(lines[i:], "\n"))
		}
	}
}

// checkUntouched wants that nothing was sent that writes, and that the answer says so.
func (b *bench) checkUntouched(a answer, words ...string) {
	b.t.Helper()
	checkError(b.t, a, append(words, "nothing was changed")...)
	if sent := writes(b.tenant); len(sent) > 0 {
		b.t.Errorf("without a record %v was sent", sent)
	}
	if a.stdout != "" {
		b.t.Errorf("there is a result: %s", a.stdout)
	}
}

// checkRecordsOnly wants nothing in the folder of records but records, such as a temporary file.
func (b *bench) checkRecordsOnly() {
	b.t.Helper()
	for _, file := range b.records() {
		if id, found := strings.CutSuffix(filepath.Base(file), ".json"); !found || !plan.IsChangeID(id) {
			b.t.Errorf("%s was left behind", file)
		}
	}
}

// A state folder that is missing is made, and all in it is for its owner only.
func TestStateFolder_missing(t *testing.T) {
	t.Parallel()
	u := newUserBench(t, "fresh")
	top := u.state
	u.state = filepath.Join(top, "a", "b")
	if a := u.exits(0, "history"); a.stdout != "No changes are recorded on this machine.\n" {
		t.Errorf("history says %q", a.stdout)
	}
	u.exits(1, "rollback", "20261123T200000Z-3f9a1c", "--yes")
	u.exits(0, "apply", "--dry-run")
	if _, err := os.Stat(filepath.Dir(u.state)); err == nil {
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
			way := filepath.Join(u.state, strings.ReplaceAll(test.in, "TENANT", u.tenant.TenantID()))
			u.must(os.MkdirAll(filepath.Dir(way), 0o700), test.make(way))
			u.give()
			u.state = filepath.Join(u.state, "state")
			named := filepath.Join(u.state, strings.TrimPrefix(strings.ReplaceAll(test.in, "TENANT", u.tenant.TenantID()), "state"))
			u.checkUntouched(u.exits(1, "apply", "--yes"), named, test.want, "the state folder must be writable and have room: see --state-dir")
			u.checkUntouched(u.exits(1, "rollback", "--yes"))
			for _, args := range [][]string{{"history"}, {"rollback", "20261123T200000Z-3f9a1c", "--yes"}} {
				if a := ends(t, u.command(args...)); a.code > 1 {
					t.Errorf("%v: exit code %d\n%s", args, a.code, a.stderr)
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
	u.t.Helper()
	good, err := os.ReadFile(u.records()[0])
	u.must(err, os.WriteFile(filepath.Join(u.state, "good.json"), good, 0o600))
	for i, d := range damages {
		ids = append(ids, fmt.Sprintf("29991123T2000%02dZ-00000f", i))
		u.must(d.make(u.file(ids[i]), string(good)))
	}
	u.give()
	return ids
}

// file returns where the record of that id is.
func (b *bench) file(id string) string { return filepath.Join(b.state, "changes", id+".json") }

// Records that cannot be used: history names each in one line and lists the others, nothing is taken back by them or past
// them, and an apply and its rollback go on beside them.
func TestRecords_damaged(t *testing.T) {
	t.Parallel()
	u := newUserBench(t, "partial")
	before := stands(u.tenant)
	u.exits(0, "apply", "--yes")
	older := u.newest().ID
	after := stands(u.tenant)
	ids := u.damagedRecords()
	a := u.exits(0, "history")
	for i, id := range ids {
		line := fmt.Sprintf("warning: read change record %q: ", u.file(id))
		if _, rest, _ := strings.Cut(a.stderr, line); strings.Count(a.stderr, line) != 1 || !strings.Contains(strings.Split(rest, "\n")[0], damages[i].want) {
			t.Errorf("history does not warn of %s in one line that says %q:\n%s", id, damages[i].want, a.stderr)
		}
	}
	if strings.Count(a.stderr, "\n") != len(ids) || strings.Count(a.stdout, "\n") != 1 || !strings.HasPrefix(a.stdout, older) {
		t.Errorf("history lists more or less than what is there:\n%s%s", a.stdout, a.stderr)
	}

	u.tenant.Edit(func(d *simulator.Directory) { d.PermissionGrants[grantOf(d, "graph")].Scope = "openid" })
	between := stands(u.tenant)
	u.exits(0, "apply", "--yes")
	u.exits(0, "rollback", "--yes")
	if got := stands(u.tenant); got != between {
		t.Errorf("after an apply and its rollback there stands\n%s\ninstead of\n%s", got, between)
	}

	u.tenant.Edit(func(d *simulator.Directory) { d.PermissionGrants[grantOf(d, "graph")].Scope = "User.Read" })
	u.tenant.ResetLog()
	for i, id := range slices.Backward(ids) {
		if a := u.exits(1, "history", "show", id); a.stdout == "" {
			checkError(t, a, u.file(id), damages[i].want)
		} else {
			t.Errorf("history show prints %q", a.stdout)
		}
		for _, args := range [][]string{{"rollback", id, "--yes"}, {"rollback", "--yes"}} {
			u.checkUntouched(u.exits(1, args...), u.file(id), damages[i].want)
		}
		u.must(os.Remove(u.file(id)))
	}
	if got := stands(u.tenant); got != after {
		t.Errorf("damaged records changed the tenant to\n%s", got)
	}
	u.exits(0, "rollback", "--yes")
	if got := stands(u.tenant); got != before {
		t.Errorf("after the rollback of the good one there stands\n%s\ninstead of\n%s", got, before)
	}
}

// smallDisk gives the bench a state folder on a disk of its own, which fill leaves without room until free.
func (b *bench) smallDisk() (fill, free func()) {
	b.t.Helper()
	out, err := exec.CommandContext(b.t.Context(), "mount", "-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs", b.state).CombinedOutput()
	if err != nil {
		b.t.Skipf("a small disk cannot be mounted here: %v: %s", err, out)
	}
	b.t.Cleanup(func() {
		if out, err := exec.Command("umount", b.state).CombinedOutput(); err != nil { //nolint:noctx // the test's context has ended
			b.t.Errorf("umount: %v: %s", err, out)
		}
	})
	filler := filepath.Join(b.state, "filler")
	fill = func() {
		file, err := os.OpenFile(filler, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o600)
		if err != nil {
			b.t.Error(err)
			return
		}
		for err == nil {
			_, err = file.Write(make([]byte, 512))
		}
		if !errors.Is(err, syscall.ENOSPC) || file.Close() != nil {
			b.t.Errorf("the disk cannot be filled: %v", err)
		}
	}
	free = func() {
		if err := os.Remove(filler); err != nil {
			b.t.Error(err)
		}
	}
	return fill, free
}

// beforeWrite calls do when the n-th request that writes arrives; with n = 0 when the first that reads does, and with
// n < 0 when the first does that reads after -n that write.
func (b *bench) beforeWrite(n int, do func()) {
	var wrote atomic.Int32
	var did atomic.Bool
	b.tenant.Before(func(r *http.Request) {
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
	b.t.Helper()
	var c plan.Change
	records := b.records()
	if len(records) == 0 {
		b.t.Fatal("there is no record")
	}
	data, err := os.ReadFile(records[len(records)-1])
	if err == nil {
		err = json.Unmarshal(data, &c)
	}
	if err != nil {
		b.t.Fatal(err)
	}
	return c
}

// A disk that is full before there is a record: nothing is sent, whether it is known at once or only after the plan.
func TestDiskFull_beforeTheFirstRecord(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	fill, free := b.smallDisk()
	fill()
	a := b.must(1, "apply", "--yes")
	b.checkUntouched(a, "lock tenant "+b.tenant.TenantID(), b.state, "no space left on device", "see --state-dir")
	free()
	b.beforeWrite(0, fill)
	a = b.must(1, "apply", "--yes")
	b.checkUntouched(a, "keep the change record", filepath.Join(b.state, "changes"), "no space left on device", "see --state-dir")
	if left := b.records(); len(left) > 0 {
		t.Errorf("%v was left behind", left)
	}
	free()
	b.must(0, "apply", "--yes")
}

// A writer that fails at the first record and not at the lock, without the rights that a small disk takes: one file may
// have a block or two, which is less than a record.
func TestDisk_failingWriter(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	cmd := exec.CommandContext(t.Context(), "sh", "-c", `ulimit -f 1 && exec "$0" apply --yes`, binary)
	cmd.Env = b.env("NO_COLOR=1")
	b.checkUntouched(runs(t, 1, cmd), "keep the change record", filepath.Join(b.state, "changes"), "file too large")
	if left := b.records(); len(left) > 0 {
		t.Errorf("%v was left behind", left)
	}
	b.must(0, "apply", "--yes")
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
				before := stands(b.tenant)
				b.beforeWrite(n, fill)
				a := b.must(1, "apply", "--yes")
				checkError(t, a, "keep the change record", filepath.Join(b.state, "changes"), "no space left on device", "see --state-dir",
					"the record may lack the last action's outcome", "to undo what was done: appleconsent rollback 2")
				if sent := len(writes(b.tenant)); sent != n || strings.Count(a.stderr, "✓ done") != 2*n || strings.Contains(a.stderr, "nothing was changed") {
					t.Errorf("%d writes were sent, want %d that are told, while they happen and at the end:\n%s", sent, n, a.stderr)
				}
				if c := b.newest(); c.Outcome != plan.OutcomeRunning || c.Actions[n-1].Status != plan.StatusStarted {
					t.Errorf("the record says %s, and of action %d %s; want running and started", c.Outcome, n, c.Actions[n-1].Status)
				}
				b.checkRecordsOnly()
				free()
				if first == "apply" {
					b.must(map[bool]int{true: 0, false: 2}[n == 3], "status")
					b.must(0, "apply", "--yes")
					b.must(0, "status")
					if n < 3 { // of which the second apply has a record of its own
						b.must(0, "rollback", "--yes")
					}
				}
				b.must(0, "rollback", "--yes")
				if got := stands(b.tenant); got != before {
					t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
				}
				b.must(0, "apply", "--yes")
				b.must(0, "status")
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
			before := stands(b.tenant)
			b.must(0, "apply", "--yes")
			b.tenant.ResetLog()
			b.beforeWrite(n, fill)
			a := b.must(1, "rollback", "--yes")
			checkError(t, a, "keep the change record", filepath.Join(b.state, "changes"), "no space left on device", "see --state-dir", "to go on: appleconsent rollback 2")
			if sent := len(writes(b.tenant)); sent != max(n, -n) || strings.Contains(a.stderr, "nothing was changed") {
				t.Errorf("%d writes were sent, want %d:\n%s", sent, max(n, -n), a.stderr)
			}
			b.checkRecordsOnly()
			free()
			b.must(0, "rollback", "--yes")
			if got := stands(b.tenant); got != before {
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
	file := filepath.Join(b.state, "plan.json")
	b.must(0, "plan", "--out", file)
	was, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	fill()
	checkError(t, b.must(1, "plan", "--out", file), fmt.Sprintf("write %q: no space left on device", file))
	free()
	entries, dirErr := os.ReadDir(b.state)
	if is, err := os.ReadFile(file); err != nil || dirErr != nil || !bytes.Equal(was, is) || len(entries) != 1 {
		t.Errorf("the plan that stood was not kept, or something is beside it: %v, %v %v", entries, err, dirErr)
	}
}

// A record that cannot be replaced any more stops a change after the write that is under way.
func TestRecord_inTheWay(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	before := stands(b.tenant)
	var record string
	b.beforeWrite(1, func() {
		record = b.records()[0]
		if err := errors.Join(os.Rename(record, filepath.Join(b.state, "saved")), os.MkdirAll(filepath.Join(record, "x"), 0o700)); err != nil {
			t.Error(err)
		}
	})
	checkError(t, b.must(1, "apply", "--yes"), fmt.Sprintf("write change record %q: it is a folder", record), "to go on: appleconsent apply")
	if sent := writes(b.tenant); len(sent) != 1 {
		t.Errorf("writes %v were sent, want one", sent)
	}
	b.checkRecordsOnly()
	checkError(t, b.must(1, "rollback", "--yes"), fmt.Sprintf("read change record %q: it is not a regular file", record), "nothing was changed")
	if err := errors.Join(os.RemoveAll(record), os.Rename(filepath.Join(b.state, "saved"), record)); err != nil {
		t.Fatal(err)
	}
	b.must(0, "rollback", "--yes")
	if got := stands(b.tenant); got != before {
		t.Errorf("after the rollback there stands\n%s\ninstead of\n%s", got, before)
	}
}

// A plan is private whatever had the name before, and takes the place of files only: told before any request.
func TestPlan_out(t *testing.T) {
	t.Parallel()
	u := newUserBench(t, "fresh")
	file, pipe := filepath.Join(u.state, "plan.json"), filepath.Join(u.state, "pipe")
	u.must(os.WriteFile(file, nil, 0o600), os.Chmod(file, 0o644), syscall.Mkfifo(pipe, 0o600))
	u.give()
	u.exits(0, "plan", "--out", file)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the plan has mode %v, %v; want 0600", info.Mode(), err)
	}
	u.tenant.ResetLog()
	for _, name := range []string{pipe, "/dev/null", u.state} {
		checkError(t, u.exits(1, "plan", "--out", name), fmt.Sprintf("write %q: it is ", name))
	}
	redirected, err := os.Create(filepath.Join(u.state, "redirected"))
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
	for _, name := range []string{pipe, "/dev/zero", u.state} {
		checkError(t, u.exits(1, "apply", name, "--yes"), fmt.Sprintf("read plan %q: it is not a regular file", name), "nothing was changed")
	}
	if sent := u.tenant.Requests(); len(sent) > 0 {
		t.Errorf("requests %v were sent", sent)
	}
}
