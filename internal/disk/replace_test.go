package disk_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/internal/disk"
)

// emptyFolder returns an empty folder. That of package testing is removed in a way that Wine does not know, which fails the test.
func emptyFolder(t *testing.T) string {
	t.Helper()
	name, err := os.MkdirTemp("", "appleconsent-test-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(name) })
	return name
}

func names(t *testing.T, folder string) (list []string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		list = append(list, entry.Name())
	}
	return list
}

// leftover makes the temporary file that a crash leaves of a file which is the only one in its folder.
func leftover(t *testing.T, name string) string {
	t.Helper()
	left := ""
	err := disk.Replace(name, nil, func() { left = filepath.Join(filepath.Dir(name), names(t, filepath.Dir(name))[0]) })
	if err := errors.Join(err, os.Remove(name), os.WriteFile(left, nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	return left
}

// Whoever reads sees the file before or the one after, as a whole, and nothing is left beside it.
func TestReplace_whole(t *testing.T) {
	t.Parallel()
	name := filepath.Join(emptyFolder(t), "file")
	text := func(n int) []byte { return []byte(strings.Repeat(fmt.Sprint(n%10), 10000)) }
	if err := disk.Replace(name, text(0), func() {}); err != nil {
		t.Fatal(err)
	}
	var writers sync.WaitGroup
	for n := range 4 {
		writers.Go(func() {
			for range 20 {
				if err := disk.Replace(name, text(n), func() {}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 200 {
		got, err := disk.ReadRegular(name, 10000, os.Lstat)
		if err != nil || len(got) != 10000 || strings.Trim(string(got), string(got[:1])) != "" {
			t.Fatalf("got %d bytes, %v", len(got), err)
		}
	}
	writers.Wait()
	if got := names(t, filepath.Dir(name)); len(got) != 1 {
		t.Errorf("the folder holds %v", got)
	}
}

// A file that is there is not created, and a folder is not replaced; nothing is left beside them.
func TestReplace_inTheWay(t *testing.T) {
	t.Parallel()
	folder := emptyFolder(t)
	name, inWay := filepath.Join(folder, "file"), filepath.Join(folder, "folder")
	if err := errors.Join(os.Mkdir(inWay, 0o700), disk.Create(name, []byte("1"), func() {})); err != nil {
		t.Fatal(err)
	}
	if err := disk.Create(name, []byte("2"), func() {}); !errors.Is(err, fs.ErrExist) {
		t.Errorf("got error %v, want fs.ErrExist", err)
	}
	if err := disk.Replace(inWay, []byte("2"), func() {}); err == nil || err.Error() != "it is a folder" {
		t.Errorf("got error %v", err)
	}
	if got, err := os.ReadFile(name); err != nil || string(got) != "1" {
		t.Errorf("got %q, %v", got, err)
	}
	if got := names(t, folder); !slices.Equal(got, []string{"file", "folder"}) {
		t.Errorf("the folder holds %v", got)
	}
}

// A name may be as long as the system allows.
func TestReplace_longName(t *testing.T) {
	t.Parallel()
	if err := disk.Replace(filepath.Join(emptyFolder(t), strings.Repeat("x", 255)), nil, func() {}); err != nil {
		t.Error(err)
	}
}

// livingProcess returns the number of another process that lives as long as the test.
func livingProcess(t *testing.T) (pid int) {
	t.Helper()
	process := exec.CommandContext(context.WithoutCancel(t.Context()), os.Args[0], "-test.run", "^TestSweep_livingProcess$")
	process.Env = append(os.Environ(), livesOn+"=1")
	stdin, err := process.StdinPipe()
	if err == nil {
		err = process.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := errors.Join(stdin.Close(), process.Wait()); err != nil {
			t.Error(err)
		}
	})
	return process.Process.Pid
}

const livesOn = "APPLECONSENT_TEST_LIVES_ON"

// The process that livingProcess starts ends with its input.
func TestSweep_livingProcess(t *testing.T) {
	if os.Getenv(livesOn) == "" {
		t.Skip("it is run by TestSweep")
	}
	if _, err := io.ReadAll(os.Stdin); err != nil {
		t.Error(err)
	}
}

// What a dead process left is removed; what a living one writes stays, as do the files of others.
func TestSweep(t *testing.T) {
	t.Parallel()
	dead := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^$")
	if err := dead.Run(); err != nil {
		t.Fatal(err)
	}
	living := livingProcess(t)
	long := time.Now().Add(-2 * time.Hour)
	for name, test := range map[string]struct {
		pid   int // who writes it
		age   time.Time
		sweep string // for which file
		alone bool
		stays bool
	}{
		"a dead process, long ago":         {dead.Process.Pid, long, "file", false, false},
		"a dead process, just now":         {dead.Process.Pid, time.Now(), "file", false, true},
		"a living process, long ago":       {living, long, "file", false, true},
		"this process, long ago":           {os.Getpid(), long, "file", false, false},
		"a living process, under a lock":   {living, time.Now(), "file", true, false},
		"all of a folder, under a lock":    {living, time.Now(), "", true, false},
		"of another file, under a lock":    {dead.Process.Pid, long, "other", true, true},
		"of another file that has no lock": {dead.Process.Pid, long, "other", false, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			folder := emptyFolder(t)
			left := leftover(t, filepath.Join(folder, "file"))
			now := strings.Replace(left, fmt.Sprintf("-%d-", os.Getpid()), fmt.Sprintf("-%d-", test.pid), 1)
			if err := errors.Join(os.Rename(left, now), os.Chtimes(now, test.age, test.age), os.WriteFile(filepath.Join(folder, ".appleconsent"), nil, 0o600)); err != nil {
				t.Fatal(err)
			}
			disk.Sweep(folder, test.sweep, test.alone)
			if got := len(names(t, folder)); got != map[bool]int{false: 1, true: 2}[test.stays] {
				t.Errorf("the folder holds %v", names(t, folder))
			}
		})
	}
}

// A file that is written piece by piece takes its place when it is whole, and leaves nothing if there was trouble.
func TestPending(t *testing.T) {
	t.Parallel()
	dir := emptyFolder(t)
	name := filepath.Join(dir, "report")
	for _, trouble := range []error{nil, errors.New("no more")} {
		p, err := disk.Begin(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"one ", "two"} {
			if n, err := p.Write([]byte(part)); n != len(part) || err != nil {
				t.Fatal(n, err)
			}
		}
		if err := p.Commit(trouble); !errors.Is(err, trouble) {
			t.Errorf("got %v, want %v", err, trouble)
		}
		got, err := os.ReadFile(name)
		if entries, _ := os.ReadDir(dir); err != nil || string(got) != "one two" || len(entries) != 1 {
			t.Errorf("with %v: got %q, %v, among %v", trouble, got, err, entries)
		}
	}
}
