package render

import (
	"regexp"
	"strings"

	"github.com/charmbracelet/x/ansi"
)

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

// Lines wraps a text, but not the command or the page to which it leads: that stands whole on a line of its own, for half of one can
// be a command, too.
func Lines(s string, width int) []string {
	if ansi.StringWidth(s) <= width {
		return Wrap(s, width)
	}
	all := command.FindAllStringIndex(s, -1)
	if len(all) == 0 {
		return Wrap(s, width)
	}
	colon := all[len(all)-1][0]
	return append(Wrap(s[:colon+1], width), commandMargin+s[colon+2:])
}

// commandMargin is before a command on a line of its own.
const commandMargin = "  "

// command finds where what people paste begins, behind the colon that leads to it. The last one goes on to the end of the text: a colon
// in it is one in quotation marks.
var command = regexp.MustCompile(`: ((appleconsent|az) [a-z-]|https://)`)
