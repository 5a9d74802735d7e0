package simulator

import (
	"net/http"
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
func (s *Server) record(r *http.Request, answer reply) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, Request{r.Method, r.URL.Path, r.URL.RawQuery, answer.status, len(answer.body), answer.wrote})
}
