package simulator

import (
	"net/http"
	"net/url"
	"slices"
)

// Request is one line of the log: what was asked, and how it was answered.
type Request struct {
	Method        string
	Path          string
	RawQuery      string
	Status        int // 0: the connection was closed without an answer
	ResponseBytes int
	// Wrote holds the ids of what the request created, changed and deleted, whatever
	// the client was told.
	Wrote []string
	// GrantType and Scope are what a sign-in request asked for. The grant type is
	// "authorize", "devicecode" or "managed_identity" where OAuth has none.
	GrantType string
	Scope     string
}

// purpose is what a sign-in request asks for. Secrets, codes and tokens are no part of it.
type purpose struct{ grantType, scope string }

// purposeOf reads a request to Graph, which has none, or to Entra.
func purposeOf(r *http.Request, body []byte) purpose {
	if !isSignIn(r.URL.Path) {
		return purpose{}
	}
	_, endpoint := endpointOf(r.URL.Path)
	form, _ := url.ParseQuery(string(body)) // what cannot be read is left out
	switch endpoint {
	case authorizeEndpoint:
		return purpose{"authorize", r.URL.Query().Get("scope")}
	case deviceCodeEndpoint:
		return purpose{"devicecode", form.Get("scope")}
	}
	return purpose{form.Get("grant_type"), form.Get("scope")}
}

// Requests returns the log since the start or the last ResetLog, in the order in
// which the requests were answered. A batch is one request.
func (s *Server) Requests() []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.log)
}

// ResetLog empties the log.
func (s *Server) ResetLog() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = nil
}

// record logs before the answer is sent, so that a client which has its answer
// finds it in the log.
func (s *Server) record(r *http.Request, asked purpose, answer reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, Request{
		Method: r.Method, Path: r.URL.Path, RawQuery: r.URL.RawQuery, Status: answer.status, ResponseBytes: len(answer.body),
		Wrote: answer.wrote, GrantType: asked.grantType, Scope: asked.scope,
	})
}
