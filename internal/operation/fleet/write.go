package fleet

import (
	"context"
	"errors"

	"appleconsent/internal/operation"
	"appleconsent/plan"
)

// maxAlikeWrites is how many tenants fail for one reason while they are changed, before one was verified, until a run ends.
const maxAlikeWrites = 3

// write changes what is due. As long as nobody knows whether it goes well, one tenant at a time.
func (r *run) write(ctx context.Context, c Changing, pending []due) {
	if r.ended(ctx) != nil {
		return
	}
	r.step(StepWrite, len(pending))
	rest := r.first(ctx, c, pending)
	rows, plans := make([]int, len(rest)), make(map[int]due)
	for n, d := range rest {
		rows[n], plans[d.row] = d.row, d
	}
	r.each(ctx, r.order, rows, func(ctx context.Context, i int) { r.carryOut(ctx, c, plans[i]) })
}

// first changes one tenant after the other until one is verified, and returns the rest. It ends the run if they fail for one reason.
// A tenant that does not show in time what was written is no failure of the application: directories lag. It ends nothing and proves
// nothing, and it is verified if it shows that later.
func (r *run) first(ctx context.Context, c Changing, pending []due) (rest []due) {
	alike := make(map[string]int)
	var lagging []lagged
	for n, d := range pending {
		switch {
		case !r.mayBegin(ctx):
			return nil
		case r.shows(ctx, lagging):
			return pending[n:]
		}
		result := r.carryOut(ctx, c, d)
		change, lags := lag(result)
		switch {
		case result.State == Done:
			return pending[n+1:]
		case lags && len(lagging) < maxLagging:
			lagging = append(lagging, lagged{d.row, change})
		case !lags && (result.State == Failed || result.State == NotVisible): // anything else is the tenant's own
			r.unlessAlikeWrite(alike, result)
		}
	}
	return nil
}

// unlessAlikeWrite ends the run if one tenant after the other fails for one reason.
func (r *run) unlessAlikeWrite(alike map[string]int, result Result) {
	judged := r.Judge(result.Err)
	if alike[judged.Code]++; alike[judged.Code] == maxAlikeWrites {
		r.stop(&SameFailureError{maxAlikeWrites, judged.Code, judged.Advice})
	}
}

// lagged is a tenant that did not show in time what was written.
type lagged struct {
	row    int
	change plan.Change
}

// maxLagging is how many such tenants are looked at again before the next one is changed: those that have had the most time.
const maxLagging = 3

// lag returns what was written and did not show in time; lags reports whether that is so: one that cannot be read lags no more than
// any other that fails.
func lag(result Result) (change plan.Change, lags bool) {
	hidden, ok := errors.AsType[*plan.NotVisibleError](result.Err)
	if !ok || !errors.Is(hidden.Err, context.DeadlineExceeded) {
		return plan.Change{}, false
	}
	return hidden.Change, true
}

// shows reports whether one of these tenants shows by now what was written.
func (r *run) shows(ctx context.Context, lagging []lagged) bool {
	for _, l := range lagging {
		result := r.visit(ctx, l.row, func(s *operation.Session) Result {
			shown, err := s.Shows(ctx, l.change)
			if err != nil || !shown {
				return Result{State: NotVisible}
			}
			return Result{State: Done}
		})
		if result.State == Done {
			return true
		}
	}
	return false
}

// carryOut changes one tenant, which is read again for that.
func (r *run) carryOut(ctx context.Context, c Changing, d due) Result {
	row := r.rows[d.row]
	result := r.visit(ctx, d.row, func(s *operation.Session) Result {
		did, err := r.compared(ctx, c, s, row, unpack(d.planned), c.Terms)
		return r.changed(row, did, err, c.Detailed)
	})
	if unrecorded(result.Err) {
		r.stop(&UnrecordedError{})
	}
	r.heard(result)
	r.order.put(d.row, result)
	return result
}
