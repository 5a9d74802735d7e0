package plan

import (
	"context"
	"time"

	"appleconsent/consent"
	"appleconsent/internal/replication"
)

// How one action is carried out.
//
// Premise. The answer to a write can be lost, wrong or early: a request that ended in a reset or a 5xx may have been
// carried out, a 409 means that somebody was faster or is at work on the same thing, and a 404 after the service principal
// was created means that the directory has not replicated yet. So no write is ever repeated blindly. After each answer that is not clear the tenant
// is read; if it shows what the action wants, the action happened; only if it does not is the write sent again.
//
// Before a write that replaces or deletes something, the object is read again and compared with the plan: Graph has no
// If-Match. If it is not what was planned, nothing is sent (DriftError).

// How often a write is sent at the most: when its answers were lost, and when what it refers to is not found. What
// is refused because its service principal is not visible everywhere yet is tried until the context's deadline, as long as
// the list shows that service principal: a run that timed out may have created it minutes ago.
const (
	maxLostAnswers = 3
	maxAbsent      = 5
)

// settleGrace is how long the tenant may take to say what stands after the run was interrupted.
const settleGrace = 10 * time.Second

// outcome is what became of an action.
type outcome struct {
	status Status
	result *Result
	note   string // why the action left something alone
}

// perform carries out one action. The outcome holds with and without an error.
func (r *run) perform(ctx context.Context, a consent.Action) (outcome, error) {
	unclear := false // an earlier try may have happened
	for try, again := 1, 0; ; {
		out, err := objectOf(a).inspect(ctx, r, a, unclear)
		if err != nil {
			return outcome{status: undecided(unclear)}, err
		}
		if out != nil {
			return *out, nil
		}
		result, err := objectOf(a).send(ctx, r, a)
		if err == nil {
			return outcome{status: StatusDone, result: result}, nil
		}
		f := failure(err)
		if pause, ok := mayTryAgain(ctx, r.Clock.Now(), f, again); ok {
			again++
			if err := r.pause(ctx, "Microsoft Graph to accept the change", pause); err != nil {
				return outcome{status: undecided(unclear)}, err
			}
			continue
		}
		if f == nil || !f.Unanswered() && !f.Exists() && !f.Conflicts() && !f.Absent() {
			return outcome{status: undecided(unclear)}, err
		}
		// Graph has been seen to answer 404 to a POST that it carried out.
		unclear = unclear || f.Unanswered() || f.Absent() && a.Kind.Verb == consent.Create
		out, settleErr := r.settle(ctx, a, f, unclear, try)
		switch {
		case out != nil:
			return *out, settleErr
		case settleErr != nil || giveUp(a, f, try):
			return outcome{status: undecided(unclear)}, andThen(err, settleErr)
		}
		try++
	}
}

// mayTryAgain returns how long to wait before a write that was certainly not carried out is sent again, and whether it is. A wait
// that would outlast the time is not begun.
func mayTryAgain(ctx context.Context, now time.Time, f Failure, before int) (time.Duration, bool) {
	if f == nil {
		return 0, false
	}
	pause, times := f.Again()
	if pause > 0 {
		pause = max(pause, min(time.Second<<min(before, 10), replication.LastPause))
	}
	deadline, bounded := ctx.Deadline()
	return pause, before < times && (!bounded || now.Add(pause).Before(deadline))
}

// pause waits, if there is anything to wait for.
func (r *run) pause(ctx context.Context, what string, d time.Duration) error {
	if d == 0 {
		return ctx.Err()
	}
	r.Progress.Waiting(what, d)
	return r.Clock.Sleep(ctx, d)
}

// isThere reports whether the write failed since what it should create is there already.
func isThere(a consent.Action, f Failure) bool { return f.Exists() && a.Kind.Verb == consent.Create }

// giveUp reports whether the write, which has not happened as far as the tenant shows, is not sent again.
func giveUp(a consent.Action, f Failure, try int) bool {
	switch {
	case isThere(a, f):
		return true
	case f.Absent():
		return try >= maxAbsent && !createsOfClient(a)
	}
	return try >= maxLostAnswers && f.RetryAfter() == 0 // a server that says when to come back is taken at its word
}
