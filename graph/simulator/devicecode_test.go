package simulator

import (
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestDeviceCode(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetPerson(Person{Pending: 2})
	started := c.startDevice(fullRead+withSignIn).must(t, http.StatusOK)
	want := "To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code " +
		started.field("user_code") + " to authenticate."
	if started.field("message") != want || started.field("verification_uri") != "https://microsoft.com/devicelogin" {
		t.Errorf("got %s", started.text)
	}
	if started.body["expires_in"] != 900.0 || started.body["interval"] != 5.0 || len(started.field("user_code")) != 9 {
		t.Errorf("got %s", started.text)
	}
	code := started.field("device_code")
	for range 2 {
		c.poll(code).refused(t, http.StatusBadRequest, "authorization_pending", "AADSTS70016")
	}
	got := c.poll(code).must(t, http.StatusOK)
	if got.field("scope") != fullRead || got.field("refresh_token") == "" || got.field("id_token") == "" || got.field("client_info") == "" {
		t.Errorf("got %s", got.text)
	}
	c.poll(code).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS54005")
}

func TestDeviceCode_nameOfRFC8628(t *testing.T) {
	c := newTenant(t, "fresh")
	code := c.startDevice(fullRead).field("device_code")
	c.poll(code, "grant_type", "urn:ietf:params:oauth:grant-type:device_code").must(t, http.StatusOK)
}

func TestDeviceCode_refused(t *testing.T) {
	cases := map[string]struct {
		person  Person
		changes []string
		code    string
		aadsts  string
	}{
		"declined":       {Person{Declines: true}, nil, "authorization_declined", "AADSTS70018"},
		"nobody came":    {Person{Expires: true}, nil, "expired_token", "AADSTS70020"},
		"another client": {Person{}, []string{"client_id", "other"}, "bad_verification_code", "AADSTS70000"},
		"made up":        {Person{}, []string{"device_code", "x"}, "bad_verification_code", "AADSTS70000"},
		"none":           {Person{}, []string{"device_code", ""}, "invalid_request", "AADSTS900144"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := newTenant(t, "fresh")
			c.server.SetPerson(want.person)
			code := c.startDevice(fullRead).must(t, http.StatusOK).field("device_code")
			c.poll(code, want.changes...).refused(t, http.StatusBadRequest, want.code, want.aadsts)
		})
	}
}

func TestDeviceCode_firstPendingThenDeclined(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetPerson(Person{Pending: 1, Declines: true})
	code := c.startDevice(fullRead).field("device_code")
	c.poll(code).refused(t, http.StatusBadRequest, "authorization_pending", "AADSTS70016")
	c.poll(code).refused(t, http.StatusBadRequest, "authorization_declined", "AADSTS70018")
}

func TestDeviceCode_ends(t *testing.T) {
	now := newClock()
	c := newClient(t, Options{Scenario: "fresh", Now: now.now})
	c.server.SetPerson(Person{Pending: 100})
	code := c.startDevice(fullRead).field("device_code")
	now.Time = now.Add(deviceCodeLifetime * time.Second)
	c.poll(code).refused(t, http.StatusBadRequest, "authorization_pending", "AADSTS70016")
	now.Time = now.Add(time.Second)
	c.poll(code).refused(t, http.StatusBadRequest, "expired_token", "AADSTS70020")
}

func TestDeviceCode_consents(t *testing.T) {
	c := newTenant(t, "fresh")
	c.server.SetConsented()
	got := c.poll(c.startDevice(fullRead+withSignIn).field("device_code")).must(t, http.StatusOK)
	c.refresh(got.field("refresh_token"), fullRead).must(t, http.StatusOK)
	c.refresh(got.field("refresh_token"), fullWrite).refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
}

func TestStartDeviceCode_refused(t *testing.T) {
	c := newTenant(t, "fresh")
	c.startDevice("").refused(t, http.StatusBadRequest, "invalid_request", "AADSTS900144")
	c.startDevice("https://graph.microsoft.com/.default User.Read").refused(t, http.StatusBadRequest, "invalid_scope", "AADSTS70011")
}

func TestPerson_ofAnotherTenant(t *testing.T) {
	c := newTenant(t, "fresh")
	elsewhere := objectID("tenant", "elsewhere")
	c.server.SetPerson(Person{Tenant: elsewhere, Name: "guest@fabrikam.example"})
	for name, got := range map[string]response{"browser": c.signInPerson(fullRead + withSignIn), "simulated admin": c.signInAdmin(fullRead)} {
		held := got.claims(t)
		if held.TenantID != elsewhere || held.Name != "guest@fabrikam.example" || !strings.Contains(held.Issuer, elsewhere) {
			t.Errorf("%s: got token %+v", name, held)
		}
		asked := &client{t, c.server, got.field("access_token")}
		if refused := asked.get("/servicePrincipals").must(t, http.StatusUnauthorized); refused.code() != "InvalidAuthenticationToken" {
			t.Errorf("%s: got code %q", name, refused.code())
		}
	}
	if id := jwt(t, c.signInPerson("openid User.Read").field("id_token")); id["tid"] != elsewhere {
		t.Errorf("got id token %v", id)
	}
}
