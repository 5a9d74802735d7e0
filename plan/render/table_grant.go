package render

import (
	"appleconsent/consent"
	"appleconsent/plan"
)

// setMarks shows what comes into a set, what goes and what is kept.
func setMarks(before, after consent.ScopeSet, comes, goes string) []mark {
	var marks []mark
	add := func(scopes consent.ScopeSet, m mark) {
		for _, scope := range scopes {
			m.Code = shown(string(scope))
			marks = append(marks, m)
		}
	}
	add(after.Without(before), mark{Symbol: "+", Word: comes, Tone: good})
	add(before.Without(after), mark{Symbol: "-", Word: goes, Tone: bad})
	kept := before.In(after)
	add(kept[:min(len(kept), maxKept)], mark{Symbol: "=", Word: "keep", Tone: calm})
	if more := len(kept) - maxKept; more > 0 {
		marks = append(marks, mark{Symbol: "=", Word: "keep " + Count(more, "more scope"), Tone: calm})
	}
	return marks
}

// States of a scope.
var (
	granted    = mark{Word: "granted"}
	notGranted = mark{Word: "not granted", Tone: calm}
	kept       = mark{Symbol: "=", Word: "kept", Tone: calm}
)

func scopeWords(comes, goes string, missing mark) differenceWords {
	return differenceWords{comes, goes, missing, mark{Symbol: "=", Word: "not required, kept", Tone: calm}, granted, notGranted}
}

// scopeTable shows the scopes of one resource before and after a plan, or in a status what is granted. Each row has the state
// of now, too.
func scopeTable(r plan.Resource, doc plan.Document) table {
	t := table{Name: nameOr(&r.DisplayName, string(r.AppID)), Code: shown(string(r.AppID)), Header: differenceHeader("Scope")}
	before, after := planned(r.Granted.With(r.Extra...), doc, func(a plan.Action) bool {
		return a.ResourceAppID == r.AppID && a.Kind.Object == consent.OnGrant
	})
	missing := mark{Word: "stays missing", Tone: warn}
	if doc.Blocked() {
		missing = mark{Symbol: "!", Word: "missing, cannot be granted", Tone: warn}
	}
	t.Rows = differenceRows(before, after, r.Required, scopeWords("grant", "revoke", missing))
	state := scopeState(r, doc)
	for i, shown := range t.Rows {
		t.Rows[i].State = state(shown.scope)
		if doc.Kind != plan.KindStatus {
			continue
		}
		required := mark{Word: "no", Tone: calm}
		if r.Required.Has(shown.scope) {
			required = mark{Word: "yes"}
		}
		t.Rows[i].Cells = []mark{required, t.Rows[i].State}
	}
	if doc.Kind == plan.KindStatus {
		t.Header = []string{"Scope", "Required", "State"}
	}
	return t
}

// scopeState says of a scope whether it is granted now. In the plan of a rollback nothing is missing.
func scopeState(r plan.Resource, doc plan.Document) func(consent.Scope) mark {
	lacking := mark{Symbol: "✗", Word: "missing", Tone: warn}
	if doc.RollsBack != "" {
		lacking = mark{Symbol: "·", Word: "not granted", Tone: calm}
	}
	return func(scope consent.Scope) mark {
		switch {
		case r.Granted.Has(scope):
			return mark{Symbol: "✓", Word: "granted for all users", Tone: good}
		case scope != "" && !r.Extra.Has(scope):
			return lacking
		}
		return mark{Symbol: "·", Word: "not required, kept", Tone: calm}
	}
}

// recordedScopes shows what was really granted before and after an action that was done, and else what was planned.
func recordedScopes(tables []table, a plan.RecordedAction, c plan.Change) []table {
	required := application(c.Client).Require(consent.Choices{Also: c.Requirement.Choices().Also}).Scopes(a.ResourceAppID)
	return append(tables, table{
		Name: resourceName(a.ResourceAppID, nil), Code: shown(string(a.ResourceAppID)), Header: differenceHeader("Scope"),
		Rows: recordedRows(a, required, scopeWords("granted", "revoked", mark{Word: "missing", Tone: warn})),
	})
}
