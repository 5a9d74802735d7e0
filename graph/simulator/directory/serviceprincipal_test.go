package directory_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestServicePrincipal_addresses(t *testing.T) {
	c := simtest.NewTenant(t, "granted")
	id := c.IDOf(identity.AppleAppID)
	for _, path := range []string{
		"/servicePrincipals/" + id,
		"/ServicePrincipals/" + id,
		"/servicePrincipals('" + id + "')",
		"/servicePrincipals(appId='" + identity.AppleAppID + "')",
		"/serviceprincipals(appid='F8D98A96-0999-43F5-8AF3-69971C7BB423')",
		"/servicePrincipals(appId=%27" + identity.AppleAppID + "%27)",
		"https://graph.microsoft.com/V1.0/servicePrincipals/" + id,
	} {
		if got := c.Get(path).Must(t, http.StatusOK).Body["id"]; got != id {
			t.Errorf("%s: got %v", path, got)
		}
	}
}

func TestServicePrincipal_recreatedHasANewID(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	seen := map[any]bool{}
	for range 3 {
		created := c.Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`).Must(t, http.StatusCreated)
		seen[created.Body["id"]] = true
		c.Do("DELETE", "/servicePrincipals/"+created.Body["id"].(string), "").Must(t, http.StatusNoContent)
	}
	if len(seen) != 3 {
		t.Errorf("three creations gave the ids %v", seen)
	}
	other := simtest.NewTenant(t, "fresh").Do("POST", "/servicePrincipals", `{"appId":"`+identity.AppleAppID+`"}`)
	if !seen[other.Body["id"]] {
		t.Errorf("another run gave the unforeseen id %v", other.Body["id"])
	}
}

func TestDeleteServicePrincipal_takesItsConsentAlong(t *testing.T) {
	c := simtest.NewClient(t, simulator.Options{Scenario: "granted", Now: func() time.Time { return noon }})
	want := c.Server.Directory()
	apple, _ := want.ServicePrincipalOf(identity.AppleAppID)
	c.Do("DELETE", "/servicePrincipals/"+apple.ID, "").Must(t, http.StatusNoContent)
	binned := apple
	binned.DeletedDateTime = "2026-11-24T12:00:00Z"
	want.Deleted = []directory.ServicePrincipal{binned}
	want.ServicePrincipals = slices.DeleteFunc(want.ServicePrincipals, func(sp directory.ServicePrincipal) bool { return sp.ID == apple.ID })
	want.PermissionGrants = slices.DeleteFunc(want.PermissionGrants, func(g directory.PermissionGrant) bool { return g.ClientID == apple.ID })
	if diff := cmp.Diff(want, c.Server.Directory()); diff != "" {
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
			c := simtest.NewTenant(t, "renamed")
			path := "/servicePrincipals/" + c.IDOf(identity.AppleAppID)
			c.Do("PATCH", path, want.body).Must(t, want.status)
			if got := c.Get(path).Body["displayName"]; got != want.want {
				t.Errorf("got name %v, want %s", got, want.want)
			}
		})
	}
}

func TestAppRoleAssignments(t *testing.T) {
	c := simtest.NewTenant(t, "granted")
	cases := map[string]struct {
		appID, end string
		want       int
	}{
		"what Apple's app may do as itself":   {identity.AppleAppID, "appRoleAssignments", 0},
		"what the other app may do":           {identity.ExpensesAppID, "appRoleAssignments", 1},
		"who may use Microsoft Graph's roles": {identity.GraphAppID, "appRoleAssignedTo", 1},
		"who may use Exchange's roles":        {identity.ExchangeAppID, "appRoleAssignedTo", 0},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.Get("/servicePrincipals(appId='"+want.appID+"')/"+want.end).Must(t, http.StatusOK)
			if n := len(got.Values("id")); n != want.want {
				t.Errorf("got %d assignments, want %d", n, want.want)
			}
		})
	}
}
