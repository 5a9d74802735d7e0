package simulator

import (
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"
)

// client is somebody who talks to a simulated tenant.
type client struct {
	t      *testing.T
	server *Server
	token  string
}

// response is what came back, with the body as JSON has it.
type response struct {
	status int
	header http.Header
	text   string
	body   map[string]any
}

// newTenant starts a scenario and signs its admin in with every permission that
// the admin's default token holds.
func newTenant(t *testing.T, scenario string) *client {
	t.Helper()
	return newClient(t, Options{Scenario: scenario})
}

func newClient(t *testing.T, o Options) *client {
	t.Helper()
	server, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := &client{t: t, server: server}
	return c.as("Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All Directory.Read.All")
}

// as returns the same client with a person's token that has other scopes. The person
// has the roles that the simulated admin has.
func (c *client) as(scp string) *client {
	return c.with(claims{Scope: scp, AdminRoles: []string{cloudApplicationAdministrator}})
}

// asApp returns the same client with an app's token.
func (c *client) asApp(roles ...string) *client {
	return c.with(claims{Roles: roles})
}

func (c *client) with(held claims) *client {
	held.TenantID = c.server.TenantID()
	held.Expires = time.Now().Add(time.Hour).Unix()
	return &client{c.t, c.server, held.token()}
}

func (c *client) get(path string) response { c.t.Helper(); return c.do("GET", path, "") }

// do sends a request; a path without version is below /v1.0.
func (c *client) do(method, path, body string, header ...string) response {
	c.t.Helper()
	if !strings.HasPrefix(path, "http") {
		path = "https://graph.microsoft.com/v1.0" + path
	}
	address, err := url.Parse(strings.ReplaceAll(path, " ", "%20"))
	if err != nil {
		c.t.Fatal(err)
	}
	r := httptest.NewRequestWithContext(c.t.Context(), method, address.String(), strings.NewReader(body))
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return c.send(r)
}

func (c *client) send(r *http.Request) response {
	c.t.Helper()
	recorder := httptest.NewRecorder()
	c.server.ServeHTTP(recorder, r)
	result := recorder.Result()
	defer result.Body.Close() //nolint:errcheck // it was read
	text, err := io.ReadAll(result.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	got := response{status: result.StatusCode, header: result.Header, text: string(text)}
	if len(text) > 0 {
		if err := json.Unmarshal(text, &got.body); err != nil {
			c.t.Fatalf("%s %s answered no JSON: %v\n%s", r.Method, r.URL, err, text)
		}
	}
	return got
}

// must fails the test unless the response has the status.
func (r response) must(t *testing.T, status int) response {
	t.Helper()
	if r.status != status {
		t.Fatalf("got status %d, want %d: %.500s", r.status, status, r.text)
	}
	return r
}

// code is the code of Graph's error, empty if there is none.
func (r response) code() string { return r.errorField("code") }

func (r response) message() string { return r.errorField("message") }

func (r response) errorField(name string) string {
	e, _ := r.body["error"].(map[string]any)
	text, _ := e[name].(string)
	return text
}

// values returns the named property of each listed object.
func (r response) values(property string) []string {
	listed := []string{}
	rows, _ := r.body["value"].([]any)
	for _, row := range rows {
		text, _ := row.(map[string]any)[property].(string)
		listed = append(listed, text)
	}
	return listed
}

// idOf is the object id of an application's service principal.
func (c *client) idOf(appID string) string {
	c.t.Helper()
	d := c.server.Directory()
	sp, ok := d.ServicePrincipalOf(appID)
	if !ok {
		c.t.Fatalf("no service principal of %s", appID)
	}
	return sp.ID
}

// grantBody is the body that grants a scope to all principals.
func (c *client) grantBody(clientID, resourceID, scope string) string {
	c.t.Helper()
	text, err := json.Marshal(map[string]any{
		"clientId": clientID, "consentType": "AllPrincipals", "resourceId": resourceID, "scope": scope,
	})
	if err != nil {
		c.t.Fatal(err)
	}
	return string(text)
}
