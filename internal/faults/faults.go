// Package faults is what the tests of faults share: the stories that are put to the test, their requests, a watch over each
// single write, and what a record may say afterwards. The tests are in the packages below: matrix (every trouble at every
// request), crash (processes that are killed or interrupted) and disk (state folders that cannot be used).
package faults

import (
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// RollBackAll rolls back until nothing stands, so often at the most.
func RollBackAll(t *testing.T, most int, rollback func() testbed.Answer) {
	t.Helper()
	for range most {
		a := rollback()
		if NothingStands(a) {
			return
		}
		a.Must(t, 0, []string{"rollback", "--yes"})
		if strings.HasPrefix(a.Stdout, "Nothing to do") {
			return
		}
	}
}

// NothingStands reports whether a rollback found nothing that it could take back.
func NothingStands(a testbed.Answer) bool {
	return a.Code == 1 && strings.Contains(a.Stderr, "on this machine")
}

// Untrue reports whether a recorded action says that it happened and did not, or the other way round. One that says that it was
// started says neither.
func (w *Watch) Untrue(a plan.RecordedAction) bool {
	switch a.Status {
	case plan.StatusDone:
		return !w.Wrote(a)
	case plan.StatusPending, plan.StatusUnchanged, plan.StatusFailed:
		return w.Wrote(a)
	case plan.StatusStarted:
	}
	return false
}

// Wrote reports whether what the action is about was written since Forget.
func (w *Watch) Wrote(a plan.RecordedAction) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.touched[nameOf(a)]
}

// Describe names an action and what it is about.
func Describe(a plan.RecordedAction) string { return string(a.Kind.Verb) + " of " + nameOf(a) }

// nameOf is what the action writes, as a picture names it.
func nameOf(a plan.RecordedAction) string {
	switch {
	case a.Kind.Object == consent.OnGrant:
		return "grant " + testbed.AppleMail + " on " + string(a.ResourceAppID)
	case a.Kind.Object == consent.OnClassification:
		return classified(string(a.Permission), string(a.ResourceAppID))
	case a.Kind.Object == consent.OnPolicy:
		return policies
	}
	return appleSP
}
