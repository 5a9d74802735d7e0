package disk

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unicode/utf16"
)

// ReadRegular reads a regular file of at most limit bytes, and refuses folders, devices and pipes. With os.Stat it follows
// links, with os.Lstat it refuses them. Errors do not name the file.
func ReadRegular(name string, limit int64, stat func(string) (fs.FileInfo, error)) (data []byte, err error) {
	err = Insist(func() error {
		data, err = read(name, limit, stat)
		return err
	})
	return data, Pathless(err)
}

func read(name string, limit int64, stat func(string) (fs.FileInfo, error)) ([]byte, error) {
	info, err := stat(name) // before it is opened, which is felt by devices
	if err == nil {
		err = CheckRegular(info)
	}
	if err != nil {
		return nil, err
	}
	file, err := open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // nothing was written
	if info, err = file.Stat(); err == nil {
		err = CheckRegular(info) // again, for it may be another one by now
	}
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fmt.Errorf("it is larger than %d bytes", limit)
	}
	data := make([]byte, info.Size())
	n, err := io.ReadFull(file, data)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil // it was cut meanwhile
	}
	return data[:n], err
}

// CheckRegular refuses what is not a regular file.
func CheckRegular(info fs.FileInfo) error {
	switch {
	case IsLink(info):
		return errors.New("it is a symbolic link")
	case info.IsDir():
		return errors.New("it is not a regular file but a folder")
	case !isRegular(info.Mode(), runtime.GOOS == "windows"):
		return errors.New("it is not a regular file")
	}
	return nil
}

// isRegular reports whether a mode is that of a regular file. On Windows those are, too, of which Go only knows that they are
// irregular: OneDrive marks each of its files with a tag (a reparse point) that is no link's.
func isRegular(mode fs.FileMode, windows bool) bool {
	return mode.IsRegular() || windows && mode.Type() == fs.ModeIrregular
}

// IsLink reports whether it is a symbolic link, or on Windows a junction, which is one to a folder; the information is that of
// os.Lstat.
func IsLink(info fs.FileInfo) bool {
	return info.Mode()&fs.ModeSymlink != 0 || info.Mode().Type() == fs.ModeIrregular && hasFolderAttribute(info)
}

// Text returns the text of a file as UTF-8 without a mark at its beginning (BOM), such as Notepad and Windows PowerShell write.
// UTF-16 is known by its mark; anything else stays as it is.
func Text(data []byte) []byte {
	order := binary.ByteOrder(binary.LittleEndian)
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xfe")):
	case bytes.HasPrefix(data, []byte("\xfe\xff")):
		order = binary.BigEndian
	default:
		return bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	}
	var units []uint16
	for rest := data[2:]; len(rest) > 1; rest = rest[2:] {
		units = append(units, order.Uint16(rest))
	}
	return []byte(string(utf16.Decode(units)))
}

// Quote puts the name of a file between quotation marks, for a message. Characters that act on a terminal are escaped; the
// backslash of Windows is not, so that the name can be copied.
func Quote(name string) string {
	return strings.ReplaceAll(strconv.Quote(name), `\\`, `\`)
}

// Pathless returns the cause of a file error without the path, which the caller has already named.
func Pathless(err error) error {
	if e, ok := errors.AsType[*InUseError](err); ok {
		return e
	}
	if e, ok := errors.AsType[*os.PathError](err); ok {
		return e.Err
	}
	if e, ok := errors.AsType[*os.LinkError](err); ok {
		return e.Err
	}
	return err
}
