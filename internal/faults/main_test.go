package faults_test

import (
	"fmt"
	"hash/fnv"
	"maps"
	"os"
	"runtime"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"appleconsent/internal/cli"
	"appleconsent/internal/testbed"
)

func TestMain(m *testing.M) {
	debug.SetGCPercent(400)        // thousands of short bubbles: collecting their garbage is a quarter of the work
	if runtime.GOOS == "windows" { // where nothing runs the program as a process
		os.Exit(m.Run())
	}
	testbed.Main(m, map[string]func(){"appleconsent": func() { os.Exit(cli.Process(os.Args, checkpoint())) }})
}

// sample takes one of each kind, unless everything is to be tested: one that the kind's name chooses, so that the sample is spread
// over all there is, and is the same each time.
func sample[P any](all []P, kind func(P) string) []P {
	if testbed.Full() {
		return all
	}
	kinds := map[string][]P{}
	for _, p := range all {
		kinds[kind(p)] = append(kinds[kind(p)], p)
	}
	var chosen []P
	for _, name := range slices.Sorted(maps.Keys(kinds)) {
		hash := fnv.New32a()
		_, _ = hash.Write([]byte(name))
		chosen = append(chosen, kinds[name][hash.Sum32()%uint32(len(kinds[name]))])
	}
	return chosen
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
