package doctor_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/consent/doctor"
)

// One cause is one problem: what comes of it in other checks is part of it.
func TestExamine_causes(t *testing.T) {
	t.Parallel()
	noRequests := func(f *doctor.Facts) { f.Requests.Value = doctor.AdminConsentRequests{} }
	blocked := healthy(ungranted, setting(), noRequests, failed(0, 90094, 3, "a"))
	devices := func(f *doctor.Facts) {
		f.ConditionalAccess.Value = []doctor.ConditionalAccessPolicy{{State: "enabled", Controls: []string{"compliantDevice"}, IncludedApps: []string{"All"}}}
	}
	federated := func(f *doctor.Facts) { f.Domains.Value = []doctor.Domain{{Name: "x", Federated: true}} }
	for name, test := range map[string]struct {
		required consent.Requirement
		facts    doctor.Facts
		want     string // the problems and warnings, each with what is part of it
	}{
		"all is well":        {allDevices, healthy(), "ewsRetirement(macsOnGraph)"},
		"consent is missing": {allDevices, blocked, "tenantWideGrants(userConsent adminConsentRequests signIns) ewsRetirement(macsOnGraph)"},
		"nothing low":        {allDevices, healthy(ungranted, setting(low)), "tenantWideGrants(userConsent adminConsentRequests permissionClassifications) ewsRetirement(macsOnGraph)"},
		"never used":         {allDevices, healthy(absent, setting(mail)), "tenantWideGrants(servicePrincipal adminConsentRequests) ewsRetirement(macsOnGraph)"},
		"disabled, and consent is missing": {
			allDevices, healthy(ungranted, setting(mail), client(disabled), failed(0, 7000112, 1, "a")),
			"servicePrincipal(signIns) tenantWideGrants(adminConsentRequests) ewsRetirement(macsOnGraph)",
		},
		"disabled":                           {allDevices, healthy(client(disabled)), "servicePrincipal() ewsRetirement(macsOnGraph)"},
		"by users":                           {byUsers, blocked, "userConsent(tenantWideGrants adminConsentRequests permissionClassifications signIns) ewsRetirement(macsOnGraph)"},
		"unread":                             {allDevices, healthy(unreadGrants, setting(), noRequests), "userConsent(adminConsentRequests) ewsRetirement(macsOnGraph)"},
		"not assigned":                       {allDevices, healthy(client(assignmentRequired), failed(0, 50105, 2, "a")), "servicePrincipal(signIns) ewsRetirement(macsOnGraph)"},
		"refused by a policy":                {allDevices, healthy(devices, failed(0, 53003, 2, "a")), "conditionalAccess(signIns) ewsRetirement(macsOnGraph)"},
		"refused by a policy, and otherwise": {allDevices, healthy(devices, failed(0, 53003, 2, "a"), failed(0, 65001, 1, "a")), "conditionalAccess() signIns() ewsRetirement(macsOnGraph)"},
		"others":                             {allDevices, healthy(federated), "federatedDomains() ewsRetirement(macsOnGraph)"},
		"Macs, and their failures alone": {
			allDevices, healthy(granting(graphID, calendars), refused(90094, consent.MicrosoftGraph)), "macsOnGraph(signIns) ewsRetirement()",
		},
		"refused there alone":           {allDevices, healthy(refused(90094, consent.MicrosoftGraph)), "macsOnGraph(signIns) ewsRetirement()"},
		"refused there and elsewhere":   {allDevices, healthy(refused(90094, consent.MicrosoftGraph), refused(53003, consent.ExchangeOnline)), "macsOnGraph(signIns) ewsRetirement()"},
		"refused there for want of all": {allDevices, healthy(ungranted, setting(mail), refused(90094, consent.MicrosoftGraph)), "tenantWideGrants(adminConsentRequests signIns macsOnGraph) ewsRetirement()"},
	} {
		checks := doctor.Examine(test.required, test.facts)
		var got []string
		for _, root := range slices.Concat(doctor.Roots(checks, doctor.Problem), doctor.Roots(checks, doctor.Warning)) {
			var parts []string
			for _, c := range checks {
				if c.PartOf == root.ID {
					parts = append(parts, string(c.ID))
				}
			}
			got = append(got, fmt.Sprintf("%s(%s)", root.ID, strings.Join(parts, " ")))
		}
		if all := strings.Join(got, " "); all != test.want {
			t.Errorf("%s: got %s, want %s", name, all, test.want)
		}
	}
}

// A list of which only the first pages could be read tells what they showed, and is not taken for the whole.
func TestExamine_partly(t *testing.T) {
	t.Parallel()
	domains := func(all ...doctor.Domain) change {
		return func(f *doctor.Facts) {
			f.Domains = doctor.Reading[[]doctor.Domain]{Value: all, Failed: "Graph answered 500", Partly: true}
		}
	}
	run(t, doctor.FederatedDomains, map[string]testCase{
		"nothing in the first pages": {facts: healthy(domains(doctor.Domain{Name: "a"})), want: want{status: doctor.Skipped, found: "readPartly noFederatedDomain"}},
		"something in them": {facts: healthy(domains(doctor.Domain{Name: "a", Federated: true})), want: want{
			status: doctor.Warning, found: "readPartly domainsFederated", fixes: "signInAgain",
		}},
	})
	lacks := healthy(domains())
	lacks.Domains.Lacks, lacks.Domains.Failed = "Domain.Read.All", ""
	want{status: doctor.Skipped, needs: "Domain.Read.All", found: "readPartly noFederatedDomain"}.compare(t, examine(t, doctor.FederatedDomains, allDevices, lacks))
	some := func(scopes ...consent.Scope) change {
		return func(f *doctor.Facts) {
			f.Grants = doctor.Reading[[]consent.PermissionGrant]{Value: f.Grants.Value, Failed: "Graph answered 500", Partly: true}
			f.Grants.Value[1].Scopes = consent.Scopes(scopes...)
		}
	}
	run(t, doctor.TenantWideGrants, map[string]testCase{
		"all that is required is in the first pages": {facts: healthy(some(consent.EAS, consent.EWS)), want: want{status: doctor.OK, found: "allGranted"}},
		"a part of it is": {facts: healthy(some(consent.EAS)), want: want{status: doctor.Skipped, found: "notRead grantedSoFar grantedSoFar"}},
	})
}
