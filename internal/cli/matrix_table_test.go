package cli_test

import (
	"fmt"
	"strings"
	"sync"
)

// matrixTable collects how each cell ended and becomes docs/fault-matrix.md.
type matrixTable struct {
	mu     sync.Mutex
	parts  []tablePart
	ended  map[string]string
	count  int
	closed int
}

type tablePart struct {
	story  story
	bounds []boundary
}

func (m *matrixTable) add(s story, bounds []boundary) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.parts = append(m.parts, tablePart{s, bounds})
	if m.ended == nil {
		m.ended = map[string]string{}
	}
}

func (m *matrixTable) note(s story, tr trouble, b boundary, code string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended[key(s, tr, b)] = code
	if code != "–" {
		m.count++
	} else {
		m.closed++
	}
}

func key(s story, tr trouble, b boundary) string { return fmt.Sprintf("%s|%s|%s", s, tr.name, b) }

// text renders the whole document.
func (m *matrixTable) text() string {
	m.mu.Lock()
	defer m.mu.Unlock()
	var b strings.Builder
	fmt.Fprintf(&b, matrixHead, m.count, len(troubles), m.boundaries(), m.closed)
	for _, part := range m.parts {
		m.part(&b, part)
	}
	return b.String()
}

func (m *matrixTable) boundaries() int {
	n := 0
	for _, part := range m.parts {
		n += len(part.bounds)
	}
	return n
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
			row += " " + m.ended[key(part.story, tr, bound)] + " |"
		}
		if strings.Trim(row, " |") != "" {
			fmt.Fprintf(b, "| %s |%s\n", tr.name, row)
		}
	}
}

const matrixHead = `# The fault matrix

Written by ` + "`go test ./internal/cli -run TestFaultMatrix -update`" + `; the test fails if it is not what the program does.
What it means is in [reliability.md](reliability.md).

%d cells: %d kinds of trouble at %d requests. A number is the exit code of the command that met the trouble; whatever it is,
nothing was lost, the record is true, apply converges and rollback returns to the state before. An empty cell is a trouble that
cannot happen to that request. %d cells with – are the one moment that nobody can guard, see there.
`
