package fleet

import (
	"context"

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
	// Found hears what the look comes to, in the order of the rows: those in the state ChangesDue are due. Show shows it before
	// anything is asked.
	Found func(Result)
	Show  func()
	// Confirm asks whether so many tenants may be changed; nil: nobody is asked.
	Confirm func(ctx context.Context, due int) (bool, error)
}

// due is a change that was planned and not begun.
type due struct {
	row     int
	planned []byte // the plan in short, packed: there may be thousands
}

// Change looks at all rows, shows what is due, asks once for a number, and changes one tenant after the other until one is
// verified, and then as many at once as there may be.
func (s Setup) Change(ctx context.Context, rows []Row, c Changing) Ended {
	r, todo := s.begin(rows)
	r.changes = !c.Terms.DryRun
	r.order.hold(r.changes)
	pending := r.plan(ctx, todo, c)
	if !c.Terms.DryRun && len(pending) > 0 && r.ended(ctx) == nil {
		r.decide(ctx, c, pending)
		r.order.hold(false)
		r.write(ctx, c, pending)
	}
	return r.end(ctx)
}

// plan looks at the tenants and returns what is due, in the order of the rows. In a dry run nothing is: all rows have their results.
func (r *run) plan(ctx context.Context, todo []int, c Changing) (pending []due) {
	dry := c.Terms
	dry.DryRun, dry.Unseen = true, r.changes && c.Confirm == nil
	looked := newOrder(len(r.rows), func(i int, result Result) error {
		result = r.settled(i, result)
		c.found(result)
		if result.State == ChangesDue && r.changes {
			pending = append(pending, due{i, r.packer.pack(toCompare(result))})
		} else {
			r.order.put(i, result)
		}
		return nil
	})
	r.putEarly(looked)
	r.step(StepLook, len(todo))
	r.each(ctx, looked, todo, func(ctx context.Context, i int) {
		result := r.visit(ctx, i, func(s *operation.Session) Result {
			did, err := r.compared(ctx, c, s, r.rows[i], r.rows[i].Saved, dry)
			return r.changed(r.rows[i], did, err, c.Detailed)
		})
		r.unlessAlike(result)
		r.heard(result)
		looked.put(i, result)
	})
	looked.finish()
	return pending
}

// toCompare is the plan of a look that is compared before it is carried out: the saved one, which it was found to be the same as, or
// else its own.
func toCompare(looked Result) []byte {
	if looked.Row.Saved != nil {
		return looked.Row.Saved
	}
	return short(looked.Document.(plan.Document))
}

// found tells what the look came to, if anything is to be shown of that.
func (c Changing) found(result Result) {
	if !c.Terms.DryRun {
		c.Found(result)
	}
}

// short is what has to be kept of a plan: what it would do, and what that was planned from.
func short(doc plan.Document) []byte {
	doc.Notices = []plan.Notice{}
	line, _ := plan.EncodeLine(doc) // plain values always encode
	return line
}

// compared does what is to be done if the tenant gets exactly what was planned before, as short kept it; nil: nothing was.
func (r *run) compared(
	ctx context.Context, c Changing, s *operation.Session, row Row, before []byte, t operation.Terms,
) (operation.Result, error) {
	if before == nil {
		return c.Do(ctx, s, row, nil, t)
	}
	planned, err := plan.Decode(before)
	if err != nil {
		return operation.Result{}, err
	}
	return c.Do(ctx, s, row, &planned, t)
}

// decide shows what was found and asks; a no, and too many, end the run before anything is written.
func (r *run) decide(ctx context.Context, c Changing, pending []due) {
	c.Show()
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
