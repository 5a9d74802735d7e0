//go:build unix

package faults_test

import (
	"fmt"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/internal/testbed"
)

// killPoint is where a process is killed: at a checkpoint of its journal, or when a request arrives, which the tenant then carries
// out or not.
type killPoint struct {
	checkpoint string // as crashAt takes it
	at         boundary
	carriedOut bool
}

// String names the point in tests.
func (p killPoint) String() string {
	switch {
	case p.checkpoint != "":
		return "record " + p.checkpoint
	case p.carriedOut:
		return p.at.Kind() + fmt.Sprintf(" %d, carried out", p.at.N)
	}
	return p.at.Kind() + fmt.Sprintf(" %d", p.at.N)
}

// kind is what a sample has one of.
func (p killPoint) kind() string {
	point, _, _ := strings.Cut(p.checkpoint, ":")
	return fmt.Sprint(point, p.carriedOut)
}

// points runs a story without any trouble and returns the points at which it can be killed and leave something else behind than
// at the one before: what a process that dies leaves is its state folder and the tenant.
func points(t *testing.T, s story) []killPoint {
	t.Helper()
	var l line
	testbed.InBubble(t, s.Scenario, func(b *testbed.Bubble) {
		s.Prepare(b)
		l.state = b.State
		var now boundary
		b.Checkpoint = func(point string) { l.reached(killPoint{checkpoint: point}) }
		b.Front = func(_ http.ResponseWriter, r *http.Request) bool {
			now = l.arrived(r)
			return false
		}
		b.Tenant.OnWrite(func(_, _ directory.Directory) {
			l.reached(killPoint{at: now, carriedOut: true})
		})
		b.Must(0, s.Line(s.Command)...)
	})
	return l.points
}

// line is what happens in a run, one after the other.
type line struct {
	state  string // folder
	points []killPoint

	mu       sync.Mutex // requests may be side by side
	requests []*http.Request
	passed   map[string]int // how often a checkpoint was passed
	written  int            // requests that wrote
	left     string         // behind at the last point
}

// arrived notes a request.
func (l *line) arrived(r *http.Request) boundary {
	l.mu.Lock()
	at := boundary{Method: r.Method, Path: r.URL.Path}
	l.requests = append(l.requests, r)
	for _, earlier := range l.requests {
		if at.Fits(earlier) {
			at.N++
		}
	}
	l.mu.Unlock()
	l.reached(killPoint{at: at})
	return at
}

// reached notes a point, if what is left behind there differs from the last one's.
func (l *line) reached(p killPoint) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if p.checkpoint != "" {
		if l.passed == nil {
			l.passed = map[string]int{}
		}
		l.passed[p.checkpoint]++
		p.checkpoint += fmt.Sprintf(":%d", l.passed[p.checkpoint])
	}
	if p.carriedOut {
		l.written++
	}
	if left := fmt.Sprintf("%d writes, %s", l.written, filesIn(l.state)); left != l.left {
		l.left = left
		l.points = append(l.points, p)
	}
}

// filesIn returns names and contents of all files in a folder.
func filesIn(folder string) string {
	var all strings.Builder
	_ = filepath.WalkDir(folder, func(name string, entry fs.DirEntry, err error) error {
		if err == nil {
			content, _ := os.ReadFile(name) // none of a folder
			fmt.Fprintf(&all, "%s %q\n", name, content)
		}
		return nil
	})
	return all.String()
}
