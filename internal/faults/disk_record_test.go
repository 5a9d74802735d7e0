//go:build unix

package faults_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// damages are the ways in which a record can be unusable: how it is made of a good one, and what is said of it.
var damages = []struct {
	make func(file, good string) error
	want string
}{
	{func(file, _ string) error { return os.Mkdir(file, 0o700) }, "it is not a regular file"},
	{func(file, _ string) error { return syscall.Mkfifo(file, 0o600) }, "it is not a regular file"},
	{func(file, _ string) error { return os.Symlink("nowhere", file) }, "it is a symbolic link"},
	{func(file, _ string) error { return os.Symlink("/dev/zero", file) }, "it is a symbolic link"},
	{func(file, _ string) error { return os.Symlink("../../good.json", file) }, "it is a symbolic link"},
	{func(file, good string) error { return os.WriteFile(file, []byte(good), 0) }, "permission denied"},
	{damaged(func(good string) string { return good }), "it holds the change 2"},
	{damaged(func(string) string { return "" }), "it is not an appleconsent document"},
	{damaged(func(good string) string { return good[:len(good)/2] }), "it is not an appleconsent document"},
	{damaged(func(good string) string { return strings.TrimRight(good, "}\n") }), "it is not an appleconsent document"},
	{damaged(func(string) string { return strings.Repeat("\x00\xff\x1b[2J\"{", plan.MaxFileSize/8) }), "it is not an appleconsent document"},
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
func (b *bench) file(id string) string { return plan.NewJournal(b.State).File(b.Tenant.TenantID(), id) }

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
		if strings.Count(a.Stdout, "unreadable record") != len(ids) || strings.Count(a.Stdout, "  "+id+"\n") != 1 {
			t.Errorf("history does not list %s:\n%s", id, a.Stdout)
		}
		if _, rest, _ := strings.Cut(a.Stderr, line); strings.Count(a.Stderr, line) != 1 || !strings.Contains(strings.Split(rest, "\n")[0], damages[i].want) {
			t.Errorf("history does not warn of %s in one line that says %q:\n%s", id, damages[i].want, a.Stderr)
		}
	}
	if strings.Count(a.Stderr, "\n") != len(ids) || strings.Count(a.Stdout, "\n") != len(ids)+2 || !strings.HasSuffix(a.Stdout, "  "+older+"\n") {
		t.Errorf("history lists more or less than what is there:\n%s%s", a.Stdout, a.Stderr)
	}

	u.Tenant.Edit(func(d *directory.Directory) {
		d.PermissionGrants[testbed.GrantOf(d, identity.GraphAppID)].Scope = "openid"
	})
	between := testbed.Stands(u.Tenant)
	u.exits(0, "apply", "--yes")
	u.exits(0, "rollback", "--yes")
	checkStands(u.Bench, between)

	u.Tenant.Edit(func(d *directory.Directory) {
		d.PermissionGrants[testbed.GrantOf(d, identity.GraphAppID)].Scope = "User.Read"
	})
	u.Tenant.ResetLog()
	for i, id := range slices.Backward(ids) {
		u.exits(1, "history", "show", id).CheckError(t, u.file(id), damages[i].want)
		for _, args := range [][]string{{"rollback", id, "--yes"}, {"rollback", "--yes"}} {
			checkUntouched(u.Bench, u.exits(1, args...), u.file(id), damages[i].want)
		}
		u.must(os.Remove(u.file(id)))
	}
	checkStands(u.Bench, after)
	u.exits(0, "rollback", "--yes")
	checkStands(u.Bench, before)
}

// A record of the older form, which lay beside those of all tenants: history tells, and every use is refused in one sentence.
func TestRecords_olderForm(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "partial"})
	b.Must(0, "apply", "--yes")
	id := b.newest().ID
	older := filepath.Join(b.State, "changes", id+".json")
	record, err := os.ReadFile(b.file(id))
	early := strings.Replace(string(record), `"requirement"`, `"devices"`, 1)
	if err := errors.Join(err, os.Remove(b.file(id)), os.WriteFile(older, []byte(early), 0o600)); err != nil {
		t.Fatal(err)
	}
	b.Tenant.ResetLog()
	want := fmt.Sprintf("read change record %q: it was written by an early build of appleconsent, in a format that is no longer supported", older)
	if a := b.Must(0, "history"); a.Stderr != "warning: "+want+"\n" || !regexp.MustCompile(`\n\S+ \S+ +unreadable record +`+id+`\n$`).MatchString(a.Stdout) {
		t.Errorf("history says\n%s%s", a.Stdout, a.Stderr)
	}
	b.Must(1, "history", "show", id).CheckError(t, want)
	for _, args := range [][]string{{"rollback", id, "--yes"}, {"rollback", "--yes"}} {
		checkUntouched(b.Bench, b.Must(1, args...), want)
	}
	b.Tenant.Edit(func(d *directory.Directory) {
		d.PermissionGrants[testbed.GrantOf(d, identity.GraphAppID)].Scope = "openid"
	})
	b.Must(0, "apply", "--yes")
	b.Must(0, "rollback", "--yes")
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
	checkStands(b.Bench, before)
}
