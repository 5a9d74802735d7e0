package disk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// MakeFolder makes a folder and what it is in, where they are missing: for the user only (mode 0700), on Windows for the user,
// SYSTEM and Administrators. What is there keeps who may see it. If a link
// to nowhere has the name, the error is fs.ErrExist.
func MakeFolder(name string) error {
	info, err := os.Stat(name)
	switch {
	case err == nil && info.IsDir():
		return nil
	case err == nil:
		return &os.PathError{Op: "mkdir", Path: name, Err: syscall.ENOTDIR}
	case !errors.Is(err, fs.ErrNotExist):
		return err
	}
	if parent := filepath.Dir(name); parent != name {
		if err := MakeFolder(parent); err != nil {
			return err
		}
	}
	err = Insist(func() error { return mkdir(name) })
	if info, _ := os.Stat(name); errors.Is(err, fs.ErrExist) && info != nil && info.IsDir() {
		return nil // another process was faster
	}
	return err
}
