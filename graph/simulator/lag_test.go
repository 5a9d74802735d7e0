package simulator

import (
	"net/http"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// newLagging starts the lagging tenant as if the client's service principal had
// stood there long enough, with a grant on Exchange.
func newLagging(t *testing.T) (c *client, grantPath string) {
	t.Helper()
	c = newTenant(t, "lagging")
	var id string
	c.server.Edit(func(d *Directory) {
		id = d.install(appleAppID)
		d.grant(id, exchangeAppID, "", "EAS.AccessAsUser.All")
	})
	return c, "/oauth2PermissionGrants/" + GrantID(id, c.idOf(exchangeAppID), "")
}

func TestLagging_editsAreVisibleAtOnce(t *testing.T) {
	c, grant := newLagging(t)
	c.get(grant).must(t, http.StatusOK)
}

func TestLagging_updateShowsAfterThreeReads(t *testing.T) {
	c, grant := newLagging(t)
	c.do("PATCH", grant, `{"scope":"new"}`).must(t, http.StatusNoContent)
	var scopes []any
	for range 5 {
		scopes = append(scopes, c.get(grant).must(t, http.StatusOK).body["scope"])
	}
	const old = "EAS.AccessAsUser.All"
	if diff := cmp.Diff([]any{old, old, old, "new", "new"}, scopes); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestLagging_readsByListAndByIDCountAlike(t *testing.T) {
	c, grant := newLagging(t)
	c.do("DELETE", grant, "").must(t, http.StatusNoContent)
	list := "/oauth2PermissionGrants?$filter=clientId eq '" + c.idOf(appleAppID) + "'"
	if n := len(c.get(list).values("id")); n != 1 {
		t.Errorf("first read: got %d grants, want the deleted one still", n)
	}
	c.get(grant).must(t, http.StatusOK)
	if n := len(c.get("/servicePrincipals/" + c.idOf(appleAppID) + "/oauth2PermissionGrants").values("id")); n != 1 {
		t.Errorf("third read: got %d grants, want the deleted one still", n)
	}
	c.get(grant).must(t, http.StatusNotFound)
}

func TestLagging_eachWriteHasItsOwnDelay(t *testing.T) {
	c, grant := newLagging(t)
	read := func() string { return c.get(grant).body["scope"].(string) }
	c.do("PATCH", grant, `{"scope":"one"}`).must(t, http.StatusNoContent)
	got := []string{read(), read()}
	c.do("PATCH", grant, `{"scope":"two"}`).must(t, http.StatusNoContent)
	got = append(got, read(), read(), read(), read())
	const old = "EAS.AccessAsUser.All"
	if want := []string{old, old, old, "one", "one", "two"}; !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestLagging_readsOfOtherCollectionsDoNotCount(t *testing.T) {
	c, grant := newLagging(t)
	c.do("DELETE", grant, "").must(t, http.StatusNoContent)
	for range 5 {
		c.get("/servicePrincipals").must(t, http.StatusOK)
	}
	c.get(grant).must(t, http.StatusOK)
}

func TestLagging_newServicePrincipal(t *testing.T) {
	c := newTenant(t, "lagging")
	created := c.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusCreated)
	id := created.body["id"].(string)
	for range 3 {
		c.get("/servicePrincipals/"+id).must(t, http.StatusNotFound)
	}
	c.get("/servicePrincipals/"+id).must(t, http.StatusOK)

	body := c.grantBody(id, c.idOf(exchangeAppID), "EAS.AccessAsUser.All")
	for range 2 {
		refused := c.do("POST", "/oauth2PermissionGrants", body).must(t, http.StatusBadRequest)
		if refused.message() != absence(id) {
			t.Errorf("got message %q, want %q", refused.message(), absence(id))
		}
	}
	c.do("POST", "/oauth2PermissionGrants", body).must(t, http.StatusCreated)
	c.do("POST", "/oauth2PermissionGrants", body).must(t, http.StatusConflict)
}

func TestLagging_editSettlesEverything(t *testing.T) {
	c, grant := newLagging(t)
	c.do("DELETE", grant, "").must(t, http.StatusNoContent)
	c.server.Edit(func(*Directory) {})
	c.get(grant).must(t, http.StatusNotFound)
}
