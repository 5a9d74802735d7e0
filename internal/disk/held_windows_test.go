package disk_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"appleconsent/internal/disk"

	"golang.org/x/sys/windows"
)

// hold has a file open for that long as another program would, to the end of the test if that is 0, and lets others do what share says
// meanwhile.
func hold(t *testing.T, name string, share uint32, d time.Duration) {
	t.Helper()
	path, err := windows.UTF16PtrFromString(name)
	if err != nil {
		t.Fatal(err)
	}
	handle, err := windows.CreateFile(path, windows.GENERIC_READ, share, nil, windows.OPEN_EXISTING, windows.FILE_ATTRIBUTE_NORMAL, 0)
	if err != nil {
		t.Fatal(err)
	}
	released := make(chan error, 1)
	release := func() { released <- windows.CloseHandle(handle) }
	if d > 0 {
		time.AfterFunc(d, release)
	}
	t.Cleanup(func() {
		if d == 0 {
			release()
		}
		if err := <-released; err != nil {
			t.Error(err)
		}
	})
}

// Another program has the file open: for a moment, for a second, or for longer than is waited for.
func TestHeld(t *testing.T) {
	t.Parallel()
	for name, do := range map[string]func(name string) error{
		"replace": func(name string) error { return disk.Replace(name, []byte("new"), func() {}) },
		"remove":  disk.Remove,
		"read": func(name string) error {
			data, err := disk.ReadRegular(name, 100, os.Lstat)
			if err == nil && string(data) != "old" {
				err = errors.New("read " + string(data))
			}
			return err
		},
	} {
		for sharing, share := range map[string]uint32{"reads are shared": windows.FILE_SHARE_READ, "nothing is shared": 0} {
			for held, d := range map[string]time.Duration{"30 ms": 30 * time.Millisecond, "1 s": time.Second, "too long": 0} {
				t.Run(name+", "+sharing+", "+held, func(t *testing.T) {
					t.Parallel()
					file := filepath.Join(emptyFolder(t), "file")
					if err := os.WriteFile(file, []byte("old"), 0o600); err != nil {
						t.Fatal(err)
					}
					hold(t, file, share, d)
					err := do(file)
					readable := name == "read" && share != 0
					switch {
					case readable || held != "too long":
						if err != nil {
							t.Errorf("got error %v", err)
						}
						return
					case err == nil:
						t.Error("a file that is held the whole time is no error")
					}
					if got := names(t, filepath.Dir(file)); len(got) != 1 {
						t.Errorf("the folder holds %v", got)
					}
				})
			}
		}
	}
}

// Our own readers are in nobody's way.
func TestReadRegular_sharesAll(t *testing.T) {
	t.Parallel()
	file := filepath.Join(emptyFolder(t), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	opened, err := disk.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer opened.Close() //nolint:errcheck // nothing was written
	if err := os.Rename(file, file+" moved"); err != nil {
		t.Error(err)
	}
}

// A folder is for its user, SYSTEM and Administrators, also one that is made on the way; what was there keeps its list.
func TestMakeFolder_access(t *testing.T) {
	t.Parallel()
	top := emptyFolder(t)
	before := access(t, top)
	inner := filepath.Join(top, "state", "changes")
	if err := disk.MakeFolder(inner); err != nil {
		t.Fatal(err)
	}
	user, err := windows.GetCurrentProcessToken().GetTokenUser()
	if err != nil {
		t.Fatal(err)
	}
	all := []string{"(A;OICI;FA;;;" + user.User.Sid.String() + ")", "(A;OICI;FA;;;SY)", "(A;OICI;FA;;;BA)"}
	for _, name := range []string{filepath.Dir(inner), inner} {
		list := access(t, name)
		for _, one := range all { // Wine keeps no entry of Administrators, and no mark that the list is protected
			list = strings.ReplaceAll(list, one, "")
		}
		if rest := strings.Trim(list, "D:PAI"); rest != "" || list == access(t, name) {
			t.Errorf("%s: got %s", name, access(t, name))
		}
	}
	if got := access(t, top); got != before {
		t.Errorf("the folder around it had %s, and now has %s", before, got)
	}
	descriptor, err := disk.Private()
	if err != nil || descriptor.String() != "D:P"+strings.Join(all, "") {
		t.Errorf("asked for was %s, %v", descriptor, err)
	}
}

func access(t *testing.T, name string) string {
	t.Helper()
	descriptor, err := windows.GetNamedSecurityInfo(name, windows.SE_FILE_OBJECT, windows.DACL_SECURITY_INFORMATION)
	if err != nil {
		t.Fatal(err)
	}
	return descriptor.String()
}
