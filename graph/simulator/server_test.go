package simulator

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestBefore_anotherAdminIsFaster(t *testing.T) {
	c := newTenant(t, "renamed")
	var seen string
	c.server.Before(func(r *http.Request) {
		text, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		seen = r.Method + " " + r.URL.Path + " " + string(text)
		c.server.Edit(func(d *Directory) {
			apple, _ := d.ServicePrincipalOf(appleAppID)
			d.grant(apple.ID, graphAppID, "", "User.Read")
		})
		c.server.Before(nil)
	})
	body := c.grantBody(c.idOf(appleAppID), c.idOf(graphAppID), "User.Read")
	c.do("POST", "/oauth2PermissionGrants", body).must(t, http.StatusConflict)
	if want := "POST /v1.0/oauth2PermissionGrants " + body; seen != want {
		t.Errorf("the hook saw %q, want %q", seen, want)
	}
	c.do("POST", "/oauth2PermissionGrants", body).must(t, http.StatusConflict)
}

func TestRequests(t *testing.T) {
	c := newTenant(t, "fresh")
	got := c.get("/organization?$select=id").must(t, http.StatusOK)
	denied := c.as("User.Read").get("/servicePrincipals").must(t, http.StatusForbidden)
	token := c.signInApp("https://graph.microsoft.com/.default").must(t, http.StatusOK)
	want := []Request{
		{"GET", "/v1.0/organization", "$select=id", http.StatusOK, len(got.text), nil, "", ""},
		{"GET", "/v1.0/servicePrincipals", "", http.StatusForbidden, len(denied.text), nil, "", ""},
		{"POST", "/" + c.server.TenantID() + "/oauth2/v2.0/token", "", http.StatusOK, len(token.text), nil, "client_credentials", "https://graph.microsoft.com/.default"},
	}
	if diff := cmp.Diff(want, c.server.Requests()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	c.server.ResetLog()
	if log := c.server.Requests(); len(log) != 0 {
		t.Errorf("after ResetLog: %v", log)
	}
}

func TestDirectory_isACopy(t *testing.T) {
	c := newTenant(t, "granted")
	want := newTenant(t, "granted").server.Directory() // shares nothing with the copy
	d := c.server.Directory()
	*d.ServicePrincipals[0].AccountEnabled = false
	d.ServicePrincipals[3].Tags[0] = "mine"
	d.PermissionGrants[0].Scope = "mine"
	d.Users[0].DisplayName = "mine"
	if diff := cmp.Diff(want, c.server.Directory()); diff != "" {
		t.Errorf("a change of the copy arrived:\n%s", diff)
	}
}

func TestBody(t *testing.T) {
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = io.WriteString(w, `{"appId":"`+appleAppID+`"}`)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	cases := map[string]struct {
		body, encoding string
		status         int
	}{
		"packed":                  {packed.String(), "gzip", http.StatusCreated},
		"plain and called packed": {`{"appId":"x"}`, "gzip", http.StatusBadRequest},
		"too large":               {`"` + strings.Repeat("x", maxBody) + `"`, "", http.StatusRequestEntityTooLarge},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			newTenant(t, "fresh").do("POST", "/servicePrincipals", c.body, "Content-Encoding", c.encoding).must(t, c.status)
		})
	}
}

func TestServer_manyAtOnce(t *testing.T) {
	c := newTenant(t, "renamed")
	clientID, graphID := c.idOf(appleAppID), c.idOf(graphAppID)
	var wait sync.WaitGroup
	for n := range 8 {
		wait.Go(func() {
			body := c.grantBody(clientID, graphID, fmt.Sprintf("scope%d", n))
			c.do("POST", "/oauth2PermissionGrants", body)
			c.get("/oauth2PermissionGrants")
			c.server.Edit(func(d *Directory) { d.DisplayName = fmt.Sprint(n) })
			c.server.Directory()
			c.server.Requests()
			c.signInApp("https://graph.microsoft.com/.default")
		})
	}
	wait.Wait()
	created := 0
	for _, r := range c.server.Requests() {
		if r.Status == http.StatusCreated {
			created++
		}
	}
	if created != 1 {
		t.Errorf("eight clients created the same grant %d times, want once", created)
	}
}

func TestServeHTTP_linksNameTheHostThatWasAsked(t *testing.T) {
	c := newClient(t, Options{Scenario: "user-consents", PerUserGrants: 2})
	server := httptest.NewServer(c.server)
	defer server.Close()
	r, err := http.NewRequestWithContext(t.Context(), "GET", server.URL+"/v1.0/oauth2PermissionGrants?$top=1", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+c.token)
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
