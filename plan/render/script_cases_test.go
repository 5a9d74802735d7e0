package render_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
)

// The writes of the plans that scripts are made of.
const (
	postClient   = "POST servicePrincipals"
	postGraph    = "POST oauth2PermissionGrants User.Read"
	postExchange = "POST oauth2PermissionGrants EAS.AccessAsUser.All EWS.AccessAsUser.All"
	patchExtra   = "PATCH oauth2PermissionGrants EAS.AccessAsUser.All IMAP.AccessAsUser.All EWS.AccessAsUser.All"
	deleteGrant  = "DELETE oauth2PermissionGrants"
	deleteClient = "DELETE servicePrincipals"
	classifyEAS  = "POST delegatedPermissionClassifications EAS.AccessAsUser.All"
	classifyEWS  = "POST delegatedPermissionClassifications EWS.AccessAsUser.All"
	declassify   = "DELETE delegatedPermissionClassifications"
	low          = "ManagePermissionGrantsForSelf.microsoft-user-default-low"
	teams        = "ManagePermissionGrantsForOwnedResource.microsoft-dynamically-managed-permissions-for-team"
	setLow       = "PATCH authorizationPolicy [" + low + " " + teams + "]"
	setManaged   = "PATCH authorizationPolicy [ManagePermissionGrantsForSelf.microsoft-user-default-recommended " +
		"ManagePermissionGrantsForSelf.microsoft-user-default-allow-consent-apps " + teams + "]"
	setTrue  = "PATCH servicePrincipals true"
	setFalse = "PATCH servicePrincipals false"
)

// The end of a script that did something, and of one that did not.
const (
	finished = "Finished."
	nothing  = "Nothing was changed."
)

// changes are the plans with all that their scripts write, in order.
var changes = map[string][]string{
	"plan-fresh":                 {postClient, postGraph, postExchange},
	"plan-extra":                 {patchExtra},
	"plan-rollback":              {deleteGrant, deleteGrant, deleteClient},
	"plan-user-consent":          {classifyEAS, classifyEWS, setLow},
	"plan-user-consent-rollback": {setManaged, declassify, declassify},
	"plan-enable-rollback":       {"PATCH oauth2PermissionGrants EAS.AccessAsUser.All", deleteGrant, setFalse},
	"plan-enable":                {setTrue, postGraph, "PATCH oauth2PermissionGrants EAS.AccessAsUser.All EWS.AccessAsUser.All"},
}

// reads are what the scripts of the plans read, by kind of object.
var reads = map[string][]string{
	"plan-fresh": {"servicePrincipals", "oauth2PermissionGrants"}, "plan-extra": {"servicePrincipals", "oauth2PermissionGrants"},
	"plan-rollback":              {"servicePrincipals", "oauth2PermissionGrants", "appRoleAssignedTo", "appRoleAssignments"},
	"plan-user-consent":          {"servicePrincipals", "delegatedPermissionClassifications", "authorizationPolicy"},
	"plan-user-consent-rollback": {"servicePrincipals", "delegatedPermissionClassifications", "authorizationPolicy"},
	"plan-enable":                {"servicePrincipals", "oauth2PermissionGrants"},
}

func faulty(f fault) func(*directory) {
	return func(d *directory) { d.faults = append(d.faults, f) }
}

func scope(id string, want any) func(*testing.T, *directory) {
	return func(t *testing.T, d *directory) {
		for _, g := range d.grants {
			if g["id"] == id && g["scope"] != want {
				t.Errorf("the grant %s holds %q, want %q", id, g["scope"], want)
			}
		}
	}
}

