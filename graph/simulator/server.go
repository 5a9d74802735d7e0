package simulator

import (
	"net/http"
	"sync"
	"time"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/reply"
)

// Options choose a tenant.
type Options struct {
	// Scenario is the name of one of [Scenarios].
	Scenario string
	// File is where the directory is kept between processes; empty keeps it in
	// memory only. A file that exists goes before the scenario's own beginning.
	File string
	// PerUserGrants overrides the scenario's number of per-user grants; zero leaves it as it is.
	PerUserGrants int
	// Now tells the time; nil is the system's clock.
	Now func() time.Time
	// Watch sees what happens; without it nobody does.
	Watch Watch

	own      *Scenario       // of a member of a fleet, in place of the one that Scenario names
	sessions *entra.Sessions // that all members of a fleet share; nil: the tenant's own
}

// Watch holds what is called when requests are handled. Each part may be nil.
type Watch struct {
	// Around is called in place of handling a request, and handles it by calling
	// handle. It must not call the server's methods.
	Around func(t *Tenant, handle func() reply.Reply) reply.Reply
	// Answered is called before each answer is sent, so that a client which has its answer knows that the call is over.
	Answered func(r *http.Request, body []byte, answer reply.Reply)
}

// Server serves a simulated tenant. It may be used by several goroutines at once.
type Server struct {
	watch Watch
	now   func() time.Time

	mu     sync.Mutex // guards all below; requests are handled one at a time
	tenant *Tenant
	rules  []*armed
}

// New builds the tenant of a scenario, or takes up the one that Options.File keeps.
func New(o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now //nolint:forbidigo // the default of an option
	}
	tenant, err := newTenant(o)
	if err != nil {
		return nil, err
	}
	return &Server{watch: o.Watch, now: o.Now, tenant: tenant}, nil
}

// Exclusively runs f on the tenant, its directory up to date, while nobody else uses it, in this process or another,
// and keeps the directory if f changed it. f must not call the server's methods.
func (s *Server) Exclusively(f func(*Tenant) (changed bool)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tenant.update(func() bool { return f(s.tenant) })
}

// Edit makes another admin's change: at once, and visible at once, together with whatever was still to become visible.
// It panics if the directory is kept in a file that cannot be read or written.
func (s *Server) Edit(change func(*directory.Directory)) {
	err := s.Exclusively(func(t *Tenant) (changed bool) {
		change(&t.Graph.Directory)
		t.Graph.Settle()
		return true
	})
	if err != nil {
		panic("simulator: " + err.Error())
	}
}

// ServeHTTP answers Graph requests below /v1.0 and /beta, requests for the file of a report, and sign-in requests elsewhere, as rules
// want it.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, bodyErr := directory.ReadBody(w, r)
	s.Respond(w, r, body, func(t *Tenant, refusal int) reply.Reply {
		switch {
		case directory.Serves(r.URL.Path):
			return t.Graph.Answer(r, body, bodyErr)
		case directory.ServesReport(r.URL.Path):
			return t.Graph.Report(r)
		}
		return t.SignIn.Answer(r, body, bodyErr, refusal)
	})
}

// Respond answers a request, whose body was read, with what ask comes to, unless rules want
// something else. A refusal that is not 0 is the AADSTS number that rules want sign-ins to end with.
func (s *Server) Respond(w http.ResponseWriter, r *http.Request, body []byte, ask func(t *Tenant, refusal int) reply.Reply) {
	rules := s.struckBy(r)
	s.prepare(rules)
	answer := s.answer(rules, func(refusal int) reply.Reply {
		return s.handle(mayWrite(r), func(t *Tenant) reply.Reply { return ask(t, refusal) })
	})
	if s.watch.Answered != nil {
		s.watch.Answered(r, body, answer)
	}
	answer.Send(w)
}

// mayWrite reports whether a request may change the directory: reading does not, nor does signing in, and a file that nobody locks is
// whole all the same, since it is replaced as a whole.
func mayWrite(r *http.Request) bool {
	return !entra.SignsIn(r.URL.Path) && (r.Method != http.MethodGet || !directory.Serves(r.URL.Path))
}

// handle lets the tenant answer a request.
func (s *Server) handle(mayWrite bool, ask func(*Tenant) reply.Reply) (answer reply.Reply) {
	do := func(t *Tenant) (changed bool) {
		if s.watch.Around == nil {
			answer = ask(t)
		} else {
			answer = s.watch.Around(t, func() reply.Reply { return ask(t) })
		}
		return len(answer.Wrote) > 0
	}
	var err error
	if mayWrite {
		err = s.Exclusively(do)
	} else {
		err = s.look(do)
	}
	if err != nil {
		return directory.Broken(err)
	}
	return answer
}

// look lets the tenant answer a request that changes nothing.
func (s *Server) look(do func(*Tenant) (changed bool)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.tenant.look(func() { do(s.tenant) })
}
