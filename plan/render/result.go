package render

import (
	"fmt"

	"appleconsent/plan"
)

// Result is what a command prints, in any form that can hold it. The functions that return one make it from a document.
type Result struct {
	content  content
	document any                     // what is written as JSON
	sheet    func() sheet            // nil for what is text only
	text     func(Style) string      // in place of the sheet's; nil: the sheet's
	program  func() (program, error) // what a script does; nil: there is nothing to carry out
	exchange exchangeScript          // of a diagnosis
	rows     func() [][]string       // of a list of tenants, the first one its header
}

// OfPlan is a plan or a status.
func OfPlan(doc plan.Document) Result {
	doc = worded(doc)
	c := content{doc.Kind, doc.Kinds()}
	return Result{
		content: c, document: doc,
		sheet:   func() sheet { return planSheet(doc) },
		program: func() (program, error) { return planProgram(doc) },
	}
}

// OfChange is a change record. As a script it is what the change did, to be done again.
func OfChange(c plan.Change) Result {
	return Result{
		content: content{plan.KindChange, plan.KindsOf(c.Done())}, document: c,
		sheet:   func() sheet { return changeSheet(c) },
		program: func() (program, error) { return changeProgram(c) },
	}
}

// OfDone is a change that was just made and verified; its text says what was done and how to undo it. undo is a command line.
func OfDone(c plan.Change, undo string) Result {
	r := OfChange(c)
	r.text = func(style Style) string {
		p := &page{style: style}
		p.paragraph("Done:", style.Good("Done:"), doneSentence(c))
		p.whole("Verified: the change is visible in the tenant.\nRecorded as " + style.Strong(c.ID) + "\nTo undo: " + undo)
		return p.b.String()
	}
	return r
}

// OfRolledBack is a change that a rollback did already. again is the command line that undoes the rollback of that rollback;
// empty if that was not rolled back.
func OfRolledBack(c plan.Change, again string) Result {
	r := OfChange(c)
	r.text = func(style Style) string {
		p := &page{style: style}
		p.whole(fmt.Sprintf("Nothing to do: change %s was already rolled back by %s.", c.ID, *c.RolledBackBy))
		if again != "" {
			p.whole("That rollback was itself rolled back. To undo that: " + again)
		}
		return p.b.String()
	}
	return r
}

// OfLink is an admin-consent link: the address alone, so that it can be handed on, or what came of it.
func OfLink(l Link) Result {
	if l.Check == nil {
		return Result{content: content{kind: KindLink}, document: l, text: func(Style) string { return l.URL + "\n" }}
	}
	return Result{content: content{kind: KindLink}, document: l, sheet: func() sheet { return linkSheet(*l.Check) }}
}

// OfDiagnosis is what doctor found; verbose makes its text tell all details, as all other forms do.
func OfDiagnosis(d Diagnosis, verbose bool) Result {
	text := DiagnosisText
	if verbose {
		text = DiagnosisDetails
	}
	return Result{
		content: content{kind: KindDiagnosis}, document: d, exchange: exchangeOf(d), sheet: func() sheet { return diagnosisSheet(d) },
		text: func(style Style) string { return text(d, style) },
	}
}

// KindHistory is what history prints.
const KindHistory plan.Kind = "history"

// history is the JSON form of a list of changes.
type history struct {
	SchemaVersion int           `json:"schemaVersion"`
	Kind          plan.Kind     `json:"kind"`
	Changes       []plan.Change `json:"changes"`
}

// OfHistory is a list of changes, the newest first. damaged is how many records besides could not be read.
func OfHistory(changes []plan.Change, damaged int) Result {
	return Result{
		content:  content{kind: KindHistory},
		document: history{plan.SchemaVersion, KindHistory, append([]plan.Change{}, changes...)},
		text: func(style Style) string {
			p := &page{style: style}
			if len(changes) == 0 && damaged == 0 {
				p.line(0, "No changes are recorded on this machine.")
			}
			for _, l := range folded(changes) {
				if l.run == "" {
					p.line(0, style.Strong(l.changes[0].ID)+"  "+historyLine(l.changes[0], style))
				} else {
					p.line(0, style.Strong(l.run)+"  "+l.line(style))
				}
			}
			return p.b.String()
		},
	}
}

// HistoryLine says in one line of any width what a change was.
func HistoryLine(c plan.Change) string { return historyLine(c, PlainStyle(0)) }

func historyLine(c plan.Change, style Style) string {
	word := outcomeMark(c.Outcome)
	paint := style.paint(word.Tone)
	what := string(c.Operation) + " " + paint(word.Word)
	switch {
	case c.RollsBack != nil && c.Outcome == plan.OutcomeSucceeded:
		what = paint("rolled back ") + plan.Printable(*c.RollsBack)
	case c.RollsBack != nil:
		what = "rollback of " + plan.Printable(*c.RollsBack) + " " + paint(word.Word)
	}
	switch {
	case c.RolledBackBy == nil:
	case c.RollsBack != nil:
		what += style.Muted(", undone again")
	default:
		what += style.Muted(", rolled back")
	}
	return tenantName(c.Tenant) + "  " + what
}

var textForm = Form{Format: Text, Extensions: []string{".txt"}, refuses: anything, report: func(s Style) Report { return textReport{s, NewOverview()} }, write: func(r Result, style Style) ([]byte, error) {
	if r.text != nil {
		return []byte(r.text(style)), nil
	}
	return []byte(textOf(r.sheet(), style)), nil
}}

var jsonForm = Form{Format: JSON, Extensions: []string{".json", ".jsonl"}, refuses: anything, report: func(Style) Report { return jsonLines{} }, write: func(r Result, _ Style) ([]byte, error) {
	return plan.Encode(r.document)
}}