// grantCases are about what scripts do where nothing fails.
func grantCases() []scriptCase {
	var cases []scriptCase
	for name, writes := range changes {
		cases = append(cases,
			scriptCase{name: name, plan: name, writes: writes, asked: len(writes), says: []string{finished}},
			scriptCase{name: name + ", page by page", plan: name, given: func(d *directory) { d.pageSize = 1 }, writes: writes, asked: len(writes)},
			scriptCase{
				name: name + ", to look", plan: name, run: func(r *scriptRun) { r.Parameters["WhatIf"] = true }, says: []string{"because of -WhatIf"},
				silent: []string{"Done:", "kept"},
			},
			scriptCase{
				name: name + ", no to all", plan: name, given: func(d *directory) { d.answers = make([]bool, 9) },
				failure: declinedFailure(name), asked: declinedQuestions(name), silent: []string{finished},
			})
	}
	kept := "EAS.AccessAsUser.All IMAP.AccessAsUser.All\u200b \u200b"
	return append(cases,
		scriptCase{
			name: "all is granted already, on another grant and in other letters", plan: "plan-extra", says: []string{"nothing to do", nothing},
			given: func(d *directory) { d.grants[1]["scope"] = " ews.accessasuser.all\teas.AccessAsUser.All  " },
		},
		scriptCase{
			name: "a scope of characters that are not seen stays", plan: "plan-extra", asked: 1,
			given:  func(d *directory) { d.grants[1]["scope"] = kept },
			writes: []string{"PATCH oauth2PermissionGrants " + kept + " EWS.AccessAsUser.All"},
		},
		scriptCase{
			name: "a grant without a scope", plan: "plan-extra", given: func(d *directory) { d.grants[1]["scope"] = nil }, asked: 1,
			writes: []string{"PATCH oauth2PermissionGrants EWS.AccessAsUser.All"},
		},
		scriptCase{
			name: "a grant of somebody else on the resource", plan: "plan-fresh", asked: 3, writes: changes["plan-fresh"],
			given: func(d *directory) {
				d.grants = append(d.grants, row{
					"id": "p", "clientId": createdSP, "consentType": "Principal", "principalId": "u", "resourceId": d.servicePrincipals[0]["id"], "scope": "User.Read",
				})
			},
		},
		scriptCase{
			name: "the service principal is there meanwhile", plan: "plan-fresh", asked: 2, writes: []string{postGraph, postExchange},
			given: func(d *directory) { d.add(createdSP, consent.AppleInternetAccounts) },
		},
		scriptCase{
			name: "the service principal is gone meanwhile", plan: "plan-extra", failure: []string{"no service principal in this tenant any more", nothing},
			given: func(d *directory) { d.without(consent.AppleInternetAccounts) },
		},
		scriptCase{
			name: "the resource is gone meanwhile", plan: "plan-extra", failure: []string{"Office 365 Exchange Online has no service principal", nothing},
			given: func(d *directory) { d.without(consent.ExchangeOnline) },
		},
		scriptCase{
			name: "somebody grants another scope while the question stands", plan: "plan-extra", asked: 1,
			given: func(d *directory) {
				d.asking = func(d *directory) { d.grants[1]["scope"] = "Theirs.Read EAS.AccessAsUser.All" }
			},
			writes: []string{"PATCH oauth2PermissionGrants Theirs.Read EAS.AccessAsUser.All EWS.AccessAsUser.All"},
		},
		scriptCase{
			name: "somebody is faster while the question stands", plan: "plan-extra", asked: 1, says: []string{"Somebody else did this meanwhile", nothing},
			given: func(d *directory) {
				d.asking = func(d *directory) { d.grants[1]["scope"] = "EAS.AccessAsUser.All EWS.AccessAsUser.All" }
			},
		},
		scriptCase{
			name: "somebody deletes the grant while the question stands", plan: "plan-extra", asked: 1, failure: []string{"Somebody else", nothing},
			given: func(d *directory) { d.asking = func(d *directory) { d.grants = d.grants[:1] } },
		},
		scriptCase{
			name: "the new service principal is not known everywhere yet", plan: "plan-fresh", given: func(d *directory) { d.unknown = 3 },
			writes: changes["plan-fresh"], asked: 3, slept: 2 + 4 + 6, says: []string{finished, "Waiting until Microsoft Graph shows the new service principal"},
		},
		scriptCase{
			name: "lists and writes are late, and share one time", plan: "plan-fresh", asked: 2, slept: 90,
			given: func(d *directory) {
				d.unknown = 4
				d.faults = []fault{{on: "POST oauth2PermissionGrants", status: 404, code: "Request_ResourceNotFound", message: "late"}}
			},
			writes:  []string{postClient, postGraph, postGraph, postGraph, postGraph, postGraph, postGraph},
			failure: []string{"HTTP 404", "Done by this run: create the service principal"},
		},
		scriptCase{
			name: "the new service principal never shows", plan: "plan-fresh", given: func(d *directory) { d.unknown = 100 },
			writes: []string{postClient}, asked: 1, slept: 90, failure: []string{"HTTP 404", "Done by this run: create the service principal"},
		},
		scriptCase{
			name: "a grant is refused since the new service principal is not known yet, and nobody is asked again", plan: "plan-fresh", asked: 3, slept: 2,
			given: faulty(fault{
				on: "POST oauth2PermissionGrants", nth: 1, status: 400, code: "Request_BadRequest",
				message: "One or more of its queried reference-property objects are not present.",
			}),
			writes: []string{postClient, postGraph, postGraph, postExchange}, says: []string{finished},
		},
		scriptCase{
			name: "the answer is 404, and the grant was created", plan: "plan-fresh", asked: 3, slept: 2,
			given:  faulty(fault{on: "POST oauth2PermissionGrants", nth: 1, status: 404, done: true, code: "Directory_ObjectNotFound", message: "Unable to read"}),
			writes: []string{postClient, postGraph, postExchange}, says: []string{finished, "Done: grant User.Read"},
		},
	)
}

