package faults_test

import (
	"strings"
	"testing"

	"appleconsent/consent"
	"appleconsent/graph/simulator/identity"
	"appleconsent/internal/testbed"
	"appleconsent/plan"
)

// rollBackAll rolls back until nothing stands, so often at the most.
func rollBackAll(t *testing.T, most int, rollback func() testbed.Answer) {
	t.Helper()
	for range most {
		a := rollback()
		if nothingStands(a) {
			return
		}
		a.Must(t, 0, []string{"rollback", "--yes"})
		if strings.HasPrefix(a.Stdout, "Nothing to do") {
			return
		}
	}
}

// nothingStands reports whether a rollback found nothing that it could take back.
func nothingStands(a testbed.Answer) bool {
	return a.Code == 1 && strings.Contains(a.Stderr, "on this machine")
}

// Untrue reports whether a recorded action says that it happened and did not, or the other way round. One that says that it was
// started says neither.
func (w *watch) Untrue(a plan.RecordedAction) bool {
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
func (w *watch) Wrote(a plan.RecordedAction) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.touched[nameOf(a)]
}

// describe names an action and what it is about.
func describe(a plan.RecordedAction) string { return string(a.Kind.Verb) + " of " + nameOf(a) }

// nameOf is what the action writes, as a picture names it.
func nameOf(a plan.RecordedAction) string {
	switch a.Kind.Object {
	case consent.OnGrant:
		return "grant " + identity.AppleAppID + " on " + string(a.ResourceAppID)
	case consent.OnClassification:
		return classified(string(a.Permission), string(a.ResourceAppID))
	case consent.OnPolicy:
		return policies
	default:
		return appleSP
	}
}

// story is a command, apply or rollback, on a tenant of a scenario. A rollback takes back an apply. Flags are further
// arguments of the apply, or of the one that is taken back.
type story struct{ Command, Scenario, Flags string }

// What applies can be asked for beside the consent of an admin.
const (
	userConsent = "--route user-consent"
	enableApp   = "--enable-app"
)

// stories returns the commands that are put to the test.
func stories() []story {
	var all []story
	for _, command := range []string{"apply", "rollback"} {
		for _, scenario := range []string{"fresh", "partial", "extra"} {
			all = append(all, story{Command: command, Scenario: scenario})
		}
	}
	for _, asked := range []struct{ scenario, flags string }{{"fresh", userConsent}, {"disabled", enableApp}} {
		for _, command := range []string{"apply", "rollback"} {
			all = append(all, story{command, asked.scenario, asked.flags})
		}
	}
	return all
}

// String returns the story's name.
func (s story) String() string {
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
func (s story) Prepare(b *testbed.Bubble) {
	if s.Command == "rollback" {
		b.Must(0, s.Line("apply")...)
	}
	b.Tenant.ResetLog()
}

// Line is the command line of an apply or a rollback of the story.
func (s story) Line(command string) []string {
	line := []string{command, "--yes"}
	if command == "apply" { // a rollback knows from the record what was asked for
		line = append(line, strings.Fields(s.Flags)...)
	}
	return line
}

// Looks are the command lines that end with 0 if what the story applies is in place.
func (s story) Looks() [][]string {
	if s.Flags == enableApp { // which a status does not ask for
		return [][]string{{"status"}, {"plan", "--detailed-exitcode", enableApp}}
	}
	return [][]string{append([]string{"status"}, strings.Fields(s.Flags)...)}
}

// Boundaries runs a story without any trouble and returns its requests.
func (s story) Boundaries(t *testing.T) []boundary {
	t.Helper()
	var found []boundary
	testbed.InBubble(t, s.Scenario, func(b *testbed.Bubble) {
		s.Prepare(b)
		b.Must(0, s.Line(s.Command)...)
		found = boundariesIn(b.Tenant.Requests())
	})
	return found
}
