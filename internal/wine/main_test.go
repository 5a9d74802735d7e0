package wine_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/internal/cli"
)

// TestMain runs the tests, or the program if that is what the test binary is called by: built for Windows it is the one that
// kills itself.
func TestMain(m *testing.M) {
	if filepath.Base(os.Args[0]) == "appleconsent.exe" {
		os.Exit(cli.Process(os.Args, checkpoint(os.Getenv(crashAt))))
	}
	code := m.Run()
	closeMachine()
	os.Exit(code)
}

// crashAt is the variable that makes the program kill itself: at "<point>:<n>", when its journal comes to that point for the n-th
// time. The points are those of plan.Journal.
const crashAt = "APPLECONSENT_CRASH_AT"

// checkpoint is the journal's hook; nil if the program is not to die.
func checkpoint(at string) func(point string) {
	wanted, count, told := strings.Cut(at, ":")
	if !told {
		return nil
	}
	n, err := strconv.ParseInt(count, 10, 32)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", crashAt, err))
	}
	var reached atomic.Int64
	return func(point string) {
		if point != wanted || reached.Add(1) != n {
			return
		}
		self, err := os.FindProcess(os.Getpid())
		if err == nil {
			err = self.Kill()
		}
		panic(err) // it should be dead
	}
}
