package simtest_test

import (
	"io"
	"net/http"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

func TestBefore_anotherAdminIsFaster(t *testing.T) {
	c := simtest.NewTenant(t, "renamed")
	var seen string
	c.Server.Before(func(r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen = r.Method + " " + r.URL.Path + " " + string(text)
		c.Server.Edit(func(d *directory.Directory) {
			apple, _ := d.ServicePrincipalOf(identity.AppleAppID)
			d.Grant(apple.ID, identity.GraphAppID, "", "User.Read")
		})
		c.Server.Before(nil)
	})
	body := c.GrantBody(c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID), "User.Read")
	c.Do("POST", "/oauth2PermissionGrants", body).Must(t, http.StatusConflict)
	if want := "POST /v1.0/oauth2PermissionGrants " + body; seen != want {
		t.Errorf("the hook saw %q, want %q", seen, want)
	}
	c.Do("POST", "/oauth2PermissionGrants", body).Must(t, http.StatusConflict)
}
