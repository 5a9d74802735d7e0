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
	granted     = "granted"
	notGranted  = "not granted"
	assigned    = "assigned"
	notAssigned = "not assigned"
)

// planTable shows the scopes of one resource before and after the plan, or in a status what stands.
func planTable(r plan.Resource, doc plan.Document) table {
	if doc.Requirement.Route == consent.UserConsent {
		return classificationTable(r, doc)
	}
	t := table{Name: nameOr(&r.DisplayName, string(r.AppID)), Code: shown(string(r.AppID))}
	stands := r.Granted.With(r.Extra...)
	if doc.Kind == plan.KindStatus {
		t.Header = []string{"Scope", "Required", "For all users"}
		t.Rows = statusRows(r, stands)
		return t
	}
	t.Header = differenceHeader("Scope")
	after := stands
	for _, a := range doc.Actions {
		if a.ResourceAppID == r.AppID && a.Kind.Object == consent.OnGrant {
			stands = stands.With(a.Before...)
			after = after.With(a.After...).Without(a.Before.Without(a.After))
		}
	}
	t.Rows = differenceRows(stands, after, r.Required, grantWords("+ grant", "- revoke", missingWord(doc)))
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

func differenceHeader(what string) []string { return []string{what, "Before", "After", "Change"} }

// difference has the words for what changes, for what does not, and for what stands and what does not.
type difference struct{ comes, goes, missing, beyond, stands, lacks string }

// grantWords are those of a grant.
func grantWords(comes, goes, missing string) difference {
	return difference{comes, goes, missing, "= kept, beyond the requirement", granted, notGranted}
}

// differenceRows shows what changes first, then what is required, then what is kept beyond it.
func differenceRows(before, after, required consent.ScopeSet, words difference) []row {
	var rows []row
	add := func(scope consent.Scope, was, will, change cell) {
		rows = append(rows, row{Code: shown(string(scope)), Cells: []cell{was, will, change}})
	}
	yes, no := cell{words.stands, ""}, cell{words.lacks, calm}
	for _, scope := range after.Without(before) {
		add(scope, no, cell{words.stands, good}, cell{words.comes, good})
	}
	for _, scope := range before.Without(after) {
		add(scope, yes, cell{words.lacks, bad}, cell{words.goes, bad})
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
		add(scope, yes, yes, cell{words.beyond, calm})
	}
	return append(rows, restRow(len(beyond)-maxKept, yes, yes, cell{words.beyond, calm})...)
}

// restRow stands for the scopes that got no row of their own.
func restRow(n int, cells ...cell) []row {
	if n <= 0 {
		return nil
	}
	return []row{{Rest: fmt.Sprintf("(%d more)", n), Cells: cells}}
}
