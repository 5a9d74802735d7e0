package terminal

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	_ "appleconsent/internal/terminal/noquery" // before huh asks the terminal for its background
	"appleconsent/plan"
	"appleconsent/plan/render"

	"github.com/charmbracelet/bubbles/help"
	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/lipgloss"
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
	// Back returns a prompter that asks the same with Esc as one step back, which is ErrBack. The key line calls it by the word.
	Back(word string) Prompter
}

// Option is something to choose.
type Option struct {
	Label  string
	Detail string // empty: the label says it all
}

// ErrQuit is leaving without having chosen.
var ErrQuit = errors.New("left without a choice")

// ErrBack is going back to the question before.
var ErrBack = errors.New("back to the question before")

// BackWord is what going back to the question before is called; plain lines offer it where it is called so.
const BackWord = "back"

// NewPrompter returns huh's prompts, or plain lines for screen readers and for terminals that know nothing else.
func NewPrompter(in io.Reader, s Settings) Prompter {
	columns := min(cmp.Or(s.Columns, DefaultColumns), maxColumns)
	if s.Accessible || s.ErrDumb {
		return linePrompter{bufio.NewReader(in), s.Err, columns, ""}
	}
	return formPrompter{in, s.Err, newStyle(s.Err, columns, !s.Plain), cmp.Or(s.Rows, defaultRows), ""}
}

// defaultRows is the height of a terminal where none is known.
const defaultRows = 24

// formPrompter draws questions on stderr: with huh, but for what is chosen from a list, see chooser.
type formPrompter struct {
	in    io.Reader
	err   io.Writer
	style render.Style
	rows  int    // of the terminal
	back  string // what Esc is called where it leads back; empty: it leaves
}

func (p formPrompter) Back(word string) Prompter {
	p.back = word
	return p
}

func (p formPrompter) Confirm(ctx context.Context, question string) (bool, error) {
	yes := false
	err := p.run(ctx, huh.NewConfirm().Title(p.wrapped(question)).Affirmative("Yes").Negative("No").
		WithButtonAlignment(lipgloss.Left).Value(&yes))
	if errors.Is(err, ErrQuit) {
		return false, nil
	}
	return yes && err == nil, err
}

func (p formPrompter) Ask(ctx context.Context, title, preset string, check func(string) error) (string, error) {
	answer := preset
	wrapped := func(text string) error {
		if err := check(text); err != nil {
			return errors.New(p.wrapped(err.Error()))
		}
		return nil
	}
	err := p.run(ctx, huh.NewInput().Title(p.wrapped(title)).Value(&answer).Validate(wrapped))
	if err == nil {
		_, err = fmt.Fprintln(p.err, strings.Join(render.Wrap(title, p.style.Width), "\n"), p.chosen(plan.PrintableLine(answer)))
	}
	return answer, err
}

// fieldMargin is what huh draws beside a question.
const fieldMargin = 3

// wrapped breaks lines where huh, which also breaks at hyphens, has no more reason to.
func (p formPrompter) wrapped(text string) string {
	return strings.Join(render.Wrap(text, p.style.Width-fieldMargin), "\n")
}

// left is what a key that leaves a question means; nil for all others.
func (p formPrompter) left(pressed tea.KeyMsg) error {
	switch {
	case pressed.Type == tea.KeyCtrlC:
		return context.Canceled
	case pressed.Type == tea.KeyEsc && p.back != "":
		return ErrBack
	case pressed.Type == tea.KeyEsc, pressed.Type == tea.KeyCtrlD:
		return ErrQuit
	}
	return nil
}

// run draws one question with huh.
func (p formPrompter) run(ctx context.Context, field huh.Field) error {
	escape := key.NewBinding(key.WithKeys("esc"), key.WithHelp("esc", cmp.Or(p.back, "cancel")))
	form := huh.NewForm(huh.NewGroup(escapable{field, escape})).WithTheme(p.theme()).WithWidth(p.style.Width)
	form.SubmitCmd = tea.Quit
	f := &formModel{formPrompter: p, form: form}
	if err := p.draw(ctx, f); err != nil {
		return err
	}
	return f.end
}

// draw runs what is drawn to its end. Signals end the context; Bubble Tea's own handler of them would wait for ever for a program
// that has ended because of it.
func (p formPrompter) draw(ctx context.Context, model tea.Model) error {
	_, err := tea.NewProgram(model, tea.WithInput(p.in), tea.WithOutput(p.err), tea.WithContext(ctx), tea.WithoutSignalHandler()).Run()
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("ask: %w", err)
	}
	return nil
}

// formModel is huh's form, but for the keys that leave a question: huh ends in a way in which Bubble Tea does not wait for its reader,
// which then takes the first key of the next question, and leaves the question on the screen.
type formModel struct {
	formPrompter
	form *huh.Form
	end  error // why there is no answer
}

// Init is the form's.
func (f *formModel) Init() tea.Cmd { return f.form.Init() }

// Update takes in what the form gets to see.
func (f *formModel) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	if pressed, ok := message.(tea.KeyMsg); ok {
		if f.end = f.left(pressed); f.end != nil {
			return f, tea.Quit
		}
	}
	_, command := f.form.Update(message) // which changes it in place
	return f, command
}

// View is the form, until there is no answer.
func (f *formModel) View() string {
	if f.end != nil {
		return ""
	}
	return f.form.View()
}

// escapable is a field whose key line has one key more.
type escapable struct {
	huh.Field
	escape key.Binding
}

// KeyBinds are the field's own and that one.
func (f escapable) KeyBinds() []key.Binding { return append(f.Field.KeyBinds(), f.escape) }

// Update is the field's own.
func (f escapable) Update(message tea.Msg) (tea.Model, tea.Cmd) {
	next, command := f.Field.Update(message)
	if field, ok := next.(huh.Field); ok {
		f.Field = field
	}
	return f, command
}

// theme paints with the printer's colours, which fit any background. The button that is chosen has a mark, which needs none.
func (p formPrompter) theme() *huh.Theme {
	plain := lipgloss.NewRenderer(p.err).NewStyle()
	painted := func(paint func(string) string) lipgloss.Style { return plain.Transform(paint) }
	t := huh.ThemeBase()
	t.Focused.Title = painted(p.style.Strong)
	t.Focused.FocusedButton = painted(p.chosen).SetString(">").MarginRight(2)
	t.Focused.BlurredButton = plain.SetString(" ").MarginRight(2)
	t.Focused.ErrorMessage = painted(p.style.Removed)
	t.Focused.TextInput.Placeholder = painted(p.style.Muted)
	t.Blurred = t.Focused
	muted := painted(p.style.Muted)
	t.Help = help.Styles{ShortKey: muted, ShortDesc: muted, ShortSeparator: muted, Ellipsis: muted}
	return t
}

// chosen paints what would be answered with Enter.
func (p formPrompter) chosen(text string) string { return p.style.Strong(p.style.Good(text)) }
