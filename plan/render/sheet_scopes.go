package render

import (
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// maxKept is how many scopes that stay as they are get a row of their own; a grant can hold hundreds.
const maxKept = 20

// Words for what stands.
const (
	granted    = "granted"
	notGranted = "not granted"
)

// planTable shows the scopes of one resource before and after the plan, or in a status what stands.
func planTable(r plan.Resource, doc plan.Document) table {
	t := table{Name: nameOr(&r.DisplayName, string(r.AppID)), Code: shown(string(r.AppID))}
	stands := r.Granted.With(r.Extra...)
	if doc.Kind == plan.KindStatus {
		t.Header = []string{"Scope", "Required", "For all users"}
		t.Rows = statusRows(r, stands)
		return t
	}
	t.Header = []string{"Scope", "Before", "After", "Change"}
	after := stands
	for _, a := range doc.Actions {
		if a.ResourceAppID == r.AppID && a.Kind.OnGrant() {
			stands = stands.With(a.Before...)
			after = after.With(a.After...).Without(a.Before.Without(a.After))
		}
	}
	t.Rows = differenceRows(stands, after, r.Required, difference{"+ grant", "- revoke", missingWord(doc)})
	return t
}

// missingWord is what becomes of a required scope that does not stand and is not granted.
func missingWord(doc plan.Document) string {
	if doc.Blocked() {
		return "! missing, cannot be granted"
	}
	return "stays missing"
}

func statusRows(r plan.Resource, stands consent.ScopeSet) []row {
	var rows []row
	for _, scope := range r.Required {
		state := cell{"- missing", bad}
		if stands.Has(scope) {
			state = cell{"✓ granted", good}
		}
		rows = append(rows, row{Code: shown(string(scope)), Cells: []cell{{"yes", ""}, state}})
	}
	extra := r.Extra.Without(r.Required)
	for _, scope := range extra[:min(len(extra), maxKept)] {
		rows = append(rows, row{Code: shown(string(scope)), Cells: []cell{{"no", calm}, {"granted", calm}}})
	}
	return append(rows, restRow(len(extra)-maxKept, cell{"no", calm}, cell{"granted", calm})...)
}

// difference has the words of the last column.
type difference struct{ granted, revoked, missing string }

// differenceRows shows what changes first, then what is required, then what is kept beyond it.
func differenceRows(before, after, required consent.ScopeSet, words difference) []row {
	var rows []row
	add := func(scope consent.Scope, was, will, change cell) {
		rows = append(rows, row{Code: shown(string(scope)), Cells: []cell{was, will, change}})
	}
	yes, no := cell{granted, ""}, cell{notGranted, calm}
	for _, scope := range after.Without(before) {
		add(scope, no, cell{granted, good}, cell{words.granted, good})
	}
	for _, scope := range before.Without(after) {
		add(scope, yes, cell{notGranted, bad}, cell{words.revoked, bad})
	}
	for _, scope := range required.Without(before).Without(after) {
		add(scope, no, no, cell{words.missing, warn})
	}
	kept := before.In(after)
	for _, scope := range kept.In(required) {
		add(scope, yes, yes, cell{"= kept", calm})
	}
	beyond := kept.Without(required)
	for _, scope := range beyond[:min(len(beyond), maxKept)] {
		add(scope, yes, yes, cell{"= kept, beyond the requirement", calm})
	}
	return append(rows, restRow(len(beyond)-maxKept, yes, yes, cell{"= kept, beyond the requirement", calm})...)
}

// restRow stands for the scopes that got no row of their own.
func restRow(n int, cells ...cell) []row {
	if n <= 0 {
		return nil
	}
	return []row{{Rest: fmt.Sprintf("(%d more)", n), Cells: cells}}
}

// layOut shows one action.
func layOut(a plan.Action, client, resource string) action {
	out := action{ID: plan.Printable(a.ID), Name: resource, Object: "the grant on"}
	if !a.Kind.OnGrant() {
		out.Name, out.Object = client, "the service principal of"
	}
	switch a.Kind {
	case consent.CreateServicePrincipal, consent.CreateGrant:
		out.Symbol, out.Verb, out.Tone = "+", "Create", good
	case consent.UpdateGrant:
		out.Symbol, out.Verb, out.Tone = "~", "Update", warn
	case consent.DeleteGrant, consent.DeleteServicePrincipal:
		out.Symbol, out.Verb, out.Tone = "-", "Delete", bad
	default:
		return action{ID: out.ID, Symbol: "?", Verb: "Unknown action", Object: "named", Name: plan.Printable(string(a.Kind)), Tone: warn}
	}
	if a.Kind.OnGrant() {
		out.Scopes = scopeMarks(a.Before, a.After)
	}
	return out
}

func scopeMarks(before, after consent.ScopeSet) []scopeMark {
	var marks []scopeMark
	add := func(scopes consent.ScopeSet, m scopeMark) {
		for _, scope := range scopes {
			m.Code = shown(string(scope))
			marks = append(marks, m)
		}
	}
	add(after.Without(before), scopeMark{Symbol: "+", Word: "grant", Tone: good})
	add(before.Without(after), scopeMark{Symbol: "-", Word: "revoke", Tone: bad})
	kept := before.In(after)
	add(kept[:min(len(kept), maxKept)], scopeMark{Symbol: "=", Word: "keep", Tone: calm})
	if more := len(kept) - maxKept; more > 0 {
		marks = append(marks, scopeMark{Symbol: "=", Word: fmt.Sprintf("keep %d more", more), Tone: calm})
	}
	return marks
}
