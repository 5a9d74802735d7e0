package render

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
	"appleconsent/plan"
)

// fleetStates are what may become of a tenant, those that need somebody last. Of those that are well, only the number is told.
var fleetStates = []struct {
	state, word string
	tone        tone
	well        bool
}{
	{"inPlace", "in place", good, true},
	{"nothingToDo", "nothing to do", good, true},
	{"done", "done", good, true},
	{"duplicate", "named twice", calm, true},
	{stateDue, "not in place", warn, false},
	{"cannotSignIn", "granted, but sign-in is disabled", warn, false},
	{"blocked", "blocked", bad, false},
	{"refused", "refused", bad, false},
	{"notVisible", "written, but not visible yet", warn, false},
	{"failed", "failed", bad, false},
	{"notBegun", "not begun", warn, false},
}

// placeOf is where a state stands among them; one that is not known stands last.
func placeOf(state string) int {
	for i, s := range fleetStates {
		if s.state == state {
			return i
		}
	}
	return len(fleetStates) - 1
}

// stateWord is the state in words.
func stateWord(state string) (string, tone) {
	s := fleetStates[placeOf(state)]
	return s.word, s.tone
}

// stateWord is the state of the tenant in words.
func (o Outcome) stateWord() (string, tone) {
	word, tone := stateWord(o.State)
	if o.State == stateDue && o.undoes() {
		word = undoneWord
	}
	return word, tone
}

// What is due in a rollback is called otherwise.
const (
	stateDue   = "changesDue"
	undoneWord = "to be undone"
)

// undoes reports whether it is the plan of a rollback.
func (o Outcome) undoes() bool {
	if o.Document == nil {
		return false
	}
	doc, _ := o.Document.document.(plan.Document)
	return doc.RollsBack != ""
}

// StateWord is what a state of a tenant is called.
func StateWord(state string) string {
	word, _ := stateWord(state)
	return word
}

// isWell reports whether nobody has to look after a tenant in that state.
func isWell(state string) bool { return fleetStates[placeOf(state)].well }

// needsTelling reports whether there is more to tell of a tenant than that it is well.
func (o Outcome) needsTelling() bool { return !isWell(o.State) || o.Failure != nil }

// about says in one line what there is to tell of a tenant, without what is its own alone: names and ids.
func (o Outcome) about() string {
	if o.Document == nil {
		return ""
	}
	switch d := o.Document.document.(type) {
	case plan.Document:
		return planShape(d)
	case plan.Change:
		return tally(d.Done(), true)
	case Diagnosis:
		return diagnosisShape(d)
	case Link:
		return d.URL
	}
	return ""
}

// planShape says what is in the way, or what would be done, or what is missing, by kind, resource and scope.
func planShape(doc plan.Document) string {
	for _, n := range doc.Notices {
		if n.Level == consent.Blocker {
			return Message(n, doc.Client)
		}
	}
	var parts []string
	for _, a := range doc.Actions {
		parts = append(parts, actionShape(a.Action)...)
	}
	if len(doc.Actions) > 0 {
		return strings.Join(parts, ", ")
	}
	for _, r := range doc.Resources {
		if len(r.Missing) > 0 {
			parts = append(parts, r.Missing.String())
		}
	}
	switch {
	case len(parts) > 0:
		return "missing: " + plan.Printable(strings.Join(parts, ", "))
	case disabledByOwner(doc.Client):
		return "disabled by " + ownerName(doc.Client)
	case disabled(doc.Client):
		return "disabled in the tenant"
	}
	return ""
}

// actionShape says what an action does, whichever tenant it is in.
func actionShape(a consent.Action) []string {
	if a.Kind.Object != consent.OnGrant {
		return []string{verbMark(a.Kind.Verb).Symbol + " " + wordsFor(a.Kind.Object).noun}
	}
	var parts []string
	if added := a.Added(); len(added) > 0 {
		parts = append(parts, "+ "+plan.Printable(added.String()))
	}
	if removed := a.Removed(); len(removed) > 0 {
		parts = append(parts, "- "+plan.Printable(removed.String()))
	}
	return parts
}

// diagnosisShape names the checks that found a problem.
func diagnosisShape(d Diagnosis) string {
	var titles []string
	for _, id := range d.roots {
		if c := d.check(id); c.Status == doctor.Problem {
			titles = append(titles, c.Title)
		}
	}
	slices.Sort(titles)
	return strings.Join(titles, ", ")
}

// fleetVerdict counts the tenants by state.
func fleetVerdict(states map[string]int, rows int, undoes bool) string {
	var parts []string
	for _, s := range fleetStates {
		n, word := states[s.state], s.word
		if s.state == stateDue && undoes {
			word = undoneWord
		}
		if n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, word))
		}
	}
	if len(parts) == 0 {
		return Count(rows, "tenant") + "."
	}
	return Count(rows, "tenant") + ": " + strings.Join(parts, ", ") + "."
}

// summaryVerdict is fleetVerdict of what a run came to.
func summaryVerdict(s plan.SummaryLine) string {
	return fleetVerdict(s.States, s.Rows, s.Command == string(plan.OperationRollback))
}
