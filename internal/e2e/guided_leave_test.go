//go:build unix

package e2e_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
)

// On every screen Ctrl-C ends the program, Ctrl-D leaves it, and Esc leads to the question before; nothing was changed.
func TestGuided_left(t *testing.T) {
	t.Parallel()
	granting := []any{askGoal, 2, askDevices, 1}
	screens := map[string]struct {
		way    []any
		screen string
		before string // empty: it is the first
	}{
		"the goal":         {nil, askGoal, ""},
		"the devices":      {granting[:2], askDevices, askGoal},
		"what now":         {granting, askNow, askDevices},
		"the confirmation": {slices.Concat(granting, []any{askNow, 1}), askYes, askNow},
		"the file":         {slices.Concat(granting, []any{askNow, 2}), askFile, askNow},
		"the form":         {slices.Concat(granting, []any{askNow, 3}), askForm, askNow},
		"the form's file":  {slices.Concat(granting, []any{askNow, 3, askForm, 1}), "File", askForm},
	}
	for screenName, screen := range screens {
		for key, code := range map[string]int{escape: 3, ctrlC: 130, ctrlD: 3} {
			t.Run(screenName+" "+map[string]string{escape: "Esc", ctrlC: "Ctrl-C", ctrlD: "Ctrl-D"}[key], func(t *testing.T) {
				t.Parallel()
				b := newBench(t, simulator.Options{Scenario: "fresh"})
				s := b.onTerminal(nil)
				s.chose(false, screen.way...)
				s.asked(screen.screen)
				if key == escape && screen.before != "" {
					s.seenFrom("esc back")
					s.send(escape)
					s.asked(screen.before)
					key = ctrlD
				}
				s.send(key)
				if got := s.end(); got != code || strings.Contains(s.text(), "error:") != (code == 130) {
					t.Errorf("exit code %d, want %d:\n%s", got, code, s.text())
				}
				if sent := testbed.Writes(b.Tenant); len(sent) > 0 || len(b.Records()) > 0 {
					t.Errorf("there is %v, %v", sent, b.Records())
				}
			})
		}
	}
}

// In plain lines b is one step back, q leaves, and the end of input is a no.
func TestGuided_leftPlain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ last, word string }{
		"b from the confirmation":   {"", "b\r"},
		"no at the confirmation":    {"Not applied. Nothing was changed.", "\r"},
		"end of input, no question": {"Not applied. Nothing was changed.", ctrlD},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t, simulator.Options{Scenario: "fresh"})
			s := b.onTerminal([]string{"ACCESSIBLE=1"})
			s.chose(true, askGoal, 2, askDevices, 1, askNow, 1)
			s.asked(askYes)
			s.send(test.word)
			if test.last == "" {
				for _, question := range []string{askNow, askDevices, askGoal} {
					s.asked(question)
					s.send("b\r")
				}
				s.asked("Enter a number from 1 to 4.") // there is nothing before the first question
				s.send("q\r")
			}
			if code := s.end(); code != 3 || !strings.Contains(s.text(), test.last) || len(testbed.Writes(b.Tenant)) > 0 {
				t.Errorf("exit code %d, want 3 and %q:\n%s", code, test.last, s.text())
			}
		})
	}
}

// A plan that is saved here is one that apply takes, and saving leads back to the choice.
func TestGuided_save(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	file := filepath.Join(t.TempDir(), "plan.json")
	s := b.onTerminal([]string{"ACCESSIBLE=1"})
	s.chose(true, askGoal, 2, askDevices, 2, askNow, 2)
	s.asked(askFile)
	s.send("/\r") // which is a folder
	s.await("Try again")
	s.send(file + "\r")
	s.await("Saved " + file + ". To apply it, run: appleconsent apply " + file)
	s.chose(true, askNow, 5)
	if code := s.end(); code != 3 {
		t.Errorf("exit code %d, want 3:\n%s", code, s.text())
	}
	b.Must(0, "apply", file, "--yes")
}

// A plan leaves in another form, after which the choice comes again.
func TestGuided_export(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "fresh"})
	file := filepath.Join(t.TempDir(), "plan.html")
	s := b.onTerminal([]string{"ACCESSIBLE=1"})
	s.chose(true, askGoal, 2, askDevices, 1, askNow, 3, askForm, 2)
	s.asked("File (Enter for plan.html)")
	s.send(file + "\r")
	s.await("Wrote " + file)
	s.asked(askNow)
	s.send("q\r")
	if code := s.end(); code != 3 {
		t.Errorf("exit code %d, want 3:\n%s", code, s.text())
	}
	if content, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(content), "<!DOCTYPE html>") {
		t.Errorf("%s: %v\n%.100s", file, err, content)
	}
}

// Going back from the question for something else leads to what could be done before, and not out of the program.
func TestGuided_backFromSomethingElse(t *testing.T) {
	t.Parallel()
	b := newBench(t, simulator.Options{Scenario: "granted"})
	s := b.onTerminal(nil)
	s.chose(false, askGoal, 1, askDevices, 1, askNow, 2)
	s.asked(askGoal)
	s.send(escape)
	s.chose(false, askNow, 3)
	if code := s.end(); code != 0 {
		t.Errorf("exit code %d:\n%s", code, s.text())
	}
}
