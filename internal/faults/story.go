package faults

import (
	"strings"
	"testing"

	"appleconsent/internal/testbed"
)

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
