package render

import (
	"fmt"
	"strings"

	"appleconsent/plan"
)

// listed is a line of a list of changes: one change, or all of a run over many tenants.
type listed struct {
	run     string // empty: one change alone
	changes []plan.Change
}

// folded gathers the changes of each run where the first of them stands.
func folded(changes []plan.Change) []listed {
	var all []listed
	places := make(map[string]int)
	for _, c := range changes {
		run := text(c.Run)
		if at, known := places[run]; known && run != "" {
			all[at].changes = append(all[at].changes, c)
			continue
		}
		places[run] = len(all)
		all = append(all, listed{run, []plan.Change{c}})
	}
	return all
}

// listed are the lines of a list.
func (h History) listed() []listed {
	if h.Run == "" {
		return folded(h.Changes)
	}
	var each []listed
	for _, c := range h.Changes {
		each = append(each, listed{"", []plan.Change{c}})
	}
	return each
}

// runLine says what a run was.
func runLine(run string, changes []plan.Change) string {
	return fmt.Sprintf("Run %s: %s, %s.", plan.Printable(run), Count(len(changes), "tenant"), listed{run, changes}.outcomes())
}

// row is what a list shows of it. A run has its own id, by which it is rolled back.
func (l listed) row() historyRow {
	row := changeRow(l.changes[0])
	if l.run != "" {
		row.id, row.tone, row.undoes = l.run, calm, undoing{}
		row.cells[columnTenant], row.cells[columnChange] = Count(len(l.changes), "tenant"), l.outcomes()
	}
	return row
}

// outcomes says what the changes of a run came to.
func (l listed) outcomes() string {
	outcomes, back := make(map[plan.Outcome]int), 0
	for _, c := range l.changes {
		outcomes[c.Outcome]++
		if c.RolledBack() {
			back++
		}
	}
	var parts []string
	for _, o := range []plan.Outcome{plan.OutcomeSucceeded, plan.OutcomeFailed, plan.OutcomeInterrupted, plan.OutcomeRunning} {
		if n := outcomes[o]; n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, outcomeMark(o).Word))
		}
	}
	if back > 0 {
		parts = append(parts, fmt.Sprintf("%d rolled back", back))
	}
	return fmt.Sprintf("%s run: %s", l.changes[0].Operation, strings.Join(parts, ", "))
}
