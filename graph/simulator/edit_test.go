package simulator_test

import (
	"net/http"
	"strings"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

// Another admin's changes to policies, as rules of a file write them.
func TestRule_policyEdits(t *testing.T) {
	describe := func(d directory.Directory) string {
		words := []string{strings.Join(d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned, "+")}
		for _, p := range d.PermissionClassifications {
			words = append(words, p.PermissionName+"="+p.Classification)
		}
		return strings.Join(words, " ")
	}
	start := describe(simtest.NewTenant(t, "disabled").Server.Directory())
	for edits, want := range map[string]string{
		`{"do":"setConsentPolicies","policies":["x","y"]}`:                               "x+y",
		`{"do":"setConsentPolicies"}`:                                                    "",
		`{"do":"classify","scope":"EAS.AccessAsUser.All EWS.AccessAsUser.All odd"}`:      start + " EAS.AccessAsUser.All=low EWS.AccessAsUser.All=low",
		`{"do":"classify","scope":"User.Read","resource":"` + identity.GraphAppID + `"}`: start + " User.Read=low",
		`{"do":"classify","scope":"EAS.AccessAsUser.All"}
		 {"do":"classify","scope":"EAS.AccessAsUser.All","classification":"high"}`: start + " EAS.AccessAsUser.All=high",
		`{"do":"classify","scope":"EAS.AccessAsUser.All EWS.AccessAsUser.All"}
		 {"do":"declassify","scope":"EAS.AccessAsUser.All"}`: start + " EWS.AccessAsUser.All=low",
		`{"do":"declassify","scope":"EAS.AccessAsUser.All"}`: start,
	} {
		t.Run(edits, func(t *testing.T) {
			c := simtest.NewTenant(t, "disabled")
			for _, edit := range strings.Split(edits, "\n") {
				rules, err := readRules(t, `{"trouble":"edit","edit":`+edit+`}`)
				if err != nil {
					t.Fatal(err)
				}
				c.Misbehave(rules...)
				c.Get("/organization").Must(t, http.StatusOK)
			}
			if got := describe(c.Server.Directory()); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestEdit_unknownClassification(t *testing.T) {
	_, err := readRules(t, `{"trouble":"edit","edit":{"do":"classify","classification":"none"}}`)
	if err == nil || !strings.Contains(err.Error(), `unknown classification "none": use one of low, medium, high`) {
		t.Errorf("got %v", err)
	}
}
