// Package disk writes files whole or not at all, for their owner only and in one way on every system, and reads regular
// files without being kept waiting. It knows nothing of what is in them and imports nothing of the project.
package disk

import (
	"cmp"
	"crypto/rand"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"
)

// Replace writes a file whole or not at all: to a temporary one beside it, never in a shared folder for such files, which
// is flushed and takes its place. It is readable by its owner only, whatever stood there before; a link is replaced and
// not followed. Written is called when all is written and nothing is replaced yet.
func Replace(name string, data []byte, written func()) error {
	return put(name, fmt.Sprintf("%d-%s", os.Getpid(), rand.Text()), data, always(written))
}

// always is a ready that only tells.
func always(written func()) func() error {
	return func() error {
		written()
		return nil
	}
}

// ReplaceAlone is Replace for who is alone with the file, such as because of a lock. What a dead process was writing in its place is
// removed first, without a look at what else is in the folder: there may be thousands of files.
func ReplaceAlone(name string, data []byte, written func()) error {
	_ = Remove(beside(name, ofOne)) // what stays is in the way, which says so
	return put(name, ofOne, data, always(written))
}

// RemoveAlone removes a file that is written with ReplaceAlone, and what a dead process was writing in its place.
func RemoveAlone(name string) error {
	_ = Remove(beside(name, ofOne))
	return Remove(name)
}

// ofOne is how the names of the temporary files of ReplaceAlone end.
const ofOne = "alone"

// Create is Replace for a file that there is not yet; if there is, the error is fs.ErrExist. Of several processes that
// create the same one, one succeeds: all of them use the same temporary file, and who has that looks for the other.
func Create(name string, data []byte, written func()) error {
	return put(name, "new", data, func() error {
		written()
		_, err := os.Lstat(name)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return cmp.Or(err, fs.ErrExist)
	})
}

// put is the one way to write a file. Ready is called when the temporary one, whose name ends as told, is complete.
func put(name, end string, data []byte, ready func() error) error {
	p, err := begin(name, end)
	if err != nil {
		return err
	}
	_, err = p.Write(data)
	return p.end(err, ready)
}

// Pending is a file that is written piece by piece and takes its place as a whole, as with Replace.
type Pending struct {
	file         *os.File
	beside, name string
}

// Begin begins a file. Its Commit must be called.
func Begin(name string) (*Pending, error) {
	return begin(name, fmt.Sprintf("%d-%s", os.Getpid(), rand.Text()))
}

func begin(name, end string) (*Pending, error) {
	p := &Pending{beside: beside(name, end), name: name}
	err := Insist(func() (err error) {
		p.file, err = os.OpenFile(p.beside, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		return err
	})
	return p, err
}

// beside is the temporary file that is to become the file of that name.
func beside(name, end string) string {
	return filepath.Join(filepath.Dir(name), mark(filepath.Base(name))+end)
}

// Write adds to the file.
func (p *Pending) Write(data []byte) (int, error) {
	written := 0
	err := Insist(func() error {
		n, err := p.file.Write(data[written:])
		written += n
		return err
	})
	return written, err
}

// Commit flushes the file and lets it take its place, unless there was trouble before: then nothing is left of it.
func (p *Pending) Commit(trouble error) error {
	return p.end(trouble, always(func() {}))
}

func (p *Pending) end(err error, ready func() error) error {
	if err == nil {
		err = Insist(p.file.Sync)
	}
	err = cmp.Or(err, p.file.Close())
	if err == nil {
		err = ready()
	}
	if err == nil {
		err = rename(p.beside, p.name)
	}
	if err != nil {
		_ = Remove(p.beside)
		return err
	}
	if opened, err := os.Open(filepath.Dir(p.name)); err == nil {
		_ = opened.Sync() // not every system can; the file itself is flushed
		_ = opened.Close()
	}
	return nil
}

// rename moves a file to the place of another, which may be none.
func rename(from, to string) error {
	if info, _ := os.Lstat(to); info != nil && info.IsDir() {
		return errors.New("it is a folder")
	}
	return Insist(func() error { return move(from, to) })
}

// mark is how the names of the temporary files begin that are to become the file of that name; of any, if it is empty.
func mark(name string) string {
	const ours = ".appleconsent-"
	if name == "" {
		return ours
	}
	sum := sha256.Sum256([]byte(name)) // for the name itself may be too long to be made longer
	return fmt.Sprintf("%s%x-", ours, sum[:8])
}

// Sweep removes the temporary files of dead processes that were to become the file of that name in a folder, or any file
// if it is empty. Alone says that nobody else can be writing it, such as because of a lock; otherwise those stay that are
// younger than an hour, or of a process that lives.
func Sweep(folder, name string, alone bool) {
	entries, _ := os.ReadDir(folder) // what cannot be read or removed is not swept
	begins := mark(name)
	for _, entry := range entries {
		end, found := strings.CutPrefix(entry.Name(), begins)
		if found && isRegular(entry.Type(), runtime.GOOS == "windows") && (alone || abandoned(entry, end)) {
			_ = Remove(filepath.Join(folder, entry.Name()))
		}
	}
}

// abandoned reports whether nobody writes to a temporary file any more whose name ends so.
func abandoned(entry fs.DirEntry, end string) bool {
	info, err := entry.Info()
	if err != nil || time.Since(info.ModTime()) < time.Hour {
		return false
	}
	var pid int
	_, err = fmt.Sscanf(end, "%d-", &pid)
	return err != nil || pid == os.Getpid() || !alive(pid) // ours: the one process of a container always has the same number
}
