package faults_test

import (
	"fmt"
	"net/http"
	"slices"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
)

// trouble is a row of the matrix.
type trouble struct {
	name  string
	rules []simulator.Rule // at the boundary
	on    func(boundary) bool
	only  string // the command of the stories; empty: all
	// with: what the applies of the stories are asked for beside; nil: whatever it is.
	with []string
	// clear: the answer leaves no doubt about whether the request was carried out.
	clear bool

	edit      *directory.Edit // of another admin, right before the request is carried out
	relents   *directory.Edit // of that admin, before anything is applied again
	others    []string        // commands of another machine, likewise
	interrupt bool            // Ctrl-C, likewise
}

func (tr trouble) appliesTo(s story, b boundary) bool {
	return (tr.only == "" || tr.only == s.Command) && (tr.with == nil || slices.Contains(tr.with, s.Flags)) && (tr.on == nil || tr.on(b))
}

// unpreventable reports whether the trouble comes in the one moment that nobody can guard: after the last look at what a
// request replaces or deletes, and before it is carried out. Graph has no conditional writes.
func (tr trouble) unpreventable(s story, b boundary) bool {
	replaces := b.Method == http.MethodPatch || b.Method == http.MethodDelete
	switch {
	case tr.edit != nil && tr.edit.Do == "enable":
		return replaces
	case tr.edit != nil && tr.edit.Do == "setConsentPolicies":
		return replaces && b.Path == authorizationPolicy
	case tr.edit != nil:
		return replaces && slices.Contains([]string{"grant", "revoke", "consent"}, tr.edit.Do)
	case tr.others != nil: // in the stories with further arguments nothing is merged: both machines write the same
		return replaces && s.Flags == ""
	}
	return false
}

// class names what a row is an example of; a sample of the matrix has one of each.
func (tr trouble) class() string {
	switch {
	case tr.interrupt:
		return "interrupt"
	case tr.others != nil:
		return "another machine"
	case tr.edit != nil:
		return "another admin, " + editClasses[tr.edit.Do]
	}
	r := tr.rules[0]
	class, found := answerClasses[r.Trouble]
	switch {
	case r.Trouble == simulator.TroubleStatus && r.Status == http.StatusTooManyRequests:
		class = "throttled"
	case r.Trouble == simulator.TroubleStatus:
		class = fmt.Sprintf("%dxx", r.Status/100)
	case !found:
		class = string(r.Trouble)
	}
	if r.CarriedOut {
		return "done, " + class
	}
	return class
}

// answerClasses are those of answers that are alike to who gets them, and editClasses those of what another admin changes.
var (
	answerClasses = map[simulator.Trouble]string{
		simulator.TroubleTruncate: "garbled", simulator.TroubleInvalidJSON: "garbled", simulator.TroubleEmpty: "garbled", simulator.TroubleContentType: "garbled",
		simulator.TroubleLag: "late", simulator.TroubleNewcomer: "late",
	}
	editClasses = map[string]string{
		"grant": "grants", "revoke": "grants", "deleteGrant": "grants", "consent": "grants",
		"createServicePrincipal": "service principal", "deleteServicePrincipal": "service principal", "disable": "service principal", "enable": "service principal",
		"setConsentPolicies": "settings", "classify": "settings", "declassify": "settings",
	}
)

// inTurn leaves out requests that run beside others: what happens at the same moment as they has no order.
func inTurn(b boundary) bool { return b.IsGraph() && !b.Beside }

func onWrites(b boundary) bool { return b.Writes() }

func onGrantLists(b boundary) bool {
	return b.Method == http.MethodGet && b.Path == "/v1.0/oauth2PermissionGrants"
}

func onLists(b boundary) bool {
	return onGrantLists(b) || b.Method == http.MethodGet && b.Path == "/v1.0/servicePrincipals"
}

func onPosts(b boundary) bool { return b.Writes() && b.Method == http.MethodPost }

func onCreation(b boundary) bool {
	return b.Method == http.MethodPost && b.Path == "/v1.0/servicePrincipals"
}

