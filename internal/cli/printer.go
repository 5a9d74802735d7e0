package cli

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"appleconsent/consent"
	"appleconsent/graph/wire"
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/ansi"
	"github.com/muesli/termenv"
)

// Widths of text: narrower terminals get lines that they wrap themselves, wider ones are not filled.
const (
	minColumns     = 60
	maxColumns     = 120
	defaultColumns = 80
)

// printer writes to the two streams, in colour where that is wanted. It may be used by several goroutines.
type printer struct {
	mu         sync.Mutex
	out, err   io.Writer
	outStyle   render.Style
	errStyle   render.Style
	quiet      bool
	debug      bool
	asJSON     bool
	output     output
	began      bool     // the command's input was understood
	changes    bool     // the command may change a tenant, so that its errors must say whether it did
	connection []string // the flags that make a later command go to the same tenant and state folder
	shell      render.Shell
	choices    consent.Choices
	animate    bool // stderr is a terminal on which a line may move
	wraps      bool // stderr is a terminal
	waiting    busyLine
	done       func() // ends the busy line of the action under way; nil if there is none
}

// newPrinter decides about colours once: NO_COLOR (no-color.org), --no-color, TERM=dumb and a pipe mean none.
func newPrinter(env Environment, o output) *printer {
	plainText := o.noColor || env.Getenv("NO_COLOR") != "" || env.Getenv("TERM") == "dumb"
	columns := defaultColumns
	if env.Terminals.Columns > 0 {
		columns = min(max(env.Terminals.Columns, minColumns), maxColumns)
	}
	return &printer{
		out: env.Out, err: env.Err, quiet: o.quiet, debug: o.debug, asJSON: o.stdout() == render.JSON, output: o,
		shell: env.shell(), wraps: env.Terminals.Err, animate: env.Terminals.Err && !o.quiet && !env.accessible(),
		outStyle: newStyle(env.Out, columns, env.Terminals.Out && !plainText),
		errStyle: newStyle(env.Err, columns, env.Terminals.Err && !plainText),
	}
}

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
		Width: columns, Good: colour("2"), Removed: colour("1"), Warn: colour("3"), Muted: paint(renderer.NewStyle().Faint(true)), Strong: paint(renderer.NewStyle().Bold(true)),
	}
}

// result writes what a command is about: the document as JSON, or its text.
func (p *printer) result(document any, text func(render.Style) string) error {
	if !p.asJSON {
		return p.write([]byte(text(p.outStyle)))
	}
	encoded, err := plan.Encode(document)
	if err != nil {
		return fmt.Errorf("encode the result: %w", err)
	}
	return p.write(encoded)
}

// show writes a result in the format that was asked for: to stdout, and to the file if there is one, in which nothing is
// coloured.
func (p *printer) show(r render.Result) error {
	shown, err := render.Write(r, p.output.stdout(), p.outStyle)
	if err != nil {
		return err
	}
	if p.output.file != "" {
		filed, err := render.Write(r, p.output.format, render.PlainStyle(defaultColumns))
		if err == nil {
			err = plan.WriteRendering(p.output.file, filed)
		}
		if err != nil {
			return err
		}
	}
	return p.write(shown)
}

// write writes to stdout.
func (p *printer) write(content []byte) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eraseBusy()
	if _, err := p.out.Write(content); err != nil {
		return &outputError{err}
	}
	return nil
}

// preview shows on stderr what is about to be asked or done.
func (p *printer) preview(doc plan.Document) {
	if !p.quiet {
		p.onStderr(render.OfPlan(doc))
	}
}

func (p *printer) onStderr(r render.Result) {
	if text, err := render.Write(r, render.Text, p.errStyle); err == nil { // text holds everything
		p.stderr(string(text) + "\n")
	}
}

// note writes a line on stderr that --quiet leaves out.
func (p *printer) note(format string, args ...any) {
	if !p.quiet {
		text := fmt.Sprintf(format, args...)
		p.stderr(p.fit(text, len(text)-len(strings.TrimLeft(text, " "))))
	}
}

func (p *printer) warning(text string) {
	if p.asJSON {
		p.jsonLine(warningDocument{plan.SchemaVersion, "warning", text})
		return
	}
	p.labelled("warning:", p.errStyle.Warn, text)
}

func (p *printer) errorLine(text string) { p.labelled("error:", p.errStyle.Removed, text) }

func (p *printer) hintLine(text string) { p.labelled("hint:", p.errStyle.Muted, text) }

// labelled writes a line whose text stands behind a label; behind error and hint it begins in the same column.
func (p *printer) labelled(label string, paint func(string) string, text string) {
	margin := max(len(label), len("error:")) + 1
	lines := p.fit(strings.Repeat(" ", margin)+plan.PrintableLine(text), margin)
	p.stderr(paint(label) + lines[len(label):])
}

// fit makes lines of a text that begins with so many spaces: wrapped between words and indented on a terminal, and one where
// other programs read it.
func (p *printer) fit(text string, indent int) string {
	if !p.wraps || ansi.StringWidth(text) <= p.errStyle.Width {
		return text + "\n"
	}
	margin := strings.Repeat(" ", indent)
	return margin + strings.Join(render.Wrap(text, p.errStyle.Width-indent), "\n"+margin) + "\n"
}

func (p *printer) stderr(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.eraseBusy()
	_, _ = io.WriteString(p.err, text) // there is nowhere to report that stderr is gone
}

// exchange logs one request for --debug: no header and no body, so no token.
func (p *printer) exchange(e wire.Exchange) {
	if !p.debug {
		return
	}
	id := ""
	if e.RequestID != "" {
		id = " request-id=" + plan.Printable(e.RequestID)
	}
	p.stderr(fmt.Sprintf("debug: %s %s %d %s%s\n", e.Method, plan.Printable(e.Path), e.Status, e.Duration.Round(time.Millisecond), id))
}

// explain says on stderr what only --debug shows.
func (p *printer) explain(text string) {
	if p.debug {
		p.stderr("debug: " + plan.PrintableLine(text) + "\n")
	}
}

// command returns a command line of ours that goes to the same tenant and state folder. Where it plans again, it makes the
// same choices; a saved plan and a change have them in themselves.
func (p *printer) command(words ...string) string {
	line := append([]string{"appleconsent"}, words...)
	planning := words[0] == "plan" || words[0] == "apply"
	switch {
	case p.choices == (consent.Choices{}):
	case words[0] == "link", len(words) == 1 && (planning || words[0] == "status"):
		line = append(line, choiceFlags(p.choices, planning)...)
	}
	return render.Quote(p.shell, append(line, p.connection...)...)
}

// incomplete lists what became of the actions of a change that stopped.
func (p *printer) incomplete(e *plan.IncompleteError) {
	p.onStderr(render.OfChange(e.Change))
}

// Started, Finished and Waiting make the printer hear what plan.Engine does.

// Started says what is being done.
func (p *printer) Started(a plan.RecordedAction) {
	p.note("%s …", render.Describe(a.Action.Action))
	p.done = p.busy("waiting for Microsoft Graph")
}

// Finished says what became of it.
func (p *printer) Finished(a plan.RecordedAction) {
	p.done()
	if text := render.Finished(a, p.errStyle); text != "" {
		p.note("  %s", text)
	}
}

// Waiting says what is waited for; zero is a time that nobody knows.
func (p *printer) Waiting(what string, d time.Duration) {
	if d == 0 {
		p.note("  waiting for %s", plan.Printable(what))
		return
	}
	p.note("  waiting %s for %s", d.Round(100*time.Millisecond), plan.Printable(what))
}
