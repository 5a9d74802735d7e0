package simulator_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/simtest"
)

func TestServer_manyAtOnce(t *testing.T) {
	c := simtest.NewTenant(t, "renamed")
	clientID, graphID := c.IDOf(identity.AppleAppID), c.IDOf(identity.GraphAppID)
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			body := c.GrantBody(clientID, graphID, fmt.Sprintf("scope%d", n))
			c.Do("POST", "/oauth2PermissionGrants", body)
			c.Get("/oauth2PermissionGrants")
			c.Server.Edit(func(d *directory.Directory) { d.DisplayName = fmt.Sprint(n) })
			c.Server.Directory()
			c.Server.Requests()
			c.SignInApp("https://graph.microsoft.com/.default")
		})
	}
	wait.Wait()
	created := 0
	for _, r := range c.Server.Requests() {
		if r.Status == http.StatusCreated {
			created++
		}
	}
	if created != 1 {
		t.Errorf("eight clients created the same grant %d times, want once", created)
	}
}

func TestServeHTTP_linksNameTheHostThatWasAsked(t *testing.T) {
	c := simtest.NewClient(t, simulator.Options{Scenario: "user-consents", PerUserGrants: 2})
	server := httptest.NewServer(c.Server)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1.0/oauth2PermissionGrants?$top=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.Token)
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer got.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(got.Body)
	if err != nil {
		t.Fatal(err)
	}
	want := `"@odata.nextLink":"` + server.URL + `/v1.0/oauth2PermissionGrants?$skiptoken=`
	if !strings.Contains(string(text), want) {
		t.Errorf("got %s, want it to have %s", text, want)
	}
}
