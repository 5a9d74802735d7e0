//go:build !windows

package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// open opens a file for reading. Without O_NONBLOCK, opening a pipe would wait for who writes to it.
func open(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // the caller's file
}

// move renames a file.
func move(from, to string) error { return os.Rename(from, to) }

// hasFolderAttribute is about Windows, where a link may have the mode of neither link nor folder.
func hasFolderAttribute(fs.FileInfo) bool { return false }

// mkdir makes a folder for the user only.
func mkdir(name string) error { return os.Mkdir(name, 0o700) }

// alive reports whether there is such a process.
func alive(pid int) bool {
	process, err := os.FindProcess(pid)
	if err != nil {
		return false
	}
	defer process.Release() //nolint:errcheck // nothing hangs on it
	return !errors.Is(process.Signal(syscall.Signal(0)), os.ErrProcessDone)
}
