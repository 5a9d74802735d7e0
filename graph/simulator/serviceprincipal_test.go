package simulator

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func TestServicePrincipal_addresses(t *testing.T) {
	c := newTenant(t, "granted")
	id := c.idOf(appleAppID)
	for _, path := range []string{
		"/servicePrincipals/" + id,
		"/ServicePrincipals/" + id,
		"/servicePrincipals('" + id + "')",
		"/servicePrincipals(appId='" + appleAppID + "')",
		"/serviceprincipals(appid='F8D98A96-0999-43F5-8AF3-69971C7BB423')",
		"/servicePrincipals(appId=%27" + appleAppID + "%27)",
		"https://graph.microsoft.com/V1.0/servicePrincipals/" + id,
	} {
		if got := c.get(path).must(t, http.StatusOK).body["id"]; got != id {
			t.Errorf("%s: got %v", path, got)
		}
	}
}

func TestServicePrincipal_recreatedHasANewID(t *testing.T) {
	c := newTenant(t, "fresh")
	seen := map[any]bool{}
	for range 3 {
		created := c.do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`).must(t, http.StatusCreated)
		seen[created.body["id"]] = true
		c.do("DELETE", "/servicePrincipals/"+created.body["id"].(string), "").must(t, http.StatusNoContent)
	}
	if len(seen) != 3 {
		t.Errorf("three creations gave the ids %v", seen)
	}
	other := newTenant(t, "fresh").do("POST", "/servicePrincipals", `{"appId":"`+appleAppID+`"}`)
	if !seen[other.body["id"]] {
		t.Errorf("another run gave the unforeseen id %v", other.body["id"])
	}
}

func TestDeleteServicePrincipal_takesItsConsentAlong(t *testing.T) {
	c := newClient(t, Options{Scenario: "granted", Now: func() time.Time { return noon }})
	want := c.server.Directory()
	apple, _ := want.ServicePrincipalOf(appleAppID)
	c.do("DELETE", "/servicePrincipals/"+apple.ID, "").must(t, http.StatusNoContent)
	binned := apple
	binned.DeletedDateTime = "2026-11-24T12:00:00Z"
	want.Deleted = []ServicePrincipal{binned}
	want.ServicePrincipals = slices.DeleteFunc(want.ServicePrincipals, func(sp ServicePrincipal) bool { return sp.ID == apple.ID })
	want.PermissionGrants = slices.DeleteFunc(want.PermissionGrants, func(g PermissionGrant) bool { return g.ClientID == apple.ID })
	if diff := cmp.Diff(want, c.server.Directory()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestUpdateServicePrincipal(t *testing.T) {
	cases := map[string]struct {
		body   string
		status int
		want   string
	}{
		"the name":                {`{"displayName":"Mail","@odata.type":"#x"}`, http.StatusNoContent, "Mail"},
		"what the publisher owns": {`{"appDisplayName":"Mail"}`, http.StatusBadRequest, "iOS Accounts"},
		"what does not exist":     {`{"colour":"red"}`, http.StatusBadRequest, "iOS Accounts"},
		"a value of a wrong type": {`{"accountEnabled":"no"}`, http.StatusBadRequest, "iOS Accounts"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "renamed")
			path := "/servicePrincipals/" + c.idOf(appleAppID)
			c.do("PATCH", path, want.body).must(t, want.status)
			if got := c.get(path).body["displayName"]; got != want.want {
				t.Errorf("got name %v, want %s", got, want.want)
			}
		})
	}
}

func TestAppRoleAssignments(t *testing.T) {
	c := newTenant(t, "granted")
	cases := map[string]struct {
		appID, end string
		want       int
	}{
		"what Apple's app may do as itself":   {appleAppID, "appRoleAssignments", 0},
		"what the other app may do":           {expensesAppID, "appRoleAssignments", 1},
		"who may use Microsoft Graph's roles": {graphAppID, "appRoleAssignedTo", 1},
		"who may use Exchange's roles":        {exchangeAppID, "appRoleAssignedTo", 0},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.get("/servicePrincipals(appId='"+want.appID+"')/"+want.end).must(t, http.StatusOK)
			if n := len(got.values("id")); n != want.want {
				t.Errorf("got %d assignments, want %d", n, want.want)
			}
		})
	}
}
