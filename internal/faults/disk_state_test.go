//go:build unix

package faults_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// A state folder that is missing is made, and all in it is for its owner only.
func TestStateFolder_missing(t *testing.T) {
	t.Parallel()
	u := newUserBench(t, "fresh")
	top := u.State
	u.State = filepath.Join(top, "a", "b")
	if a := u.exits(0, "history"); a.Stdout != "No changes of simulated tenants are recorded on this machine.\n" {
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
	if files != 9 { // a, b, changes, the tenant's folder, two records, locks, the lock and who holds it
		t.Errorf("there are %d files and folders, want 9", files)
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
		"the tenant's folder is a link":           {"state/changes/TENANT", nowhere, "it is a symbolic link"},
		"the tenant's folder cannot be written":   {"state/changes/TENANT", mode(folder, 0o500), "permission denied"},
		"the tenant's folder cannot be read":      {"state/changes/TENANT", mode(folder, 0o300), "permission denied"},
		"the tenant's folder cannot be entered":   {"state/changes/TENANT", mode(folder, 0o600), "permission denied"},
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
			checkUntouched(u.Bench, u.exits(1, "apply", "--yes"), named, test.want, "the state folder must be writable and have room: see --state-dir")
			checkUntouched(u.Bench, u.exits(1, "rollback", "--yes"))
			for _, args := range [][]string{{"history"}, {"rollback", "20261123T200000Z-3f9a1c", "--yes"}} {
				if a := ends(t, u.command(args...)); a.Code > 1 {
					t.Errorf("%v: exit code %d\n%s", args, a.Code, a.Stderr)
				}
			}
		})
	}
}
