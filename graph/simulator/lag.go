package simulator

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
}

type delayed struct {
	write
	readsLeft int
}

func newLag(active bool) *lag { return &lag{active: active, newcomers: map[string]int{}} }

// view is the directory as a call on the route sees it.
func (l *lag) view(rt route, d *Directory) *Directory {
	if rt.reads == "" {
		return d
	}
	hidden := l.count(rt.reads)
	if len(hidden) == 0 {
		return d
	}
	stale := d.clone()
	for i := len(hidden) - 1; i >= 0; i-- {
		hidden[i].undo(&stale)
	}
	return &stale
}

// count counts one read of a collection and returns the writes that it misses,
// those to other collections included.
func (l *lag) count(set string) []delayed {
	var hidden []delayed
	for _, w := range l.pending {
		if w.set == set {
			w.readsLeft--
		}
		if w.readsLeft >= 0 {
			hidden = append(hidden, w)
		}
	}
	l.pending = hidden
	return hidden
}

// note delays writes that were just made.
func (l *lag) note(writes []write) {
	if !l.active {
		return
	}
	for _, w := range writes {
		l.pending = append(l.pending, delayed{w, readsUntilVisible})
	}
}

// settle makes everything visible.
func (l *lag) settle() { l.pending = nil }

// announce tells of a new service principal.
func (l *lag) announce(id string) {
	if l.active {
		l.newcomers[id] = refusalsOfNewcomers
	}
}

// knows tells whether grants can refer to a service principal already. Each
// refusal brings that closer.
func (l *lag) knows(id string) bool {
	if l.newcomers[id] == 0 {
		return true
	}
	l.newcomers[id]--
	return false
}
