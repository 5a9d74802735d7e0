//go:build unix

package crash_test

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/internal/cli"
	"appleconsent/internal/testbed"
)

func TestMain(m *testing.M) {
	testbed.Main(m, map[string]func(){"appleconsent": func() { os.Exit(cli.Process(os.Args, checkpoint())) }})
}

// crashAt is the variable that makes a process of the program kill itself: at "<point>:<n>", when the journal comes to the
// point for the n-th time. The points are those of plan.Journal.
const crashAt = "APPLECONSENT_CRASH_AT"

// checkpoint is that of this process: nil, unless it is to die.
func checkpoint() func(point string) {
	at, count, told := strings.Cut(os.Getenv(crashAt), ":")
	if !told {
		return nil
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", crashAt, err))
	}
	var reached atomic.Int64
	return func(point string) {
		if point == at && reached.Add(1) == n {
			die()
		}
	}
}

// die ends this process as one ends that the machine takes away.
func die() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {} // the signal is on its way
}
