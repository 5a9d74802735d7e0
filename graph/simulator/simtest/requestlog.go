package simtest

import (
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/reply"
)

// Request is one line of the log: what was asked, and how it was answered.
type Request struct {
	Method        string
	Path          string
	RawQuery      string
	Status        int // 0: the connection was closed without an answer
	ResponseBytes int
	// Wrote holds the ids of what the request created, changed and deleted, whatever the client was told.
	Wrote []string
	// GrantType and Scope are what a sign-in request asked for. The grant type is
	// "authorize", "devicecode" or "managed_identity" where OAuth has none.
	GrantType string
	Scope     string
}

// Requests returns the log since the start or the last ResetLog, in the order in which the requests were answered.
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

func (s *Server) record(r *http.Request, body []byte, answer reply.Reply) {
	grantType, scope := asked(r, body)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, Request{
		Method: r.Method, Path: r.URL.Path, RawQuery: r.URL.RawQuery, Status: answer.Status, ResponseBytes: len(answer.Body),
		Wrote: answer.Wrote, GrantType: grantType, Scope: scope,
	})
}

// asked is what a request to sign in asks for; empty for any other. Secrets, codes and tokens are no part of it.
func asked(r *http.Request, body []byte) (grantType, scope string) {
	query := r.URL.Query()
	form, _ := url.ParseQuery(string(body)) // what cannot be read is left out
	switch resource := query.Get("resource"); {
	case directory.Serves(r.URL.Path):
		return "", ""
	case resource != "":
		return "managed_identity", resource
	case !entra.SignsIn(r.URL.Path):
		return "", ""
	}
	switch endpoint := path.Base(strings.ToLower(r.URL.Path)); endpoint {
	case "authorize":
		return endpoint, query.Get("scope")
	case "devicecode":
		return endpoint, form.Get("scope")
	}
	return form.Get("grant_type"), form.Get("scope")
}
