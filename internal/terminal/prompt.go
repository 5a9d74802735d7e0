package terminal

import (
	"context"
	"errors"
	"io"

	"appleconsent/plan"
)

// Prompter asks a person. Whatever is not a clear yes is a no: the preset, an empty answer, the end of input. Ctrl-C is
// context.Canceled everywhere, and Esc, or the end of input, is ErrQuit where there is something to choose.
type Prompter interface {
	// Confirm reports whether the answer is yes.
	Confirm(ctx context.Context, question string) (bool, error)
	// Choose returns the index of the option that was chosen; the first is preset.
	Choose(ctx context.Context, title string, options []Option) (int, error)
	// Ask returns a line that check accepts, with a preset that can be edited or taken.
	Ask(ctx context.Context, title, preset string, check func(string) error) (string, error)
}

// Option is something to choose.
type Option struct {
	Label  string
	Detail string // empty: the label says it all
}

// ErrQuit is leaving without having chosen.
var ErrQuit = errors.New("left without a choice")

// NewPrompter returns huh's prompts, or plain lines for screen readers and for terminals that know nothing else.
func NewPrompter(in io.Reader, s Settings) Prompter {
	if s.Accessible {
		return newLinePrompter(in, s.Err)
	}
	return formPrompter{in, s.Err, s.Columns}
}

// text is the option in one line.
func (o Option) text() string {
	if o.Detail == "" {
		return plan.PrintableLine(o.Label)
	}
	return plan.PrintableLine(o.Label + " – " + o.Detail)
}
