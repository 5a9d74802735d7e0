package faults_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
)

// The fault matrix: every trouble of matrix_trouble_test.go, at every request of the stories. What must hold afterwards, whatever
// the exit code, is in matrix_check_test.go and, of each single write, in watch_test.go. docs/fault-matrix.md is this test's own output.
func TestFaultMatrix(t *testing.T) {
	t.Parallel()
	table := newMatrixTable()
	t.Run("cells", func(t *testing.T) {
		for _, c := range sample(cellsOf(t, table), place.kind) {
			addCell(t, table, c)
		}
	})
	text := table.text()
	t.Logf("\n%s\n%d of %d cells passed", text, table.passed, table.count())
	if testbed.Full() {
		testbed.Golden(t, testbed.Docs(2, "fault-matrix.md"), text)
	}
}

// place is where in the matrix a cell is.
type place struct {
	story   story
	trouble trouble
	at      boundary
}

// cellsOf returns the whole matrix, and tells the table of its stories.
func cellsOf(t *testing.T, table *matrixTable) (all []place) {
	t.Helper()
	for _, s := range stories() {
		bounds := s.Boundaries(t)
		table.add(s, bounds)
		for _, tr := range troubles {
			for _, bd := range bounds {
				if tr.appliesTo(s, bd) {
					all = append(all, place{s, tr, bd})
				}
			}
		}
	}
	return all
}

// kind is what a sample has one of: the class of trouble at a kind of request.
func (p place) kind() string {
	if p.trouble.unpreventable(p.story, p.at) {
		return unguarded
	}
	return p.trouble.class() + " at " + p.at.Kind()
}

// addCell runs a cell as a test of its own, beside others, or notes that nobody can guard it.
func addCell(t *testing.T, table *matrixTable, p place) {
	s, tr, bd := p.story, p.trouble, p.at
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

// runCell runs the story with the trouble at the boundary, then what people do afterwards: once they go on with the same
// command, once they turn back. It returns the exit code of the troubled command.
func runCell(t *testing.T, s story, tr trouble, bd boundary) string {
	code := ""
	for _, after := range []func(*cell){(*cell).applyAgain, (*cell).rollbackAgain} {
		testbed.InBubble(t, s.Scenario, func(b *testbed.Bubble) {
			c := newCell(b, s, tr)
			code = fmt.Sprint(c.troubled(bd))
			c.calm()
			after(c)
		})
		if s.Command == "apply" {
			break // to go on is to apply again
		}
	}
	return code
}

// cell is one run of the matrix.
type cell struct {
	*testbed.Bubble
	story   story
	trouble trouble
	watch   *watch
	others  string   // the state folder of another machine
	sent    []string // method, path and body of each request of the troubled command
}

func newCell(b *testbed.Bubble, s story, tr trouble) *cell {
	c := &cell{Bubble: b, story: s, trouble: tr, others: filepath.Join(b.State, "others"), watch: newWatch(b.T, b.Tenant, s.Flags)}
	s.Prepare(b)
	c.watch.Forget()
	return c
}

// as tells the watch what the next command may do.
func (c *cell) as(command string) { c.watch.Command = command }

// troubled runs the story's command with the trouble, checks what it left behind, and returns its exit code.
func (c *cell) troubled(bd boundary) int {
	ctx, cancel := context.WithCancel(c.T.Context())
	defer cancel()
	c.arm(bd, cancel)
	c.as(c.story.Command)
	a := c.RunIn(ctx, c.State, c.story.Line(c.story.Command)...)
	c.Tenant.Before(nil)
	c.checkAnswer(a)
	c.checkRecord(a)
	c.checkNothingBlind()
	return a.Code
}

// arm sets the trouble up.
func (c *cell) arm(bd boundary, interrupt func()) {
	var rules []simulator.Rule
	for _, r := range c.trouble.rules {
		rules = append(rules, bd.Rule(r))
	}
	if err := c.Tenant.SetRules(rules...); err != nil {
		c.T.Fatal(err)
	}
	var mu sync.Mutex
	n, own := 0, true
	c.Tenant.Before(func(r *http.Request) {
		body, _ := io.ReadAll(r.Body) // it is in memory
		mu.Lock()
		if own {
			c.sent = append(c.sent, r.Method+" "+r.URL.Path+" "+string(body))
		}
		if bd.Fits(r) {
			n++
		}
		hit := n == bd.N
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
		c.Tenant.Edit(func(d *directory.Directory) { c.watch.Edited(*c.trouble.edit, d) })
	}
	for _, command := range c.trouble.others {
		c.as(command)
		if a := c.RunIn(c.T.Context(), c.others, c.story.Line(command)...); a.Code != 0 && !nothingStands(a) {
			c.T.Errorf("the other machine's %s: exit code %d\n%s", command, a.Code, a.Stderr)
		}
	}
	c.as(c.story.Command)
}

// calm ends the trouble, and lets requests that are stuck and writes that are late arrive.
func (c *cell) calm() {
	if err := c.Tenant.SetRules(); err != nil {
		c.T.Fatal(err)
	}
	time.Sleep(time.Hour)
}

// applyAgain converges: the requirement is met. Then everything is taken back, and the tenant is as it was.
func (c *cell) applyAgain() {
	c.relent()
	c.as("apply")
	c.Must(0, c.story.Line("apply")...)
	for _, look := range c.story.Looks() {
		c.Must(c.inPlace(), look...)
	}
	c.takeBack()
}

// inPlace is what a status exits with where all is granted: 2 if another admin disabled the service principal.
func (c *cell) inPlace() int {
	for _, sp := range c.Tenant.Directory().ServicePrincipals {
		if sp.AppID == identity.AppleAppID && sp.AccountEnabled != nil && !*sp.AccountEnabled {
			return 2
		}
	}
	return 0
}

// relent lets the other admin change their mind, where an apply would be refused for ever.
func (c *cell) relent() {
	if c.trouble.relents != nil {
		c.Tenant.Edit(func(d *directory.Directory) { c.watch.Edited(*c.trouble.relents, d) })
	}
}

// rollbackAgain goes on with a rollback; then apply and rollback work as ever.
func (c *cell) rollbackAgain() {
	c.takeBack()
	c.applyAgain()
}

// takeBack rolls back what stands, the other machine's changes first, and wants the tenant to be as it was before. A setting that lets
// users consent to more is put back only with the words for it.
func (c *cell) takeBack() {
	c.as("rollback")
	line := append([]string{"rollback", "--yes"}, strings.Fields(c.story.Flags)...)
	for _, state := range []string{c.others, c.State} {
		rollBackAll(c.T, 2+len(testbed.RecordIDs(c.T, state)), func() testbed.Answer { return c.RunIn(c.T.Context(), state, line...) })
	}
	c.watch.CheckBack(c.Tenant.Directory())
}
