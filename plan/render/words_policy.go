package render

import (
	"appleconsent/consent"
	"appleconsent/plan"
)

var policyWords = objectWords{
	object: consent.OnPolicy,
	noun:   "user-consent setting",
	verbs:  map[consent.Verb]verbWords{consent.Update: {"change", "changed"}},
	named: func(consent.Action, names) (string, string) {
		return "user-consent setting in the", "authorization policy"
	},
	marks: func(a consent.Action) []mark { return setMarks(a.Before, a.After, "assign", "unassign") },
	tables: func(doc plan.Document) []table {
		if doc.Requirement.Route != consent.UserConsent {
			return nil
		}
		return []table{planPolicies(doc)}
	},
	record: func(tables []table, a plan.RecordedAction, c plan.Change) []table {
		return append(tables, recordedPolicies(a, c))
	},
	result: func(plan.Result) fact { return fact{} },
}

// settingSentence says what a user-consent setting means, as the end of a sentence, to users of the application.
func settingSentence(s consent.UserConsentSetting, app string) string {
	switch s {
	case consent.SettingOff:
		return "user consent is off"
	case consent.SettingLegacy:
		return "users can consent to any app for permissions that need no admin"
	case consent.SettingMailClients:
		return "Microsoft manages user consent, and its list of mail clients lets users consent to " + app
	case consent.SettingLowImpact:
		return "users can consent to low-impact permissions of verified publishers"
	case consent.SettingManaged:
		return "Microsoft manages user consent and excepts mailboxes, and its list of mail clients is not assigned"
	case consent.SettingCustom:
	}
	return "a custom app consent policy decides what users can consent to"
}

// States of an entry of the authorization policy.
var (
	assigned    = mark{Word: "assigned"}
	notAssigned = mark{Word: "not assigned", Tone: calm}
)

func entryWords(comes, goes string) differenceWords {
	return differenceWords{mark{Symbol: "+", Word: comes, Tone: good}, mark{Symbol: "-", Word: goes, Tone: bad}, mark{}, kept, assigned, notAssigned}
}

// planPolicies shows the entries of the authorization policy before and after the plan, or in a status as they are.
func planPolicies(doc plan.Document) table {
	before, after := doc.UserConsentPolicies, doc.UserConsentPolicies
	for _, a := range doc.Actions {
		if a.Kind.Object == consent.OnPolicy {
			before = before.With(a.Before...)
			after = after.With(a.After...).Without(a.Removed())
		}
	}
	says := func(entries consent.ScopeSet) string {
		return settingSentence(consent.SettingOf(entries), application(doc.Client).Noun) + "."
	}
	lead := "Now: " + says(before)
	if !after.SameAs(before) {
		lead += " After the plan: " + says(after)
	}
	header, rows := differenceHeader("Policy"), differenceRows(before, after, nil, entryWords("assign", "unassign"))
	for i := range rows {
		if rows[i].scope == "" || before.Has(rows[i].scope) {
			rows[i].State = mark{Symbol: "·", Tone: calm}
		}
	}
	if doc.Kind == plan.KindStatus {
		header = []string{"Policy", "State"}
		for i := range rows {
			rows[i].Cells = []mark{assigned}
		}
	}
	return policyTable(lead, header, rows)
}

// policyTable says so where there is no entry at all.
func policyTable(lead string, header []string, rows []row) table {
	if len(rows) == 0 {
		none := row{Rest: "(no policy is assigned)", State: mark{Symbol: "·", Tone: calm}}
		for range header[1:] {
			none.Cells = append(none.Cells, nothing)
		}
		rows = []row{none}
	}
	return table{Title: "User consent", Lead: lead, Header: header, Rows: rows}
}

// recordedPolicies shows the entries of the authorization policy before and after a recorded action, or as it was planned.
func recordedPolicies(a plan.RecordedAction, c plan.Change) table {
	happened := performed(a)
	says := func(entries consent.ScopeSet) string {
		return settingSentence(consent.SettingOf(entries), application(c.Client).Noun) + "."
	}
	lead := "Before: " + says(happened.Before) + " After: "
	if a.Status != plan.StatusDone && a.Status != plan.StatusUnchanged {
		lead = "Before: " + says(happened.Before) + " Planned: "
	}
	rows := differenceRows(happened.Before, happened.After, nil, entryWords("assigned", "unassigned"))
	return policyTable(lead+says(happened.After), differenceHeader("Policy"), notDoneRows(rows, a, happened))
}
