package faults_test

import (
	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
)

// What the rows of the matrix are made of.

func status(code int) simulator.Rule {
	return simulator.Rule{Trouble: simulator.TroubleStatus, Status: code}
}

func throttled(seconds int, asDate bool) simulator.Rule {
	return simulator.Rule{Trouble: simulator.TroubleStatus, Status: 429, RetryAfter: seconds, AsDate: asDate}
}

func page(code int) simulator.Rule {
	return simulator.Rule{Trouble: simulator.TroubleHTML, Status: code}
}

func plain(t simulator.Trouble) simulator.Rule { return simulator.Rule{Trouble: t} }

func delayed(d string) simulator.Rule {
	return simulator.Rule{Trouble: simulator.TroubleDelay, Delay: d}
}

// done is the rule for a request that is carried out although its answer does not tell.
func done(r simulator.Rule) simulator.Rule { r.CarriedOut = true; return r }

// times is the rule for so many requests in a row, -1 for ever.
func times(n int, r simulator.Rule) simulator.Rule { r.Times = n; return r }

// onwards is the rule for every request from there on.
func onwards(r simulator.Rule) simulator.Rule { r.Onwards = true; return r }

const aYear = 365 * 24 * 60 * 60

var closed = plain(simulator.TroubleClose)

// setting is a row about another admin's change of what the route of user consent is about.
func setting(name, only string, e directory.Edit) trouble {
	return trouble{name: name, on: inTurn, only: only, with: []string{userConsent}, edit: &e}
}

// relenting is the row with an admin who changes their mind: the program applies nothing while that stands.
func (tr trouble) relenting(e directory.Edit) trouble { tr.relents = &e; return tr }

const customPolicy = selfPolicy + "contoso-mail-apps"

// setPolicies sets the policies about users themselves; those about what they own stay as the scenarios have them.
func setPolicies(entries ...string) directory.Edit {
	const owned = "ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-"
	return directory.Edit{Do: "setConsentPolicies", Policies: append(entries, owned+"for-team", owned+"for-chat")}
}

func classify(as string) directory.Edit {
	return directory.Edit{Do: "classify", Scope: "EAS.AccessAsUser.All", Classification: as}
}

func declassify() directory.Edit {
	return directory.Edit{Do: "declassify", Scope: "EAS.AccessAsUser.All"}
}
