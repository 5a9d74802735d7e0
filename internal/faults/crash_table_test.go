//go:build unix

package faults_test

import (
	"fmt"
	"strings"
)

// killTable collects the points at which a process is killed or interrupted, and becomes docs/kill-points.md.
type killTable struct {
	rows    strings.Builder
	all     int
	signals int
}

// killKinds are the kinds of points, in the order of the columns.
var killKinds = []killPoint{{}, {checkpoint: "begin"}, {checkpoint: "written"}, {checkpoint: "renamed"}, {carriedOut: true}}

func (k *killTable) add(s story, points []killPoint) {
	count := map[string]int{}
	for _, p := range points {
		count[p.kind()]++
	}
	fmt.Fprintf(&k.rows, "| %s |", s)
	for _, kind := range killKinds {
		fmt.Fprintf(&k.rows, " %d |", count[kind.kind()])
	}
	fmt.Fprintf(&k.rows, " %d |\n", len(points))
	k.all += len(points)
}

func (k *killTable) addInterruptions(all []interruption) { k.signals = len(all) }

func (k *killTable) text() string { return fmt.Sprintf(killHead, k.all, k.signals) + k.rows.String() }

const killHead = `# Kill points

Written by ` + "`go test ./internal/faults -run TestCrash -update`" + `; the test fails if it is not what the program does.
What it means is in [reliability.md](reliability.md).

%d points at which the program is killed, and %d at which a signal interrupts it. Points at which the same is left behind, on disk and in
the tenant, are one: the first of them. "Request" is before one is carried out: nothing is on disk yet, or only the lock.

| command | request | record begun | written beside it | in its place | request carried out | all |
|---|---|---|---|---|---|---|
`
