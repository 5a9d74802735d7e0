package simtest_test

import (
	"net/http"
	"testing"

	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestRequests(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	got := c.Get("/organization?$select=id").Must(t, http.StatusOK)
	denied := c.As("User.Read").Get("/servicePrincipals").Must(t, http.StatusForbidden)
	token := c.SignInApp("https://graph.microsoft.com/.default").Must(t, http.StatusOK)
	const graph = "graph.microsoft.com"
	want := []simtest.Request{
		{Method: "GET", Host: graph, Bearer: true, Path: "/v1.0/organization", RawQuery: "$select=id", Status: http.StatusOK, ResponseBytes: len(got.Text)},
		{Method: "GET", Host: graph, Bearer: true, Path: "/v1.0/servicePrincipals", Status: http.StatusForbidden, ResponseBytes: len(denied.Text)},
		{
			Method: "POST", Host: "login.example", Path: "/" + c.Server.TenantID() + "/oauth2/v2.0/token", Status: http.StatusOK, ResponseBytes: len(token.Text),
			GrantType: "client_credentials", Scope: "https://graph.microsoft.com/.default",
		},
	}
	if diff := cmp.Diff(want, c.Server.Requests()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.Server.ResetLog()
	if log := c.Server.Requests(); len(log) != 0 {
		t.Errorf("after ResetLog: %v", log)
	}
}
