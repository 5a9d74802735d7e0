package terminal

import (
	"sync"
	"time"
)

// countsEvery is how often a line tells how far something has come where nothing may move.
const countsEvery = 10 * time.Second

// Counting shows on stderr how far something has come, until done is called: say changes the text of the line that moves, or of
// the next of the lines that come every ten seconds.
func (p *Printer) Counting(text string) (say func(text string), done func()) {
	if p.animated() {
		return p.resay, p.Busy(text)
	}
	var mu sync.Mutex
	latest := text
	stop, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		ticker := time.NewTicker(countsEvery)
		defer ticker.Stop()
		for {
			select {
			case <-stop:
				return
			case <-ticker.C:
				mu.Lock()
				p.Note(latest)
				mu.Unlock()
			}
		}
	}()
	say = func(text string) {
		mu.Lock()
		defer mu.Unlock()
		latest = text
	}
	return say, sync.OnceFunc(func() {
		close(stop)
		<-ended
	})
}

// resay changes what the line says that moves.
func (p *Printer) resay(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.waiting.what != "" {
		p.waiting.what = text
	}
}
