package plan

import (
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
)

// What may still appear. A write that was answered with success shows late in a directory that replicates, or never in one
// that discards it. If it showed neither when the change ended nor when it is rolled back, there is nothing to take back yet.

// noteUnseen keeps an action of the change in mind that was answered with success and never seen, unless an earlier rollback
// explains that.
func (u *Undo) noteUnseen(recorded RecordedAction, a consent.Action, earlier []Change, state consent.State) {
	unverified := recorded.Status == StatusDone && (recorded.Error != "" || u.Change.Outcome != OutcomeSucceeded)
	if unverified && !a.ShownIn(state, u.Required.Client) && !takenBack(a, earlier) {
		u.unseen = append(u.unseen, recorded)
	}
}

// takenBack tells whether an earlier rollback has written to what the action wrote to, which explains why it does not show.
func takenBack(a consent.Action, earlier []Change) bool {
	return slices.ContainsFunc(earlier, func(c Change) bool {
		return slices.ContainsFunc(c.Actions, func(undone RecordedAction) bool {
			sameGrant := undone.Kind.OnGrant() && a.Kind.OnGrant() && undone.ResourceAppID == a.ResourceAppID
			gone := undone.Kind == consent.DeleteServicePrincipal && a.Kind == consent.CreateServicePrincipal
			return undone.Status == StatusDone && (sameGrant || gone || takesBack(undone.performed(), a))
		})
	})
}

// settling is how long what was written may still appear. Microsoft promises nothing; minutes have been seen
// (graph-facts.md §2.7).
const settling = time.Hour

// Unsettled tells whether something that the change wrote may still appear. Then the rollback takes back what is there, and
// the change has to stay one that can be rolled back.
func (u *Undo) Unsettled(at time.Time) bool {
	ended := u.Change.StartedAt
	if u.Change.FinishedAt != nil {
		ended = *u.Change.FinishedAt
	}
	return len(u.unseen) > 0 && at.Sub(ended) < settling
}

// notYetVisibleCode is the code of the notice.
const notYetVisibleCode = "notYetVisible"

func notYetVisible(id string, unseen []RecordedAction) consent.Notice {
	var what []string
	for _, a := range slices.Backward(unseen) { // which were found from the last to the first
		what = append(what, Describe(a.Action, ClientInfo{}, nil))
	}
	return consent.Notice{
		Level: consent.Warning, Code: notYetVisibleCode, Message: "The change also wrote this, which the tenant did not show before the change " +
			"ended and does not show now: " + strings.Join(what, "; ") + ". It may still appear, or have been discarded. The change stays open for " +
			"an hour: if it appears, roll back " + id + " once more.",
	}
}

// MayStillAppear tells of the plan of a rollback whether something that the change wrote does not show yet.
func (d Document) MayStillAppear() bool {
	return slices.ContainsFunc(d.Notices, func(n Notice) bool { return n.Code == notYetVisibleCode })
}
