package cli_test

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/graph/simulator"
)

// The fault matrix: every trouble of matrix_trouble_test.go, at every request of the commands of matrix_story_test.go. What
// must hold afterwards, whatever the exit code, is in matrix_check_test.go and, of each single write, in
// matrix_watch_test.go. docs/fault-matrix.md is this test's own output; -update rewrites it.

var update = flag.Bool("update", false, "rewrite docs/fault-matrix.md")

// everyShort is how many cells there are for each that runs with -short.
const everyShort = 10

func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	table := newMatrixTable()
	t.Run("cells", func(t *testing.T) {
		n := 0
		for _, s := range matrixStories() {
			bounds := s.boundaries(t)
			table.add(s, bounds)
			for _, tr := range troubles {
				for _, bd := range bounds {
					if n++; tr.appliesTo(s, bd) && (!testing.Short() || n%everyShort == 0) {
						addCell(t, table, s, tr, bd)
					}
				}
			}
		}
	})
	text := table.text()
	t.Logf("\n%s\n%d of %d cells passed", text, table.passed, table.count())
	if !testing.Short() {
		checkDocument(t, filepath.Join("..", "..", "docs", "fault-matrix.md"), text)
	}
}

// addCell runs a cell as a test of its own, beside others, or notes that nobody can guard it.
func addCell(t *testing.T, table *matrixTable, s matrixStory, tr trouble, bd boundary) {
	if tr.unpreventable(s, bd) {
		table.note(s, tr, bd, unguarded, true)
		return
	}
	t.Run(fmt.Sprintf("%s/%s/at %s", s, tr.name, bd), func(t *testing.T) {
		t.Parallel()
		code := runCell(t, s, tr, bd)
		table.note(s, tr, bd, code, !t.Failed())
	})
}

// checkDocument compares a document with what the test made of it, or rewrites it.
func checkDocument(t *testing.T, name, text string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(name)
	if err != nil || string(have) != text {
		t.Errorf("%s is not what this test shows (%v): rewrite it with go test ./internal/cli -run TestFaultMatrix -update", name, err)
	}
}

// runCell runs the story with the trouble at the boundary, then what people do afterwards: once they go on with the same
// command, once they turn back. It returns the exit code of the troubled command.
func runCell(t *testing.T, s matrixStory, tr trouble, bd boundary) string {
	code := ""
	for _, after := range []func(*cell){(*cell).applyAgain, (*cell).rollbackAgain} {
		inBubble(t, s.scenario, func(b *bubble) {
			c := newCell(b, s, tr)
			code = fmt.Sprint(c.troubled(bd))
			c.calm()
			after(c)
		})
		if s.command == "apply" {
			break // to go on is to apply again
		}
	}
	return code
}

// cell is one run of the matrix.
type cell struct {
	*bubble
	story   matrixStory
	trouble trouble
	watch   *watch
	others  string   // the state folder of another machine
	sent    []string // method, path and body of each request of the troubled command
}

func newCell(b *bubble, s matrixStory, tr trouble) *cell {
	c := &cell{bubble: b, story: s, trouble: tr, others: filepath.Join(b.state, "others"), watch: newWatch(b.t, b.tenant.Directory())}
	c.watch.flags = s.flags
	b.tenant.OnWrite(c.watch.wrote)
	c.as("apply")
	s.prepare(b)
	c.watch.forget()
	return c
}

// as tells the watch what the next command may do.
func (c *cell) as(command string) { c.watch.command = command }

// troubled runs the story's command with the trouble, checks what it left behind, and returns its exit code.
func (c *cell) troubled(bd boundary) int {
	ctx, cancel := context.WithCancel(c.t.Context())
	defer cancel()
	c.arm(bd, cancel)
	c.as(c.story.command)
	a := c.runIn(ctx, c.state, c.story.line(c.story.command)...)
	c.tenant.Before(nil)
	c.checkAnswer(a)
	c.checkRecord(a)
	c.checkNothingBlind()
	return a.code
}

// arm sets the trouble up.
func (c *cell) arm(bd boundary, interrupt func()) {
	var rules []simulator.Rule
	for _, r := range c.trouble.rules {
		rules = append(rules, bd.rule(r))
	}
	if err := c.tenant.SetRules(rules...); err != nil {
		c.t.Fatal(err)
	}
	var mu sync.Mutex
	n, own := 0, true
	c.tenant.Before(func(r *http.Request) {
		body, _ := io.ReadAll(r.Body) // it is in memory
		mu.Lock()
		if own {
			c.sent = append(c.sent, r.Method+" "+r.URL.Path+" "+string(body))
		}
		if bd.fits(r) {
			n++
		}
		hit := n == bd.n
		if hit {
			n++ // once
			own = false
		}
		mu.Unlock()
		if hit {
			c.strike(interrupt)
			mu.Lock()
			own = true
			mu.Unlock()
		}
	})
}

// strike does what no rule can do, when the request arrives.
func (c *cell) strike(interrupt func()) {
	if c.trouble.interrupt {
		interrupt()
		time.Sleep(time.Millisecond) // until it has been noticed
	}
	if c.trouble.edit != nil {
		c.tenant.Edit(func(d *simulator.Directory) { c.watch.edited(*c.trouble.edit, d) })
	}
	for _, command := range c.trouble.others {
		c.as(command)
		if a := c.runIn(c.t.Context(), c.others, c.story.line(command)...); a.code != 0 && !nothingStands(a) {
			c.t.Errorf("the other machine's %s: exit code %d\n%s", command, a.code, a.stderr)
		}
	}
	c.as(c.story.command)
}

// calm ends the trouble, and lets requests that are stuck and writes that are late arrive.
func (c *cell) calm() {
	if err := c.tenant.SetRules(); err != nil {
		c.t.Fatal(err)
	}
	time.Sleep(time.Hour)
}

// applyAgain converges: the requirement is met. Then everything is taken back, and the tenant is as it was.
func (c *cell) applyAgain() {
	c.relent()
	c.as("apply")
	c.must(0, c.story.line("apply")...)
	for _, look := range c.story.looks() {
		c.must(0, look...)
	}
	c.takeBack()
}

// relent lets the other admin change their mind, where an apply would be refused for ever.
func (c *cell) relent() {
	if c.trouble.relents != nil {
		c.tenant.Edit(func(d *simulator.Directory) { c.watch.edited(*c.trouble.relents, d) })
	}
}

// rollbackAgain goes on with a rollback; then apply and rollback work as ever.
func (c *cell) rollbackAgain() {
	c.takeBack()
	c.applyAgain()
}

// takeBack rolls back what stands, the other machine's changes first, and wants the tenant to be as it was before.
func (c *cell) takeBack() {
	c.as("rollback")
	for _, state := range []string{c.others, c.state} {
		rollBackAll(c.t, 2+len(recordsIn(c.t, state)), func() answer { return c.runIn(c.t.Context(), state, "rollback", "--yes") })
	}
	c.watch.checkBack(c.tenant.Directory())
}

// rollBackAll rolls back until nothing stands, so often at the most.
func rollBackAll(t *testing.T, most int, rollback func() answer) {
	t.Helper()
	for range most {
		a := rollback()
		if nothingStands(a) {
			return
		}
		a.must(t, 0, []string{"rollback", "--yes"})
		if strings.HasPrefix(a.stdout, "Nothing to do") {
			return
		}
	}
}

// nothingStands tells whether a rollback found nothing that it could take back.
func nothingStands(a answer) bool {
	return a.code == 1 && strings.Contains(a.stderr, "on this machine")
}
