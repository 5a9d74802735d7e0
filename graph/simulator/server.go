package simulator

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// Options choose a tenant.
type Options struct {
	// Scenario is the name of one of [Scenarios].
	Scenario string
	// File is where the directory is kept between processes; empty keeps it in
	// memory only. A file that exists goes before the scenario's own beginning.
	File string
	// PerUserGrants overrides the scenario's number of per-user grants; zero leaves
	// it as it is.
	PerUserGrants int
	// Now tells the time; nil is the system's clock.
	Now func() time.Time
}

// Server is a simulated tenant. It may be used by several goroutines at once.
type Server struct {
	scenario Scenario
	now      func() time.Time
	store    *store // nil: memory only

	mu        sync.Mutex // guards all below; requests are handled one at a time
	directory Directory
	throttle  *throttle
	lag       *lag
	log       []Request
	rules     []*armed
	before    func(*http.Request)
	onWrite   func(before, after Directory)
	identity  identity
	person    Person
	issued    issued
	refused   int           // the number that sign-ins end with; 0: none
	lifetime  time.Duration // of tokens; 0: an hour
	requests  int           // how many request ids were given out
}

// New builds the tenant of a scenario, or takes up the one that Options.File keeps.
func New(o Options) (*Server, error) {
	scenario, err := findScenario(o.Scenario)
	if err != nil {
		return nil, err
	}
	if o.PerUserGrants != 0 {
		scenario.seed.perUserGrants = o.PerUserGrants
	}
	if o.PerUserGrants < 0 || o.PerUserGrants > 0 && scenario.seed.client == "" {
		return nil, fmt.Errorf("scenario %q cannot have %d per-user grants", scenario.Name, o.PerUserGrants)
	}
	s := &Server{
		scenario: scenario,
		now:      o.Now,
		throttle: newThrottle(scenario.behaviour.throttles),
		lag:      newLag(scenario.behaviour.lags),
		identity: defaultIdentity(),
		issued:   newIssued(),
	}
	if s.now == nil {
		s.now = time.Now //nolint:forbidigo // the default of an option
	}
	s.directory = plant(scenario, s.now())
	if o.File == "" {
		return s, nil
	}
	if s.store, err = newStore(o.File, s.now); err != nil {
		return nil, err
	}
	if err := s.exclusively(func() (changed bool) { return false }); err != nil {
		return nil, err
	}
	return s, nil
}

// TenantID returns the tenant's GUID, which depends on the scenario only.
func (s *Server) TenantID() string { return s.scenario.tenantID() }

// Directory returns a copy of the directory as it is, whatever still lags. It
// panics if the directory is kept in a file that cannot be read.
func (s *Server) Directory() Directory {
	var d Directory
	s.mustExclusively(func() (changed bool) {
		d = s.directory.clone()
		return false
	})
	return d
}

// Edit makes another admin's change: at once, and visible at once, together with
// whatever was still to become visible. It panics if the directory is kept in a
// file that cannot be read or written.
func (s *Server) Edit(change func(*Directory)) {
	s.mustExclusively(func() (changed bool) {
		change(&s.directory)
		s.lag.settle()
		return true
	})
}

// Before sets a hook that is called before each Graph request is handled; a batch
// is one. It may read the body and call the server's methods, so that it can
// change the tenant between two requests of a client. Nil removes it.
func (s *Server) Before(hook func(*http.Request)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.before = hook
}

// OnWrite sets a hook that is called after each Graph request that wrote, and after an
// admin's consent, with the directory as it was right before and right after. It must not call the
// server's methods. Nil removes it.
func (s *Server) OnWrite(hook func(before, after Directory)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.onWrite = hook
}

// exclusively runs f on the latest directory while nobody else uses it, in this
// process or another, and keeps the directory if f changed it.
func (s *Server) exclusively(f func() (changed bool)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.store == nil {
		f()
		return nil
	}
	return s.store.update(&s.directory, s.scenario, f)
}

func (s *Server) mustExclusively(f func() (changed bool)) {
	if err := s.exclusively(f); err != nil {
		panic("simulator: " + err.Error())
	}
}

// nextRequestID numbers requests with GUIDs. The lock must be held.
func (s *Server) nextRequestID() string {
	s.requests++
	return objectID("request", s.scenario.Name, fmt.Sprint(s.requests))
}

// ServeHTTP answers Graph requests below /v1.0 and /beta, and sign-in requests elsewhere.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, bodyErr := readBody(w, r)
	if isGraph(r.URL.Path) {
		s.callHook(r, body)
		s.respond(w, r, purpose{}, func(int) reply { return s.graph(r, body, bodyErr) })
		return
	}
	s.respond(w, r, purposeOf(r, body), func(refusal int) reply { return s.signIn(r, body, bodyErr, refusal) })
}

// respond answers a request with what handle comes to, unless rules want something
// else, and logs it. A refusal that is not 0 is what rules want sign-ins to end with.
func (s *Server) respond(w http.ResponseWriter, r *http.Request, asked purpose, handle func(refusal int) reply) {
	rules := s.struckBy(r)
	s.prepare(rules)
	answer := s.answer(rules, handle)
	s.record(r, asked, answer)
	answer.send(w)
}

// graph handles a request to Microsoft Graph whose body was read, if it could be.
func (s *Server) graph(r *http.Request, body []byte, bodyErr error) reply {
	version, path := splitVersion(r.URL.Path)
	c := &call{
		server: s, method: r.Method, base: origin(r) + "/" + version, beta: version == "beta", path: path,
		query: r.URL.Query(), header: r.Header, body: body,
	}
	var answered reply
	err := s.exclusively(func() (changed bool) {
		defer s.watch(c)()
		a, err := answer{}, bodyErr
		if err == nil {
			a, err = c.do()
		}
		answered = c.reply(a, err)
		return len(c.wrote) > 0
	})
	if err != nil {
		return faultReply(err, innerError{})
	}
	return answered
}

// watch tells the hook of OnWrite what the call writes until the returned function
// is called. The lock must be held.
func (s *Server) watch(c *call) (done func()) {
	if s.onWrite == nil {
		return func() {}
	}
	before := s.directory.clone()
	return func() {
		if len(c.wrote) > 0 {
			s.onWrite(before, s.directory.clone())
		}
	}
}

// callHook calls the hook, if there is one, with a body that can be read.
func (s *Server) callHook(r *http.Request, body []byte) {
	s.mu.Lock()
	hook := s.before
	s.mu.Unlock()
	if hook != nil {
		r.Body = io.NopCloser(bytes.NewReader(body))
		hook(r)
	}
}

func isGraph(path string) bool {
	version, _ := splitVersion(path)
	return version == "v1.0" || version == "beta"
}

// splitVersion splits a Graph path into the API's version and what is below it.
func splitVersion(path string) (version, rest string) {
	version, rest, _ = strings.Cut(strings.Trim(path, "/"), "/")
	return strings.ToLower(version), rest
}

// origin is scheme and host of the server as the client addressed it.
func origin(r *http.Request) string {
	scheme := "http"
	if r.TLS != nil || r.URL.Scheme == "https" {
		scheme = "https"
	}
	return scheme + "://" + r.Host
}
