package terminal

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/x/ansi"

	_ "appleconsent/internal/terminal/noquery" // before huh asks the terminal for its background
)

// formPrompter draws questions with huh on stderr.
type formPrompter struct {
	in      io.Reader
	err     io.Writer
	columns int // of the terminal; zero if that is not known
}

// Confirm asks for a yes.
func (p formPrompter) Confirm(ctx context.Context, question string) (bool, error) {
	yes := false
	err := p.run(ctx, huh.NewConfirm().Title(question).Affirmative("Yes").Negative("No").Value(&yes))
	if errors.Is(err, ErrQuit) {
		return false, nil
	}
	return yes && err == nil, err
}

// Choose asks for one of the options.
func (p formPrompter) Choose(ctx context.Context, title string, options []Option) (int, error) {
	chosen := 0
	items := make([]huh.Option[int], len(options))
	for i, o := range options { // one line each, so that all fit a small screen
		items[i] = huh.NewOption(ansi.Truncate(o.text(), p.width()-optionMargin, "…"), i)
	}
	field := huh.NewSelect[int]().Title(title).Options(items...).Value(&chosen)
	return chosen, p.run(ctx, field)
}

// Ask asks for a line.
func (p formPrompter) Ask(ctx context.Context, title, preset string, check func(string) error) (string, error) {
	answer := preset
	err := p.run(ctx, huh.NewInput().Title(title).Value(&answer).Validate(check))
	return answer, err
}

// optionMargin is what huh draws beside an option.
const optionMargin = 5

func (p formPrompter) width() int { return min(cmp.Or(p.columns, DefaultColumns), maxColumns) }

// run draws one question. Esc and the end of input leave it, Ctrl-C ends the program. They are caught before huh sees them: it
// ends in a way in which Bubble Tea does not wait for its reader, which then takes the first key of the next question.
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
	form := huh.NewForm(huh.NewGroup(field)).WithTheme(huh.ThemeBase16()).WithKeyMap(promptKeys()).
		WithProgramOptions(tea.WithFilter(watch)).WithInput(p.in).WithOutput(p.err).WithWidth(p.width())
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

// promptKeys are huh's keys without filters, which are more than these few options need.
func promptKeys() *huh.KeyMap {
	keys := huh.NewDefaultKeyMap()
	keys.Select.Filter.SetEnabled(false)
	return keys
}
