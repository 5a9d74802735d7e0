package cli_test

import (
	"slices"
	"strings"
	"testing"
)

// stories are the commands that are put to the test, as they are without further arguments.
var stories = []story{
	{"apply", "fresh"},
	{"apply", "partial"},
	{"apply", "extra"},
	{"rollback", "fresh"},
	{"rollback", "partial"},
	{"rollback", "extra"},
}

// story is a command on a tenant of a scenario; a rollback takes back an apply.
type story struct{ command, scenario string }

func (s story) String() string { return s.command + " " + s.scenario }

// matrixStory is a story in the matrix. Flags are further arguments of its applies, and of the one that it takes back.
type matrixStory struct {
	story
	flags string
}

// What applies can be asked for beside the consent of an admin.
const (
	userConsent = "--route user-consent"
	enableApp   = "--enable-app"
)

func matrixStories() []matrixStory {
	var all []matrixStory
	for _, s := range stories {
		all = append(all, matrixStory{story: s})
	}
	return append(all,
		matrixStory{story{"apply", "fresh"}, userConsent},
		matrixStory{story{"rollback", "fresh"}, userConsent},
		matrixStory{story{"apply", "disabled"}, enableApp},
		matrixStory{story{"rollback", "disabled"}, enableApp},
	)
}

func (s matrixStory) String() string {
	switch {
	case s.flags == "":
		return s.story.String()
	case s.command == "rollback":
		return s.story.String() + " after apply " + s.flags
	}
	return s.story.String() + " " + s.flags
}

// prepare brings the tenant to where the story's command begins.
func (s matrixStory) prepare(b *bubble) {
	if s.command == "rollback" {
		b.must(0, s.line("apply")...)
	}
	b.tenant.ResetLog()
}

// line is the command line of an apply or a rollback of the story.
func (s matrixStory) line(command string) []string {
	line := []string{command, "--yes"}
	if command == "apply" { // a rollback knows from the record what was asked for
		line = append(line, strings.Fields(s.flags)...)
	}
	return line
}

// looks are the command lines that end with 0 if what the story applies is in place.
func (s matrixStory) looks() [][]string {
	if s.flags == enableApp { // which a status does not ask for
		return [][]string{{"status"}, {"plan", "--detailed-exitcode", enableApp}}
	}
	return [][]string{append([]string{"status"}, strings.Fields(s.flags)...)}
}

// boundaries runs a story without any trouble and returns its requests.
func boundaries(t *testing.T, s story) []boundary {
	t.Helper()
	return matrixStory{story: s}.boundaries(t)
}

func (s matrixStory) boundaries(t *testing.T) []boundary {
	t.Helper()
	var found []boundary
	inBubble(t, s.scenario, func(b *bubble) {
		s.prepare(b)
		b.must(0, s.line(s.command)...)
		found = boundariesIn(b.tenant.Requests())
	})
	return found
}

// appliedWith tells whether the story's applies get one of these arguments.
func (s matrixStory) appliedWith(flags []string) bool { return slices.Contains(flags, s.flags) }
