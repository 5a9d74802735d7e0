package plan

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"appleconsent/internal/disk"
)

// MaxFileSize is the largest plan or change record that is read, in bytes. Real ones have a few kilobytes.
const MaxFileSize = 1 << 20

// ReadFile reads a saved plan from a regular file, or from a link to one.
func ReadFile(name string) (Document, error) {
	data, err := disk.ReadRegular(name, MaxFileSize, os.Stat)
	if err != nil {
		return Document{}, fmt.Errorf("read plan %s: %w", disk.Quote(name), err)
	}
	doc, err := Decode(data)
	if err != nil {
		return Document{}, fmt.Errorf("read plan %s: %s", disk.Quote(name), Printable(err.Error())) // it quotes what may be a mebibyte
	}
	return doc, nil
}

// CheckWritable says early what would keep WriteRendering from writing a file of that name.
func CheckWritable(name string) error {
	err := checkPlace(name)
	if err == nil {
		err = disk.CheckReplace(name)
	}
	return saving(name, err)
}

// checkPlace refuses a name that is in no folder, and what checkReplaceable refuses.
func checkPlace(name string) error {
	folder, err := os.Stat(filepath.Dir(name))
	switch {
	case err != nil:
		return err
	case !folder.IsDir():
		return errors.New("it is not in a folder")
	}
	return checkReplaceable(name)
}

// checkReplaceable refuses what a plan must not take the place of: root would lose a device or a pipe for good.
func checkReplaceable(name string) error {
	file, _ := os.Stat(name)
	switch {
	case os.IsPathSeparator(name[len(name)-1]):
		return errors.New("it is a folder")
	case file == nil:
		return nil // nothing is there, or a link to nowhere
	case file.IsDir():
		return errors.New("it is a folder")
	case disk.CheckRegular(file) != nil || isStream(name):
		return errors.New("it is not a regular file; to print the plan use -o json")
	}
	return nil
}

// isStream reports whether the name is a link such as /dev/stdout, which may lead to a regular file and must stay a link.
func isStream(name string) bool {
	link, err := os.Lstat(name)
	absolute, absErr := filepath.Abs(name)
	return err == nil && absErr == nil && link.Mode()&fs.ModeSymlink != 0 && filepath.Dir(absolute) == "/dev"
}

// WriteRendering writes any form of a document whole or not at all, readable by its owner only, whoever could read what had the
// name before. A link is replaced, and what it points to is left alone.
func WriteRendering(name string, data []byte) error {
	if err := cmp.Or(checkPlace(name), checkSize(data)); err != nil {
		return saving(name, err)
	}
	disk.Sweep(filepath.Dir(name), filepath.Base(name), false)
	return saving(name, disk.Replace(name, data, func() {}))
}

// saving says which file could not be written; nil if it could.
func saving(name string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("write %s: %w", disk.Quote(name), disk.Pathless(err))
}

// checkSize refuses what would not be read again.
func checkSize(data []byte) error {
	if len(data) > MaxFileSize {
		return fmt.Errorf("it would be larger than %d bytes", MaxFileSize)
	}
	return nil
}

// Rendering is a file that is written piece by piece and has any size: whole or not at all, as by WriteRendering.
type Rendering struct {
	name string
	file *disk.Pending
}

// BeginRendering begins a file, whose End must be called.
func BeginRendering(name string) (*Rendering, error) {
	if err := CheckWritable(name); err != nil {
		return nil, err
	}
	disk.Sweep(filepath.Dir(name), filepath.Base(name), false)
	file, err := disk.Begin(name)
	return &Rendering{name, file}, saving(name, err)
}

// Write adds to the file.
func (r *Rendering) Write(data []byte) (int, error) {
	n, err := r.file.Write(data)
	return n, saving(r.name, err)
}

// End lets the file take its place, unless there was trouble: then nothing is left of it.
func (r *Rendering) End(trouble error) error { return saving(r.name, r.file.Commit(trouble)) }
