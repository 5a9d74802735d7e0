package fleet

import (
	"context"

	"appleconsent/internal/exitcode"
	"appleconsent/internal/operation"
)

// Look looks at the tenant of each row and changes nothing.
func (s Setup) Look(ctx context.Context, rows []Row, look func(context.Context, *operation.Session, Row) (Finding, error)) Ended {
	r, todo := s.begin(rows)
	r.putEarly(r.order)
	r.step(StepLook, len(todo))
	r.each(ctx, r.order, todo, func(ctx context.Context, i int) {
		result := r.visit(ctx, i, func(s *operation.Session) Result {
			f, err := look(ctx, s, rows[i])
			if err != nil {
				return r.failed(rows[i], err)
			}
			return Result{Row: rows[i], State: f.State, Exit: f.Exit, Document: f.Document}
		})
		r.unlessAlike(result)
		r.heard(result)
		r.order.put(i, result)
	})
	return r.end(ctx)
}

// Make makes something for each row without signing in to its tenant.
func (s Setup) Make(rows []Row, make func(Row) any) Ended {
	r, todo := s.begin(rows)
	r.putEarly(r.order)
	for _, i := range todo {
		r.order.put(i, Result{Row: rows[i], State: Done, Document: make(rows[i])})
	}
	return r.result(nil, false, exitcode.Done)
}
