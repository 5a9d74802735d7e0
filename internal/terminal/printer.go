// Package terminal is how the program speaks with a person, or with a program in a pipe: the printer for both streams, the
// line that moves while something is waited for, and the questions.
//
// It decides how something is shown: colours, widths, wrapping, what is left out or added, lines of JSON. What
// is shown comes from others: results from plan/render, errors and hints from internal/cli. It knows no flags, no tenant and
// no exit code, and never ends the program.
package terminal

import (
	"fmt"
	"io"
	"strings"
	"sync"

	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// Settings say where a printer writes, and how. They are made once, when the flags are known.
type Settings struct {
	Out, Err                     io.Writer
	OutIsTerminal, ErrIsTerminal bool
	OutDumb, ErrDumb             bool // a terminal that knows no escape codes: without colours, and nothing moves
	Columns, Rows                int  // of the terminal; zero if that is not known
	Plain                        bool // no colours
	Accessible                   bool // nothing moves
	Quiet, Debug                 bool
	JSON                         bool // warnings and errors are documents, a line each
}

// Printer writes to the two streams, in colour where that is wanted. It may be used by several goroutines: what is shown of a
// line is whole.
type Printer struct {
	settings           Settings
	outStyle, errStyle render.Style

	mu      sync.Mutex
	waiting busyLine
	last    kind // of what was written last
}

// kind is what a printer has written: on a terminal, where both streams meet, an empty line parts results from other lines.
type kind int

const (
	apart    kind = iota // nothing, or an empty line
	line                 // on stderr
	result               // on stdout
	question             // with its answer
)

// part makes room for what is of another kind than what was written last. The lock must be held.
func (p *Printer) part(next kind) {
	if p.settings.OutIsTerminal && p.settings.ErrIsTerminal && p.last != apart && p.last != next {
		_, _ = io.WriteString(p.settings.Err, "\n")
	}
	p.last = next
}

// Gap parts what was written from a question that goes away with its answer.
func (p *Printer) Gap() { p.gap(apart) }

// Asking parts what was written from a question that stays with its answer, and that from what comes after it but more questions.
func (p *Printer) Asking() { p.gap(question) }

func (p *Printer) gap(next kind) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eraseBusy()
	p.part(next)
}

// New returns a printer.
func New(s Settings) *Printer {
	columns := DefaultColumns
	if s.Columns > 0 {
		columns = min(max(s.Columns, minColumns), maxColumns)
	}
	p := &Printer{
		settings: s,
		outStyle: newStyle(s.Out, columns, s.OutIsTerminal && !s.Plain && !s.OutDumb),
		errStyle: newStyle(s.Err, columns, s.ErrIsTerminal && !s.Plain && !s.ErrDumb),
	}
	p.outStyle.Columns = max(columns, s.Columns)
	p.outStyle.Beside = s.OutIsTerminal && s.ErrIsTerminal && !s.Quiet
	return p
}

// Style is how text for stdout is laid out and painted.
func (p *Printer) Style() render.Style { return p.outStyle }

// ErrStyle is Style for stderr.
func (p *Printer) ErrStyle() render.Style { return p.errStyle }

// Quiet reports whether little is wanted on stderr.
func (p *Printer) Quiet() bool { return p.settings.Quiet }

// OutputError is a result that could not be printed.
type OutputError struct{ Err error }

func (e *OutputError) Error() string { return "write the result: " + e.Err.Error() }

func (e *OutputError) Unwrap() error { return e.Err }

// Write writes to stdout, which is for results alone. Errors: *OutputError.
func (p *Printer) Write(content []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(content) == 0 {
		return nil
	}
	p.eraseBusy()
	p.part(result)
	if _, err := p.settings.Out.Write(content); err != nil {
		return &OutputError{err}
	}
	return nil
}

