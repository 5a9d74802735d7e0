package render

import (
	"cmp"
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// tables shows tables without lines between them, and reports whether there was anything to show.
func (p *page) tables(all []table) bool {
	shown := false
	for _, t := range all {
		if len(t.stated()) == 0 {
			continue
		}
		if !shown {
			p.blank()
		}
		p.table(t)
		shown = true
	}
	return shown
}

// stated are the rows that a terminal shows: those that have a state.
func (t table) stated() []row {
	return slices.DeleteFunc(slices.Clone(t.Rows), func(r row) bool { return r.State == mark{} })
}

func (p *page) table(t table) {
	names, words := 0, 0
	rows := t.stated()
	for _, r := range rows {
		names, words = max(names, ansi.StringWidth(r.Code+r.Rest)), max(words, ansi.StringWidth(r.State.Word))
	}
	p.line(0, p.style.Strong(t.Title+t.Name))
	if t.Lead != "" {
		p.paragraph(" ", " ", t.Lead)
	}
	names = min(names, p.style.Width-6-words) // the margin, the symbol and the gaps take six columns
	for _, r := range rows {
		line := r.State.Symbol + " " + pad(fitted(r.Code+r.Rest, names), names) + "  " + r.State.Word
		p.line(2, p.style.paint(r.State.Tone)(strings.TrimRight(line, " ")))
	}
}

// fitted cuts a name. What all entries of the authorization policy begin with makes room for what tells them apart.
func fitted(name string, width int) string {
	if ansi.StringWidth(name) > width {
		name = strings.Replace(name, "ManagePermissionGrants", "…", 1)
	}
	return ansi.Truncate(name, width, "…")
}

// action shows one step: in one line where what it does fits in, else with a line for each scope. What it leaves alone is shown
// unless the tables tell of it.
func (p *page) action(a action, tabled bool) {
	marks := slices.DeleteFunc(slices.Clone(a.Marks), func(m mark) bool { return tabled && m.Symbol == "=" })
	line, long := a.ID+" "+p.style.paint(a.Tone)(a.Symbol)+" "+a.title(), ""
	for i, m := range marks {
		separator := map[bool]string{true: ": ", false: ", "}[i == 0]
		long += separator + p.style.paint(m.Tone)(m.Symbol+" "+m.text())
	}
	if ansi.StringWidth(line+long) <= p.style.Width-2 && !slices.ContainsFunc(marks, func(m mark) bool { return m.Symbol == "=" }) {
		line, marks = line+long, nil
	}
	p.line(2, line)
	p.marks(marks)
	if a.Status.Word != "" {
		p.line(6, p.style.paint(a.Status.Tone)(a.Status.Word))
	}
	if a.Prose != "" {
		p.paragraph("     ", "     ", a.Prose)
	}
}

// marks shows each on a line of its own.
func (p *page) marks(all []mark) {
	for _, m := range all {
		symbol := m.Symbol
		if symbol == "=" {
			symbol = " "
		}
		p.line(6, p.style.paint(m.Tone)(symbol+" "+fitted(m.text(), p.style.Width-8)))
	}
}

// text is what a mark is about, or else its word.
func (m mark) text() string { return cmp.Or(m.Code, m.Word) }
