package render

import (
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// What the tables of scopes and of policies have in common.

// maxKept is how many scopes that stay as they are get a row of their own; a grant can hold hundreds.
const maxKept = 20

func differenceHeader(what string) []string { return []string{what, "Before", "After", "Change"} }

// differenceWords are the words for what changes, for what does not, and for what is there and what is not.
type differenceWords struct {
	comes, goes                    string
	missing, beyond, there, absent mark
}

// planned is a set as it is now, before and after the actions of a plan that are about it.
func planned(now consent.ScopeSet, doc plan.Document, about func(plan.Action) bool) (before, after consent.ScopeSet) {
	before, after = now, now
	for _, a := range doc.Actions {
		if about(a) {
			before, after = before.With(a.Before...), after.With(a.After...).Without(a.Removed())
		}
	}
	return before, after
}

// differenceRows shows what changes first, then what is required, then what is kept beyond it.
func differenceRows(before, after, required consent.ScopeSet, words differenceWords) []row {
	var rows []row
	add := func(scopes consent.ScopeSet, was, will, change mark) {
		rows = append(rows, rowsOf(scopes, len(scopes), row{Cells: []mark{was, will, change}})...)
	}
	yes, no := words.there, words.absent
	add(after.Without(before), no, mark{Word: yes.Word, Tone: good}, mark{Symbol: "+", Word: words.comes, Tone: good})
	add(before.Without(after), yes, mark{Word: no.Word, Tone: bad}, mark{Symbol: "-", Word: words.goes, Tone: bad})
	add(required.Without(before).Without(after), no, no, words.missing)
	both := before.In(after)
	add(both.In(required), yes, yes, kept)
	return append(rows, rowsOf(both.Without(required), maxKept, row{Cells: []mark{yes, yes, words.beyond}})...)
}

// rowsOf makes a row like the given one of each scope, and one that stands for those above the limit.
func rowsOf(scopes consent.ScopeSet, limit int, like row) []row {
	var rows []row
	for _, scope := range scopes[:min(len(scopes), limit)] {
		like.scope, like.Code = scope, shown(string(scope))
		rows = append(rows, like)
	}
	if more := len(scopes) - limit; more > 0 {
		like.scope, like.Code, like.Rest = "", "", fmt.Sprintf("(%d more)", more)
		rows = append(rows, like)
	}
	return rows
}

// recordedRows shows a recorded action. The rows of what was to change, which come first, say why it did not.
func recordedRows(a plan.RecordedAction, required consent.ScopeSet, words differenceWords) []row {
	happened := performed(a)
	rows := differenceRows(happened.Before, happened.After, required.In(happened.Before.With(happened.After...)), words)
	if a.Status == plan.StatusDone {
		return rows
	}
	changed := len(happened.Added()) + len(happened.Removed())
	for i := range rows[:min(changed, len(rows))] {
		rows[i].Cells[1], rows[i].Cells[2] = notDone(a.Status, rows[i].Cells[0])
	}
	return rows
}

// notDone is the state after an action that was not done, and why.
func notDone(s plan.Status, before mark) (after, change mark) {
	if s == plan.StatusStarted {
		return mark{Word: "not known", Tone: warn}, statusMark(s)
	}
	return before, statusMark(s)
}

// performed is what happened; of an action that somebody else was faster with, what was found.
func performed(a plan.RecordedAction) consent.Action {
	happened := a.Performed()
	if a.Status == plan.StatusUnchanged && a.Result != nil && a.Result.After != nil {
		happened.Before, happened.After = a.Result.Before, a.Result.After
	}
	return happened
}

func statusMark(s plan.Status) mark {
	return map[plan.Status]mark{
		plan.StatusDone:      {Symbol: "✓", Word: "done", Tone: good},
		plan.StatusUnchanged: {Symbol: "=", Word: "left as it was", Tone: calm},
		plan.StatusStarted:   {Symbol: "?", Word: "outcome not known", Tone: warn},
		plan.StatusFailed:    {Symbol: "✗", Word: "failed, not changed", Tone: bad},
		plan.StatusPending:   {Symbol: "·", Word: "not begun", Tone: calm},
	}[s]
}

func outcomeMark(o plan.Outcome) mark {
	return map[plan.Outcome]mark{
		plan.OutcomeSucceeded:   {Word: "succeeded", Tone: good},
		plan.OutcomeFailed:      {Word: "failed", Tone: bad},
		plan.OutcomeInterrupted: {Word: "interrupted", Tone: warn},
		plan.OutcomeRunning:     {Word: "running (or its process died)", Tone: warn},
	}[o]
}
