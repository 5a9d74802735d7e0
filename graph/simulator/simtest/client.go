package simtest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/identity"
)

// Client is somebody who talks to a simulated tenant. What it cannot do fails the test.
type Client struct {
	T      *testing.T
	Server *Server
	Token  string // the bearer token for Graph; empty: none is sent
}

// Response is what came back.
type Response struct {
	Status int
	Header http.Header
	Text   string
	Body   map[string]any // Text as JSON has it; nil without a body
}

// NewTenant starts a scenario and signs its admin in with every permission that the admin's default token holds.
func NewTenant(t *testing.T, scenario string) *Client {
	t.Helper()
	return NewClient(t, simulator.Options{Scenario: scenario})
}

// NewClient is NewTenant with options.
func NewClient(t *testing.T, o simulator.Options) *Client {
	t.Helper()
	server, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	c := &Client{T: t, Server: server}
	return c.As("Application.ReadWrite.All DelegatedPermissionGrant.ReadWrite.All Directory.Read.All")
}

// As returns the same client with a person's token that has other scopes. The person
// is a Cloud Application Administrator.
func (c *Client) As(scp string) *Client { return c.AsRole(identity.CloudApplicationAdministrator, scp) }

// AsRole is As with another role of Entra.
func (c *Client) AsRole(role, scp string) *Client {
	return c.With(identity.Claims{Scope: scp, AdminRoles: []string{role}})
}

// With returns the same client with a token that has the claims, of this tenant and good for an hour.
func (c *Client) With(held identity.Claims) *Client {
	held.TenantID = c.Server.TenantID()
	held.Expires = time.Now().Add(time.Hour).Unix()
	return c.WithToken(held.Token())
}

// WithToken returns the same client with a token as it is.
func (c *Client) WithToken(token string) *Client { return &Client{c.T, c.Server, token} }

// Get is Do without a body.
func (c *Client) Get(path string) Response { c.T.Helper(); return c.Do("GET", path, "") }

// Do sends a request; a path without version is below /v1.0. Headers are names and values in turn.
func (c *Client) Do(method, path, body string, header ...string) Response {
	c.T.Helper()
	if !strings.HasPrefix(path, "http") {
		path = "https://graph.microsoft.com/v1.0" + path
	}
	address := strings.ReplaceAll(path, " ", "%20")
	r := httptest.NewRequestWithContext(c.T.Context(), method, address, strings.NewReader(body))
	if c.Token != "" {
		r.Header.Set("Authorization", "Bearer "+c.Token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	return c.Send(r)
}

// Send sends a request as it is, and wants JSON if there is a body.
func (c *Client) Send(r *http.Request) Response {
	c.T.Helper()
	recorder := httptest.NewRecorder()
	c.Server.ServeHTTP(recorder, r)
	got := Response{Status: recorder.Code, Header: recorder.Header(), Text: recorder.Body.String()}
	if got.Text != "" {
		if err := json.Unmarshal([]byte(got.Text), &got.Body); err != nil {
			c.T.Fatalf("%s %s answered no JSON: %v\n%s", r.Method, r.URL, err, got.Text)
		}
	}
	return got
}

// Must fails the test unless the response has the status.
func (r Response) Must(t *testing.T, status int) Response {
	t.Helper()
	if r.Status != status {
		t.Fatalf("got status %d, want %d: %.500s", r.Status, status, r.Text)
	}
	return r
}

// Code is the code of Graph's error, empty if there is none.
func (r Response) Code() string { return r.errorField("code") }

// Message is the message of Graph's error, empty if there is none.
func (r Response) Message() string { return r.errorField("message") }

func (r Response) errorField(name string) string {
	e, _ := r.Body["error"].(map[string]any)
	text, _ := e[name].(string)
	return text
}

// Field is a text in the body, empty if there is none.
func (r Response) Field(name string) string {
	value, _ := r.Body[name].(string)
	return value
}

// Values returns the named property of each listed object.
func (r Response) Values(property string) []string {
	listed := []string{}
	rows, _ := r.Body["value"].([]any)
	for _, row := range rows {
		text, _ := row.(map[string]any)[property].(string)
		listed = append(listed, text)
	}
	return listed
}

// IDOf is the object id of an application's service principal.
func (c *Client) IDOf(appID string) string {
	c.T.Helper()
	d := c.Server.Directory()
	sp, ok := d.ServicePrincipalOf(appID)
	if !ok {
		c.T.Fatalf("no service principal of %s", appID)
	}
	return sp.ID
}

// GrantBody is the body that grants a scope to all principals.
func (c *Client) GrantBody(clientID, resourceID, scope string) string {
	text, _ := json.Marshal(map[string]string{ // texts can be marshalled
		"clientId": clientID, "consentType": "AllPrincipals", "resourceId": resourceID, "scope": scope,
	})
	return string(text)
}

// Misbehave lets the tenant misbehave from now on.
func (c *Client) Misbehave(rules ...simulator.Rule) {
	c.T.Helper()
	if err := c.Server.SetRules(rules...); err != nil {
		c.T.Fatal(err)
	}
}

// Only cuts got down to the members that want has, objects inside included.
func Only(got, want any) any {
	wanted, ok := want.(map[string]any)
	members, isObject := got.(map[string]any)
	if !ok || !isObject {
		return got
	}
	cut := map[string]any{}
	for name, value := range wanted {
		if member, exists := members[name]; exists {
			cut[name] = Only(member, value)
		}
	}
	return cut
}
