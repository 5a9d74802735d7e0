package fleet

import (
	"context"

	"appleconsent/internal/operation"
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
	r.each(ctx, rows, func(ctx context.Context, i int) { r.carryOut(ctx, c, plans[i]) })
}

// first changes one tenant after the other until one is verified, and returns the rest. It ends the run if they fail for one reason.
func (r *run) first(ctx context.Context, c Changing, pending []due) (rest []due) {
	alike := make(map[string]int)
	for n, d := range pending {
		if r.ended(ctx) != nil {
			return nil
		}
		result := r.carryOut(ctx, c, d)
		if result.State == Done {
			return pending[n+1:]
		}
		if result.State != Failed && result.State != NotVisible {
			continue // it is the tenant's own
		}
		code := r.Judge(result.Err).Code
		if alike[code]++; alike[code] == maxAlikeWrites {
			r.stop(&SameFailureError{maxAlikeWrites, code, result.Err})
		}
	}
	return nil
}

// carryOut changes one tenant, which is read again for that.
func (r *run) carryOut(ctx context.Context, c Changing, d due) Result {
	row := r.rows[d.row]
	result := r.visit(ctx, d.row, func(s *operation.Session) Result {
		did, err := r.compared(ctx, c, s, row, unpack(d.planned), c.Terms)
		return r.changed(row, did, err, c.Detailed)
	})
	if unrecorded(result.Err) {
		r.stop(&UnrecordedError{result.Err})
	}
	r.heard(result)
	r.order.put(d.row, result)
	return result
}