// answered is a row about an answer that comes instead of what was asked for.
func answered(name string, clear bool, r simulator.Rule) trouble {
	return trouble{name: name, clear: clear, rules: []simulator.Rule{r}}
}

// alike is a row that differs from another one in degree: it is for the stories without further arguments.
func alike(tr trouble) trouble { tr.with = []string{""}; return tr }

// written is a row about requests that write.
func written(name string, rules ...simulator.Rule) trouble {
	return trouble{name: name, on: onWrites, rules: rules}
}

// edited is a row about another admin's change.
func edited(name string, e directory.Edit, with ...string) trouble {
	return trouble{name: name, on: inTurn, edit: &e, with: append([]string{""}, with...)}
}

// troubles are the rows of the matrix.
var troubles = []trouble{
	alike(answered("400", true, status(400))),
	alike(answered("401", true, status(401))), // passes with a fresh token
	alike(answered("401 that names claims", true, simulator.Rule{Trouble: simulator.TroubleStatus, Status: 401, Claims: `{"access_token":{"nbf":{"essential":true}}}`})),
	alike(answered("401 for ever", true, times(-1, status(401)))),
	answered("403", true, status(403)),
	alike(answered("403 for ever", true, times(-1, status(403)))),
	alike(answered("403, no room left", true, simulator.Rule{Trouble: simulator.TroubleStatus, Status: 403, Code: "Directory_QuotaExceeded"})),
	answered("404", false, status(404)), // Graph has been seen to answer so to a POST that it carried out
	alike(answered("404 three times", false, times(3, status(404)))),
	answered("409", false, status(409)),
	answered("409, another operation", true, simulator.Rule{Trouble: simulator.TroubleStatus, Status: 409, Code: "Directory_ConcurrencyViolation"}),
	answered("409 without a reason", false, simulator.Rule{Trouble: simulator.TroubleStatus, Status: 409, Code: "Conflict"}),
	alike(answered("429", true, status(429))),
	alike(answered("429, Retry-After: 7", true, throttled(7, false))),
	alike(answered("429, Retry-After: a date", true, throttled(7, true))),
	alike(answered("429, Retry-After: a year", true, throttled(aYear, false))),
	answered("429 for ever", true, times(-1, status(429))),
	alike(answered("500", false, status(500))),
	answered("503", false, status(503)),
	alike(answered("503, Retry-After: 7", false, simulator.Rule{Trouble: simulator.TroubleStatus, Status: 503, RetryAfter: 7})),
	answered("503 three times", false, times(3, status(503))),
	alike(answered("503 for ever", false, times(-1, status(503)))),
	alike(answered("504", false, status(504))),
	alike(answered("307 to another host", true, simulator.Rule{Trouble: simulator.TroubleStatus, Status: 307, Location: "https://example.com/"})),
	answered("a proxy's page, 200", false, page(200)),
	alike(answered("a web filter's page, 403", false, page(403))), // which may have looked at the answer alone
	alike(answered("a proxy's page, 407", true, page(407))),
	alike(answered("a proxy's page, 502", false, page(502))),
	answered("a proxy's page, 200, for everything from there on", false, onwards(page(200))),
	answered("connection closed", false, closed),
	alike(answered("connection closed three times", false, times(3, closed))),
	answered("connection closed, and no other from there on", false, onwards(closed)),
	alike(answered("truncated answer", false, plain(simulator.TroubleTruncate))),
	alike(answered("invalid JSON", false, plain(simulator.TroubleInvalidJSON))),
	answered("{}", false, plain(simulator.TroubleEmpty)),
	alike(answered("wrong content type", false, plain(simulator.TroubleContentType))),
	alike(answered("slow: 5 s", true, delayed("5s"))),
	alike(answered("slow: 75 s", false, delayed("75s"))),
	answered("silent for 10 min", false, delayed("10m")),

	{name: "a list without its rows", on: onLists, rules: []simulator.Rule{plain(simulator.TroubleUnlisted)}},
	{name: "scopes that are null", on: onGrantLists, rules: []simulator.Rule{{Trouble: simulator.TroubleNull, Member: "scope"}}},
	{name: "done, 404", on: onPosts, rules: []simulator.Rule{done(status(404))}}, // which Graph has been seen to do
	alike(written("done, 500", done(status(500)))),
	written("done, 503", done(status(503))),
	alike(written("done, 504", done(status(504)))),
	written("done, a proxy's page, 200", done(page(200))),
	alike(written("done, a web filter's page, 403", done(page(403)))),
	alike(written("done, a proxy's page, 502", done(page(502)))),
	written("done, connection closed", done(closed)),
	written("done, connection closed, and no other from there on", onwards(done(closed))),
	written("done, silent for 10 min", done(delayed("10m"))),
	written("not done, 204", status(204)),
	written("seen after 3 reads", simulator.Rule{Trouble: simulator.TroubleLag, Reads: 3}),
	written("seen after 40 s", simulator.Rule{Trouble: simulator.TroubleLag, Delay: "40s"}),
	written("done, connection closed, seen after 3 reads", done(closed), simulator.Rule{Trouble: simulator.TroubleLag, Reads: 3}),
	written("done, connection closed, seen after 40 s", done(closed), simulator.Rule{Trouble: simulator.TroubleLag, Delay: "40s"}),
	{name: "new service principal unknown to 3 attempts", on: onCreation, rules: []simulator.Rule{{Trouble: simulator.TroubleNewcomer, Reads: 3}}},
	{name: "new service principal unknown to 20 attempts", on: onCreation, rules: []simulator.Rule{{Trouble: simulator.TroubleNewcomer, Reads: 20}}},

	edited("an admin grants another scope", directory.Edit{Do: "grant", Scope: "IMAP.AccessAsUser.All"}),
	{
		// What is granted again after a rollback took it and before that shows cannot be told from what does not show yet: the
		// rollback ends with 4, and who asks for it again gets it.
		name: "an admin grants what is required", on: inTurn, only: "apply", with: []string{""},
		edit: &directory.Edit{Do: "grant", Scope: "EAS.AccessAsUser.All EWS.AccessAsUser.All"},
	},
	edited("an admin revokes EAS", directory.Edit{Do: "revoke", Scope: "EAS.AccessAsUser.All"}),
	edited("an admin deletes the grant on Exchange", directory.Edit{Do: "deleteGrant"}),
	edited("an admin deletes the grant on Graph", directory.Edit{Do: "deleteGrant", Resource: identity.GraphAppID}),
	edited("an admin creates the service principal", directory.Edit{Do: "createServicePrincipal"}),
	edited("an admin deletes the service principal", directory.Edit{Do: "deleteServicePrincipal"}, enableApp),
	edited("an admin disables the service principal", directory.Edit{Do: "disable"}, enableApp),
	edited("a user consents", directory.Edit{Do: "consent", Scope: "EAS.AccessAsUser.All"}),
	// As above, what a rollback has just taken back and somebody does again is for applies only.
	{name: "an admin enables the service principal", on: inTurn, only: "apply", with: []string{enableApp}, edit: &directory.Edit{Do: "enable"}},
	setting("an admin sets another policy", "", setPolicies(customPolicy)),
	setting("an admin adds a policy", "apply", setPolicies(lowImpact, customPolicy)),
	setting("an admin sets the required policy", "apply", setPolicies(lowImpact)),
	setting("an admin classifies EAS as low", "apply", classify("low")),
	setting("an admin classifies EAS as medium", "", classify("medium")).relenting(declassify()),
	setting("an admin declassifies EAS", "", declassify()),
	{name: "another machine applies", on: inTurn, others: []string{"apply"}},
	{name: "another machine applies and rolls back", on: inTurn, others: []string{"apply", "rollback"}},

	{name: "Ctrl-C", on: inTurn, clear: true, interrupt: true},
	{name: "Ctrl-C, done, connection closed", on: onWrites, interrupt: true, rules: []simulator.Rule{done(closed)}},
	alike(trouble{name: "Ctrl-C, 503", on: onWrites, interrupt: true, rules: []simulator.Rule{status(503)}}),
}
