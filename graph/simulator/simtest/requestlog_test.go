package simtest_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"

	"github.com/google/go-cmp/cmp"
)

func TestRequests_ofSignIns(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	signedIn := c.Authorize(simtest.AuthorizeRequest(simtest.FullRead + simtest.WithSignIn))
	tokens := c.Redeem(signedIn.Get("code"), "scope", simtest.FullRead+simtest.WithSignIn).Must(t, http.StatusOK)
	c.Refresh(tokens.Field("refresh_token"), simtest.FullRead).Must(t, http.StatusOK)
	started := c.StartDevice(simtest.FullWrite).Must(t, http.StatusOK)
	c.Poll(started.Field("device_code")).Must(t, http.StatusOK)
	c.SignIn("common", "grant_type", "client_credentials", "client_id", "app", "client_secret", "s3cret", "scope", "https://graph.microsoft.com/.default")
	if err := c.Server.SetRules(simulator.Rule{Trouble: simulator.TroubleClose}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }() // the connection is closed
		c.StartDevice(simtest.FullRead)
	}()
	type asked struct{ GrantType, Scope string }
	want := []asked{
		{"authorize", simtest.FullRead + simtest.WithSignIn},
		{"authorization_code", simtest.FullRead + simtest.WithSignIn},
		{"refresh_token", simtest.FullRead},
		{"devicecode", simtest.FullWrite},
		{"device_code", ""},
		{"client_credentials", "https://graph.microsoft.com/.default"},
		{"devicecode", simtest.FullRead},
	}
	var got []asked
	for _, r := range c.Server.Requests() {
		got = append(got, asked{r.GrantType, r.Scope})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	log := fmt.Sprintf("%+v", c.Server.Requests())
	for name, secret := range map[string]string{
		"client secret": "s3cret", "code": signedIn.Get("code"), "verifier": simtest.Verifier, "refresh token": tokens.Field("refresh_token"),
		"access token": tokens.Field("access_token"), "id token": tokens.Field("id_token"), "device code": started.Field("device_code"),
		"user code": started.Field("user_code"),
	} {
		if secret == "" || strings.Contains(log, secret) {
			t.Errorf("the %s %q is in the log", name, secret)
		}
	}
}

func TestRequests(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	got := c.Get("/organization?$select=id").Must(t, http.StatusOK)
	denied := c.As("User.Read").Get("/servicePrincipals").Must(t, http.StatusForbidden)
	token := c.SignInApp("https://graph.microsoft.com/.default").Must(t, http.StatusOK)
	want := []simtest.Request{
		{Method: "GET", Path: "/v1.0/organization", RawQuery: "$select=id", Status: http.StatusOK, ResponseBytes: len(got.Text)},
		{Method: "GET", Path: "/v1.0/servicePrincipals", Status: http.StatusForbidden, ResponseBytes: len(denied.Text)},
		{
			Method: "POST", Path: "/" + c.Server.TenantID() + "/oauth2/v2.0/token", Status: http.StatusOK, ResponseBytes: len(token.Text),
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
