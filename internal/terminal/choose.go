package terminal

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"appleconsent/plan"
	"appleconsent/plan/render"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"
)

func (p formPrompter) Choose(ctx context.Context, title string, options []Option) (int, error) {
	c := newChooser(p, title, options)
	err := p.draw(ctx, c)
	if err == nil {
		err = c.end
	}
	if err != nil {
		return 0, err
	}
	return c.matches[c.at], nil
}

// chooser is a list to choose from. It is our own because huh's shows the chosen line of a long list always on top, with nothing of
// what is above it, breaks lines at hyphens, and has no room for what a line means.
type chooser struct {
	formPrompter
	title   []string
	options []Option
	below   int // lines for what the chosen one means; 0: that is told beside each
	labels  int // columns

	filtering bool
	filter    string
	matches   []int // the options that are shown
	at, top   int   // the chosen one, and the first that is seen, of these
	answered  bool
	end       error // why there is no answer
}

// A list that is longer than this can be filtered.
const longList = 8

// marker stands before the chosen line, so that it needs no colour.
const marker = "> "

func newChooser(p formPrompter, title string, options []Option) *chooser {
	c := &chooser{formPrompter: p, title: render.Wrap(title, p.style.Width), options: make([]Option, len(options))}
	beside := true
	for i, o := range options {
		c.options[i] = Option{plan.PrintableLine(o.Label), plan.PrintableLine(o.Detail)}
		c.labels = max(c.labels, ansi.StringWidth(c.options[i].Label))
	}
	for _, o := range c.options {
		beside = beside && len(marker)+c.labels+2+ansi.StringWidth(o.Detail) <= p.style.Width
		c.below = max(c.below, len(render.Wrap(o.Detail, p.style.Width-len(marker))))
	}
	if beside {
		c.below = 0
	}
	c.match()
	return c
}

// match finds the options that the filter lets through.
func (c *chooser) match() {
	c.matches, c.at, c.top = nil, 0, 0
	for i, o := range c.options {
		if strings.Contains(strings.ToLower(o.Label+" "+o.Detail), strings.ToLower(c.filter)) {
			c.matches = append(c.matches, i)
		}
	}
}

// Init begins with nothing.
func (c *chooser) Init() tea.Cmd { return nil }

// Update takes in a key, or a new size.
func (c *chooser) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	switch m := message.(type) {
	case tea.WindowSizeMsg:
		c.rows = cmp.Or(m.Height, c.rows)
	case tea.KeyMsg:
		return c, c.press(m)
	}
	return c, nil
}

func (c *chooser) press(pressed tea.KeyMsg) tea.Cmd {
	switch {
	case pressed.Type == tea.KeyEsc && c.filtering: // one step back
		c.filtering, c.filter = false, ""
		c.match()
		return nil
	case c.left(pressed) != nil:
		c.end = c.left(pressed)
		return tea.Quit
	case pressed.Type == tea.KeyEnter && len(c.matches) > 0:
		c.answered = true
		return tea.Quit
	}
	if !c.move(pressed) {
		c.edit(pressed)
	}
	return nil
}

// move reports whether the key leads to another line.
func (c *chooser) move(pressed tea.KeyMsg) bool {
	steps := map[string]int{"up": -1, "down": 1, "pgup": -c.seen(), "pgdown": c.seen(), "home": -len(c.matches), "end": len(c.matches)}
	if !c.filtering {
		steps["k"], steps["j"] = -1, 1
	}
	step, found := steps[pressed.String()]
	if found {
		c.at = max(0, min(c.at+step, len(c.matches)-1))
	}
	return found
}

// edit changes the filter.
func (c *chooser) edit(pressed tea.KeyMsg) {
	typed := string(pressed.Runes) // several at once, where they come fast
	if !c.filtering {
		if typed, c.filtering = strings.CutPrefix(typed, "/"); !c.filtering || len(c.options) <= longList {
			c.filtering = false
			return
		}
	}
	c.filter += plan.PrintableLine(typed)
	if pressed.Type == tea.KeyBackspace {
		runes := []rune(c.filter)
		c.filter = string(runes[:max(0, len(runes)-1)])
	}
	c.match()
}

