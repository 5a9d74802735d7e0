package render

import (
	"appleconsent/consent"
	"appleconsent/plan"
)

// settingSentence says what a user-consent setting means, as the end of a sentence, to users of the application.
func settingSentence(s consent.UserConsentSetting, app string) string {
	return map[consent.UserConsentSetting]string{
		consent.SettingOff:         "user consent is off",
		consent.SettingLegacy:      "users can consent to any app for permissions that need no admin",
		consent.SettingMailClients: "Microsoft manages user consent, and its list of mail clients lets users consent to " + app,
		consent.SettingLowImpact:   "users can consent to low-impact permissions of verified publishers",
		consent.SettingManaged:     "Microsoft manages user consent and excepts mailboxes, and its list of mail clients is not assigned",
		consent.SettingCustom:      "a custom app consent policy decides what users can consent to",
	}[s]
}

// States of an entry of the authorization policy.
var (
	assigned    = mark{Word: "assigned"}
	notAssigned = mark{Word: "not assigned", Tone: calm}
)

// settingNow is a sentence about the entries of the authorization policy.
func settingNow(entries consent.ScopeSet, client plan.ClientInfo) string {
	return settingSentence(consent.SettingOf(entries), application(client).Noun) + "."
}

// planPolicies shows the entries of the authorization policy before and after the plan, or in a status as they are.
func planPolicies(doc plan.Document) []table {
	before, after := planned(doc.UserConsentPolicies, doc, func(a plan.Action) bool { return a.Kind.Object == consent.OnPolicy })
	lead := "Now: " + settingNow(before, doc.Client)
	if !after.SameAs(before) {
		lead += " After the plan: " + settingNow(after, doc.Client)
	}
	header := differenceHeader("Policy")
	rows := differenceRows(before, after, nil, differenceWords{comes: "assign", goes: "unassign", beyond: kept, there: assigned, absent: notAssigned})
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
	return []table{policyTable(lead, header, rows)}
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
func recordedPolicies(tables []table, a plan.RecordedAction, c plan.Change) []table {
	happened, then := performed(a), " After: "
	if a.Status != plan.StatusDone && a.Status != plan.StatusUnchanged {
		then = " Planned: "
	}
	lead := "Before: " + settingNow(happened.Before, c.Client) + then + settingNow(happened.After, c.Client)
	words := differenceWords{comes: "assigned", goes: "unassigned", beyond: kept, there: assigned, absent: notAssigned}
	return append(tables, policyTable(lead, differenceHeader("Policy"), recordedRows(a, nil, words)))
}