// declinedFailure is how a script ends whose questions are all answered with no: settings build on each other.
func declinedFailure(name string) []string {
	if strings.Contains(name, "user-consent") || strings.HasPrefix(name, "plan-enable") {
		return []string{"Declined", nothing}
	}
	return nil
}

func declinedQuestions(name string) int {
	return map[string]int{"plan-rollback": 2, "plan-fresh": 1, "plan-extra": 1, "plan-enable-rollback": 2}[name] + min(len(declinedFailure(name)), 1)
}

// faultCases are about each request of each script, failing in each way.
func faultCases() []scriptCase {
	codes := map[int]string{
		http.StatusForbidden: "Authorization_RequestDenied", http.StatusNotFound: "Request_ResourceNotFound",
		http.StatusConflict: "Directory_ConcurrencyViolation", http.StatusTooManyRequests: "TooManyRequests", http.StatusServiceUnavailable: "ServiceUnavailable", 0: "",
	}
	var cases []scriptCase
	for name, writes := range changes {
		for status, code := range codes {
			told := fmt.Sprintf("HTTP %d, %s", status, code)
			if status == 0 {
				told = "An error occurred while sending the request"
			}
			for _, kind := range reads[name] {
				cases = append(cases, failedRead(name, kind, fault{status: status, code: code, message: "No\x1b[2J."}, told))
			}
			for i := range writes {
				cases = append(cases, failedWrite(name, i, fault{status: status, code: code, message: "No."}, told)...)
			}
		}
	}
	return append(cases, oddAnswers()...)
}

// failedRead is a script that cannot read one kind of object at all: it stops before it decides on it.
func failedRead(name, kind string, f fault, told string) scriptCase {
	f.on = "GET " + kind
	c := scriptCase{
		name: fmt.Sprintf("%s, %s: %d", name, f.on, f.status), plan: name, given: faulty(f), failure: []string{"Could not read", told, "safe to run the script again"},
	}
	switch {
	case strings.HasPrefix(kind, "appRole"):
		c.writes, c.asked = changes[name][:2], 2
	case name == "plan-fresh" && kind == "oauth2PermissionGrants":
		c.writes, c.asked = changes[name][:1], 1
		if f.status == http.StatusNotFound {
			c.slept = 90 // the new service principal may not be known yet
		}
	case name == "plan-enable" && kind == "oauth2PermissionGrants", name == "plan-user-consent-rollback" && kind != "authorizationPolicy":
		c.writes, c.asked = changes[name][:1], 1
	}
	if len(c.writes) == 0 {
		c.failure = append(c.failure, nothing)
	} else {
		c.failure = append(c.failure, "Done by this run: ")
	}
	return c
}

