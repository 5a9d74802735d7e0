package simulator

import (
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
)

// FleetName is what people call the simulated fleet where they name a scenario.
const FleetName = "fleet"

// FleetOptions say how a fleet is kept. The zero value keeps it in memory.
type FleetOptions struct {
	// Folder is where the directories of the members are kept between processes, each in a file that is made when it is changed
	// first; empty keeps them in memory only.
	Folder string
	// Now tells the time; nil is the system's clock.
	Now func() time.Time
	// New serves one member; nil is simulator.New. It is for tests, which look into what it makes.
	New func(Options) (MemberServer, error)
}

// MemberServer serves one member. *Server is one.
type MemberServer interface {
	http.Handler
	SetRules(rules ...Rule) error
}

// Fleet serves the tenants of a fleet behind one address: a sign-in is for the tenant that its path names, and a request to Graph for
// the one that its token is of. A member begins to exist with its first request. A person who signs in is at home in HomeOfFleet,
// and what that sign-in gave is good for tokens of every member. It may be used by several goroutines at once.
type Fleet struct {
	options  FleetOptions
	sessions *entra.Sessions

	mu      sync.Mutex // guards all below
	members map[string]MemberServer
	recent  []string // the ids of the members, the oldest first
	rules   []Rule
}

// maxMembers is how many members that are kept in files are in memory at the same time. One that is asked for something again is
// read again.
const maxMembers = 256

// NewFleet makes a fleet of which nobody has asked for anything yet.
func NewFleet(o FleetOptions) *Fleet {
	if o.New == nil {
		o.New = func(o Options) (MemberServer, error) { return New(o) }
	}
	return &Fleet{options: o, sessions: entra.NewSessions(), members: map[string]MemberServer{}}
}

// SetRules makes members misbehave that have not been asked for anything yet: those that a rule names, or all. Each counts its own
// requests.
func (f *Fleet) SetRules(rules ...Rule) error {
	if err := checkRules(rules); err != nil {
		return err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.rules = rules
	return nil
}

// Member returns the server of a member, given by its id or domain.
func (f *Fleet) Member(tenant string) (MemberServer, error) {
	m, err := ParseMember(tenant)
	if err != nil {
		return nil, err
	}
	s, err := m.scenario()
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if server, known := f.members[s.id]; known {
		return server, nil
	}
	server, err := f.options.New(Options{Scenario: s.Name, File: f.file(s.id), Now: f.options.Now, own: &s, sessions: f.sessions})
	if err != nil {
		return nil, err
	}
	f.remember(s.id, server)
	return server, server.SetRules(f.rulesFor(s.id, m)...)
}

func (f *Fleet) remember(id string, server MemberServer) {
	f.members[id], f.recent = server, append(f.recent, id)
	if f.options.Folder != "" && len(f.rules) == 0 && len(f.recent) > maxMembers {
		delete(f.members, f.recent[0])
		f.recent = f.recent[1:]
	}
}

func (f *Fleet) file(id string) string {
	if f.options.Folder == "" {
		return ""
	}
	return filepath.Join(f.options.Folder, id+".json")
}

// rulesFor are those that strike a member.
func (f *Fleet) rulesFor(id string, m Member) []Rule {
	var rules []Rule
	for _, r := range f.rules {
		if r.Tenant == "" || strings.EqualFold(r.Tenant, id) {
			rules = append(rules, r)
		}
	}
	if m.Refusal != 0 {
		rules = append(rules, Rule{Trouble: TroubleRefuseSignIn, Times: -1, AADSTS: m.Refusal})
	}
	return rules
}

// ServeHTTP lets the member answer that a request is for.
func (f *Fleet) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	server, err := f.Member(tenantOf(r))
	if err != nil { // which no sign-in and no token is good for
		server, err = f.Member(HomeOfFleet)
	}
	if err != nil {
		directory.Broken(err).Send(w)
		return
	}
	server.ServeHTTP(w, r)
}

// tenantOf is the tenant that a request is for: of its token, of the address of a report's file, or in the path of a sign-in.
func tenantOf(r *http.Request) string {
	var held struct {
		TenantID string `json:"tid"`
	}
	switch {
	case directory.Serves(r.URL.Path):
		_, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
		identity.DecodeJWT(token, &held)
		return held.TenantID
	case directory.ServesReport(r.URL.Path):
		identity.DecodeJWT(r.URL.Query().Get("token"), &held)
		return held.TenantID
	}
	tenant, _, _ := strings.Cut(strings.Trim(r.URL.Path, "/"), "/")
	if name, err := url.PathUnescape(tenant); err == nil {
		return name
	}
	return tenant
}

// ResetFleet forgets the directories that are kept in a folder. Servers that are using them begin anew with their next requests. A
// folder that does not exist is fine.
func ResetFleet(folder string) error {
	entries, err := os.ReadDir(folder)
	if os.IsNotExist(err) {
		return nil
	}
	for _, entry := range entries {
		name, ours := strings.CutSuffix(entry.Name(), ".json")
		if !ours {
			continue
		}
		if _, err := ParseMember(name); err != nil {
			continue
		}
		if err := Reset(filepath.Join(folder, entry.Name())); err != nil {
			return err
		}
	}
	return err
}
