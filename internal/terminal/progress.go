package terminal

import (
	"sync"
	"time"

	"appleconsent/plan"
	"appleconsent/plan/render"
)

// Progress tells on a printer what is done in one tenant. It hears what an operation does, from several goroutines.
type Progress struct {
	*Printer

	mu   sync.Mutex
	done func() // ends the busy line of the action under way; nil if there is none
}

// NewProgress returns a Progress for one tenant.
func NewProgress(p *Printer) *Progress { return &Progress{Printer: p} }

// Started says what is being done.
func (p *Progress) Started(a plan.RecordedAction) {
	p.under(p.Busy(render.Describe(a.Action.Action)))
}

// Finished says what became of it.
func (p *Progress) Finished(a plan.RecordedAction) {
	p.under(nil)
	if text := render.Finished(a, p.errStyle); text != "" {
		p.Note(text)
	}
}

// under ends what is shown of the action before, and keeps how to end what is shown of the next one.
func (p *Progress) under(done func()) {
	p.mu.Lock()
	before := p.done
	p.done = done
	p.mu.Unlock()
	if before != nil {
		before()
	}
}

// Waiting says what is waited for; zero is a time that nobody knows.
func (p *Progress) Waiting(what string, d time.Duration) {
	if d == 0 {
		p.notef("  waiting for %s", plan.Printable(what))
		return
	}
	p.notef("  waiting %s for %s", d.Round(100*time.Millisecond), plan.Printable(what))
}
