package render

import (
	"strings"

	"appleconsent/consent"

	"github.com/charmbracelet/x/ansi"
)

// Style is how text is laid out and painted. Colours only add to words and symbols.
type Style struct {
	Width                              int // columns; lines are wrapped or cut to it
	Columns                            int // of the terminal, for lists with more columns than texts are wide; 0: Width
	Good, Removed, Warn, Muted, Strong func(string) string
	Beside                             bool // on the screen that has shown already what was planned, done and verified
}

// PlainStyle lays out without colours.
func PlainStyle(width int) Style {
	return Style{Width: width, Good: plainly, Removed: plainly, Warn: plainly, Muted: plainly, Strong: plainly}
}

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
	said  map[string]bool // the sentences and commands of a diagnosis that are on it
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

// leads shows commands.
func (p *page) leads(all []instruction) {
	for _, lead := range all {
		if !lead.Report {
			p.lead(lead.Label, lead.Command)
		}
	}
}

// lead shows a command whole: behind what it is for, or on a line of its own where it would not fit in there.
func (p *page) lead(label, command string) {
	separator := " "
	if ansi.StringWidth(label+": "+command) > p.style.Width {
		separator = "\n" + commandMargin
	}
	p.whole(label + ":" + separator + p.style.Strong(command))
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