// seen is how many options have room.
func (c *chooser) seen() int {
	others := len(c.title) + 2 // an empty line and the keys
	if c.below > 0 {
		others += 1 + c.below
	}
	if c.filtering {
		others++
	}
	room := c.rows - 1 - others
	if room < len(c.options) {
		room -= 2 // what says that there are more
	}
	return max(1, room)
}

// View draws the list, or in the end what was answered.
func (c *chooser) View() string {
	if c.answered {
		return c.answer(c.options[c.matches[c.at]].Label) + "\n"
	}
	if c.end != nil {
		return ""
	}
	lines := []string{}
	for _, line := range c.title {
		lines = append(lines, c.style.Strong(line))
	}
	if c.filtering {
		lines = append(lines, "/"+c.filter)
	}
	lines = append(lines, c.list()...)
	if c.below > 0 {
		lines = append(lines, "")
		lines = append(lines, c.meaning()...)
	}
	return strings.Join(append(lines, "", c.style.Muted(c.keys())), "\n")
}

// answer is the question with its answer, which begins a line where it would not be whole behind the question.
func (c *chooser) answer(label string) string {
	separator := " "
	if ansi.StringWidth(c.title[len(c.title)-1]+separator+label) > c.style.Width {
		separator = "\n" + strings.Repeat(" ", len(marker))
	}
	return strings.Join(c.title, "\n") + separator + c.chosen(label)
}

// list draws the options that have room.
func (c *chooser) list() []string {
	seen := c.seen()
	c.top = max(min(c.top, c.at), c.at-seen+1)
	last := min(c.top+seen, len(c.matches))
	var lines []string
	scrolls := len(c.options) > seen
	if scrolls {
		lines = append(lines, c.style.Muted(more("↑", c.top)))
	}
	for i, option := range c.matches[c.top:last] {
		lines = append(lines, c.line(c.options[option], c.top+i == c.at))
	}
	if len(c.matches) == 0 {
		lines = append(lines, "  nothing matches")
	}
	if scrolls {
		lines = append(lines, c.style.Muted(more("↓", len(c.matches)-last)))
	}
	return lines
}

// more says how many there are beyond an end of the list.
func more(arrow string, n int) string {
	if n == 0 {
		return ""
	}
	return fmt.Sprintf("  %s %d more", arrow, n)
}

func (c *chooser) line(o Option, chosen bool) string {
	label := ansi.Truncate(o.Label, c.style.Width-len(marker), "…")
	detail := ""
	if c.below == 0 && o.Detail != "" {
		label += strings.Repeat(" ", c.labels-ansi.StringWidth(label)+2)
		detail = o.Detail
	}
	if chosen {
		return c.chosen(marker+label) + detail
	}
	return strings.Repeat(" ", len(marker)) + label + c.style.Muted(detail)
}

// meaning says what the chosen option means, in as many lines as any of them takes, so that nothing jumps.
func (c *chooser) meaning() []string {
	var lines []string
	if len(c.matches) > 0 {
		for _, line := range render.Wrap(c.options[c.matches[c.at]].Detail, c.style.Width-len(marker)) {
			lines = append(lines, "  "+line)
		}
	}
	return slices.Concat(lines, make([]string, c.below-len(lines)))
}

// keys is the line of keys.
func (c *chooser) keys() string {
	escape, filter := cmp.Or(c.back, "cancel"), ""
	switch {
	case c.filtering:
		escape = "clear the filter"
	case len(c.options) > longList:
		filter = " • / filter"
	}
	return ansi.Truncate("↑/↓ move"+filter+" • enter choose • esc "+escape, c.style.Width-1, "…")
}
