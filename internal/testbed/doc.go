// Package testbed is what tests in several packages run the program with: against a simulated tenant, as a process of its own
// (Bench) or inside the test, in a bubble of fake time (Bubble).
//
// No program is built for this: a test binary whose TestMain is Main is the program, too, when it is called by that name.
//
// What one package alone needs stands there, and nothing that is not for tests imports this one.
package testbed

import (
	"flag"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"

	"appleconsent/internal/cli"

	"github.com/rogpeppe/go-internal/testscript"
)

// Full reports whether everything is to be tested, as .ci/run wants it: with APPLECONSENT_TEST=full. Otherwise tests that run
// through the same for each of many cases take a sample of them.
func Full() bool { return os.Getenv("APPLECONSENT_TEST") == "full" }

// Main runs the tests of a package, or the program if that is what the test binary is called by. More are further programs, by
// name, and may take the place of the program. It does not return.
func Main(m *testing.M, more map[string]func()) {
	programs := map[string]func(){"appleconsent": func() { os.Exit(cli.Process(os.Args, nil)) }}
	maps.Copy(programs, more)
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

// Docs is a file of the folder docs, for a package so many folders below the top.
func Docs(depth int, name string) string {
	return filepath.Join(strings.Repeat(".."+string(filepath.Separator), depth), "docs", name)
}
