//go:build crashtest

package plan

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"sync/atomic"
)

// reached counts how often this process has come to the point that APPLECONSENT_CRASH_AT names.
var reached atomic.Int64

// checkpoint dies as a process does that the machine takes away, if APPLECONSENT_CRASH_AT holds "<point>:<n>" and this is
// the n-th time that the point is reached. The points of each saving of a record are begin (before its temporary file is
// created), written (before that takes the place of the record) and renamed (after it has). A build for tests only.
func checkpoint(point string) {
	at, count, told := strings.Cut(os.Getenv("APPLECONSENT_CRASH_AT"), ":")
	if !told || at != point {
		return
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("APPLECONSENT_CRASH_AT: %v", err))
	}
	if reached.Add(1) != n {
		return
	}
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(fmt.Sprintf("crash at %s: %v", point, err))
	}
	select {} // the signal is on its way
}
