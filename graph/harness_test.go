package graph_test

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/graph"
)

const (
	tenantID   = "7e000000-0000-4000-8000-000000000000"
	clientID   = consent.ObjectID("c1000000-0000-4000-8000-000000000001")
	graphID    = consent.ObjectID("c1000000-0000-4000-8000-000000000002")
	exchangeID = consent.ObjectID("c1000000-0000-4000-8000-000000000003")
)

var allDevices = consent.AppleMail().Require(consent.Choices{})

// seen is a request as the server got it.
type seen struct {
	method, path, query, body string
	header                    http.Header
	length                    int64
}

// wire is a server that answers requests to Graph with a list of handlers, one after the other, the last one for ever.
type wire struct {
	t       *testing.T
	server  *httptest.Server
	clock   *clock
	waits   []string
	mu      sync.Mutex
	answers []http.HandlerFunc
	seen    []seen
	asked   []string // scopes of the tokens that were asked for
}

func newWire(t *testing.T, answers ...http.HandlerFunc) *wire {
	t.Helper()
	w := &wire{t: t, answers: answers, clock: &clock{now: time.Now()}}
	w.server = httptest.NewServer(w)
	t.Cleanup(w.server.Close)
	return w
}

func (w *wire) ServeHTTP(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Connection", "close") // net/http tries a read again by itself if a reused connection dies
	if strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token") {
		w.mu.Lock()
		w.asked = append(w.asked, strings.ReplaceAll(r.FormValue("scope"), w.server.URL+"/", ""))
		w.mu.Unlock()
		_, _ = fmt.Fprintf(rw, `{"access_token":%q,"expires_in":3600}`, token(map[string]any{"tid": tenantID, "upn": "admin@contoso.example"}))
		return
	}
	body, _ := io.ReadAll(r.Body)
	w.mu.Lock()
	w.seen = append(w.seen, seen{r.Method, r.URL.Path, r.URL.Query().Encode(), string(body), r.Header, r.ContentLength})
	handler := w.answers[0]
	if strings.HasSuffix(r.URL.Path, "/organization") {
		handler = jsonAnswer(200, `{"value":[{"id":"x","displayName":"Contoso"}]}`)
	} else if len(w.answers) > 1 {
		w.answers = w.answers[1:]
	}
	w.mu.Unlock()
	handler(rw, r)
}

// requests returns what arrived, without the look-up of the organization's name.
func (w *wire) requests() []seen {
	w.mu.Lock()
	defer w.mu.Unlock()
	var list []seen
	for _, s := range w.seen {
		if !strings.HasSuffix(s.path, "/organization") {
			list = append(list, s)
		}
	}
	return list
}

// client returns a client that talks to the server.
func (w *wire) client() *graph.Client {
	w.t.Helper()
	cloud, err := graph.Loopback(w.server.URL)
	if err != nil {
		w.t.Fatal(err)
	}
	network := graph.NewNetwork(new(net.Dialer).DialContext, func(graph.Exchange) {})
	w.t.Cleanup(network.Close)
	client, err := graph.New(graph.Options{
		Network: network, Cloud: cloud, Credential: graph.SimulatedCredential(cloud, network), Clock: w.clock, Version: "test",
		OnWait: func(what string, d time.Duration) { w.waits = append(w.waits, fmt.Sprintf("%s: %s", d, what)) },
	})
	if err != nil {
		w.t.Fatal(err)
	}
	return client
}

// clock runs as fast as it is asked to.
type clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.slept = c.now.Add(d), append(c.slept, d)
	return ctx.Err()
}

func token(claims map[string]any) string {
	payload, _ := json.Marshal(claims) //nolint:errchkjson // plain strings
	return "e30." + base64.RawURLEncoding.EncodeToString(payload) + ".x"
}

func jsonAnswer(status int, body string, headers ...string) http.HandlerFunc {
	return rawAnswer(status, "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8", body, headers...)
}

func rawAnswer(status int, contentType, body string, headers ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		if contentType != "" {
			w.Header().Set("Content-Type", contentType)
		}
		w.Header().Set("request-id", "11111111-2222-4333-8444-555555555555")
		for i := 0; i+1 < len(headers); i += 2 {
			w.Header().Set(headers[i], headers[i+1])
		}
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	}
}

func errorAnswer(status int, code, message string, headers ...string) http.HandlerFunc {
	return jsonAnswer(status, fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"request-id":"x"}}}`, code, message), headers...)
}

// cut answers with less than it announces.
func cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "500")
	_, _ = io.WriteString(w, `{"value":[`)
}

// hangUp closes the connection without an answer.
func hangUp(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}

// The service principals of a tenant with a client, and its grants.
const servicePrincipals = `{"value":[
 {"id":"c1000000-0000-4000-8000-000000000001","appId":"F8D98A96-0999-43F5-8AF3-69971C7BB423","displayName":"iOS Accounts","accountEnabled":false,
  "appRoleAssignmentRequired":true,"appOwnerOrganizationId":"e0fad04c-a04c-41ab-b35e-dc523af755a1","disabledByMicrosoftStatus":null,
  "verifiedPublisher":{"displayName":"Apple Inc.","verifiedPublisherId":"1","addedDateTime":null}},
 {"id":"c1000000-0000-4000-8000-000000000002","appId":"00000003-0000-0000-c000-000000000000","displayName":"Microsoft Graph","verifiedPublisher":{"displayName":null}},
 {"id":"c1000000-0000-4000-8000-000000000003","appId":"00000002-0000-0ff1-ce00-000000000000","displayName":"Office 365 Exchange Online"}]}`

func grantRow(id string, client, resource consent.ObjectID, consentType, scope string) string {
	return fmt.Sprintf(`{"id":%q,"clientId":%q,"resourceId":%q,"consentType":%q,"principalId":null,"scope":%q}`, id, client, resource, consentType, scope)
}