// Show shows a result on stderr, however little is wanted there.
func (p *Printer) Show(r render.Result) {
	text, err := render.Write(r, render.Text, p.errStyle)
	if err != nil { // text holds everything
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eraseBusy()
	p.part(result)
	_, _ = io.WriteString(p.settings.Err, string(text)+"\n")
	p.last = apart
}

// Note writes a line on stderr, unless little is wanted there.
func (p *Printer) Note(text string) {
	if !p.settings.Quiet {
		p.Say(text)
	}
}

// Say writes a line on stderr that must be seen.
func (p *Printer) Say(text string) {
	p.stderr(p.fit(text, len(text)-len(strings.TrimLeft(text, " "))))
}

// SayRows writes a list of names and what they mean on stderr, in two columns: what has no room is broken within its column, or
// stands below its name.
func (p *Printer) SayRows(rows [][2]string) {
	names := 0
	for _, row := range rows {
		names = max(names, ansi.StringWidth(row[0]))
	}
	for _, row := range rows {
		p.stderr(p.row(row, names))
	}
}

// leastColumn is how narrow a column of text may be.
const leastColumn = 24

func (p *Printer) row(row [2]string, names int) string {
	line := fmt.Sprintf("  %-*s  ", names, row[0])
	room := p.errStyle.Width - ansi.StringWidth(line)
	switch {
	case !p.settings.ErrIsTerminal:
		return line + row[1] + "\n"
	case room < leastColumn:
		return "  " + row[0] + "\n    " + strings.Join(render.Wrap(row[1], p.errStyle.Width-4), "\n    ") + "\n"
	}
	return line + strings.Join(render.Wrap(row[1], room), "\n"+strings.Repeat(" ", ansi.StringWidth(line))) + "\n"
}

// Copyable writes a line on stderr whole, however narrow the terminal is.
func (p *Printer) Copyable(text string) { p.stderr(text + "\n") }

// Debug writes a line that only explains, if that is wanted.
func (p *Printer) Debug(text string) {
	if p.settings.Debug {
		p.stderr("debug: " + plan.PrintableLine(text) + "\n")
	}
}

type warningDocument struct {
	SchemaVersion int    `json:"schemaVersion"`
	Kind          string `json:"kind"`
	Message       string `json:"message"`
}

// Warning says what a person should know, whatever else is left out.
func (p *Printer) Warning(text string) {
	if p.settings.JSON {
		p.Document(warningDocument{plan.SchemaVersion, "warning", text})
		return
	}
	p.labelled("warning:", p.errStyle.Warn, text)
}

// Failure says what went wrong, and what to do next.
func (p *Printer) Failure(text string, hints []string) {
	p.labelled("error:", p.errStyle.Removed, text)
	p.Hints(hints)
}

// Hints says what to do next.
func (p *Printer) Hints(hints []string) {
	for _, hint := range hints {
		p.labelled("hint:", p.errStyle.Muted, hint)
	}
}

// Document prints a document on one line of stderr.
func (p *Printer) Document(document any) {
	if line, err := plan.EncodeLine(document); err == nil { // plain values always encode
		p.stderr(string(line))
	}
}

// labelled writes a line whose text stands behind a label; behind error and hint it begins in the same column.
func (p *Printer) labelled(label string, paint func(string) string, text string) {
	margin := max(len(label), len("error:")) + 1
	lines := p.fit(strings.Repeat(" ", margin)+plan.PrintableLine(text), margin)
	p.stderr(paint(label) + lines[len(label):])
}

// fit makes lines of a text that begins with so many spaces: broken as render.Lines does and indented on a terminal, and one where
// other programs read it.
func (p *Printer) fit(text string, indent int) string {
	if !p.settings.ErrIsTerminal || ansi.StringWidth(text) <= p.errStyle.Width {
		return text + "\n"
	}
	margin := strings.Repeat(" ", indent)
	return margin + strings.Join(render.Lines(text[indent:], p.errStyle.Width-indent), "\n"+margin) + "\n"
}

func (p *Printer) stderr(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eraseBusy()
	p.part(line)
	_, _ = io.WriteString(p.settings.Err, text) // there is nowhere to report that stderr is gone
}

// Notef is Note with a format.
func (p *Printer) Notef(format string, args ...any) { p.Note(fmt.Sprintf(format, args...)) }

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
