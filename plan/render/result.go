package render

import (
	"fmt"

	"appleconsent/plan"
)

// Result is what a command prints, in any form that can hold it. The functions that return one make it from a document.
type Result struct {
	content  content
	document any                // what is written as JSON
	sheet    func() sheet       // nil for what is text only
	text     func(Style) string // in place of the sheet's; nil: the sheet's
	lead     func(Commands) []instruction
	program  func() (program, error) // what a script does; nil: there is nothing to carry out
	exchange exchangeScript          // of a diagnosis
	rows     func() [][]string       // of a list of tenants, the first one its header
	commands Commands
}

// laidOut is the sheet with the commands that lead on from it.
func (r Result) laidOut() sheet {
	s := r.sheet()
	if r.lead != nil {
		s.Leads = r.lead(r.commands)
	}
	return s
}

// OfPlan is a plan or a status.
func OfPlan(doc plan.Document) Result {
	doc = worded(doc)
	c := content{doc.Kind, doc.Kinds()}
	return Result{
		content: c, document: doc,
		sheet:   func() sheet { return planSheet(doc) },
		lead:    func(c Commands) []instruction { return planInstructions(doc, c) },
		program: func() (program, error) { return planProgram(doc) },
	}
}

// OfChange is a change record. As a script it is what the change did, to be done again.
func OfChange(c plan.Change) Result {
	return Result{
		content: content{plan.KindChange, plan.KindsOf(c.Done())}, document: c,
		sheet:   func() sheet { return changeSheet(c, nil) },
		lead:    changeInstructions,
		program: func() (program, error) { return changeProgram(c) },
	}
}

// OfDone is a change that was just made as planned, and verified. It says what was done, what of the plan's warnings still holds and
// what users notice.
func OfDone(c plan.Change, planned plan.Document, commands Commands) Result {
	r := OfChange(c).Leading(commands)
	r.sheet = func() sheet {
		s := changeSheet(c, planned.Resources)
		s.Facts = append(s.Facts, fact{Label: "Verified", Prose: verified})
		s.Notices = stillHolding(c, worded(planned))
		return s
	}
	r.text = func(style Style) string {
		s, p := r.laidOut(), &page{style: style}
		if !style.Beside {
			p.banner(s.Banner)
		}
		p.paragraph("Done:", style.Good("Done:"), doneSentence(c))
		if !style.Beside {
			p.whole("Verified: " + verified)
		}
		p.whole("Recorded as " + style.Strong(c.ID))
		for _, n := range s.Notices {
			p.notice(n)
		}
		if s.Board.Users != "" {
			p.paragraph("Users:", "Users:", s.Board.Users)
		}
		p.leads(s.Leads)
		return p.b.String()
	}
	return r
}

const verified = "the change is visible in the tenant."

// OfRolledBack is a change that a rollback did already. again is the command line that undoes the rollback of that rollback;
// empty if that was not rolled back.
func OfRolledBack(c plan.Change, again string) Result {
	r := OfChange(c)
	r.text = func(style Style) string {
		p := &page{style: style}
		p.whole(fmt.Sprintf("Nothing to do: change %s was already rolled back by %s.", c.ID, *c.RolledBackBy))
		if again != "" {
			p.lead("That rollback was itself rolled back. To undo that", again)
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

var textForm = Form{Format: Text, Extensions: []string{".txt"}, refuses: anything, report: func(s Style) Report { return textReport{s, NewOverview()} }, write: func(r Result, style Style) ([]byte, error) {
	if r.text != nil {
		return []byte(r.text(style)), nil
	}
	return []byte(textOf(r.laidOut(), style)), nil
}}

var jsonForm = Form{Format: JSON, Extensions: []string{".json", ".jsonl"}, refuses: anything, report: func(Style) Report { return jsonLines{} }, write: func(r Result, _ Style) ([]byte, error) {
	return plan.Encode(r.document)
}}
