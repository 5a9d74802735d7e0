package render

import (
	"fmt"
	"time"

	"appleconsent/plan"
)

// ChangeText renders a change record for people.
func ChangeText(c plan.Change, style Style) string {
	p := &page{style: style}
	p.line(0, fmt.Sprintf("Change  %s  %s %s", style.Strong(c.ID), c.Operation, outcomeWord(c, style)))
	p.heading(c.Tenant, c.Client)
	p.line(0, "By      "+plan.Printable(c.Operator))
	p.line(0, "Time    "+period(c))
	if c.Reason != "" {
		p.paragraph("Reason ", "Reason ", plan.Printable(c.Reason))
	}
	if c.RollsBack != nil {
		p.line(0, "Undoes  "+plan.Printable(*c.RollsBack))
	}
	if c.RolledBackBy != nil {
		p.line(0, "Undone  by "+plan.Printable(*c.RolledBackBy))
	}
	p.blank()
	p.line(0, style.Strong("Actions"))
	for _, a := range c.Actions {
		p.recorded(a, c)
	}
	return p.b.String()
}

// DoneText says in one wrapped sentence what a change has done.
func DoneText(c plan.Change, style Style) string {
	p := &page{style: style}
	p.paragraph("Done:", style.Good("Done:"), Summary(c))
	return p.b.String()
}

func period(c plan.Change) string {
	if c.FinishedAt == nil {
		return c.StartedAt.Format(time.RFC3339)
	}
	return fmt.Sprintf("%s, took %s", c.StartedAt.Format(time.RFC3339), c.FinishedAt.Sub(c.StartedAt))
}

func outcomeWord(c plan.Change, style Style) string {
	switch c.Outcome {
	case plan.OutcomeSucceeded:
		return style.Good(string(c.Outcome))
	case plan.OutcomeRunning:
		return style.Warn("running (or its process died)")
	case plan.OutcomeFailed, plan.OutcomeInterrupted:
	}
	return style.Warn(string(c.Outcome))
}

// recorded adds an action and what became of it. Scopes are shown as they really were before and after.
func (p *page) recorded(a plan.RecordedAction, c plan.Change) {
	shown := a.Action
	if a.Status == plan.StatusDone {
		shown.Before, shown.After = effect(a)
	}
	p.action(shown, plan.Document{Client: c.Client})
	word, paint := statusWord(a.Status, p.style)
	p.line(6, paint(word))
	if a.Error != "" {
		p.paragraph("     ", "     ", plan.Printable(a.Error))
	}
}

func statusWord(s plan.Status, style Style) (string, func(string) string) {
	switch s {
	case plan.StatusDone:
		return "✓ done", style.Good
	case plan.StatusUnchanged:
		return "= left as it was", style.Muted
	case plan.StatusStarted:
		return "? started, outcome not known", style.Warn
	case plan.StatusFailed:
		return "✗ failed, nothing written", style.Removed
	case plan.StatusPending:
	}
	return "· not begun", style.Muted
}

// HistoryText renders a list of changes, a line each.
func HistoryText(changes []plan.Change, style Style) string {
	p := &page{style: style}
	for _, c := range changes {
		note := ""
		switch {
		case c.RolledBackBy != nil:
			note = style.Muted(", rolled back")
		case c.RollsBack != nil:
			note = style.Muted(" of " + plan.Printable(*c.RollsBack))
		}
		p.line(0, fmt.Sprintf("%s  %s  %s %s%s", style.Strong(c.ID), tenantName(c.Tenant), c.Operation, outcomeWord(c, style), note))
	}
	return p.b.String()
}
