package directory

import (
	"crypto/sha256"
	"time"
)

// Behaviour is what a tenant does beyond answering at once.
type Behaviour struct {
	Throttles bool `json:"throttles"` // the first try of each distinct request is refused
	Lags      bool `json:"lags"`      // writes show up late
	// KeepsUserConsent: changes of the authorization policy are taken and forgotten, as
	// operators saw tenants do whose user consent Microsoft manages; so only as long as it
	// does, which the policy of Microsoft's own among the entries shows.
	KeepsUserConsent bool `json:"keepsUserConsent"`
}

// throttles reports whether the request is the first of its kind, which a throttling tenant refuses.
func (g *Graph) throttles(c *call) bool {
	if !g.behaviour.Throttles {
		return false
	}
	request := sha256.Sum256([]byte(c.method + " " + c.path + "?" + c.query.Encode() + "\n" + string(c.body)))
	again := g.tried[request]
	g.tried[request] = true
	return !again
}

// How long a lagging tenant lags, in requests.
const (
	readsUntilVisible   = 3
	refusalsOfNewcomers = 2
)

// lag shows writes late: each becomes visible when its collection was read a few
// times more. Writes themselves always meet the latest state.
type lag struct {
	active    bool
	pending   []delayed      // oldest first
	newcomers map[string]int // service principal id: how often it is still refused
	forced    delay          // of the next request that writes
	refusals  int            // of the next service principal that is created
}

// delay is how late a write shows: after so many reads, or at a time.
type delay struct {
	reads int
	until time.Time
}

type delayed struct {
	write
	delay
}

// view is the directory as a call on the route sees it.
func (l *lag) view(rt route, d *Directory, now time.Time) *Directory {
	if rt.reads == "" {
		return d
	}
	hidden := l.count(rt.reads, now)
	if len(hidden) == 0 {
		return d
	}
	stale := d.Clone()
	for i := len(hidden) - 1; i >= 0; i-- {
		hidden[i].undo(&stale)
	}
	return &stale
}

// count counts one read of a collection and returns the writes that it misses, those to other collections included.
func (l *lag) count(set string, now time.Time) []delayed {
	var hidden []delayed
	for _, w := range l.pending {
		if w.set == set && w.until.IsZero() {
			w.reads--
		}
		if w.until.IsZero() && w.reads >= 0 || now.Before(w.until) {
			hidden = append(hidden, w)
		}
	}
	l.pending = hidden
	return hidden
}

// note delays writes that were just made.
func (l *lag) note(writes []write) {
	late := l.forced
	if late == (delay{}) && l.active {
		late.reads = readsUntilVisible
	}
	if late == (delay{}) || len(writes) == 0 {
		return
	}
	for _, w := range writes {
		l.pending = append(l.pending, delayed{w, late})
	}
	l.forced = delay{}
}

// announce tells of a new service principal.
func (l *lag) announce(id string) {
	if l.active {
		l.newcomers[id] = refusalsOfNewcomers
	}
	if l.refusals > 0 {
		l.newcomers[id], l.refusals = l.refusals, 0
	}
}

// knows reports whether grants can refer to a service principal already. Each refusal brings that closer.
func (l *lag) knows(id string) bool {
	if l.newcomers[id] == 0 {
		return true
	}
	l.newcomers[id]--
	return false
}
