package render

import (
	"appleconsent/consent"
	"appleconsent/plan"
)

// How permissions are classified, and what the authorization policy says.

// classificationTable shows how the permissions of one resource are classified before and after the plan, or in a status
// how they are. What is granted for all users is beside it: it needs no consent of theirs.
func classificationTable(r plan.Resource, doc plan.Document) table {
	t := table{
		Name: nameOr(&r.DisplayName, string(r.AppID)), Code: shown(string(r.AppID)),
		Header: []string{"Scope", "Before", "After", "Change", "For all users"},
	}
	if doc.Kind == plan.KindStatus {
		t.Header = []string{"Scope", "Low impact", "For all users"}
	}
	before, after, stands := r.Classified, classifiedAfter(r, doc), r.Granted.With(r.Extra...)
	scopes := r.Required.With(before...).With(after...)
	for _, scope := range scopes {
		cells := []cell{{"✓ classified", good}}
		switch {
		case doc.Kind != plan.KindStatus:
			cells = classificationCells(before.Has(scope), after.Has(scope), doc.Blocked())
		case !before.Has(scope):
			cells = []cell{{"- not classified", bad}}
		}
		t.Rows = append(t.Rows, row{Code: shown(string(scope)), Cells: append(cells, grantedCell(stands.Has(scope)))})
	}
	others := stands.Without(scopes)
	var cells []cell
	for range len(t.Header) - 2 {
		cells = append(cells, cell{"–", calm})
	}
	cells = append(cells, grantedCell(true))
	for _, scope := range others[:min(len(others), maxKept)] {
		t.Rows = append(t.Rows, row{Code: shown(string(scope)), Cells: cells})
	}
	t.Rows = append(t.Rows, restRow(len(others)-maxKept, cells...)...)
	return t
}

// classifiedAfter is what is classified as low impact when the plan is carried out.
func classifiedAfter(r plan.Resource, doc plan.Document) consent.ScopeSet {
	after := r.Classified
	for _, a := range doc.Actions {
		switch {
		case a.ResourceAppID != r.AppID:
		case a.Kind == consent.ClassifyPermission:
			after = after.With(a.Permission)
		case a.Kind == consent.DeclassifyPermission:
			after = after.Without(consent.Scopes(a.Permission))
		}
	}
	return after
}

func classificationCells(was, will, blocked bool) []cell {
	low, not := cell{"low impact", ""}, cell{"not low impact", calm}
	switch {
	case was && will:
		return []cell{low, low, {"= kept", calm}}
	case will:
		return []cell{not, {low.Text, good}, {"+ classify", good}}
	case was:
		return []cell{low, {not.Text, bad}, {"- declassify", bad}}
	case blocked:
		return []cell{not, not, {"! cannot be classified", warn}}
	}
	return []cell{not, not, {"= stays as it is", calm}}
}

func grantedCell(stands bool) cell {
	if stands {
		return cell{granted, ""}
	}
	return cell{notGranted, calm}
}

// planPolicies shows the entries of the authorization policy before and after the plan, or in a status as they are.
func planPolicies(doc plan.Document) table {
	before, after := doc.UserConsentPolicies, doc.UserConsentPolicies
	for _, a := range doc.Actions {
		if a.Kind.Object == consent.OnPolicy {
			before = before.With(a.Before...)
			after = after.With(a.After...).Without(a.Before.Without(a.After))
		}
	}
	lead := "Now: " + consent.SettingOf(before).Sentence() + "."
	switch {
	case doc.Kind == plan.KindStatus:
		return policyTable(lead, []string{"Policy", "State"}, policyRows(before))
	case !after.SameAs(before):
		lead += " After the plan: " + consent.SettingOf(after).Sentence() + "."
	}
	words := difference{"+ assign", "- unassign", "", "= kept", assigned, notAssigned}
	return policyTable(lead, differenceHeader("Policy"), differenceRows(before, after, nil, words))
}

func policyRows(entries consent.ScopeSet) []row {
	var rows []row
	for _, entry := range entries[:min(len(entries), maxKept)] {
		rows = append(rows, row{Code: shown(string(entry)), Cells: []cell{{assigned, ""}}})
	}
	return append(rows, restRow(len(entries)-maxKept, cell{assigned, ""})...)
}

// policyTable says so where there is no entry at all.
func policyTable(lead string, header []string, rows []row) table {
	if len(rows) == 0 {
		cells := make([]cell, len(header)-1)
		for i := range cells {
			cells[i] = cell{"–", calm}
		}
		rows = []row{{Rest: "(no policy is assigned)", Cells: cells}}
	}
	return table{Title: "User consent", Lead: lead, Header: header, Rows: rows}
}

// recordedPolicies shows the entries of the authorization policy before and after a recorded action, or as it was planned.
func recordedPolicies(a plan.RecordedAction) table {
	before, after := effect(a)
	lead := "Before: " + consent.SettingOf(before).Sentence() + ". "
	if a.Status != plan.StatusDone && a.Status != plan.StatusUnchanged {
		lead += "Planned: "
	} else {
		lead += "After: "
	}
	rows := differenceRows(before, after, nil, difference{"+ assigned", "- unassigned", "", "= kept", assigned, notAssigned})
	return policyTable(lead+consent.SettingOf(after).Sentence()+".", differenceHeader("Policy"), notDoneRows(rows, a, before, after))
}

// recordedClassification adds the permission of a recorded action to the table of its resource.
func recordedClassification(tables []table, a plan.RecordedAction) []table {
	t := table{
		Name: resourceName(a.ResourceAppID, nil), Code: shown(string(a.ResourceAppID)), Header: differenceHeader("Scope"),
		Rows: []row{{Code: shown(string(a.Permission)), Cells: recordedCells(a)}},
	}
	if last := len(tables) - 1; last >= 0 && tables[last].Code == t.Code {
		tables[last].Rows = append(tables[last].Rows, t.Rows...)
		return tables
	}
	return append(tables, t)
}

func recordedCells(a plan.RecordedAction) []cell {
	wanted := a.Kind == consent.ClassifyPermission
	cells := classificationCells(!wanted, wanted, false)
	switch {
	case a.Status == plan.StatusUnchanged:
		stands := a.Result != nil && a.Result.ClassificationID != ""
		cells = classificationCells(stands, stands, false)
		cells[2] = cell{"= left as it was", calm}
	case a.Status != plan.StatusDone:
		cells[1], cells[2] = notDone(a.Status, cells[0])
	case wanted:
		cells[2].Text = "+ classified"
	default:
		cells[2].Text = "- declassified"
	}
	return cells
}
