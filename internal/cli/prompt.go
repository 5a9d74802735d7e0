package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/charmbracelet/huh"

	_ "appleconsent/internal/noquery" // before huh asks the terminal for its background
)

// prompter asks a person for a yes. Whatever is not a clear yes is a no: the preset, an empty answer, the end of input.
type prompter interface {
	confirm(ctx context.Context, question string) (bool, error)
}

// newPrompter returns huh's prompt, or with ACCESSIBLE or on a dumb terminal a plain line for screen readers.
func newPrompter(env Environment) prompter {
	if env.Getenv("ACCESSIBLE") != "" || env.Getenv("TERM") == "dumb" {
		return linePrompter{env.In, env.Err}
	}
	return formPrompter{env.In, env.Err}
}

// formPrompter draws the question with huh on stderr.
type formPrompter struct {
	in  io.Reader
	err io.Writer
}

func (p formPrompter) confirm(ctx context.Context, question string) (bool, error) {
	yes := false
	field := huh.NewConfirm().Title(question).Affirmative("Yes").Negative("No").Value(&yes)
	form := huh.NewForm(huh.NewGroup(field)).WithTheme(huh.ThemeBase16()).WithKeyMap(promptKeys()).WithInput(p.in).WithOutput(p.err)
	err := form.RunWithContext(ctx)
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case errors.Is(err, huh.ErrUserAborted):
		return false, context.Canceled
	case err != nil:
		return false, fmt.Errorf("ask for confirmation: %w", err)
	}
	return yes, nil
}

// promptKeys are huh's keys, with Esc and the end of input as further ways to say no.
func promptKeys() *huh.KeyMap {
	keys := huh.NewDefaultKeyMap()
	keys.Confirm.Reject.SetKeys("n", "N", "esc", "ctrl+d")
	return keys
}

// linePrompter asks in one plain line. It is our own because huh's accessible mode takes the end of input for the
// preset, ignores the context and asks again after a wrong answer.
type linePrompter struct {
	in  io.Reader
	err io.Writer
}

func (p linePrompter) confirm(ctx context.Context, question string) (bool, error) {
	if _, err := fmt.Fprintf(p.err, "%s Type yes to go on, anything else to stop: ", question); err != nil {
		return false, fmt.Errorf("ask for confirmation: %w", err)
	}
	answer := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(p.in).ReadString('\n') // an error is the end of input, and no yes
		answer <- line
	}()
	select {
	case line := <-answer:
		word := strings.ToLower(strings.TrimSpace(line))
		return strings.HasSuffix(line, "\n") && (word == "y" || word == "yes"), nil
	case <-ctx.Done():
		return false, ctx.Err()
	}
}
