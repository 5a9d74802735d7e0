// Package faults is what the tests of faults share: the stories that are put to the test, their requests, a watch over each
// single write, and what a record may say afterwards. The tests are in the packages below: matrix (every trouble at every
// request), crash (processes that are killed or interrupted) and disk (state folders that cannot be used). Nothing here is part of
// the program.
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
	switch a.Kind.Object {
	case consent.OnGrant:
		return "grant " + testbed.AppleMail + " on " + string(a.ResourceAppID)
	case consent.OnClassification:
		return classified(string(a.Permission), string(a.ResourceAppID))
	case consent.OnPolicy:
		return policies
	default:
		return appleSP
	}
}

// Story is a command, apply or rollback, on a tenant of a scenario. A rollback takes back an apply. Flags are further
// arguments of the apply, or of the one that is taken back.
type Story struct{ Command, Scenario, Flags string }

// What applies can be asked for beside the consent of an admin.
const (
	UserConsent = "--route user-consent"
	EnableApp   = "--enable-app"
)

// Stories returns the commands that are put to the test.
func Stories() []Story {
	var all []Story
	for _, command := range []string{"apply", "rollback"} {
		for _, scenario := range []string{"fresh", "partial", "extra"} {
			all = append(all, Story{Command: command, Scenario: scenario})
		}
	}
	for _, asked := range []struct{ scenario, flags string }{{"fresh", UserConsent}, {"disabled", EnableApp}} {
		for _, command := range []string{"apply", "rollback"} {
			all = append(all, Story{command, asked.scenario, asked.flags})
		}
	}
	return all
}

// String returns the story's name.
func (s Story) String() string {
	name := s.Command + " " + s.Scenario
	switch {
	case s.Flags == "":
		return name
	case s.Command == "rollback":
		return name + " after apply " + s.Flags
	}
	return name + " " + s.Flags
}

// Prepare brings the tenant to where the story's command begins.
func (s Story) Prepare(b *testbed.Bubble) {
	if s.Command == "rollback" {
		b.Must(0, s.Line("apply")...)
	}
	b.Tenant.ResetLog()
}

// Line is the command line of an apply or a rollback of the story.
func (s Story) Line(command string) []string {
	line := []string{command, "--yes"}
	if command == "apply" { // a rollback knows from the record what was asked for
		line = append(line, strings.Fields(s.Flags)...)
	}
	return line
}

// Looks are the command lines that end with 0 if what the story applies is in place.
func (s Story) Looks() [][]string {
	if s.Flags == EnableApp { // which a status does not ask for
		return [][]string{{"status"}, {"plan", "--detailed-exitcode", EnableApp}}
	}
	return [][]string{append([]string{"status"}, strings.Fields(s.Flags)...)}
}

// Boundaries runs a story without any trouble and returns its requests.
func (s Story) Boundaries(t *testing.T) []Boundary {
	t.Helper()
	var found []Boundary
	testbed.InBubble(t, s.Scenario, func(b *testbed.Bubble) {
		s.Prepare(b)
		b.Must(0, s.Line(s.Command)...)
		found = boundariesIn(b.Tenant.Requests())
	})
	return found
}
