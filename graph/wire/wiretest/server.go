// Package wiretest plays Graph, and a token endpoint beside it, for the tests of packages that send requests: a server with a list
// of answers, and a clock that runs as fast as it is asked to. It is linked into no program.
package wiretest

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"appleconsent/graph/wire"
)

// TenantID is the tenant of the tokens that a Server gives.
const TenantID = "7e000000-0000-4000-8000-000000000000"

// Request is a request as the server got it.
type Request struct {
	Method, Path, Query, Body string
	Header                    http.Header
	Length                    int64
}

// Server answers requests to Graph with a list of handlers, one after the other, the last one for ever.
type Server struct {
	*httptest.Server
	Clock *Clock

	mu      sync.Mutex
	answers []http.HandlerFunc
	seen    []Request
	asked   []string
}

// New starts a server that ends with the test.
func New(t *testing.T, answers ...http.HandlerFunc) *Server {
	t.Helper()
	s := &Server{answers: answers, Clock: &Clock{now: time.Now()}}
	s.Server = httptest.NewServer(s)
	t.Cleanup(s.Close)
	return s
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Connection", "close") // net/http tries a read again by itself if a reused connection dies
	if strings.HasSuffix(r.URL.Path, "/oauth2/v2.0/token") {
		s.mu.Lock()
		s.asked = append(s.asked, strings.ReplaceAll(r.FormValue("scope"), s.URL+"/", ""))
		s.mu.Unlock()
		_, _ = fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, Token(map[string]any{"tid": TenantID, "upn": "admin@contoso.example"}))
		return
	}
	body, _ := io.ReadAll(r.Body)
	s.mu.Lock()
	s.seen = append(s.seen, Request{r.Method, r.URL.Path, r.URL.Query().Encode(), string(body), r.Header, r.ContentLength})
	handler := s.answers[0]
	if strings.HasSuffix(r.URL.Path, "/organization") {
		handler = JSON(http.StatusOK, `{"value":[{"id":"x","displayName":"Contoso"}]}`)
	} else if len(s.answers) > 1 {
		s.answers = s.answers[1:]
	}
	s.mu.Unlock()
	handler(w, r)
}

// Requests returns what arrived, without the look-up of the organization's name.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.seen), func(r Request) bool { return strings.HasSuffix(r.Path, "/organization") })
}

// Asked returns the scopes of the tokens that were asked for.
func (s *Server) Asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.asked)
}

// Cloud is the one that the server plays.
func (s *Server) Cloud(t *testing.T) wire.Cloud {
	t.Helper()
	cloud, err := wire.Loopback(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	return cloud
}

// Network is a network that ends with the test.
func Network(t *testing.T) *wire.Network {
	t.Helper()
	network := wire.NewNetwork(new(net.Dialer).DialContext, func(wire.Exchange) {})
	t.Cleanup(network.Close)
	return network
}

// Clock is a wire.Clock that runs as fast as it is asked to.
type Clock struct {
	mu    sync.Mutex
	now   time.Time
	slept []time.Duration
}

// Now is the time at which the clock was made, and what was slept since.
func (c *Clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Sleep lets the time pass at once.
func (c *Clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.slept = c.now.Add(d), append(c.slept, d)
	return ctx.Err()
}

// Slept returns the pauses so far; nil if there was none.
func (c *Clock) Slept() []time.Duration {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.slept)
}

// Token makes a JSON web token with these claims.
func Token(claims map[string]any) string {
	payload, _ := json.Marshal(claims) // plain strings
	return "e30." + base64.RawURLEncoding.EncodeToString(payload) + ".x"
}

// JSON answers as Graph does.
func JSON(status int, body string, headers ...string) http.HandlerFunc {
	return Raw(status, "application/json;odata.metadata=minimal;odata.streaming=true;IEEE754Compatible=false;charset=utf-8", body, headers...)
}

// Raw answers with any content type; headers are names and values in turn.
func Raw(status int, contentType, body string, headers ...string) http.HandlerFunc {
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

// Refusal is an error answer of Graph's.
func Refusal(status int, code, message string, headers ...string) http.HandlerFunc {
	return JSON(status, fmt.Sprintf(`{"error":{"code":%q,"message":%q,"innerError":{"request-id":"x"}}}`, code, message), headers...)
}

// Cut answers with less than it announces.
func Cut(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Content-Length", "500")
	_, _ = io.WriteString(w, `{"value":[`)
}

// HangUp closes the connection without an answer.
func HangUp(w http.ResponseWriter, _ *http.Request) {
	if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = conn.Close()
	}
}
