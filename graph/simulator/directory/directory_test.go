package directory_test

import (
	"testing"

	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestDirectory_isACopy(t *testing.T) {
	c := simtest.NewTenant(t, "granted")
	want := simtest.NewTenant(t, "granted").Server.Directory() // shares nothing with the copy
	d := c.Server.Directory()
	*d.ServicePrincipals[0].AccountEnabled = false
	d.ServicePrincipals[3].Tags[0] = "mine"
	d.PermissionGrants[0].Scope = "mine"
	d.Users[0].DisplayName = "mine"
	if diff := cmp.Diff(want, c.Server.Directory()); diff != "" {
		t.Errorf("a change of the copy arrived:\n%s", diff)
	}
}
