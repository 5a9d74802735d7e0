package disk

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
	"time"
)

// What Windows answers while another program, such as a virus scanner or an indexer, has a file open in a way that does not let
// ours in (learn.microsoft.com/windows/win32/debug/system-error-codes).
const (
	accessDenied     = syscall.Errno(5)
	sharingViolation = syscall.Errno(32)
	lockViolation    = syscall.Errno(33)
)

// InUseError means that another program kept a file open for longer than is waited for, or may have: Windows does not tell that
// from a lack of permission where a file would be replaced.
type InUseError struct{ Err error }

func (e *InUseError) Error() string {
	if errors.Is(e.Err, accessDenied) {
		return "access is denied, or another program has it open"
	}
	return "another program has it open; close that program, or try again"
}

func (e *InUseError) Unwrap() error { return e.Err }

// Insist repeats for two and a half seconds what Windows refuses while another program has a file open, which is most often a
// matter of moments. Everything that this program keeps or reads goes through it, and try may run many times. Other errors,
// and those of other systems, are final at once. Errors: *InUseError.
func Insist(try func() error) error {
	return patience{runtime.GOOS == "windows", time.Sleep}.insist(try)
}

// patience is how long something is insisted on; other systems have no such refusals.
type patience struct {
	windows bool
	sleep   func(time.Duration)
}

// The pauses grow, so that a moment costs a moment, and stay short, so that a file which is opened again and again has a gap that
// is found.
const (
	firstPause = time.Millisecond
	maxPause   = 32 * time.Millisecond
	maxWait    = 2500 * time.Millisecond
)

func (p patience) insist(try func() error) error {
	err := try()
	pause := firstPause
	for waited := time.Duration(0); p.windows && mayPass(err) && waited < maxWait; waited += pause {
		pause = min(2*pause, maxPause)
		p.sleep(pause)
		err = try()
	}
	if p.windows && mayPass(err) {
		return &InUseError{Pathless(err)}
	}
	return err
}

// mayPass reports whether what Windows refused may be a matter of moments. A file that is being replaced or removed while somebody
// still reads it is refused as one that is not allowed.
func mayPass(err error) bool {
	return errors.Is(err, sharingViolation) || errors.Is(err, lockViolation) || errors.Is(err, accessDenied)
}

// Remove removes a file, or an empty folder.
func Remove(name string) error {
	return Insist(func() error { return os.Remove(name) })
}

// CheckFolder says what keeps a folder from being read, without looking into it.
func CheckFolder(name string) error {
	return Insist(func() error {
		opened, err := os.Open(name) //nolint:gosec // a folder of the caller's
		if err == nil {
			_ = opened.Close() // it was not even read
		}
		return err
	})
}

// ReadFolder returns what is in a folder, by name.
func ReadFolder(name string) (entries []fs.DirEntry, err error) {
	err = Insist(func() error {
		entries, err = os.ReadDir(name)
		return err
	})
	return entries, err
}
