package render

import (
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// changeSheet lays out a change record.
func changeSheet(c plan.Change) sheet {
	s := sheet{
		Heading: changeHeading(c), Tenant: tenantName(c.Tenant), Verdict: changeVerdict(c),
		Facts: changeFacts(c), Section: section(c.Requirement.Route), Tables: changeTables(c), Origin: changeOrigin(c),
	}
	for _, a := range c.Actions {
		s.Actions = append(s.Actions, recorded(a, c))
	}
	return s
}

func changeHeading(c plan.Change) string {
	userConsent, rollback := c.Requirement.Route == consent.UserConsent, c.Operation == plan.OperationRollback
	switch {
	case userConsent && rollback:
		return "Change record: rollback of user consent to Apple Mail"
	case userConsent:
		return "Change record: users may consent to Apple Mail"
	case rollback:
		return "Change record: rollback of the consent for Apple Mail"
	}
	return "Change record: grant of consent to Apple Mail"
}

func changeOrigin(c plan.Change) string {
	return fmt.Sprintf("Made by appleconsent from the record of change %s of %s.", plan.Printable(c.ID), moment(c.StartedAt.UTC()))
}

func changeFacts(c plan.Change) []fact {
	facts := append([]fact{
		{Label: "Change", Code: shown(c.ID)},
		{Label: "Operation", Name: plan.Printable(string(c.Operation))},
	}, subjectFacts(c.Tenant, c.Client)...)
	facts = append(facts, fact{Label: "Operator", Name: plan.Printable(c.Operator)})
	if reason := plan.PrintableLine(c.Reason); reason != "" {
		facts = append(facts, fact{Label: "Reason", Prose: reason})
	}
	facts = append(facts, fact{Label: "Started", Prose: moment(c.StartedAt.UTC())})
	if c.FinishedAt != nil {
		took := c.FinishedAt.Sub(c.StartedAt)
		facts = append(facts, fact{Label: "Finished", Prose: fmt.Sprintf("%s, took %s", moment(c.FinishedAt.UTC()), took)})
	}
	if c.RollsBack != nil {
		facts = append(facts, fact{Label: "Rolls back change", Code: shown(*c.RollsBack)})
	}
	if c.RolledBackBy != nil {
		facts = append(facts, fact{Label: "Rolled back by change", Code: shown(*c.RolledBackBy)})
	}
	return facts
}

// changeTables has one table for each resource that the change was about, in the order of its actions, and one for the
// authorization policy.
func changeTables(c plan.Change) []table {
	var tables []table
	for _, a := range c.Actions {
		switch {
		case a.Kind.Object == consent.OnGrant:
			tables = append(tables, table{
				Name: resourceName(a.ResourceAppID, nil), Code: shown(string(a.ResourceAppID)),
				Header: differenceHeader("Scope"), Rows: recordedRows(a, c),
			})
		case a.Kind.Object == consent.OnClassification:
			tables = recordedClassification(tables, a)
		case a.Kind.Object == consent.OnPolicy:
			tables = append(tables, recordedPolicies(a))
		}
	}
	return tables
}

// recordedRows shows what really stood before and after an action that was done, and else what was planned.
func recordedRows(a plan.RecordedAction, c plan.Change) []row {
	before, after := effect(a)
	required := application(c.Client).Require(consent.Choices{Devices: consent.AllDevices}).Scopes(a.ResourceAppID)
	rows := differenceRows(before, after, required.In(before.With(after...)), grantWords("+ granted", "- revoked", "missing"))
	return notDoneRows(rows, a, before, after)
}

// notDoneRows says in the rows of what was to change, which come first, why it did not.
func notDoneRows(rows []row, a plan.RecordedAction, before, after consent.ScopeSet) []row {
	if a.Status == plan.StatusDone {
		return rows
	}
	changed := len(after.Without(before)) + len(before.Without(after))
	for i := range rows[:min(changed, len(rows))] {
		rows[i].Cells[1], rows[i].Cells[2] = notDone(a.Status, rows[i].Cells[0])
	}
	return rows
}

// notDone is what stands after an action that was not done, and why.
func notDone(s plan.Status, before cell) (after, change cell) {
	switch s {
	case plan.StatusStarted:
		return cell{"not known", warn}, cell{"? outcome not known", warn}
	case plan.StatusFailed:
		return before, cell{"✗ failed, not changed", bad}
	case plan.StatusUnchanged:
		return before, cell{"= left as it was", calm}
	case plan.StatusPending, plan.StatusDone:
	}
	return before, cell{"not begun", calm}
}

// effect returns the scopes or policies before and after an action: those of its result if it was done, or if somebody else
// was faster, else the planned ones.
func effect(a plan.RecordedAction) (before, after consent.ScopeSet) {
	if a.Result != nil && (a.Status == plan.StatusDone || a.Status == plan.StatusUnchanged && a.Result.After != nil) {
		return a.Result.Before, a.Result.After
	}
	return a.Before, a.After
}

// recorded shows an action and what became of it.
func recorded(a plan.RecordedAction, c plan.Change) action {
	happened := a.Action
	happened.Before, happened.After = effect(a)
	out := layOut(happened, clientName(c.Client), resourceName(a.ResourceAppID, nil))
	out.Status = statusCell(a.Status)
	out.Prose = plan.PrintableLine(a.Error)
	if a.Result != nil && a.Result.ServicePrincipalID != "" {
		out.Results = append(out.Results, fact{Label: "Service principal", Code: shown(string(a.Result.ServicePrincipalID))})
	}
	if a.Result != nil && a.Result.GrantID != "" {
		out.Results = append(out.Results, fact{Label: "Grant", Code: shown(string(a.Result.GrantID))})
	}
	if a.Result != nil && a.Result.ClassificationID != "" {
		out.Results = append(out.Results, fact{Label: "Classification", Code: shown(a.Result.ClassificationID)})
	}
	return out
}

func statusCell(s plan.Status) cell {
	switch s {
	case plan.StatusDone:
		return cell{"✓ done", good}
	case plan.StatusUnchanged:
		return cell{"= left as it was", calm}
	case plan.StatusStarted:
		return cell{"? started, outcome not known", warn}
	case plan.StatusFailed:
		return cell{"✗ failed, nothing written", bad}
	case plan.StatusPending:
	}
	return cell{"· not begun", calm}
}
