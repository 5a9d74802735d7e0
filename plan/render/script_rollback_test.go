package render_test

import (
	"testing"

	"appleconsent/consent"
)

const rolledBackClient = "4b4c7181-c56f-8f74-ac42-feb502d0a2d0"

// rollbackCases are about what a rollback leaves alone.
func rollbackCases() []scriptCase {
	const plan = "plan-rollback"
	kept := func(what string) []string {
		return []string{"The service principal is kept. With it would be lost: " + what}
	}
	return []scriptCase{
		{
			name: "users' own consents keep the service principal", plan: plan, writes: []string{deleteGrant, deleteGrant}, asked: 2, says: kept("delegated permission grants"),
			given: func(d *directory) {
				d.grants = append(d.grants, row{"id": "u", "clientId": rolledBackClient, "consentType": "Principal", "resourceId": "r", "scope": "User.Read"})
			},
		},
		{
			name: "assigned users keep it", plan: plan, writes: []string{deleteGrant, deleteGrant}, asked: 2, says: kept("users, groups"),
			given: func(d *directory) { d.assigned = []row{{"id": "a"}} },
		},
		{
			name: "application permissions keep it", plan: plan, writes: []string{deleteGrant, deleteGrant}, asked: 2, says: kept("application permissions"),
			given: func(d *directory) { d.assignments = []row{{"id": "a"}} },
		},
		{
			name: "somebody consents while the question stands", plan: plan, writes: []string{deleteGrant, deleteGrant}, asked: 3, says: kept("delegated"),
			given: func(d *directory) {
				d.asking = func(d *directory) {
					if len(d.asked) == 3 {
						d.grants = append(d.grants, row{"id": "u", "clientId": rolledBackClient, "consentType": "Principal", "resourceId": "r", "scope": "x"})
					}
				}
			},
		},
		{
			name: "a no to a grant keeps it, without waiting", plan: plan, given: func(d *directory) { d.answers = []bool{true, false} },
			writes: []string{deleteGrant}, asked: 2, says: append(kept("delegated"), "Declined: ", "Not everything was done"), silent: []string{finished},
		},
		{
			name: "a no to the service principal", plan: plan, given: func(d *directory) { d.answers = []bool{true, true, false} },
			writes: []string{deleteGrant, deleteGrant}, asked: 3, says: []string{"Declined: "}, silent: []string{finished},
		},
		{
			name: "lists show deleted grants for a while", plan: plan, given: func(d *directory) { d.lingers = 6 },
			writes: changes[plan], asked: 3, slept: 2 + 4, says: []string{finished},
		},
		{
			name: "lists show deleted grants for good", plan: plan, given: func(d *directory) { d.lingers = 1000 },
			writes: []string{deleteGrant, deleteGrant}, asked: 2, slept: 90, failure: []string{"still lists grants", "Done by this run: "},
		},
		{
			name: "others' scopes stay", plan: plan, asked: 2, says: kept("delegated"),
			given:  func(d *directory) { d.grants[0]["scope"] = "User.Read Theirs.Read" },
			writes: []string{deleteGrant, "PATCH oauth2PermissionGrants Theirs.Read"},
		},
		{
			name: "another service principal stays", plan: plan, says: []string{"not the one that was planned", nothing},
			given: func(d *directory) { d.servicePrincipals[0]["id"] = createdSP },
		},
		{
			name: "all is gone already", plan: plan, says: []string{"gone already", nothing}, given: func(d *directory) {
				d.without(consent.AppleInternetAccounts)
				d.grants = []row{}
			},
		},
		{
			name: "a resource that is gone does not stop it", plan: plan, given: func(d *directory) { d.without(consent.ExchangeOnline) },
			writes: changes[plan], asked: 3, says: []string{finished},
		},
		{
			name: "a resource that is gone with its grant does not stop it", plan: plan, asked: 2, writes: []string{deleteGrant, deleteClient},
			given: func(d *directory) {
				d.without(consent.ExchangeOnline)
				d.grants = d.grants[:1]
			},
		},
		{
			name: "a grant that was created anew stays", plan: "plan-rollback-kept", says: []string{"nothing to do", nothing},
			given: func(d *directory) { d.grants[1]["id"] = "another" }, then: scope("another", "EAS.AccessAsUser.All EWS.AccessAsUser.All IMAP.AccessAsUser.All"),
		},
	}
}

