// Package noquery keeps Bubble Tea from asking the terminal for its background colour when the program starts. It does so
// in its init, for every command and also with NO_COLOR, by writing a query to the terminal and waiting for the answer:
// one that does not answer costs seconds, and one that answers late types into the user's next prompt.
//
// It works by order alone: Go initialises packages that are ready in the order of their import paths, and this one's path
// is before Bubble Tea's. TestColours of internal/e2e, on a real terminal, shows that nothing is asked. Nothing else lives here.
package noquery

import "github.com/charmbracelet/lipgloss"

// init is the only place early enough. Our colours are ANSI's own, which fit any background.
func init() { //nolint:gochecknoinits // see above
	lipgloss.SetHasDarkBackground(true)
}
