package simulator

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Another admin's changes to policies, as rules of a file write them.
func TestRule_policyEdits(t *testing.T) {
	describe := func(d Directory) string {
		words := []string{strings.Join(d.AuthorizationPolicy.DefaultUserRolePermissions.PermissionGrantPoliciesAssigned, "+")}
		for _, p := range d.PermissionClassifications {
			words = append(words, p.PermissionName+"="+p.Classification)
		}
		return strings.Join(words, " ")
	}
	start := describe(newTenant(t, "disabled").server.Directory())
	for edits, want := range map[string]string{
		`{"do":"setConsentPolicies","policies":["x","y"]}`:                          "x+y",
		`{"do":"setConsentPolicies"}`:                                               "",
		`{"do":"classify","scope":"EAS.AccessAsUser.All EWS.AccessAsUser.All odd"}`: start + " EAS.AccessAsUser.All=low EWS.AccessAsUser.All=low",
		`{"do":"classify","scope":"User.Read","resource":"` + graphAppID + `"}`:     start + " User.Read=low",
		`{"do":"classify","scope":"EAS.AccessAsUser.All"}
		 {"do":"classify","scope":"EAS.AccessAsUser.All","classification":"high"}`: start + " EAS.AccessAsUser.All=high",
		`{"do":"classify","scope":"EAS.AccessAsUser.All EWS.AccessAsUser.All"}
		 {"do":"declassify","scope":"EAS.AccessAsUser.All"}`: start + " EWS.AccessAsUser.All=low",
		`{"do":"declassify","scope":"EAS.AccessAsUser.All"}`: start,
	} {
		t.Run(edits, func(t *testing.T) {
			c := newTenant(t, "disabled")
			for _, edit := range strings.Split(edits, "\n") {
				rules, err := parseRules([]byte(`{"rules":[{"trouble":"edit","edit":` + edit + `}]}`))
				if err != nil {
					t.Fatal(err)
				}
				c.misbehave(rules...)
				c.get("/organization").must(t, http.StatusOK)
			}
			if got := describe(c.server.Directory()); got != want {
				t.Errorf("got %q, want %q", got, want)
			}
		})
	}
}

func TestEdit_enable(t *testing.T) {
	c := newTenant(t, "disabled")
	for do, want := range map[string]bool{"enable": true, "disable": false} {
		c.server.Edit(func(d *Directory) { Edit{Do: do}.Apply(d) })
		d := c.server.Directory()
		if sp, _ := d.ServicePrincipalOf(appleAppID); *sp.AccountEnabled != want {
			t.Errorf("after %s it is enabled: %v", do, *sp.AccountEnabled)
		}
	}
}

// A classification by another admin is what Graph makes of it.
func TestEdit_classifyIsLikeGraphs(t *testing.T) {
	byRequest, byEdit := newTenant(t, "fresh").asPolicyAdmin(), newTenant(t, "fresh")
	byRequest.do("POST", exchangeClassed, `{"permissionId":"`+easOnExchangeID+`","classification":"medium"}`).must(t, http.StatusCreated)
	byEdit.server.Edit(func(d *Directory) {
		Edit{Do: "classify", Scope: "EAS.AccessAsUser.All", Classification: "medium"}.Apply(d)
	})
	if diff := cmp.Diff(byRequest.server.Directory(), byEdit.server.Directory()); diff != "" {
		t.Errorf("-request +edit:\n%s", diff)
	}
}

func TestEdit_unknownClassification(t *testing.T) {
	_, err := parseRules([]byte(`{"rules":[{"trouble":"edit","edit":{"do":"classify","classification":"none"}}]}`))
	if err == nil || !strings.Contains(err.Error(), `unknown classification "none": use one of low, medium, high`) {
		t.Errorf("got %v", err)
	}
}

// The page names every change.
func TestFaultsPage_edits(t *testing.T) {
	page, err := os.ReadFile("../../docs/faults.md")
	if err != nil {
		t.Fatal(err)
	}
	for name := range edits {
		if !strings.Contains(string(page), "`"+name+"`") {
			t.Errorf("docs/faults.md does not list %s", name)
		}
	}
}
