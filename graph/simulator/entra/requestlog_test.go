package entra_test

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
	signedIn := authorize(c, authorizeRequest(simtest.FullRead+withSignIn))
	tokens := redeem(c, signedIn.Get("code"), "scope", simtest.FullRead+withSignIn).Must(t, http.StatusOK)
	refresh(c, tokens.Field("refresh_token"), simtest.FullRead).Must(t, http.StatusOK)
	started := startDevice(c, fullWrite).Must(t, http.StatusOK)
	poll(c, started.Field("device_code")).Must(t, http.StatusOK)
	c.SignIn("common", "grant_type", "client_credentials", "client_id", "app", "client_secret", "s3cret", "scope", "https://graph.microsoft.com/.default")
	if err := c.Server.SetRules(simulator.Rule{Trouble: simulator.TroubleClose}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }() // the connection is closed
		startDevice(c, simtest.FullRead)
	}()
	type asked struct{ GrantType, Scope string }
	want := []asked{
		{"authorize", simtest.FullRead + withSignIn},
		{"authorization_code", simtest.FullRead + withSignIn},
		{"refresh_token", simtest.FullRead},
		{"devicecode", fullWrite},
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
		"client secret": "s3cret", "code": signedIn.Get("code"), "verifier": verifier, "refresh token": tokens.Field("refresh_token"),
		"access token": tokens.Field("access_token"), "id token": tokens.Field("id_token"), "device code": started.Field("device_code"),
		"user code": started.Field("user_code"),
	} {
		if secret == "" || strings.Contains(log, secret) {
			t.Errorf("the %s %q is in the log", name, secret)
		}
	}
}
