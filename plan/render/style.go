package render

import (
	"strings"

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

// paint is the colour of a tone.
func (s Style) paint(t tone) func(string) string {
	if t == "" {
		return plainly
	}
	return map[tone]func(string) string{good: s.Good, warn: s.Warn, bad: s.Removed, calm: s.Muted}[t]
}

// page collects the lines of a rendering.
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

// blank adds an empty line.
func (p *page) blank() { p.b.WriteByte('\n') }

// pad fills text with spaces up to a number of columns.
func pad(s string, columns int) string {
	return s + strings.Repeat(" ", max(0, columns-ansi.StringWidth(s)))
}
