package terminal

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// press sends keys, by the names of Bubble Tea for those that are no letters.
func (c *chooser) presses(keys ...string) {
	named := map[string]tea.KeyType{
		"down": tea.KeyDown, "up": tea.KeyUp, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "enter": tea.KeyEnter, "esc": tea.KeyEsc,
		"backspace": tea.KeyBackspace, "ctrl+d": tea.KeyCtrlD,
	}
	for _, k := range keys {
		message := tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(k)}
		if kind, found := named[k]; found {
			message = tea.KeyMsg{Type: kind}
		}
		c.Update(message)
	}
}

func manyOptions() []Option {
	options := make([]Option, 21)
	for i := range options {
		options[i] = Option{fmt.Sprintf("scenario-%02d", i+1), "what it is there for takes more words than there is room for beside its name, on any terminal that is usual today"}
	}
	options[11].Detail = "a GUID: f8d98a96-0999-43f5-8af3-69971c7bb423, which stays in one line wherever it is in the text that surrounds it"
	return options
}

func someOptions() []Option {
	return []Option{{"Apply", "you will be asked to confirm"}, {"Save the plan", "for a review, or to apply later"}, {Label: "Quit without changes"}}
}

// What a list looks like: whole in every size, with the chosen line marked without colour, too.
func TestChooser_screens(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("Which of them in the tenant 9a0325ba-8f41-4407-bf4c-721efe40a773? ", 2)
	for _, size := range []struct{ columns, rows int }{{60, 20}, {80, 24}, {140, 40}} {
		for _, coloured := range []bool{false, true} {
			var screens strings.Builder
			show := func(name, title string, options []Option, keys ...string) {
				c := newChooser(formPrompter{style: newStyle(nil, min(size.columns, maxColumns), coloured), rows: size.rows, back: "back"}, title, options)
				c.presses(keys...)
				view := c.View()
				for _, line := range strings.Split(view, "\n") {
					if width := ansi.StringWidth(line); width > size.columns || strings.Contains(line, "…") {
						t.Errorf("%d columns, %s: %d wide, or cut: %q", size.columns, name, width, line)
					}
				}
				if n := strings.Count(view, "\n") + 1; n > size.rows {
					t.Errorf("%d rows, %s: %d lines", size.rows, name, n)
				}
				if chosen := strings.Count(ansi.Strip(view), "\n> "); chosen != 1 && name != "answered" && name != "no match" {
					t.Errorf("%s: %d lines are chosen", name, chosen)
				}
				fmt.Fprintf(&screens, "--- %s\n%s\n", name, view)
			}
			show("short", "What now?", someOptions())
			show("the last", "What now?", someOptions(), "end")
			show("long", long, manyOptions())
			show("long, in its middle", long, manyOptions(), strings.Fields(strings.Repeat("down ", 13))...)
			show("long, from below", "Which?", manyOptions(), "end", "up", "up")
			show("filtered", "Which?", manyOptions(), "/", "g", "u", "i", "x", "backspace", "d")
			show("no match", "Which?", manyOptions(), "/zzz")
			show("answered", "Which?", manyOptions(), "down", "enter")
			golden(t, fmt.Sprintf("choose-%d-%v.golden", size.columns, map[bool]string{true: "coloured", false: "plain"}[coloured]), screens.String())
		}
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// Keys lead where they say.
func TestChooser_keys(t *testing.T) {
	t.Parallel()
	for keys, want := range map[string]struct {
		answer string
		end    error
	}{
		"enter":                               {"scenario-01", nil},
		"down j down up enter":                {"scenario-03", nil},
		"up k pgup enter":                     {"scenario-01", nil},
		"end enter":                           {"scenario-21", nil},
		"/ 0 7 enter":                         {"scenario-07", nil},
		"/07 enter":                           {"scenario-07", nil},
		"/ 0 7 esc enter":                     {"scenario-01", nil},
		"/ 1 down enter":                      {"scenario-10", nil},
		"/ j k backspace backspace end enter": {"scenario-21", nil},
		"/ z z enter backspace backspace 2 1 enter": {"scenario-21", nil},
		"esc":         {"", ErrBack},
		"/ z esc esc": {"", ErrBack},
		"ctrl+d":      {"", ErrQuit},
		"/ ctrl+d":    {"", ErrQuit},
	} {
		c := newChooser(formPrompter{style: newStyle(nil, 80, false), rows: 24, back: "back"}, "Which?", manyOptions())
		c.presses(strings.Fields(keys)...)
		answer := ""
		if c.answered {
			answer = c.options[c.matches[c.at]].Label
		}
		if answer != want.answer || !errors.Is(c.end, want.end) {
			t.Errorf("%s: got %q, %v, want %q, %v", keys, answer, c.end, want.answer, want.end)
		}
	}
	c := newChooser(formPrompter{style: newStyle(nil, 80, false), rows: 24}, "Which?", someOptions())
	if c.presses("/", "s", "enter"); c.filtering || c.at != 0 {
		t.Errorf("a short list was filtered: %q", c.View())
	}
	ids := []Option{{Label: "2026-11-27 00:21 UTC 20261127T002137Z-f24abc"}}
	c = newChooser(formPrompter{style: newStyle(nil, 60, false), rows: 24}, "Undo which change?", ids)
	c.presses("enter")
	if got := c.View(); got != "Undo which change?\n  "+ids[0].Label+"\n" {
		t.Errorf("an answer with an id is not whole: %q", got)
	}
}
