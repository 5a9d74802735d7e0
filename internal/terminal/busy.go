package terminal

import (
	"fmt"
	"io"
	"sync"
	"time"

	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/charmbracelet/bubbles/spinner"
	"github.com/charmbracelet/x/ansi"
)

// busyLine is the last line of a terminal while something is waited for: a spinner, what is waited for, and for how long.
// Everything else that is printed goes above it. The printer's lock guards it.
type busyLine struct {
	what  string // empty: nothing is waited for
	whose *Progress
	why   string // it takes longer; empty: it does not yet
	since time.Time
	frame int
	drawn bool
}

// clearLine goes back to the beginning of the line and empties it.
const clearLine = "\r" + ansi.EraseLineRight

// Busy shows on stderr that something is waited for, until done is called. Where stderr is no terminal, or is for a screen
// reader, nothing moves: there the lines say it that come when an answer is slow. Of two at once, the first is shown.
func (p *Printer) Busy(what string) (done func()) { return p.busy(what, nil) }

func (p *Printer) busy(what string, whose *Progress) (done func()) {
	if !p.animated() {
		return func() {}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting.what != "" {
		return func() {}
	}
	p.waiting = busyLine{what: plan.PrintableLine(what), whose: whose, since: time.Now()} //nolint:forbidigo // for the eye alone
	stop, ended := make(chan struct{}), make(chan struct{})
	go p.spin(stop, ended)
	return sync.OnceFunc(func() {
		close(stop)
		<-ended
		p.mu.Lock()
		defer p.mu.Unlock()
		p.eraseBusy()
		p.waiting = busyLine{}
	})
}

// animated reports whether a line may move on stderr.
func (p *Printer) animated() bool {
	return p.settings.ErrIsTerminal && !p.settings.Quiet && !p.settings.Accessible && !p.settings.ErrDumb
}

// spin draws the line anew until it is stopped.
func (p *Printer) spin(stop <-chan struct{}, ended chan<- struct{}) {
	defer close(ended)
	ticker := time.NewTicker(spinner.MiniDot.FPS)
	defer ticker.Stop()
	for {
		select {
		case <-stop:
			return
		case <-ticker.C:
			p.mu.Lock()
			p.drawBusy()
			p.mu.Unlock()
		}
	}
}

// busyAfter is how long something takes before it is worth a line.
const busyAfter = 150 * time.Millisecond

// drawBusy draws the line. The lock must be held.
func (p *Printer) drawBusy() {
	w := &p.waiting
	took := time.Since(w.since)
	if w.what == "" || took < busyAfter {
		return
	}
	w.frame++
	text := spinner.MiniDot.Frames[w.frame%len(spinner.MiniDot.Frames)] + " " + w.what + " …"
	if took >= time.Second {
		text += fmt.Sprintf(" %.0f s", took.Seconds())
	}
	if w.why != "" {
		text += " (" + w.why + ")"
	}
	w.drawn = true
	_, _ = io.WriteString(p.settings.Err, clearLine+p.errStyle.Muted(ansi.Truncate(text, p.errStyle.Width-1, "…")))
}

// eraseBusy makes room for something else. The lock must be held.
func (p *Printer) eraseBusy() {
	if p.waiting.drawn {
		p.waiting.drawn = false
		_, _ = io.WriteString(p.settings.Err, clearLine)
	}
}

// Progress tells on a printer what is done in one tenant. It hears what an operation does, from several goroutines.
type Progress struct {
	*Printer

	mu      sync.Mutex
	planned plan.Document // what is carried out
	done    func()        // ends the busy line of the action under way; nil if there is none
}

// NewProgress returns a Progress for one tenant.
func NewProgress(p *Printer) *Progress { return &Progress{Printer: p} }

// Busy is the printer's, with what is told of waiting in the same line.
func (p *Progress) Busy(what string) (done func()) { return p.busy(what, p) }

// Begins hears which plan is carried out, whose names are told.
func (p *Progress) Begins(planned plan.Document) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.planned = planned
}

func (p *Progress) plan() plan.Document {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.planned
}

// Started says what is being done.
func (p *Progress) Started(a plan.RecordedAction) {
	p.under(p.Busy(render.Describe(a.Action.Action, p.plan())))
}

// Finished says what became of it.
func (p *Progress) Finished(a plan.RecordedAction) {
	p.under(nil)
	if text := render.Finished(a, p.plan(), p.errStyle); text != "" {
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

// ListsLag is what is said then.
const ListsLag = "Microsoft Graph shows the change by its ids, and not in all of its lists yet: status may lag behind for some minutes."

// ListsLag says that a change is there, although not everybody sees it yet.
func (p *Progress) ListsLag() {
	p.Warning(ListsLag)
}

// Verified says that the change is visible.
func (p *Progress) Verified() { p.Note(p.errStyle.Good("✓ Verified")) }

// Waiting says what is waited for; zero is a time that nobody knows. It is part of the line that moves, if that is this one's.
func (p *Progress) Waiting(what string, d time.Duration) {
	why := "waiting for " + plan.PrintableLine(what)
	if d != 0 {
		why = fmt.Sprintf("waiting %s for %s", d.Round(100*time.Millisecond), plan.PrintableLine(what))
	}
	if !p.because(why) {
		p.Note("  " + why)
	}
}

// because tells in the line that moves why it takes longer, and reports whether that is this one's.
func (p *Progress) because(why string) bool {
	p.Printer.mu.Lock()
	defer p.Printer.mu.Unlock()
	moving := p.waiting.whose == p
	if moving {
		p.waiting.why = why
	}
	return moving
}
