package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What would keep a file from being written is told beforehand, and nothing is left by finding out.
func TestCheckReplace(t *testing.T) {
	t.Parallel()
	folder, err := os.MkdirTemp("", "writable") // what t.TempDir removes, Wine cannot
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	name := filepath.Join(folder, "file")
	if err = errors.Join(CheckReplace(name), os.WriteFile(name, []byte("1"), 0o400), CheckReplace(filepath.Join(folder, "other"))); err != nil {
		t.Fatal(err)
	}
	for _, missing := range []string{filepath.Join(folder, "missing", "file"), filepath.Join(folder, strings.Repeat("x", 1000))} {
		if err := CheckReplace(missing); err == nil || strings.Contains(err.Error(), folder) {
			t.Errorf("%s: got %v", missing, err)
		}
	}
	info, err := os.Lstat(name)
	if err != nil || !readOnly(info, true) || readOnly(info, false) {
		t.Errorf("a read-only file: %v", err)
	}
	closed := filepath.Join(folder, "closed")
	if err := os.Mkdir(closed, 0o500); err != nil {
		t.Fatal(err)
	}
	if err := CheckReplace(filepath.Join(closed, "file")); os.Geteuid() > 0 && !errors.Is(err, fs.ErrPermission) { // root may everything
		t.Errorf("in a closed folder: %v", err)
	}
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 2 {
		t.Errorf("the folder holds %v, %v", entries, err)
	}
}
