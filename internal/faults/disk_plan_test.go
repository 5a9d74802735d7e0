//go:build unix

package faults_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

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
		u.exits(1, "apply", name, "--yes").CheckError(t, fmt.Sprintf("read plan %q: it is not a regular file", name), "nothing was changed")
	}
	if sent := u.Tenant.Requests(); len(sent) > 0 {
		t.Errorf("requests %v were sent", sent)
	}
}
