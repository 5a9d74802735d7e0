package cli

import (
	"context"
	"errors"

	"appleconsent/plan"
)

// prompter asks a person. Whatever is not a clear yes is a no: the preset, an empty answer, the end of input. Ctrl-C is
// context.Canceled everywhere, and Esc, or the end of input, is errQuit where there is something to choose.
type prompter interface {
	confirm(ctx context.Context, question string) (bool, error)
	// choose returns the index of the option that was chosen; the first is preset.
	choose(ctx context.Context, title string, options []option) (int, error)
	// ask returns a line that check accepts, with a preset that can be edited or taken.
	ask(ctx context.Context, title, preset string, check func(string) error) (string, error)
}

// option is something to choose.
type option struct {
	label  string
	detail string // empty: the label says it all
}

// errQuit is leaving without having chosen.
var errQuit = errors.New("left without a choice")

// newPrompter returns huh's prompts, or with ACCESSIBLE or on a dumb terminal plain lines for screen readers.
func newPrompter(env Environment) prompter {
	if env.accessible() {
		return newLinePrompter(env.In, env.Err)
	}
	return formPrompter{env.In, env.Err, env.Terminals.Columns}
}

// accessible tells whether a person wants plain lines, or has a terminal that knows nothing else.
func (e Environment) accessible() bool {
	return e.Getenv("ACCESSIBLE") != "" || e.Getenv("TERM") == "dumb"
}

// text is the option in one line.
func (o option) text() string {
	if o.detail == "" {
		return plan.PrintableLine(o.label)
	}
	return plan.PrintableLine(o.label + " – " + o.detail)
}
