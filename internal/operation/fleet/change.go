package fleet

import (
	"context"
	"slices"

	"appleconsent/consent"
	"appleconsent/internal/operation"
	"appleconsent/plan"
)

// Changing is how the tenants of a run are changed.
type Changing struct {
	// Do plans the change of a row, and carries it out unless the terms are those of a dry run. If the tenant would not get exactly what
	// was planned before, it refuses; nil: nothing was.
	Do func(ctx context.Context, s *operation.Session, row Row, planned *plan.Document, t operation.Terms) (operation.Result, error)
	// Terms are those of each tenant. With DryRun, everything is planned and nothing else.
	Terms    operation.Terms
	Detailed bool // a dry run tells by its exit code that changes are due
	AtMost   int  // how many tenants may be written; 0: any number
	// Show shows what was found, in the order of the rows: those in the state ChangesDue are due.
	Show func(found []Result)
	// Confirm asks whether so many tenants may be changed; nil: nobody is asked.
	Confirm func(ctx context.Context, due int) (bool, error)
}

// due is a change that was planned and not begun.
type due struct {
	row     int
	planned plan.Document
}

// Change looks at all rows, shows what is due, asks once for a number, and changes one tenant after the other until one is
// verified, and then as many at once as there may be.
func (s Setup) Change(ctx context.Context, rows []Row, c Changing) Ended {
	r, todo := s.begin(rows, !c.Terms.DryRun)
	pending := r.plan(ctx, todo, c)
	if !c.Terms.DryRun && len(pending) > 0 && r.ended(ctx) == nil {
		r.decide(ctx, c, pending)
		r.order.hold(false)
		r.write(ctx, c, pending)
	}
	return r.end(ctx)
}

// plan looks at the tenants and returns what is due, in the order of the rows. In a dry run nothing is: all rows have their results.
func (r *run) plan(ctx context.Context, todo []int, c Changing) []due {
	dry := c.Terms
	dry.DryRun = true
	planned := make(map[int]plan.Document)
	r.step(StepLook, len(todo))
	r.each(ctx, todo, func(ctx context.Context, i int) {
		result := r.visit(ctx, i, func(s *operation.Session) Result {
			did, err := c.Do(ctx, s, r.rows[i], r.rows[i].Saved, dry)
			return r.changed(r.rows[i], did, err, c.Detailed)
		})
		r.unlessAlike(result)
		r.heard(result)
		if result.State != ChangesDue || c.Terms.DryRun {
			r.order.put(i, result)
			return
		}
		r.mu.Lock()
		defer r.mu.Unlock()
		planned[i] = short(result.Document.(plan.Document))
	})
	var pending []due
	for _, i := range todo {
		if doc, found := planned[i]; found {
			pending = append(pending, due{i, doc})
		}
	}
	return pending
}

// short is what has to be kept of a plan: what it would do, what that was planned from, and what must be known before the yes.
func short(doc plan.Document) plan.Document {
	doc.Notices = slices.DeleteFunc(slices.Clone(doc.Notices), func(n plan.Notice) bool { return n.Level != consent.Warning })
	return doc
}

// decide shows what was found and asks; a no, and too many, end the run before anything is written.
func (r *run) decide(ctx context.Context, c Changing, pending []due) {
	c.Show(r.found(pending))
	if c.AtMost > 0 && len(pending) > c.AtMost {
		r.stop(&TooManyError{len(pending), c.AtMost})
		return
	}
	if c.Confirm == nil {
		return
	}
	yes, err := c.Confirm(ctx, len(pending))
	switch {
	case err != nil:
		r.stop(err)
	case !yes:
		r.stop(operation.ErrDeclined)
	}
}

// found are the results of the look, in the order of the rows.
func (r *run) found(pending []due) []Result {
	all := r.order.waiting()
	for _, d := range pending {
		all[d.row] = Result{Row: r.rows[d.row], State: ChangesDue, Document: d.planned}
	}
	var found []Result
	for i := range r.rows {
		if result, known := all[i]; known {
			found = append(found, result)
		}
	}
	return found
}
