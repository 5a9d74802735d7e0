package render

import (
	"cmp"
	"slices"
	"strings"

	"appleconsent/consent"

	"github.com/charmbracelet/x/ansi"
)

// Style is how text is laid out and painted. Colours only add to words and symbols.
type Style struct {
	Width                              int // columns; lines are wrapped or cut to it
	Good, Removed, Warn, Muted, Strong func(string) string
}

// PlainStyle lays out without colours.
func PlainStyle(width int) Style { return Style{width, plainly, plainly, plainly, plainly, plainly} }

func plainly(s string) string { return s }

func (s Style) paint(t tone) func(string) string {
	if t == "" {
		return plainly
	}
	return map[tone]func(string) string{good: s.Good, warn: s.Warn, bad: s.Removed, calm: s.Muted}[t]
}

type page struct {
	style Style
	b     strings.Builder
}

// line adds one line, cut to the width.
func (p *page) line(indent int, s string) {
	p.b.WriteString(strings.TrimRight(strings.Repeat(" ", indent)+ansi.Truncate(s, p.style.Width-indent, "…"), " "))
	p.b.WriteByte('\n')
}

// paragraph adds text behind a label, wrapped and indented to the end of the label.
func (p *page) paragraph(label, paintedLabel, s string) {
	indent := 0
	if label != "" {
		indent, paintedLabel = ansi.StringWidth(label)+1, paintedLabel+" "
	}
	for i, part := range Wrap(s, p.style.Width-indent) {
		if i == 0 {
			p.b.WriteString(paintedLabel + part + "\n")
			continue
		}
		p.line(indent, part)
	}
}

// Wrap breaks text between words only. It is our own because the libraries at hand also break at hyphens, and a GUID or
// a flag on two lines cannot be copied.
func Wrap(s string, width int) []string {
	var lines []string
	line := ""
	for word := range strings.FieldsSeq(s) {
		if line != "" && ansi.StringWidth(line)+1+ansi.StringWidth(word) > width {
			lines, line = append(lines, line), ""
		}
		if line != "" {
			line += " "
		}
		line += ansi.Truncate(word, width, "…")
	}
	return append(lines, line)
}

// whole adds lines of any width: what is to be pasted is never wrapped or cut.
func (p *page) whole(lines string) { p.b.WriteString(lines + "\n") }

func (p *page) blank() { p.b.WriteByte('\n') }

func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-ansi.StringWidth(s)))
}

// textOf lays a sheet out for a terminal: the tenant, the client, a line per scope with its state, the actions, what else to
// know, one sentence of summary, and the command that leads on.
func textOf(s sheet, style Style) string {
	p := &page{style: style}
	p.banner(s.Banner)
	for _, n := range s.Alarms {
		p.notice(n)
		p.blank()
	}
	p.facts(s.Facts)
	states := p.tables(s.Tables)
	if len(s.Actions) > 0 {
		p.blank()
		p.line(0, style.Strong("Actions"))
	}
	for _, a := range s.Actions {
		p.action(a, states)
	}
	p.closing(s)
	return p.b.String()
}

// closing adds what else to know, what it comes to and the command that leads on.
func (p *page) closing(s sheet) {
	for _, n := range s.Notices {
		if n.Brief == "" {
			p.blank()
			p.notice(n)
		}
	}
	p.blank()
	for _, n := range s.Notices {
		if n.Brief != "" {
			p.paragraph("", "", n.Brief)
		}
	}
	p.paragraph(s.Verdict.Word+":", p.style.Strong(s.Verdict.Word+":"), s.Verdict.Sentence)
	p.leads(s.Leads)
}

func (p *page) banner(text string) {
	if text != "" {
		p.line(0, p.style.Warn(text))
	}
}

// leads shows commands, each on a line of its own.
func (p *page) leads(all []instruction) {
	for _, lead := range all {
		if !lead.Report {
			p.whole(lead.Label + ": " + p.style.Strong(lead.Command))
		}
	}
}

// notice shows one, with its word painted; one that must not be missed is painted whole.
func (p *page) notice(n notice) {
	label, paint := strings.ToLower(n.Word)+":", p.style.paint(n.Tone)
	if n.Tone != bad || n.Level == consent.Blocker {
		p.paragraph(label, paint(label), n.Message)
		return
	}
	for i, part := range Wrap(n.Message, p.style.Width-len(label)-1) {
		lead := label
		if i > 0 {
			lead = strings.Repeat(" ", len(label))
		}
		p.b.WriteString(paint(lead+" "+part) + "\n")
	}
}

// termWidth is where the values of facts begin.
const termWidth = 8

// facts shows those that have a place in a terminal. One that is Below stands on the same line if there is room.
func (p *page) facts(facts []fact) {
	open := "" // the line so far
	flush := func() {
		if open != "" {
			p.line(0, open)
		}
		open = ""
	}
	for _, f := range facts {
		switch {
		case f.Below:
			below := p.below(f)
			if open != "" && ansi.StringWidth(open)+2+ansi.StringWidth(below) <= p.style.Width {
				open += "  " + below
				continue
			}
			flush()
			open = strings.Repeat(" ", termWidth) + below
		case f.Term == "":
		case f.Prose != "":
			flush()
			label := pad(f.Term, termWidth-1)
			p.paragraph(label, label, f.Prose)
		default:
			flush()
			open = pad(f.Term, termWidth-1) + " " + p.style.Strong(f.value())
		}
	}
	flush()
}

// below is a fact that follows on another.
func (p *page) below(f fact) string {
	paint := p.style.Muted
	if f.Tone != "" {
		paint = p.style.paint(f.Tone)
	}
	return paint(strings.TrimLeft(f.Term+" "+f.value(), " "))
}

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
