package cli

import (
	"context"
	"io"
	"time"

	"appleconsent/graph/wire"
	"appleconsent/internal/terminal"
	"appleconsent/plan/render"
)

// Environment is all that the program takes from the outside. No field but Checkpoint may be nil.
type Environment struct {
	In       io.Reader
	Out, Err io.Writer
	// Terminals says which of the streams are terminals.
	Terminals Terminals
	Shell     render.Shell // for which suggested commands are quoted; empty: any of POSIX
	Getenv    func(string) string
	Dial      wire.Dial // opens connections
	// Checkpoint is the one of the journal, see plan.Journal: for tests only.
	Checkpoint func(point string)
	// LimitMemory asks the runtime to keep to so many bytes, at the cost of collecting garbage more often; nil: it is not asked.
	LimitMemory func(bytes int64)
}

// Terminals says which streams are terminals, which of them know no escape codes (dumb), and how wide they are. Zero columns or
// rows stand for a size that is not known.
type Terminals struct {
	In, Out, Err     bool
	OutDumb, ErrDumb bool
	Columns, Rows    int
}

// settings are how the program prints. NO_COLOR (no-color.org), --no-color, TERM=dumb and a pipe mean no colours; ACCESSIBLE
// and TERM=dumb mean that nothing moves.
func (e Environment) settings(o output) terminal.Settings {
	dumb := e.Getenv("TERM") == "dumb"
	return terminal.Settings{
		Out: e.Out, Err: e.Err, OutIsTerminal: e.Terminals.Out, ErrIsTerminal: e.Terminals.Err, Columns: e.Terminals.Columns, Rows: e.Terminals.Rows,
		OutDumb: e.Terminals.OutDumb, ErrDumb: e.Terminals.ErrDumb,
		Plain: o.noColor || dumb || e.Getenv("NO_COLOR") != "", Accessible: dumb || e.Getenv("ACCESSIBLE") != "",
		Quiet: o.quiet, Debug: o.debug, JSON: o.stdout() == render.JSON,
	}
}

func (e Environment) prompter(o output) terminal.Prompter {
	return terminal.NewPrompter(e.In, e.settings(o))
}

// canAsk reports whether there is a person who can answer: questions go to stderr and answers come from stdin.
func (e Environment) canAsk() bool { return e.Terminals.In && e.Terminals.Err }

type systemClock struct{}

func (systemClock) Now() time.Time { return time.Now() } //nolint:forbidigo // this is the clock

func (systemClock) Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
