//go:build unix

package plan

import (
	"errors"
	"io/fs"
	"path/filepath"
	"syscall"

	"github.com/google/renameio/v2"
)

// noWait keeps the opening of a pipe from waiting for somebody who writes to it.
const noWait = syscall.O_NONBLOCK

// replaceFile writes a file whole or not at all: to a new one beside it, never in a shared folder for temporary files,
// that is synced and takes its place. It is readable by its owner only, whatever stood there before. Written is called
// when all is written and nothing is replaced yet.
func replaceFile(name string, data []byte, written func()) error {
	file, err := renameio.NewPendingFile(name, renameio.WithTempDir(filepath.Dir(name)), renameio.WithPermissions(0o600))
	if err != nil {
		return err
	}
	defer file.Cleanup() //nolint:errcheck // what is left to clean up has an error of its own
	if _, err := file.Write(data); err != nil {
		return err
	}
	written()
	err = file.CloseAtomicallyReplace()
	if errors.Is(err, fs.ErrExist) { // for a file takes the place of any file
		return errors.New("it is a folder")
	}
	return err
}