// settingCases are about what is neither a grant nor needed by one.
func settingCases() []scriptCase {
	const plan = "plan-user-consent"
	policy := func(entries ...string) func(*directory) {
		return func(d *directory) { d.policies = append([]string{}, entries...) }
	}
	return []scriptCase{
		{name: "a policy that moved stops all", plan: plan, given: policy("Other"), failure: []string{"now holds [Other]", nothing}},
		{name: "no policy at all is a list, too", plan: plan, given: policy(), failure: []string{"now holds []", nothing}},
		{name: "the policy is set already", plan: plan, given: policy(teams, low), writes: []string{classifyEAS, classifyEWS}, asked: 2},
		{
			name: "the policy moves while the question stands", plan: plan, writes: []string{classifyEAS, classifyEWS}, asked: 3,
			given: func(d *directory) {
				d.asking = func(d *directory) {
					if len(d.asked) == 3 {
						d.policies = []string{"Other"}
					}
				}
			},
			failure: []string{"now holds [Other]", "Done by this run: "},
		},
		{
			name: "a policy that is discarded", plan: plan, given: func(d *directory) { d.discards = true }, writes: changes[plan], asked: 3, slept: 90,
			failure: []string{"does not show it", "Done by this run: "},
		},
		{
			name: "a refused classification does not loosen the tenant", plan: plan, writes: []string{classifyEAS}, asked: 1, failure: []string{"HTTP 403", nothing},
			given: faulty(fault{on: "POST delegatedPermissionClassifications", nth: 1, status: 403, code: "Authorization_RequestDenied", message: "x"}),
			then: func(t *testing.T, d *directory) {
				if len(d.classified) > 0 {
					t.Errorf("classified: %v", d.classified)
				}
			},
		},
		{
			name: "a no to a classification does not loosen the tenant", plan: plan, writes: []string{classifyEAS}, asked: 2,
			given: func(d *directory) { d.answers = []bool{true, false} }, failure: []string{"Declined", "Done by this run: "},
		},
		{
			name: "classified otherwise by somebody else", plan: plan, failure: []string{"classified as high impact by somebody else", nothing},
			given: func(d *directory) {
				d.classify("c1000000-0000-4000-8000-000000000003", row{
					"id": "x", "permissionId": "266D2589-20B5-4F91-9A03-89247D1BE8DA", "classification": "high",
				})
			},
		},
		{
			name: "classifications that are gone do not stop a rollback", plan: plan + "-rollback", writes: []string{setManaged}, asked: 1,
			given: func(d *directory) { d.without(consent.ExchangeOnline) }, says: []string{finished},
		},
		{
			name: "enabled already", plan: "plan-enable", writes: changes["plan-enable"][1:], asked: 2,
			given: func(d *directory) { d.servicePrincipals[0]["accountEnabled"] = true },
		},
		{
			name: "another service principal is not enabled", plan: "plan-enable", failure: []string{"another one than was planned", nothing},
			given: func(d *directory) { d.servicePrincipals[0]["id"] = createdSP },
		},
		{
			name: "a service principal that is gone needs not be disabled", plan: "plan-enable-rollback", says: []string{"nothing is disabled", nothing},
			given: func(d *directory) { d.without(consent.AppleInternetAccounts) },
		},
		{
			name: "another service principal is not disabled", plan: "plan-enable-rollback", says: []string{"nothing is disabled"},
			given: func(d *directory) {
				d.servicePrincipals[0]["id"] = createdSP
				d.grants = []row{}
			},
		},
		{
			name: "an answer without accountEnabled", plan: "plan-enable", failure: []string{"lacks accountEnabled", nothing},
			given: func(d *directory) { delete(d.servicePrincipals[0], "accountEnabled") },
		},
	}
}

