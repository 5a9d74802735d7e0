package faults_test

import (
	"fmt"
	"strings"
	"sync"
)

// unguarded stands in the table for a cell that nobody can guard.
const unguarded = "–"

// matrixTable collects how each cell ended and becomes docs/fault-matrix.md.
type matrixTable struct {
	mu     sync.Mutex
	parts  []tablePart
	ended  map[tableKey]string // exit codes, or unguarded
	passed int
}

type tablePart struct {
	story  story
	bounds []boundary
}

type tableKey struct {
	story       story
	trouble, at string
}

func newMatrixTable() *matrixTable { return &matrixTable{ended: map[tableKey]string{}} }

func (m *matrixTable) add(s story, bounds []boundary) {
	m.parts = append(m.parts, tablePart{s, bounds})
}

// note keeps how a cell ended, and whether all that must hold did.
func (m *matrixTable) note(s story, tr trouble, b boundary, code string, passed bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended[tableKey{s, tr.name, b.String()}] = code
	if passed && code != unguarded {
		m.passed++
	}
}

// count is the number of cells that ran.
func (m *matrixTable) count() int { return len(m.ended) - m.unguarded() }

func (m *matrixTable) unguarded() int {
	n := 0
	for _, code := range m.ended {
		if code == unguarded {
			n++
		}
	}
	return n
}

func (m *matrixTable) boundaries() int {
	n := 0
	for _, part := range m.parts {
		n += len(part.bounds)
	}
	return n
}

// text renders the whole document.
func (m *matrixTable) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, matrixHead, m.count(), len(troubles), m.boundaries(), m.unguarded())
	for _, part := range m.parts {
		m.part(&b, part)
	}
	return b.String()
}

func (m *matrixTable) part(b *strings.Builder, part tablePart) {
	fmt.Fprintf(b, "\n## %s\n\n", part.story)
	for i, bound := range part.bounds {
		fmt.Fprintf(b, "%d. %s\n", i+1, bound)
	}
	b.WriteString("\n| trouble |")
	for i := range part.bounds {
		fmt.Fprintf(b, " %d |", i+1)
	}
	b.WriteString("\n|---|" + strings.Repeat("---|", len(part.bounds)) + "\n")
	for _, tr := range troubles {
		row := ""
		for _, bound := range part.bounds {
			row += " " + m.ended[tableKey{part.story, tr.name, bound.String()}] + " |"
		}
		if strings.Trim(row, " |") != "" {
			fmt.Fprintf(b, "| %s |%s\n", tr.name, row)
		}
	}
}

const matrixHead = `# The fault matrix

Written by ` + "`APPLECONSENT_TEST=full go test ./internal/faults -run TestFaultMatrix -update`" + `; the test fails if it is not what the program does.
What it means is in [reliability.md](reliability.md).

%d cells: %d kinds of trouble at %d requests. A number is the exit code of the command that met the trouble. Whatever it is,
nothing was lost, the record is true, apply converges and rollback returns to the state before. An empty cell is a trouble that
cannot happen to that request. The commands with further arguments, at the end, run through the troubles that differ in kind.
%d cells with ` + unguarded + ` are the one moment that nobody can guard, see there.
`
