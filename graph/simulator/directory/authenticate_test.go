package directory_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

func TestAuthenticate(t *testing.T) {
	c := simtest.NewTenant(t, "fresh")
	held := identity.Claims{TenantID: c.Server.TenantID(), Expires: time.Now().Add(time.Hour).Unix(), Scope: "Directory.Read.All"}
	expired, foreign := held, held
	expired.Expires = time.Now().Add(-time.Second).Unix()
	foreign.TenantID = identity.ObjectID("tenant", "elsewhere")
	cases := map[string]string{
		"no token":           "",
		"no bearer token":    "Basic " + held.Token(),
		"no JWT":             "Bearer opaque",
		"an undecodable JWT": "Bearer a.!.c",
		"an expired token":   "Bearer " + expired.Token(),
		"a foreign token":    "Bearer " + foreign.Token(),
	}
	for name, authorization := range cases {
		t.Run(name, func(t *testing.T) {
			got := c.Do("GET", "/servicePrincipals", "", "Authorization", authorization).Must(t, http.StatusUnauthorized)
			if got.Code() != "InvalidAuthenticationToken" || !strings.HasPrefix(got.Header.Get("WWW-Authenticate"), "Bearer ") {
				t.Errorf("got code %q and WWW-Authenticate %q", got.Code(), got.Header.Get("WWW-Authenticate"))
			}
		})
	}
	c.Do("GET", "/servicePrincipals", "", "Authorization", "Bearer "+held.Token()).Must(t, http.StatusOK)
}
