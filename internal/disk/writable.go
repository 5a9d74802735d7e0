package disk

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"unicode/utf16"
)

// longestName is how many UTF-16 code units the name of a file can have on Windows, and at least as many bytes elsewhere
// (learn.microsoft.com/windows/win32/fileio/maximum-file-path-limitation).
const longestName = 255

// CheckReplace says what would keep Replace from writing a file of that name, as far as that can be known beforehand: a name that the
// system does not take, a file that is marked as read-only where that matters (Windows), and a folder in which nothing can be
// created, which is tried. Nothing is left behind. A name that ends in no file, such as a folder's, is the caller's business.
func CheckReplace(name string) error {
	info, err := os.Lstat(name)
	switch {
	case len(utf16.Encode([]rune(filepath.Base(name)))) > longestName:
		return errors.New("the name is too long")
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return Pathless(err)
	case err == nil && readOnly(info, runtime.GOOS == "windows"):
		return errors.New("it is read-only")
	}
	beside := filepath.Join(filepath.Dir(name), fmt.Sprintf("%s%d-%s", mark(filepath.Base(name)), os.Getpid(), rand.Text()))
	err = Insist(func() error {
		file, err := os.OpenFile(beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600) //nolint:gosec // beside the caller's file
		if err == nil {
			err = file.Close()
		}
		return err
	})
	if err != nil {
		return Pathless(err)
	}
	return Pathless(Remove(beside))
}

// readOnly reports whether a file is marked as read-only in a way that keeps another from taking its place. Elsewhere than on
// Windows that is up to its folder.
func readOnly(info fs.FileInfo, windows bool) bool {
	return windows && info.Mode().IsRegular() && info.Mode().Perm()&0o200 == 0
}
