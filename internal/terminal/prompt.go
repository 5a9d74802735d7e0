package terminal

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	_ "appleconsent/internal/terminal/noquery" // before huh asks the terminal for its background
	"appleconsent/plan"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/x/ansi"
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
	if s.Accessible || s.ErrDumb {
		return linePrompter{bufio.NewReader(in), s.Err}
	}
	return formPrompter{in, s.Err, s.Columns}
}

func (o Option) text() string {
	if o.Detail == "" {
		return plan.PrintableLine(o.Label)
	}
	return plan.PrintableLine(o.Label + " – " + o.Detail)
}

// formPrompter draws questions with huh on stderr.
type formPrompter struct {
	in      io.Reader
	err     io.Writer
	columns int // of the terminal; zero if that is not known
}

func (p formPrompter) Confirm(ctx context.Context, question string) (bool, error) {
	yes := false
	err := p.run(ctx, huh.NewConfirm().Title(question).Affirmative("Yes").Negative("No").Value(&yes))
	if errors.Is(err, ErrQuit) {
		return false, nil
	}
	return yes && err == nil, err
}

func (p formPrompter) Choose(ctx context.Context, title string, options []Option) (int, error) {
	chosen := 0
	items := make([]huh.Option[int], len(options))
	for i, o := range options { // one line each, so that all fit a small screen
		items[i] = huh.NewOption(ansi.Truncate(o.text(), p.width()-optionMargin, "…"), i)
	}
	field := huh.NewSelect[int]().Title(title).Options(items...).Value(&chosen)
	return chosen, p.run(ctx, field)
}

func (p formPrompter) Ask(ctx context.Context, title, preset string, check func(string) error) (string, error) {
	answer := preset
	err := p.run(ctx, huh.NewInput().Title(title).Value(&answer).Validate(check))
	return answer, err
}

// optionMargin is what huh draws beside an option.
const optionMargin = 5

func (p formPrompter) width() int { return min(cmp.Or(p.columns, DefaultColumns), maxColumns) }

// run draws one question. Esc and the end of input leave it, Ctrl-C ends the program. They are caught before huh sees them: it
// ends in a way in which Bubble Tea does not wait for its reader, which then takes the first key of the next question. Signals end
// the context; Bubble Tea's own handler of them would wait for ever for a program that has ended because of it.
func (p formPrompter) run(ctx context.Context, field huh.Field) error {
	var end error
	watch := func(_ tea.Model, message tea.Msg) tea.Msg {
		key, ok := message.(tea.KeyMsg)
		switch {
		case ok && (key.Type == tea.KeyEsc || key.Type == tea.KeyCtrlD):
			end = ErrQuit
		case ok && key.Type == tea.KeyCtrlC:
			end = context.Canceled
		default:
			return message
		}
		return tea.QuitMsg{}
	}
	keys := huh.NewDefaultKeyMap()
	keys.Select.Filter.SetEnabled(false) // these few options need none
	form := huh.NewForm(huh.NewGroup(field)).WithTheme(huh.ThemeBase16()).WithKeyMap(keys).
		WithProgramOptions(tea.WithFilter(watch), tea.WithoutSignalHandler()).WithInput(p.in).WithOutput(p.err).WithWidth(p.width())
	err := form.RunWithContext(ctx)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case end != nil:
		return end
	case errors.Is(err, huh.ErrUserAborted):
		return context.Canceled
	case err != nil:
		return fmt.Errorf("ask: %w", err)
	}
	return nil
}

// linePrompter asks in plain lines. It is our own because huh's accessible mode takes the end of input for the preset,
// ignores the context and loses what was typed ahead.
type linePrompter struct {
	lines *bufio.Reader
	err   io.Writer
}

func (p linePrompter) Confirm(ctx context.Context, question string) (bool, error) {
	line, whole, err := p.line(ctx, question+" Type yes to go on, anything else to stop: ")
	word := strings.ToLower(strings.TrimSpace(line))
	return err == nil && whole && (word == "y" || word == "yes"), err
}

func (p linePrompter) Choose(ctx context.Context, title string, options []Option) (int, error) {
	question := title + "\n"
	for i, o := range options {
		question += fmt.Sprintf("  %d  %s\n", i+1, o.text())
	}
	for {
		line, whole, err := p.line(ctx, question+"Type a number, Enter for 1, or q to quit: ")
		switch word := strings.ToLower(strings.TrimSpace(line)); {
		case err != nil:
			return 0, err
		case !whole || word == "q":
			return 0, ErrQuit
		case word == "":
			return 0, nil
		default:
			if n, err := strconv.Atoi(word); err == nil && n >= 1 && n <= len(options) {
				return n - 1, nil
			}
		}
		question = fmt.Sprintf("Enter a number from 1 to %d. ", len(options))
	}
}

func (p linePrompter) Ask(ctx context.Context, title, preset string, check func(string) error) (string, error) {
	question := title
	if preset != "" {
		question += " (Enter for " + preset + ")"
	}
	for {
		line, whole, err := p.line(ctx, question+": ")
		if err != nil {
			return "", err
		}
		answer := cmp.Or(strings.TrimSpace(line), preset)
		refused := check(answer)
		switch {
		case !whole:
			return "", ErrQuit
		case refused == nil:
			return answer, nil
		}
		question = refused.Error() + ". Try again"
	}
}

// line asks and returns what was typed, and whether Enter was pressed after it.
func (p linePrompter) line(ctx context.Context, question string) (line string, whole bool, err error) {
	if _, err := io.WriteString(p.err, question); err != nil {
		return "", false, fmt.Errorf("ask: %w", err)
	}
	answer := make(chan string, 1)
	go func() {
		line, _ := p.lines.ReadString('\n') // an error is the end of input, and no answer
		answer <- line
	}()
	select {
	case line = <-answer:
		whole = strings.HasSuffix(line, "\n")
	case <-ctx.Done():
		err = ctx.Err()
	}
	if !whole {
		_, _ = io.WriteString(p.err, "\n") // nobody pressed Enter, and what comes next begins a line
	}
	return line, whole, err
}
