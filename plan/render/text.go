package render

import (
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
	indent := ansi.StringWidth(label) + 1
	for i, part := range Wrap(s, p.style.Width-indent) {
		if i == 0 {
			p.b.WriteString(paintedLabel + " " + part + "\n")
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
// know, and one sentence of summary.
func textOf(s sheet, style Style) string {
	p := &page{style: style}
	for _, n := range s.Alarms {
		p.notice(n)
		p.blank()
	}
	p.facts(s.Facts)
	for _, t := range s.Tables {
		p.table(t)
	}
	if len(s.Actions) > 0 {
		p.blank()
		p.line(0, style.Strong("Actions"))
	}
	for _, a := range s.Actions {
		p.action(a)
	}
	for _, n := range s.Notices {
		p.blank()
		p.notice(n)
	}
	p.blank()
	p.paragraph(s.Verdict.Word+":", style.Strong(s.Verdict.Word+":"), s.Verdict.Sentence)
	return p.b.String()
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

// facts shows those that have a place in a terminal.
func (p *page) facts(facts []fact) {
	for _, f := range facts {
		switch {
		case f.Below:
			paint := p.style.Muted
			if f.Tone != "" {
				paint = p.style.paint(f.Tone)
			}
			p.line(termWidth, paint(strings.TrimLeft(f.Term+" "+f.value(), " ")))
		case f.Term == "":
		case f.Prose != "":
			label := pad(f.Term, termWidth-1)
			p.paragraph(label, label, f.Prose)
		default:
			p.line(0, pad(f.Term, termWidth-1)+" "+p.style.Strong(f.value()))
		}
	}
}

// table shows each row that has a state.
func (p *page) table(t table) {
	names, words := 0, 0
	rows := slices.DeleteFunc(slices.Clone(t.Rows), func(r row) bool { return r.State == mark{} })
	for _, r := range rows {
		names, words = max(names, ansi.StringWidth(r.Code+r.Rest)), max(words, ansi.StringWidth(r.State.Word))
	}
	if len(rows) == 0 {
		return
	}
	p.blank()
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

// action shows one step, with a line for each scope that it touches or leaves.
func (p *page) action(a action) {
	p.line(2, a.ID+" "+p.style.paint(a.Tone)(a.Symbol)+" "+a.title())
	for _, m := range a.Marks {
		symbol, text := m.Symbol, m.Code
		if symbol == "=" {
			symbol = " "
		}
		if text == "" {
			text = m.Word
		}
		p.line(6, p.style.paint(m.Tone)(symbol+" "+fitted(text, p.style.Width-8)))
	}
	if a.Status.Word != "" {
		p.line(6, p.style.paint(a.Status.Tone)(a.Status.Word))
	}
	if a.Prose != "" {
		p.paragraph("     ", "     ", a.Prose)
	}
}
