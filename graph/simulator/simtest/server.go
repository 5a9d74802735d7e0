// Package simtest is what only tests need of the simulator; nothing else may import it, so that none of it is in
// the program. It adds to a simulated tenant other people than the admin, other permissions, a log of
// requests and hooks ([Server]), and somebody who talks to it ([Client]).
package simtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/reply"
)

// Server is a simulated tenant that tests can look into and change. Like the server inside, it may
// be used by several goroutines at once. All methods that touch the tenant panic if its directory is
// kept in a file that cannot be read or written.
type Server struct {
	*simulator.Server
	before  atomic.Pointer[func(*http.Request)]
	onWrite atomic.Pointer[func(before, after directory.Directory)]

	mu  sync.Mutex // guards the log
	log []Request
}

// New is [simulator.New] for tests. It uses Options.Watch itself.
func New(o simulator.Options) (*Server, error) {
	s := &Server{}
	o.Watch = simulator.Watch{Around: s.around, Answered: s.record}
	var err error
	s.Server, err = simulator.New(o)
	return s, err
}

// TenantID returns the tenant's GUID, which depends on the scenario only.
func (s *Server) TenantID() (id string) {
	s.exclusively(func(t *simulator.Tenant) { id = t.Graph.Directory.TenantID })
	return id
}

// Directory returns a copy of the directory as it is, whatever still lags.
func (s *Server) Directory() (d directory.Directory) {
	s.exclusively(func(t *simulator.Tenant) { d = t.Graph.Directory.Clone() })
	return d
}

// Before sets a hook that is called before each Graph request is handled. It may read the body and call
// the server's methods, so that it can change the tenant between two requests of a client. Nil removes it.
func (s *Server) Before(hook func(*http.Request)) { s.before.Store(&hook) }

// ServeHTTP is that of the server inside, after the hook.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if hook := s.before.Load(); hook != nil && *hook != nil && directory.Serves(r.URL.Path) {
		body, _ := io.ReadAll(r.Body) // a client that has gone by now hears nothing anyhow
		r.Body = io.NopCloser(bytes.NewReader(body))
		(*hook)(r)
		r.Body = io.NopCloser(bytes.NewReader(body))
	}
	s.Server.ServeHTTP(w, r)
}

// OnWrite sets a hook that is called after each Graph request that wrote, and after an admin's consent, with the
// directory as it was right before and right after. It must not call the server's methods. Nil removes it.
func (s *Server) OnWrite(hook func(before, after directory.Directory)) { s.onWrite.Store(&hook) }

func (s *Server) around(t *simulator.Tenant, handle func() reply.Reply) reply.Reply {
	hook := s.onWrite.Load()
	if hook == nil || *hook == nil {
		return handle()
	}
	before := t.Graph.Directory.Clone()
	answer := handle()
	if len(answer.Wrote) > 0 {
		(*hook)(before, t.Graph.Directory.Clone())
	}
	return answer
}

// SetPerson says who signs in from now on, and how that person behaves. Device codes that are pending go by it too.
func (s *Server) SetPerson(p entra.Person) { s.set(func(to *entra.Settings) { to.Person = p }) }

// SetAppRoles sets the application permissions that apps get from now on.
func (s *Server) SetAppRoles(roles ...string) {
	s.set(func(to *entra.Settings) { to.AppRoles = slices.Clone(roles) })
}

// SetDelegatedScopes restricts the delegated permissions that people can get from now on.
func (s *Server) SetDelegatedScopes(scopes ...string) {
	s.set(func(to *entra.Settings) { to.DelegatedScopes = append([]string{}, scopes...) })
}

// SetConsented says which delegated permissions apps have consent for already.
func (s *Server) SetConsented(scopes ...string) {
	s.set(func(to *entra.Settings) { to.Consented = append([]string{}, scopes...) })
}

// SetAdminRoles sets the Entra roles, by template id, that the person holds from now on.
func (s *Server) SetAdminRoles(templateIDs ...string) {
	s.set(func(to *entra.Settings) { to.AdminRoles = slices.Clone(templateIDs) })
}

// RefuseSignIn makes authorize, devicecode and token requests end with an AADSTS number from now on; 0
// ends it. It panics if the simulator does not know the number: docs/faults.md lists them.
func (s *Server) RefuseSignIn(number int) {
	if number != 0 && !entra.IsRefusal(number) {
		panic(fmt.Sprintf("simtest: no refusal with the number %d", number))
	}
	s.set(func(settings *entra.Settings) { settings.Refused = number })
}

// SetTokenLifetime sets how long the tokens are good that are issued from now on; 0 is an hour.
func (s *Server) SetTokenLifetime(d time.Duration) {
	s.set(func(to *entra.Settings) { to.TokenLifetime = d })
}

func (s *Server) set(change func(*entra.Settings)) {
	s.exclusively(func(t *simulator.Tenant) { change(&t.SignIn.Settings) })
}

func (s *Server) exclusively(f func(*simulator.Tenant)) {
	err := s.Exclusively(func(t *simulator.Tenant) (changed bool) {
		f(t)
		return false
	})
	if err != nil {
		panic("simtest: " + err.Error())
	}
}

// Request is one line of the log: what was asked, and how it was answered.
type Request struct {
	Method        string
	Host          string // with the port, as the client named it
	Bearer        bool   // a token came along
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
	Claims    string // JSON of a challenge
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
		Method: r.Method, Host: r.Host, Bearer: r.Header.Get("Authorization") != "", Path: r.URL.Path,
		RawQuery: r.URL.RawQuery, Status: answer.Status, ResponseBytes: len(answer.Body),
		Wrote: answer.Wrote, GrantType: grantType, Scope: scope, Claims: claimsOf(body),
	})
}

// claimsOf are those that a form asks for.
func claimsOf(body []byte) string {
	form, _ := url.ParseQuery(string(body)) // what cannot be read has none
	return form.Get("claims")
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