// connectCases are about the connection.
func connectCases() []scriptCase {
	const plan = "plan-extra"
	written := []string{patchExtra}
	existing := func(change func(row)) func(*scriptRun) {
		return func(r *scriptRun) {
			r.Parameters["UseExistingConnection"] = true
			r.Context, r.Connected = r.Connected, nil
			change(r.Context)
		}
	}
	refused := func(name, want string, runs ...func(*scriptRun)) scriptCase {
		all := func(r *scriptRun) {
			for _, run := range runs {
				run(r)
			}
		}
		return scriptCase{name: name, plan: plan, run: all, failure: []string{want, nothing}}
	}
	done := func(name string, run func(*scriptRun), says ...string) scriptCase {
		return scriptCase{name: name, plan: plan, run: run, writes: written, asked: 1, says: append(says, finished)}
	}
	open := func(c scriptCase) scriptCase {
		c.open = true
		return c
	}
	return []scriptCase{
		done("a device code is shown", func(r *scriptRun) { r.Parameters["UseDeviceCode"] = true }, "enter the code ABC"),
		open(done("an existing connection", existing(func(row) {}))),
		done("a connection that is there is replaced", func(r *scriptRun) { r.Context = row{"TenantId": createdSP} }, "is replaced, and ends with this script"),
		open(done("signing out fails", func(r *scriptRun) { r.DisconnectFails = true }, "is still open: No application to sign out from")),
		open(done("wider permissions do", existing(func(c row) { c["Scopes"] = []string{"Directory.ReadWrite.All"} }))),
		done("an own connection that does not tell its permissions", func(r *scriptRun) { delete(r.Connected, "Scopes") }),
		done("an own connection of an old module", func(r *scriptRun) { delete(r.Connected, "Environment") }),
		done("Exchange Online is loaded", func(r *scriptRun) { r.ExchangeLoaded = true }, "The module of Exchange Online is loaded"),
		refused("sign-in fails", "add -UseDeviceCode", func(r *scriptRun) { r.ConnectFails = true }),
		open(refused("both ways", "Use one of them", existing(func(row) {}), func(r *scriptRun) { r.Parameters["UseDeviceCode"] = true })),
		refused("no connection", "Not connected", func(r *scriptRun) { r.Parameters["UseExistingConnection"] = true }),
		open(refused("another tenant", "Connected to tenant", existing(func(c row) { c["TenantId"] = createdSP }))),
		refused("another tenant was chosen", "Connected to tenant", func(r *scriptRun) { r.Connected["TenantId"] = createdSP }),
		open(refused("another cloud", "Connected to the cloud China", existing(func(c row) { c["Environment"] = "China" }))),
		open(refused("a cloud that is not told", "to which cloud", existing(func(c row) { delete(c, "Environment") }))),
		open(refused("permissions lack", "lacks these permissions: DelegatedPermissionGrant.ReadWrite.All", existing(func(c row) {
			c["Scopes"] = []string{"Application.Read.All", "User.Read"}
		}))),
		open(refused("no permissions", "lacks these permissions", existing(func(c row) { c["Scopes"] = nil }))),
		refused("granted permissions lack", "lacks these permissions", func(r *scriptRun) { r.Connected["Scopes"] = []string{"User.Read"} }),
	}
}

// idleCases are about plans with nothing to do, and about one that is blocked.
func idleCases() []scriptCase {
	const plan = "plan-granted"
	const lost = "now it needs: grant EWS.AccessAsUser.All on Office 365 Exchange Online"
	less := func(d *directory) { d.grants[1]["scope"] = "EAS.AccessAsUser.All" }
	return []scriptCase{
		{name: "nothing to do", plan: plan, says: []string{"nothing to do", "Nothing to do: "}},
		{name: "nothing to do, to look", plan: plan, run: func(r *scriptRun) { r.Parameters["WhatIf"] = true }, says: []string{"Nothing to do: "}},
		{
			name: "nothing to do, in other letters", plan: plan, says: []string{"Nothing to do: "},
			given: func(d *directory) { d.grants[1]["scope"] = "ews.accessasuser.all\tEAS.AccessAsUser.All x" },
		},
		{name: "there is something to do now", plan: plan, given: less, failure: []string{lost, "Make a new plan", nothing}, silent: []string{"Nothing to do: "}},
		{
			name: "there was nothing to do, and all is gone", plan: plan, failure: []string{"no service principal in this tenant any more", nothing},
			given: func(d *directory) { d.without(consent.AppleInternetAccounts) },
		},
		{
			name: "there was nothing to do, and it cannot be read", plan: plan, failure: []string{"Could not read the grants: HTTP 403, x: y", nothing},
			given: faulty(fault{on: "GET oauth2PermissionGrants", status: 403, code: "x", message: "y"}),
		},
		{
			name: "nothing to check", plan: "plan-user-consent-granted", says: []string{"Nothing to do: ", "Nothing was read or changed"},
			given: func(d *directory) { d.servicePrincipals = nil }, then: silentRun,
		},
		{
			name: "blocked", plan: "plan-user-consent-blocked", then: silentRun,
			failure: []string{"Blocked: User.Read on Microsoft Graph is classified as high impact", "Nothing can be changed until this is resolved."},
		},
	}
}

// silentRun fails if a script sent a request.
func silentRun(t *testing.T, d *directory) {
	if d.requests > 0 {
		t.Errorf("it sends %d requests", d.requests)
	}
}

// shapeCases are about errors in whose Response the status is of another type, or which have none: a refusal is known for one all the same.
func shapeCases() []scriptCase {
	var cases []scriptCase
	for _, shape := range []string{"name", "digits", "table", "no response", "no details"} {
		run := func(r *scriptRun) { r.Shape = shape }
		told := "HTTP 403, "
		cases = append(cases,
			scriptCase{
				name: "a refused write as " + shape, plan: "plan-extra", run: run, asked: 1, writes: []string{patchExtra}, silent: []string{"not known whether"},
				given: faulty(fault{on: "PATCH oauth2PermissionGrants", status: 403, code: "x", message: "y"}), failure: []string{told, nothing},
			},
			scriptCase{
				name: "a late answer as " + shape, plan: "plan-fresh", run: run, asked: 3, slept: 2, writes: changes["plan-fresh"], says: []string{finished},
				given: func(d *directory) { d.unknown = 1 },
			})
	}
	return cases
}
