package directory_test

import (
	"net/http"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestEdit_enable(t *testing.T) {
	c := simtest.NewTenant(t, "disabled")
	for do, want := range map[string]bool{"enable": true, "disable": false} {
		c.Server.Edit(func(d *directory.Directory) { directory.Edit{Do: do}.Apply(d) })
		d := c.Server.Directory()
		if sp, _ := d.ServicePrincipalOf(identity.AppleAppID); *sp.AccountEnabled != want {
			t.Errorf("after %s it is enabled: %v", do, *sp.AccountEnabled)
		}
	}
}

// A classification by another admin is what Graph makes of it.
func TestEdit_classifyIsLikeGraphs(t *testing.T) {
	byRequest, byEdit := asPolicyAdmin(simtest.NewTenant(t, "fresh")), simtest.NewTenant(t, "fresh")
	byRequest.Do("POST", exchangeClassed, `{"permissionId":"`+easOnExchangeID+`","classification":"medium"}`).Must(t, http.StatusCreated)
	byEdit.Server.Edit(func(d *directory.Directory) {
		directory.Edit{Do: "classify", Scope: "EAS.AccessAsUser.All", Classification: "medium"}.Apply(d)
	})
	if diff := cmp.Diff(byRequest.Server.Directory(), byEdit.Server.Directory()); diff != "" {
		t.Errorf("-request +edit:\n%s", diff)
	}
}