// failedWrite is a script one of whose writes fails, without and with being carried out.
func failedWrite(name string, at int, f fault, told string) []scriptCase {
	writes := changes[name]
	f.on = strings.Join(strings.Fields(writes[at])[:2], " ")
	for _, w := range writes[:at+1] {
		if strings.HasPrefix(w, f.on) {
			f.nth++
		}
	}
	unclear := f.status == 0 || f.status >= http.StatusInternalServerError
	c := scriptCase{
		name: fmt.Sprintf("%s, %s %d: %d", name, f.on, f.nth, f.status), plan: name, given: faulty(f),
		writes: writes[:at+1], asked: at + 1, failure: []string{"Could not ", told, "safe to run the script again"},
	}
	if at > 0 {
		c.failure = append(c.failure, "Done by this run: ")
	}
	late := name == "plan-fresh" && at > 0 && f.status == http.StatusNotFound
	switch {
	case late:
		c.failure, c.slept = nil, 2
		c.writes, c.asked = slices.Insert(slices.Clone(writes), at, writes[at]), len(writes)
	case unclear:
		c.failure = append(c.failure, "It is not known whether this was carried out: ")
	}
	cases := []scriptCase{c}
	if unclear {
		f.done = true
		cases = append(cases, scriptCase{
			name: c.name + ", carried out", plan: name, given: faulty(f), writes: writes, asked: len(writes),
			says: []string{"It was carried out all the same", finished},
		})
	}
	return cases
}

// leadsAway is a list whose next page is not at Graph: the token does not go there.
func leadsAway(link string) scriptCase {
	return scriptCase{
		name: "a list that leads to " + link, plan: "plan-extra", failure: []string{"leads away", nothing},
		given: faulty(fault{on: "GET servicePrincipals", status: http.StatusOK, body: fmt.Sprintf(`{"value": [], "@odata.nextLink": %q}`, link)}),
		then: func(t *testing.T, d *directory) {
			if d.requests != 1 {
				t.Errorf("it sends %d requests", d.requests)
			}
		},
	}
}

// oddAnswers are answers that hold no list, or no error of Graph.
func oddAnswers() []scriptCase {
	return []scriptCase{
		{
			name: "an answer without its list", plan: "plan-rollback", given: faulty(fault{on: "GET oauth2PermissionGrants", status: 200, body: `{"x": 1}`}),
			failure: []string{"has no list", nothing},
		},
		{
			name: "a list that is none", plan: "plan-rollback", given: faulty(fault{on: "GET servicePrincipals", status: 200, body: `{"value": null}`}),
			failure: []string{"has no list", nothing},
		},
		{
			name: "a list that repeats itself", plan: "plan-extra", failure: []string{"repeats itself", nothing},
			given: faulty(fault{on: "GET servicePrincipals", status: 200, body: `{"value": [], "@odata.nextLink": "/v1.0/servicePrincipals"}`}),
		},
		leadsAway("https://graph.microsoft.com.example.com/v1.0/servicePrincipals"),
		leadsAway("https://graph.microsoft.com@example.com/v1.0/servicePrincipals"),
		leadsAway("http://graph.microsoft.com/v1.0/servicePrincipals"),
		leadsAway("https://graph.microsoft.us/v1.0/servicePrincipals"),
		leadsAway("//example.com/v1.0/servicePrincipals"),
		{
			name: "a list of ever more pages", plan: "plan-extra", failure: []string{"more than 200 pages", nothing},
			given: func(d *directory) { d.endless = true },
		},
		{
			name: "a grant that cannot be understood", plan: "plan-rollback", failure: []string{"lacks resourceId", nothing},
			given: func(d *directory) { delete(d.grants[0], "resourceId") },
		},
		{
			name: "no policies", plan: "plan-user-consent", given: func(d *directory) { d.policies = nil }, failure: []string{"lacks permissionGrantPoliciesAssigned", nothing},
		},
		{
			name: "an error that is a page", plan: "plan-extra", failure: []string{"HTTP 403", nothing},
			given: faulty(fault{on: "GET servicePrincipals", status: 403, body: "<html>blocked</html>"}),
		},
	}
}
