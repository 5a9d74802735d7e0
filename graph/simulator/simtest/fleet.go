package simtest

import (
	"sync"

	"appleconsent/graph/simulator"
)

// Fleet is a simulated fleet of whose members each is a Server.
type Fleet struct {
	*simulator.Fleet

	mu      sync.Mutex
	members map[string]*Server
}

// NewFleet is [simulator.NewFleet] for tests. It uses FleetOptions.New itself.
func NewFleet(o simulator.FleetOptions) *Fleet {
	f := &Fleet{members: map[string]*Server{}}
	o.New = func(o simulator.Options) (simulator.MemberServer, error) {
		s, err := New(o)
		if err != nil {
			return nil, err
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.members[s.TenantID()] = s
		return s, nil
	}
	f.Fleet = simulator.NewFleet(o)
	return f
}

// Server returns the server of a member, given by its id or domain. It panics if there is no such member.
func (f *Fleet) Server(tenant string) *Server {
	server, err := f.Member(tenant)
	if err != nil {
		panic("simtest: " + err.Error())
	}
	return server.(*Server) //nolint:forcetypeassert // see NewFleet
}

// Servers returns the members that were asked for anything so far, by their ids.
func (f *Fleet) Servers() map[string]*Server {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := make(map[string]*Server, len(f.members))
	for id, s := range f.members {
		all[id] = s
	}
	return all
}
