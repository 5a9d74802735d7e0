package simulator

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRequests_ofSignIns(t *testing.T) {
	c := newTenant(t, "fresh")
	signedIn := c.authorize(authorizeRequest(fullRead + withSignIn))
	tokens := c.redeem(signedIn.Get("code"), "scope", fullRead+withSignIn).must(t, http.StatusOK)
	c.refresh(tokens.field("refresh_token"), fullRead).must(t, http.StatusOK)
	started := c.startDevice(fullWrite).must(t, http.StatusOK)
	c.poll(started.field("device_code")).must(t, http.StatusOK)
	c.signIn("common", "grant_type", "client_credentials", "client_id", "app", "client_secret", "s3cret", "scope", "https://graph.microsoft.com/.default")
	if err := c.server.SetRules(Rule{Trouble: TroubleClose}); err != nil {
		t.Fatal(err)
	}
	func() {
		defer func() { _ = recover() }() // the connection is closed
		c.startDevice(fullRead)
	}()
	type asked struct{ GrantType, Scope string }
	want := []asked{
		{"authorize", fullRead + withSignIn},
		{"authorization_code", fullRead + withSignIn},
		{"refresh_token", fullRead},
		{"devicecode", fullWrite},
		{"device_code", ""},
		{"client_credentials", "https://graph.microsoft.com/.default"},
		{"devicecode", fullRead},
	}
	var got []asked
	for _, r := range c.server.Requests() {
		got = append(got, asked{r.GrantType, r.Scope})
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	log := fmt.Sprintf("%+v", c.server.Requests())
	for name, secret := range map[string]string{
		"client secret": "s3cret", "code": signedIn.Get("code"), "verifier": verifier, "refresh token": tokens.field("refresh_token"),
		"access token": tokens.field("access_token"), "id token": tokens.field("id_token"), "device code": started.field("device_code"),
		"user code": started.field("user_code"),
	} {
		if secret == "" || strings.Contains(log, secret) {
			t.Errorf("the %s %q is in the log", name, secret)
		}
	}
}
