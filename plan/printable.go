package plan

import (
	"strings"
	"unicode"

	"github.com/charmbracelet/x/ansi"
)

// maxPrintable is the width, in terminal cells, at which a name from outside is cut.
const maxPrintable = 256

// Printable makes text from outside (a tenant, a file, a server) fit for a terminal: one line, without control and
// formatting characters such as escape sequences and changes of direction, and of bounded length.
func Printable(s string) string {
	return ansi.Truncate(PrintableLine(s), maxPrintable, "…")
}

// PrintableLine is Printable without the cut, for sentences.
func PrintableLine(s string) string {
	clean := strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case acts(r), unicode.In(r, unicode.Co, unicode.Cs), r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, s)
	return strings.Join(strings.Fields(clean), " ")
}

// Inert takes out only what acts on a terminal, for lines that people paste.
func Inert(s string) string {
	return strings.Map(func(r rune) rune {
		if acts(r) {
			return -1
		}
		return r
	}, s)
}

// acts reports whether a terminal does something else with the character than to show it.
func acts(r rune) bool {
	return unicode.IsControl(r) || unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp)
}
