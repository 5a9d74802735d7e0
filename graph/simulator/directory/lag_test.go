package directory_test

import (
	"net/http"
	"slices"
	"testing"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

// newLagging starts the lagging tenant as if the client's service principal had
// stood there long enough, with a grant on Exchange.
func newLagging(t *testing.T) (c *simtest.Client, grantPath string) {
	t.Helper()
	c = simtest.NewTenant(t, "lagging")
	var id string
	c.Server.Edit(func(d *directory.Directory) {
		id = d.Install(identity.AppleAppID)
		d.Grant(id, identity.ExchangeAppID, "", "EAS.AccessAsUser.All")
	})
	return c, "/oauth2PermissionGrants/" + directory.GrantID(id, c.IDOf(identity.ExchangeAppID), "")
}

func TestLagging_editsAreVisibleAtOnce(t *testing.T) {
	c, grant := newLagging(t)
	c.Get(grant).Must(t, http.StatusOK)
}

func TestLagging_updateShowsAfterThreeReads(t *testing.T) {
	c, grant := newLagging(t)
	c.Do("PATCH", grant, `{"scope":"new"}`).Must(t, http.StatusNoContent)
	var scopes []any
	for range 5 {
		scopes = append(scopes, c.Get(grant).Must(t, http.StatusOK).Body["scope"])
	}
	const old = "EAS.AccessAsUser.All"
	if diff := cmp.Diff([]any{old, old, old, "new", "new"}, scopes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLagging_readsByListAndByIDCountAlike(t *testing.T) {
	c, grant := newLagging(t)
	c.Do("DELETE", grant, "").Must(t, http.StatusNoContent)
	list := "/oauth2PermissionGrants?$filter=clientId eq '" + c.IDOf(identity.AppleAppID) + "'"
	if n := len(c.Get(list).Values("id")); n != 1 {
		t.Errorf("first read: got %d grants, want the deleted one still", n)
	}
	c.Get(grant).Must(t, http.StatusOK)
	if n := len(c.Get("/servicePrincipals/" + c.IDOf(identity.AppleAppID) + "/oauth2PermissionGrants").Values("id")); n != 1 {
		t.Errorf("third read: got %d grants, want the deleted one still", n)
	}
	c.Get(grant).Must(t, http.StatusNotFound)
}

func TestLagging_eachWriteHasItsOwnDelay(t *testing.T) {
	c, grant := newLagging(t)
	read := func() string { return c.Get(grant).Body["scope"].(string) }
	c.Do("PATCH", grant, `{"scope":"one"}`).Must(t, http.StatusNoContent)
	got := []string{read(), read()}
	c.Do("PATCH", grant, `{"scope":"two"}`).Must(t, http.StatusNoContent)
	got = append(got, read(), read(), read(), read())
	const old = "EAS.AccessAsUser.All"
	if want := []string{old, old, old, "one", "one", "two"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLagging_readsOfOtherCollectionsDoNotCount(t *testing.T) {
	c, grant := newLagging(t)
	c.Do("DELETE", grant, "").Must(t, http.StatusNoContent)
	for range 5 {
		c.Get("/servicePrincipals").Must(t, http.StatusOK)
	}
	c.Get(grant).Must(t, http.StatusOK)
}

func TestLagging_newServicePrincipal(t *testing.T) {
	c := simtest.NewTenant(t, "lagging")
	created := c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated)
	id := created.Body["id"].(string)
	for range 3 {
		c.Get("/servicePrincipals/"+id).Must(t, http.StatusNotFound)
	}
	c.Get("/servicePrincipals/"+id).Must(t, http.StatusOK)

	body := c.GrantBody(id, c.IDOf(identity.ExchangeAppID), "EAS.AccessAsUser.All")
	for range 2 {
		refused := c.Do("POST", "/oauth2PermissionGrants", body).Must(t, http.StatusBadRequest)
		if refused.Message() != absence(id) {
			t.Errorf("got message %q, want %q", refused.Message(), absence(id))
		}
	}
	c.Do("POST", "/oauth2PermissionGrants", body).Must(t, http.StatusCreated)
	c.Do("POST", "/oauth2PermissionGrants", body).Must(t, http.StatusConflict)
}

func TestLagging_editSettlesEverything(t *testing.T) {
	c, grant := newLagging(t)
	c.Do("DELETE", grant, "").Must(t, http.StatusNoContent)
	c.Server.Edit(func(*directory.Directory) {})
	c.Get(grant).Must(t, http.StatusNotFound)
}
