package plan

import (
	"fmt"
	"time"

	"appleconsent/consent"
)

// ChangeText renders a change record for people.
func ChangeText(c Change, style Style) string {
	p := &page{style: style}
	p.line(0, fmt.Sprintf("Change  %s  %s %s", style.Strong(c.ID), c.Operation, outcomeWord(c, style)))
	p.heading(c.Tenant, c.Client)
	p.line(0, "By      "+Printable(c.Operator))
	p.line(0, "Time    "+period(c))
	if c.Reason != "" {
		p.paragraph("Reason ", "Reason ", Printable(c.Reason))
	}
	if c.RollsBack != nil {
		p.line(0, "Undoes  "+Printable(*c.RollsBack))
	}
	if c.RolledBackBy != nil {
		p.line(0, "Undone  by "+Printable(*c.RolledBackBy))
	}
	p.blank()
	p.line(0, style.Strong("Actions"))
	for _, a := range c.Actions {
		p.recorded(a, c)
	}
	return p.b.String()
}

// DoneText says in one wrapped sentence what a change has done.
func DoneText(c Change, style Style) string {
	p := &page{style: style}
	p.paragraph("Done:", style.Good("Done:"), Summary(c))
	return p.b.String()
}

func period(c Change) string {
	if c.FinishedAt == nil {
		return c.StartedAt.Format(time.RFC3339)
	}
	return fmt.Sprintf("%s, took %s", c.StartedAt.Format(time.RFC3339), c.FinishedAt.Sub(c.StartedAt))
}

func outcomeWord(c Change, style Style) string {
	switch c.Outcome {
	case OutcomeSucceeded:
		return style.Good(string(c.Outcome))
	case OutcomeRunning:
		return style.Warn("running (or its process died)")
	case OutcomeFailed, OutcomeInterrupted:
	}
	return style.Warn(string(c.Outcome))
}

// recorded adds an action and what became of it. Scopes are shown as they really were before and after.
func (p *page) recorded(a RecordedAction, c Change) {
	shown := a.Action
	if performed := a.performed(); a.Status == StatusDone {
		shown.Before, shown.After = performed.Before, performed.After
	}
	p.action(shown, Document{Client: c.Client, Resources: requiredResources()})
	word, paint := statusWord(a.Status, p.style)
	p.line(6, paint(word))
	if a.Error != "" {
		p.paragraph("     ", "     ", Printable(a.Error))
	}
}

func statusWord(s Status, style Style) (string, func(string) string) {
	switch s {
	case StatusDone:
		return "✓ done", style.Good
	case StatusUnchanged:
		return "= left as it was", style.Muted
	case StatusStarted:
		return "? started, outcome not known", style.Warn
	case StatusFailed:
		return "✗ failed, nothing written", style.Removed
	case StatusPending:
	}
	return "· not begun", style.Muted
}

// HistoryText renders a list of changes, a line each.
func HistoryText(changes []Change, style Style) string {
	p := &page{style: style}
	for _, c := range changes {
		note := ""
		switch {
		case c.RolledBackBy != nil:
			note = style.Muted(", rolled back")
		case c.RollsBack != nil:
			note = style.Muted(" of " + Printable(*c.RollsBack))
		}
		p.line(0, fmt.Sprintf("%s  %s  %s %s%s", style.Strong(c.ID), Printable(nameOf(c.Tenant)), c.Operation, outcomeWord(c, style), note))
	}
	return p.b.String()
}

// requiredResources names the resources that a change can have touched; a record has only their ids.
func requiredResources() []Resource {
	var resources []Resource
	for _, r := range consent.AppleMail(consent.AllDevices).Resources {
		resources = append(resources, Resource{AppID: r.AppID, DisplayName: r.Name})
	}
	return resources
}
