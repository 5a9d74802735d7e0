package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"syscall"
)

// ReadRegular reads a regular file of at most limit bytes, and refuses folders, devices and pipes. With os.Stat it follows
// links, with os.Lstat it refuses them. Errors do not name the file.
func ReadRegular(name string, limit int64, stat func(string) (fs.FileInfo, error)) ([]byte, error) {
	info, err := stat(name) // before it is opened, which is felt by devices
	if err == nil {
		err = CheckRegular(info)
	}
	if err != nil {
		return nil, Pathless(err)
	}
	file, err := os.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK, 0) //nolint:gosec // the caller's file; without O_NONBLOCK, opening a pipe would wait for who writes to it
	if err != nil {
		return nil, Pathless(err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	if info, err = file.Stat(); err == nil {
		err = CheckRegular(info) // again, for it may be another one by now
	}
	if err != nil {
		return nil, Pathless(err)
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(file, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // it was cut meanwhile
	}
	return data[:n], Pathless(err)
}

// CheckRegular refuses what is not a regular file.
func CheckRegular(info fs.FileInfo) error {
	switch {
	case info.Mode()&fs.ModeSymlink != 0:
		return errors.New("it is a symbolic link")
	case !info.Mode().IsRegular():
		return errors.New("it is not a regular file")
	}
	return nil
}

// Pathless returns the cause of a file error without the path, which the caller has already named.
func Pathless(err error) error {
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
