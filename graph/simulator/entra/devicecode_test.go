package entra_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

func TestDeviceCode(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetPerson(entra.Person{Pending: 2})
	started := startDevice(c, simtest.FullRead+withSignIn).Must(t, http.StatusOK)
	want := "To sign in, use a web browser to open the page https://microsoft.com/devicelogin and enter the code " +
		started.Field("user_code") + " to authenticate."
	if started.Field("message") != want || started.Field("verification_uri") != "https://microsoft.com/devicelogin" {
		t.Errorf("got %s", started.Text)
	}
	if started.Body["expires_in"] != 900.0 || started.Body["interval"] != 5.0 || len(started.Field("user_code")) != 9 {
		t.Errorf("got %s", started.Text)
	}
	code := started.Field("device_code")
	for range 2 {
		poll(c, code).Refused(t, http.StatusBadRequest, "authorization_pending", "AADSTS70016")
	}
	got := poll(c, code).Must(t, http.StatusOK)
	if got.Field("scope") != simtest.FullRead || got.Field("refresh_token") == "" || got.Field("id_token") == "" || got.Field("client_info") == "" {
		t.Errorf("got %s", got.Text)
	}
	poll(c, code).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS54005")
}

func TestDeviceCode_nameOfRFC8628(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	code := startDevice(c, simtest.FullRead).Field("device_code")
	poll(c, code, "grant_type", "urn:ietf:params:oauth:grant-type:device_code").Must(t, http.StatusOK)
}

func TestDeviceCode_refused(t *testing.T) {
	cases := map[string]struct {
		person  entra.Person
		changes []string
		code    string
		aadsts  string
	}{
		"declined":       {entra.Person{Declines: true}, nil, "authorization_declined", "AADSTS70018"},
		"nobody came":    {entra.Person{Expires: true}, nil, "expired_token", "AADSTS70020"},
		"another client": {entra.Person{}, []string{"client_id", "other"}, "bad_verification_code", "AADSTS70000"},
		"made up":        {entra.Person{}, []string{"device_code", "x"}, "bad_verification_code", "AADSTS70000"},
		"none":           {entra.Person{}, []string{"device_code", ""}, "invalid_request", "AADSTS900144"},
	}
	for name, want := range cases {
		t.Run(name, func(t *testing.T) {
			c := simtest.NewTenant(t, "fresh")
			c.Server.SetPerson(want.person)
			code := startDevice(c, simtest.FullRead).Must(t, http.StatusOK).Field("device_code")
			poll(c, code, want.changes...).Refused(t, http.StatusBadRequest, want.code, want.aadsts)
		})
	}
}

func TestDeviceCode_firstPendingThenDeclined(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetPerson(entra.Person{Pending: 1, Declines: true})
	code := startDevice(c, simtest.FullRead).Field("device_code")
	poll(c, code).Refused(t, http.StatusBadRequest, "authorization_pending", "AADSTS70016")
	poll(c, code).Refused(t, http.StatusBadRequest, "authorization_declined", "AADSTS70018")
}

func TestDeviceCode_ends(t *testing.T) {
	now := simtest.NewClock()
	c := simtest.NewClient(t, simulator.Options{Scenario: "fresh", Now: now.Now})
	c.Server.SetPerson(entra.Person{Pending: 100})
	code := startDevice(c, simtest.FullRead).Field("device_code")
	now.Time = now.Add(900 * time.Second)
	poll(c, code).Refused(t, http.StatusBadRequest, "authorization_pending", "AADSTS70016")
	now.Time = now.Add(time.Second)
	poll(c, code).Refused(t, http.StatusBadRequest, "expired_token", "AADSTS70020")
}

func TestDeviceCode_consents(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	c.Server.SetConsented()
	got := poll(c, startDevice(c, simtest.FullRead+withSignIn).Field("device_code")).Must(t, http.StatusOK)
	refresh(c, got.Field("refresh_token"), simtest.FullRead).Must(t, http.StatusOK)
	refresh(c, got.Field("refresh_token"), fullWrite).Refused(t, http.StatusBadRequest, "invalid_grant", "AADSTS65001")
}

func TestStartDeviceCode_refused(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	startDevice(c, "").Refused(t, http.StatusBadRequest, "invalid_request", "AADSTS900144")
	startDevice(c, "https://graph.microsoft.com/.default User.Read").Refused(t, http.StatusBadRequest, "invalid_scope", "AADSTS70011")
}

func TestPerson_ofAnotherTenant(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	elsewhere := identity.ObjectID("tenant", "elsewhere")
	c.Server.SetPerson(entra.Person{Tenant: elsewhere, Name: "guest@fabrikam.example"})
	for name, got := range map[string]simtest.Response{"browser": signInPerson(c, simtest.FullRead+withSignIn), "simulated admin": c.SignInAdmin(simtest.FullRead)} {
		held := got.Claims(t)
		if held.TenantID != elsewhere || held.Name != "guest@fabrikam.example" || !strings.Contains(held.Issuer, elsewhere) {
			t.Errorf("%s: got token %+v", name, held)
		}
		asked := c.WithToken(got.Field("access_token"))
		if refused := asked.Get("/servicePrincipals").Must(t, http.StatusUnauthorized); refused.Code() != "InvalidAuthenticationToken" {
			t.Errorf("%s: got code %q", name, refused.Code())
		}
	}
	var id identity.Claims
	if !identity.DecodeJWT(signInPerson(c, "openid User.Read").Field("id_token"), &id) || id.TenantID != elsewhere {
		t.Errorf("got id token %+v", id)
	}
}
