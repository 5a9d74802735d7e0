package fleet

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"

	"appleconsent/consent"
	"appleconsent/internal/exitcode"
	"appleconsent/internal/operation"

	"golang.org/x/sync/errgroup"
)

// maxAlike is how many tenants fail for one common reason before any has gone well, until a run ends.
const maxAlike = 10

// run is a Setup at work.
type run struct {
	Setup
	rows    []Row
	doubles *doubles
	order   *order
	early   map[int]Result // of rows that need no look

	mu     sync.Mutex
	cause  error // why nothing more is begun; nil: it is
	well   bool  // a tenant has gone well
	alike  map[string]int
	counts Counts
	states map[State]int
	exit   int

	changes bool // what is due is carried out
	packer  packer
}

// begin finds the results of the rows that need no look, and returns the others.
func (s Setup) begin(rows []Row) (r *run, todo []int) {
	r = &run{Setup: s, rows: rows, doubles: newDoubles(rows)}
	r.early, r.alike, r.states = make(map[int]Result), make(map[string]int), make(map[State]int)
	r.order = newOrder(len(rows), r.emit)
	for i, row := range rows {
		early, known := r.unlooked(i, row)
		if known {
			r.early[i] = early
		} else {
			todo = append(todo, i)
		}
	}
	return r, todo
}

// putEarly puts what needed no look in its place.
func (r *run) putEarly(o *order) {
	for i := range r.rows {
		if early, known := r.early[i]; known {
			o.put(i, early)
		}
	}
}

// unlooked is the result of a row that needs no look; known reports whether it needs none.
func (r *run) unlooked(i int, row Row) (result Result, known bool) {
	switch {
	case row.Bad != nil:
		return r.failed(row, row.Bad), true
	case row.Skip != nil:
		return Result{Row: row, State: NotBegun, Exit: exitcode.Error, Err: &NotBegunError{Own: row.Skip}}, true
	}
	if first := r.doubles.first(i); first != i {
		return r.duplicate(i, first), true
	}
	return Result{Row: row, State: NothingToDo, Err: row.Idle}, row.Idle != nil
}

// emit counts a result and gives it on.
func (r *run) emit(row int, result Result) error {
	result = r.settled(row, result)
	r.states[result.State]++
	r.exit = graver(r.exit, result.Exit)
	return r.Emit(result)
}

// stop keeps anything more from being begun.
func (r *run) stop(cause error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.cause = cmp.Or(r.cause, cause)
}

// ended is why nothing more is begun; nil if it is.
func (r *run) ended(ctx context.Context) error {
	trouble := r.order.trouble()
	r.mu.Lock()
	defer r.mu.Unlock()
	return cmp.Or(r.cause, trouble, ctx.Err())
}

// step begins to count anew.
func (r *run) step(step Step, rows int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts = Counts{Step: step, Rows: rows}
	r.Count(r.counts)
}

// heard counts a row of a step.
func (r *run) heard(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.counts.Done++
	if !result.State.Well() {
		r.counts.Failed++
	}
	r.Count(r.counts)
}

// mayBegin waits until one more tenant may be begun, and reports whether it may.
func (r *run) mayBegin(ctx context.Context) bool {
	if r.ended(ctx) != nil {
		return false
	}
	if err := r.Await(ctx); err != nil {
		r.stop(err)
	}
	return r.ended(ctx) == nil // it may have ended meanwhile
}

// each does something for rows, as many at once as there may be, in their order and not far ahead of what that has given on, until the
// run ends. Requests in flight are awaited.
func (r *run) each(ctx context.Context, o *order, rows []int, do func(ctx context.Context, row int)) {
	var workers errgroup.Group
	workers.SetLimit(r.Parallel)
	going, end := context.WithCancel(ctx) // a row that is not begun has no result, and makes no room
	defer end()
	for _, row := range rows {
		o.room(going, row)
		if r.ended(ctx) != nil {
			break
		}
		workers.Go(func() error {
			if r.mayBegin(ctx) {
				do(ctx, row)
			} else {
				end()
			}
			return nil
		})
	}
	_ = workers.Wait() // each has its own result
}

// visit signs in to the tenant of a row and does something there, unless another row is the same tenant. A tenant that changes turn out
// to be due in, in a run that makes them, is visited once more.
func (r *run) visit(ctx context.Context, row int, do func(*operation.Session) Result) (result Result) {
	defer func() {
		if cause := recover(); cause != nil {
			result = r.failed(r.rows[row], &PanicError{cause})
		}
	}()
	s, done, err := r.Open(ctx, r.rows[row], r.Need)
	if err != nil {
		return r.failed(r.rows[row], err)
	}
	defer func() { done(r.changes && result.State == ChangesDue) }()
	if first := r.doubles.signedIn(row, s.Identity.TenantID); first != row {
		return r.duplicate(row, first)
	}
	return do(s)
}

// PanicError is a mistake of ours in the work on one tenant, which stops no other.
type PanicError struct{ Cause any }

func (e *PanicError) Error() string { return fmt.Sprint(e.Cause) }

// unlessAlike ends the run if one tenant after the other fails for a reason that all have in common, before any has gone well.
func (r *run) unlessAlike(result Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if result.Err == nil || result.State == Blocked {
		r.well = true
	}
	if r.well {
		return
	}
	judged := r.Judge(result.Err)
	if !judged.Common {
		return
	}
	r.alike[judged.Code]++
	if times := r.alike[judged.Code]; times == maxAlike {
		r.cause = cmp.Or(r.cause, error(&SameFailureError{times, judged.Code, judged.Advice}))
	}
}

// end gives a result to each row that has none, and says what the run came to.
func (r *run) end(ctx context.Context) Ended {
	cause := r.ended(ctx)
	exit := exitcode.Error
	switch {
	case errors.Is(cause, context.Canceled):
		exit = exitcode.Interrupted
	case errors.Is(cause, operation.ErrDeclined):
		exit = exitcode.Declined
	}
	incomplete := false
	for i, row := range r.rows {
		if !r.order.has(i) {
			incomplete = true
			r.order.put(i, r.notBegun(row, cause, exit))
		}
	}
	r.order.hold(false)
	return r.result(cause, incomplete, exit)
}

// result is what a run came to whose rows all have their results: with the exit code of what was not begun, if there is such.
func (r *run) result(cause error, incomplete bool, exit int) Ended {
	ended := Ended{Rows: len(r.rows), States: r.states, Exit: r.exit, Cause: cause}
	trouble := r.order.trouble()
	switch {
	case trouble != nil:
		ended.Cause, ended.Exit = trouble, graver(ended.Exit, exitcode.Error)
	case !incomplete && ended.Exit != exitcode.Interrupted:
		ended.Cause = nil // an interrupt that came when all was done
	case exit == exitcode.Declined:
		ended.Exit = exit
	}
	return ended
}

// Choose returns choices for a row: devices are narrowed by it.
func (r Row) Choose(asked consent.Choices) (consent.Choices, error) {
	devices, err := r.Narrowed(asked.Devices)
	asked.Devices = devices
	return asked, err
}
