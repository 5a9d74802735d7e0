package fleet

import (
	"context"
	"sync"
)

// window is how many rows a run goes ahead of the first that has no result yet: as many results wait for their turn.
const window = 256

// order gives results on in the order of the rows, each as soon as those before it have theirs.
type order struct {
	emit func(row int, result Result) error

	mu     sync.Mutex
	moved  *sync.Cond
	ready  []*Result // by row; nil: there is none yet, or it was given on
	given  int       // so many were given on
	held   bool      // nothing is given on for now
	failed error     // of emit
}

func newOrder(rows int, emit func(int, Result) error) *order {
	o := &order{emit: emit, ready: make([]*Result, rows)}
	o.moved = sync.NewCond(&o.mu)
	return o
}

// put takes the one result of a row.
func (o *order) put(row int, result Result) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.ready[row] = &result
	o.flush()
}

// flush gives on what has its turn. The lock must be held.
func (o *order) flush() {
	for !o.held && o.given < len(o.ready) && o.ready[o.given] != nil {
		o.give()
	}
}

// give gives on what the next row has, if anything. The lock must be held.
func (o *order) give() {
	if result := o.ready[o.given]; result != nil && o.failed == nil {
		o.failed = o.emit(o.given, *result)
	}
	o.ready[o.given] = nil
	o.given++
	o.moved.Broadcast()
}

// finish gives on what there is, although rows before it have nothing: they never will.
func (o *order) finish() {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.given < len(o.ready) {
		o.give()
	}
}

// hold keeps results back, or gives them on again.
func (o *order) hold(held bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.held = held
	o.flush()
}

// has reports whether a row has its result.
func (o *order) has(row int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return row < o.given || o.ready[row] != nil
}

// room waits until a row may begin, or until the context ends.
func (o *order) room(ctx context.Context, row int) {
	defer context.AfterFunc(ctx, func() {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.moved.Broadcast()
	})()
	o.mu.Lock()
	defer o.mu.Unlock()
	for !o.held && row >= o.given+window && ctx.Err() == nil {
		o.moved.Wait()
	}
}

// trouble is the first error of emit.
func (o *order) trouble() error {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.failed
}
