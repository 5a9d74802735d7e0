package disk

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"time"
)

// What Windows refuses while another program has a file open is tried again until it goes well or the time is up; nothing else is.
func TestInsist(t *testing.T) {
	t.Parallel()
	refused := func(code int) error { return &os.PathError{Op: "open", Path: "record", Err: syscall.Errno(code)} }
	for name, test := range map[string]struct {
		windows  bool
		err      error
		times    int // how often it is refused
		want     string
		tries    int // at least
		longWait bool
	}{
		"all is well":                       {true, nil, 0, "", 1, false},
		"sharing violation, for a moment":   {true, refused(32), 3, "", 4, false},
		"lock violation, for a moment":      {true, refused(33), 3, "", 4, false},
		"access denied, for a moment":       {true, refused(5), 3, "", 4, false},
		"sharing violation, for two second": {true, refused(32), 60, "", 61, false},
		"sharing violation, for ever":       {true, refused(32), 1e6, "another program has it open; close that program, or try again", 60, true},
		"lock violation, for ever":          {true, refused(33), 1e6, "another program has it open; close that program, or try again", 60, true},
		"access denied, for ever":           {true, refused(5), 1e6, "access is denied, or another program has it open", 60, true},
		"it is not there":                   {true, fs.ErrNotExist, 1e6, "file does not exist", 1, false},
		"the disk is full":                  {true, refused(112), 1e6, refused(112).Error(), 1, false},
		"the same numbers elsewhere":        {false, refused(32), 1e6, refused(32).Error(), 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			tries, waited := 0, time.Duration(0)
			err := patience{test.windows, func(d time.Duration) { waited += d }}.insist(func() error {
				tries++
				if tries > test.times {
					return nil
				}
				return test.err
			})
			if err == nil && test.want != "" || err != nil && err.Error() != test.want {
				t.Errorf("got error %v, want %q", err, test.want)
			}
			if err != nil && !errors.Is(err, errors.Unwrap(test.err)) && !errors.Is(err, test.err) {
				t.Errorf("the cause is lost: %v", err)
			}
			if tries < test.tries || !test.longWait && tries != test.tries {
				t.Errorf("it was tried %d times, want %d", tries, test.tries)
			}
			if long := waited >= 2*time.Second && waited <= 3*time.Second; long != test.longWait && test.tries != 61 {
				t.Errorf("it was waited for %s", waited)
			}
		})
	}
}

// Files in OneDrive have a mode of their own; links, folders and devices stay what they are.
func TestIsRegular(t *testing.T) {
	t.Parallel()
	for mode, want := range map[fs.FileMode][2]bool{ // on Windows, elsewhere
		0o600:                             {true, true},
		fs.ModeIrregular | 0o600:          {true, false},
		fs.ModeIrregular | fs.ModeDir:     {false, false},
		fs.ModeIrregular | fs.ModeSymlink: {false, false},
		fs.ModeDevice:                     {false, false},
		fs.ModeDevice | fs.ModeCharDevice: {false, false},
		fs.ModeNamedPipe:                  {false, false},
		fs.ModeSocket:                     {false, false},
		fs.ModeDir:                        {false, false},
		fs.ModeSymlink:                    {false, false},
	} {
		if got := [2]bool{isRegular(mode, true), isRegular(mode, false)}; got != want {
			t.Errorf("%s: got %v, want %v", mode, got, want)
		}
	}
}

// What Windows writes before a text, or makes of it, does not matter.
func TestText(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":                            "",
		"Jörg":                        "Jörg",
		"\xef\xbb\xbfJörg":            "Jörg",
		"\xff\xfeJ\x00\xf6\x00r\x00":  "Jör",
		"\xfe\xff\x00J\x00\xf6\x00r":  "Jör",
		"\xff\xfe\x3d\xd8\x00\xdeodd": "😀摯",
		"\xff\xfe":                    "",
		"0\x82\x01\xff\xfe":           "0\x82\x01\xff\xfe", // PKCS#12 begins like this
	} {
		if got := string(Text([]byte(in))); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// A name can be copied out of a message, and cannot act on a terminal.
func TestQuote(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		`C:\Users\Jörg\my plan.json`: `"C:\Users\Jörg\my plan.json"`,
		`\\server\share\plan.json`:   `"\\server\share\plan.json"`,
		"/home/a/plan.json":          `"/home/a/plan.json"`,
		"a\x1b[31m\nb":               `"a\x1b[31m\nb"`,
		`a"b`:                        `"a\"b"`,
	} {
		if got := Quote(name); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
}
