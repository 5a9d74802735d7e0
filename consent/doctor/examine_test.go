package doctor_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"appleconsent/consent"
	"appleconsent/consent/doctor"

	"github.com/google/go-cmp/cmp"
)

func TestExamine_order(t *testing.T) {
	t.Parallel()
	var ids []string
	seen := make(map[string]bool)
	for _, c := range doctor.Examine(allDevices, healthy(), now) {
		ids = append(ids, c.ID)
		if seen[c.ID] || !regexp.MustCompile(`^[a-z][A-Za-z]*$`).MatchString(c.ID) {
			t.Errorf("%q is there twice or not in camel case", c.ID)
		}
		seen[c.ID] = true
	}
	if diff := cmp.Diff([]string{
		"tenantWideGrants", "servicePrincipal", "userConsent", "adminConsentRequests", "permissionClassifications", "perUserGrants",
		"conditionalAccess", "signIns", "federatedDomains", "intuneMailProfiles", "ewsRetirement",
	}, ids); diff != "" {
		t.Errorf("ids (-want +got):\n%s", diff)
	}
}

func TestExamine_nothingRead(t *testing.T) {
	t.Parallel()
	checks := doctor.Examine(allDevices, lacking(), now)
	for _, c := range checks {
		if wantSkipped := c.ID != "ewsRetirement"; (c.Status == doctor.Skipped) != wantSkipped || (c.Needs != "") != wantSkipped {
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
	want{status: doctor.Skipped, found: []string{"could not be read: the tenant has no Entra ID P1 or P2 license."}}.
		compare(t, examine(t, "signIns", allDevices, facts, now))
}

// variety is a list of tenants that differ in all that the checks look at.
func variety() map[string]doctor.Facts {
	return map[string]doctor.Facts{
		"zero": {}, "lacking": lacking(), "healthy": healthy(), "absent": healthy(absent), "ungranted": healthy(ungranted, setting()),
		"without Exchange": healthy(withoutExchange), "unread grants": healthy(unreadGrants, setting()),
		"disabled": healthy(client(disabled), client(assignmentRequired)),
	}
}

// Each text is made of whole sentences, and each status has what goes with it.
func TestExamine_wellFormed(t *testing.T) {
	t.Parallel()
	for name, facts := range variety() {
		for _, devices := range consent.DeviceChoices() {
			for _, route := range append(consent.RouteChoices(), "") {
				for _, c := range doctor.Examine(consent.AppleMail().Require(consent.Choices{Devices: devices}).By(route), facts, now) {
					for _, text := range []string{c.Found, c.Why, c.Fix.Text} {
						if text != "" && !strings.HasSuffix(text, ".") || strings.Contains(text, "  ") || strings.Contains(text, "..") || strings.Contains(text, "%!") {
							t.Errorf("%s, %s: %q", name, c.ID, text)
						}
					}
					if c.Title == "" || c.Found == "" || c.Why == "" || c.Status == "" {
						t.Errorf("%s, %s: something is missing in %+v", name, c.ID, c)
					}
					if c.Status == doctor.OK && (c.Fix.Text != "" || c.Fix.Command != nil) {
						t.Errorf("%s, %s is ok and to be fixed: %+v", name, c.ID, c.Fix)
					}
					for _, line := range c.Script {
						if utf8.RuneCountInString(line) > 100 {
							t.Errorf("a line of the script is too long: %q", line)
						}
					}
				}
			}
		}
	}
}

func TestHealthy(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]bool{"lacking": true, "healthy": true, "absent": false, "ungranted": false, "disabled": false} {
		if got := doctor.Healthy(doctor.Examine(allDevices, variety()[name], now)); got != want {
			t.Errorf("%s: got healthy %v, want %v", name, got, want)
		}
	}
}
