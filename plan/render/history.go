package render

import "appleconsent/plan"

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
			for _, c := range changes {
				p.line(0, style.Strong(c.ID)+"  "+historyLine(c, style))
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
