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

// line says in one line what the changes of a run were.
func (l listed) line(style Style) string {
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
			word := outcomeMark(o)
			parts = append(parts, style.paint(word.Tone)(fmt.Sprintf("%d %s", n, word.Word)))
		}
	}
	if back > 0 {
		parts = append(parts, style.Muted(fmt.Sprintf("%d rolled back", back)))
	}
	return fmt.Sprintf("%s in %s: %s", l.changes[0].Operation, Count(len(l.changes), "tenant"), strings.Join(parts, ", "))
}
