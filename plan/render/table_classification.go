package render

import (
	"appleconsent/consent"
	"appleconsent/plan"
)

var classificationVerbs = map[consent.Verb]verbWords{
	consent.Create: {"classify", "classified"}, consent.Delete: {"declassify", "declassified"},
}

// nothing is the cell of a column that does not apply.
var nothing = mark{Word: "–", Tone: calm}

// classificationTable shows how the permissions of one resource are classified before and after the plan, or in a status
// how they are. What is granted for all users is beside it: it needs no consent of theirs.
func classificationTable(r plan.Resource, doc plan.Document) table {
	t := table{
		Name: nameOr(&r.DisplayName, string(r.AppID)), Code: shown(string(r.AppID)),
		Header: []string{"Scope", "Before", "After", "Change", "For all users"},
	}
	if doc.Kind == plan.KindStatus {
		t.Header = []string{"Scope", "State", "For all users"}
	}
	before, after, tenantWide := r.Classified, classifiedAfter(r, doc), r.Granted.With(r.Extra...)
	scopes := r.Required.With(before...).With(after...)
	for _, scope := range scopes {
		state := classificationState(before.Has(scope), doc)
		cells := []mark{state}
		if doc.Kind != plan.KindStatus {
			cells = classificationCells(before.Has(scope), after.Has(scope), doc.Blocked())
		}
		forAll := notGranted
		if tenantWide.Has(scope) {
			forAll = granted
		}
		t.Rows = append(t.Rows, row{Code: shown(string(scope)), State: state, Cells: append(cells, forAll)})
	}
	others := row{State: mark{Symbol: "·", Word: "granted for all users", Tone: calm}}
	for range t.Header[2:] {
		others.Cells = append(others.Cells, nothing)
	}
	others.Cells = append(others.Cells, granted)
	t.Rows = append(t.Rows, rowsOf(tenantWide.Without(scopes), maxKept, others)...)
	return t
}

func classificationState(low bool, doc plan.Document) mark {
	switch {
	case low:
		return mark{Symbol: "✓", Word: "classified as low impact", Tone: good}
	case doc.RollsBack != "":
		return mark{Symbol: "·", Word: "not classified as low impact", Tone: calm}
	}
	return mark{Symbol: "✗", Word: "not classified as low impact", Tone: warn}
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

func classificationCells(was, will, blocked bool) []mark {
	low, not := mark{Word: "low impact"}, mark{Word: "not low impact", Tone: calm}
	switch {
	case was && will:
		return []mark{low, low, kept}
	case will:
		return []mark{not, {Word: low.Word, Tone: good}, {Symbol: "+", Word: "classify", Tone: good}}
	case was:
		return []mark{low, {Word: not.Word, Tone: bad}, {Symbol: "-", Word: "declassify", Tone: bad}}
	case blocked:
		return []mark{not, not, {Symbol: "!", Word: "cannot be classified", Tone: warn}}
	}
	return []mark{not, not, {Symbol: "=", Word: "not changed", Tone: calm}}
}

// recordedClassification adds the permission of a recorded action to the table of its resource.
func recordedClassification(tables []table, a plan.RecordedAction, _ plan.Change) []table {
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

func recordedCells(a plan.RecordedAction) []mark {
	wanted := a.Kind.Verb == consent.Create
	cells := classificationCells(!wanted, wanted, false)
	switch {
	case a.Status == plan.StatusUnchanged:
		is := a.Result != nil && a.Result.Target != ""
		cells = classificationCells(is, is, false)
		cells[2] = statusMark(a.Status)
	case a.Status != plan.StatusDone:
		cells[1], cells[2] = notDone(a.Status, cells[0])
	default:
		cells[2].Word = classificationVerbs[a.Kind.Verb].past
	}
	return cells
}
