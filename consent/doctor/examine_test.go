package doctor_test

import (
	"regexp"
	"slices"
	"testing"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/google/go-cmp/cmp"
)

func TestExamine_order(t *testing.T) {
	t.Parallel()
	var ids []doctor.CheckID
	seen := make(map[doctor.CheckID]bool)
	for _, c := range doctor.Examine(allDevices, healthy()) {
		ids = append(ids, c.ID)
		if seen[c.ID] || !regexp.MustCompile(`^[a-z][A-Za-z]*$`).MatchString(string(c.ID)) {
			t.Errorf("%q is there twice or not in camel case", c.ID)
		}
		seen[c.ID] = true
	}
	if diff := cmp.Diff(allChecks(), ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

// allChecks are all that there are, in their order.
func allChecks() []doctor.CheckID {
	return []doctor.CheckID{
		"tenantWideGrants", "servicePrincipal", "userConsent", "adminConsentRequests", "permissionClassifications", "perUserGrants",
		"conditionalAccess", "signIns", "federatedDomains", "intuneMailProfiles", "ewsRetirement", "macsOnGraph",
	}
}

func TestExamine_nothingRead(t *testing.T) {
	t.Parallel()
	checks := doctor.Examine(allDevices, lacking())
	for _, c := range checks {
		if wantSkipped := c.ID != doctor.EWSRetirement; (c.Status == doctor.Skipped) != wantSkipped || (c.Needs != "") != wantSkipped {
			t.Errorf("%s is %s and needs %q", c.ID, c.Status, c.Needs)
		}
	}
	if !doctor.Healthy(checks) {
		t.Error("something is a problem although nothing was seen")
	}
}

func TestExamine_failed(t *testing.T) {
	t.Parallel()
	facts := healthy()
	facts.SignIns = doctor.Reading[doctor.SignIns]{Failed: "the tenant has no Entra ID P1 or P2 license"}
	want{status: doctor.Skipped, found: "notRead", with: []doctor.Finding{{Code: "notRead", Failed: facts.SignIns.Failed}}}.
		compare(t, examine(t, doctor.FailedSignInLog, allDevices, facts))
}

// variety is a list of tenants that differ in all that the checks look at.
func variety() map[string]doctor.Facts {
	return map[string]doctor.Facts{
		"zero": {}, "lacking": lacking(), "healthy": healthy(), "absent": healthy(absent), "ungranted": healthy(ungranted, setting()),
		"without Exchange": healthy(withoutExchange), "unread grants": healthy(unreadGrants, setting()),
		"disabled": healthy(client(disabled), client(assignmentRequired)),
	}
}

// Whatever was read, each check has what goes with its status.
func TestExamine_wellFormed(t *testing.T) {
	t.Parallel()
	for name, facts := range variety() {
		for _, devices := range consent.DeviceChoices() {
			for _, route := range append(consent.RouteChoices(), "") {
				for _, c := range doctor.Examine(consent.AppleMail().Require(consent.Choices{Devices: devices, Route: route}), facts) {
					if len(c.Findings) == 0 || c.Status == doctor.OK && len(c.Fixes) > 0 || c.Status == doctor.Skipped && len(c.Items)+len(c.Fixes) > 0 {
						t.Errorf("%s: got %+v", name, c)
					}
					worst := slices.ContainsFunc(c.Findings, func(f doctor.Finding) bool { return f.Status == c.Status })
					if !worst && c.Status != doctor.OK {
						t.Errorf("%s, %s: no finding is the reason for %s", name, c.ID, c.Status)
					}
				}
			}
		}
	}
}

// What would be refused as long as something is in the way is not proposed.
func TestExamine_blocked(t *testing.T) {
	t.Parallel()
	for _, required := range []consent.Requirement{allDevices, byUsers} {
		for _, c := range doctor.Examine(required, healthy(withoutExchange, client(disabled), setting())) {
			if slices.ContainsFunc(c.Fixes, func(f doctor.Fix) bool { return f.Command != "" }) {
				t.Errorf("%s proposes %v", c.ID, c.Fixes)
			}
		}
	}
	want{status: doctor.Problem, found: "clientDisabled", fixes: "blockersFirst"}.
		compare(t, examine(t, doctor.ServicePrincipal, allDevices, healthy(withoutExchange, client(disabled))))
}

func TestHealthy(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"lacking": true, "healthy": true, "absent": false, "ungranted": false, "disabled": false} {
		if got := doctor.Healthy(doctor.Examine(allDevices, variety()[name])); got != want {
			t.Errorf("%s: got healthy %v, want %v", name, got, want)
		}
	}
}
