// Package testbed is what tests in several packages run the program with: against a simulated tenant, as a process of its own
// (Bench) or inside the test, in a bubble of fake time (Bubble).
//
// No program is built for this: a test binary whose TestMain is Main is the program, too, when it is called by that name.
//
// What one package alone needs stands there, and nothing that is not for tests imports this one.
package testbed

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/internal/cli"

	"github.com/rogpeppe/go-internal/testscript"
)

// Full reports whether everything is to be tested, as .ci/run wants it: with APPLECONSENT_TEST=full. Otherwise tests that run
// through the same for each of many cases take a sample of them.
func Full() bool { return os.Getenv("APPLECONSENT_TEST") == "full" }

// Main runs the tests of a package, or the program if that is what the test binary is called by. More are further programs, by
// name. It does not return.
func Main(m *testing.M, more map[string]func()) {
	programs := map[string]func(){"appleconsent": func() { os.Exit(cli.Process(os.Args, crash())) }}
	for name, run := range more {
		programs[name] = run
	}
	if err := flag.Set("test.parallel", strconv.Itoa(4*runtime.GOMAXPROCS(0))); err != nil { // they wait for processes and timers
		panic(err)
	}
	testscript.Main(m, programs)
}

// Program returns the file of the program, or of another one that Main was given.
func Program(t *testing.T, name string) string {
	t.Helper()
	file, err := exec.LookPath(name)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// CrashAt is the variable that makes a process of the program kill itself: at "<point>:<n>", when the journal comes to the
// point for the n-th time. The points are those of plan.Journal.
const CrashAt = "APPLECONSENT_CRASH_AT"

// crash is the checkpoint of this process: nil, unless it is to die.
func crash() func(point string) {
	at, count, told := strings.Cut(os.Getenv(CrashAt), ":")
	if !told {
		return nil
	}
	n, err := strconv.ParseInt(count, 10, 64)
	if err != nil {
		panic(fmt.Sprintf("%s: %v", CrashAt, err))
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

// Docs is a file of the folder docs, for a package so many folders below the top.
func Docs(depth int, name string) string {
	return filepath.Join(strings.Repeat(".."+string(filepath.Separator), depth), "docs", name)
}
