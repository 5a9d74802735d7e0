package terminal

import (
	"io"

	"appleconsent/plan/render"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// DefaultColumns is the width of text where none is known.
const DefaultColumns = 80

// Narrower terminals get lines that they wrap themselves, wider ones are not filled.
const (
	minColumns = 60
	maxColumns = 120
)

// newStyle returns the program's colours for a stream; ANSI's own sixteen follow the terminal's theme.
func newStyle(w io.Writer, columns int, coloured bool) render.Style {
	if !coloured {
		return render.PlainStyle(columns)
	}
	renderer := lipgloss.NewRenderer(w)
	renderer.SetColorProfile(termenv.ANSI)
	paint := func(s lipgloss.Style) func(string) string {
		return func(text string) string { return s.Render(text) }
	}
	colour := func(code string) func(string) string {
		return paint(renderer.NewStyle().Foreground(lipgloss.Color(code)))
	}
	return render.Style{
		Width: columns, Good: colour("2"), Removed: colour("1"),
		Warn: colour("3"), Muted: paint(renderer.NewStyle().Faint(true)), Strong: paint(renderer.NewStyle().Bold(true)),
	}
}
