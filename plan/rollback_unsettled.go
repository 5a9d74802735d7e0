package plan

import (
	"slices"
	"time"

	"appleconsent/consent"
)

// What may still appear. A write that was answered with success shows late in a directory that replicates, or never in one
// that discards it. If it showed neither when the change ended nor when it is rolled back, there is nothing to take back yet.
//
// The way of it: noteUnseen finds such actions when the rollback is planned. While they may still appear (Unsettled), the rollback
// takes back what is there and says what it does not see; operation hands Unsettled to the engine as KeepOpen, and Verify then does
// not mark the change as rolled back, so that the next rollback finds it again. After the time they count as never done.

// noteUnseen keeps an action of the change in mind that was answered with success and never seen, unless an earlier rollback
// explains that.
func (u *Undo) noteUnseen(recorded RecordedAction, earlier []consent.Action, state consent.State) {
	a := recorded.Performed()
	unverified := recorded.Status == StatusDone && (recorded.Error != "" || u.Change.Outcome != OutcomeSucceeded)
	takenBack := slices.ContainsFunc(earlier, func(done consent.Action) bool { // it wrote to what the action wrote to
		_, partly := objectOf(a).undoneBy(a, done)
		return partly
	})
	if unverified && !shownIn(state, u.Required.App.ID, a) && !takenBack {
		u.unseen = append(u.unseen, recorded)
	}
}

// settling is how long what was written may still appear. Microsoft promises nothing; minutes have been seen.
const settling = time.Hour

// Unsettled reports whether something that the change wrote may still appear. Then the rollback takes back what is there, and
// the change has to stay one that can be rolled back.
func (u *Undo) Unsettled(at time.Time) bool {
	ended := u.Change.StartedAt
	if u.Change.FinishedAt != nil {
		ended = *u.Change.FinishedAt
	}
	return len(u.unseen) > 0 && at.Sub(ended) < settling
}

const notYetVisibleCode = "notYetVisible"

func notYetVisible(id string, unseen []RecordedAction) consent.Notice {
	n := consent.Notice{Level: consent.Warning, Code: notYetVisibleCode, Detail: id}
	for _, a := range slices.Backward(unseen) { // which were found from the last to the first
		n.Actions = append(n.Actions, a.Action.Action)
	}
	return n
}

// MayStillAppear reports of the plan of a rollback whether something that the change wrote does not show yet.
func (d Document) MayStillAppear() bool {
	return slices.ContainsFunc(d.Notices, func(n Notice) bool { return n.Code == notYetVisibleCode })
}
