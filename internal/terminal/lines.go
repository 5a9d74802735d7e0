package terminal

import (
	"bufio"
	"cmp"
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"appleconsent/plan"
	"appleconsent/plan/render"
)

// linePrompter asks in plain lines. It is our own because huh's accessible mode takes the end of input for the preset,
// ignores the context and loses what was typed ahead.
type linePrompter struct {
	lines *bufio.Reader
	err   io.Writer
	width int    // columns
	back  string // what going back is called, see BackWord; empty: it is not known here
}

func (p linePrompter) Back(word string) Prompter {
	p.back = word
	return p
}

// orBack is how to go back, where that is possible.
func (p linePrompter) orBack(words string) string {
	if p.back == BackWord {
		return words
	}
	return ""
}

// isBack reports whether what was typed is to go back.
func (p linePrompter) isBack(typed string) bool {
	return p.back == BackWord && strings.EqualFold(strings.TrimSpace(typed), "b")
}

func (p linePrompter) Confirm(ctx context.Context, question string) (bool, error) {
	line, whole, err := p.line(ctx, p.wrapped(question+" Type yes to go on, "+p.orBack("b to go back, ")+"anything else to stop: ", 0))
	if err == nil && whole && p.isBack(line) {
		return false, ErrBack
	}
	word := strings.ToLower(strings.TrimSpace(line))
	return err == nil && whole && (word == "y" || word == "yes"), err
}

func (p linePrompter) Choose(ctx context.Context, title string, options []Option) (int, error) {
	question := p.wrapped(title, 0) + "\n"
	for i, o := range options {
		number := fmt.Sprintf("  %*d  ", len(strconv.Itoa(len(options))), i+1)
		question += number + p.wrapped(o.text(), len(number)) + "\n"
	}
	for {
		line, whole, err := p.line(ctx, question+"Type a number or a name, Enter for 1, "+p.orBack("b to go back ")+"or q to quit: ")
		switch word := strings.ToLower(strings.TrimSpace(line)); {
		case err != nil:
			return 0, err
		case !whole || word == "q":
			return 0, ErrQuit
		case p.isBack(word):
			return 0, ErrBack
		case word == "":
			return 0, nil
		default:
			if i := picked(word, options); i >= 0 {
				return i, nil
			}
		}
		question = fmt.Sprintf("Enter a number from 1 to %d. ", len(options))
	}
}

// picked is the index of the option that a number or its label names; -1 for any other word.
func picked(word string, options []Option) int {
	if n, err := strconv.Atoi(word); err == nil && n >= 1 && n <= len(options) {
		return n - 1
	}
	return slices.IndexFunc(options, func(o Option) bool { return strings.EqualFold(o.Label, word) })
}

// wrapped breaks lines between words, each behind so many columns; a space at the end, before what is typed, stays.
func (p linePrompter) wrapped(text string, indent int) string {
	lines := strings.Join(render.Wrap(text, p.width-indent), "\n"+strings.Repeat(" ", indent))
	if strings.HasSuffix(text, " ") {
		lines += " "
	}
	return lines
}

// text is the option in one line.
func (o Option) text() string {
	if o.Detail == "" {
		return plan.PrintableLine(o.Label)
	}
	return plan.PrintableLine(o.Label + " – " + o.Detail)
}

func (p linePrompter) Ask(ctx context.Context, title, preset string, check func(string) error) (string, error) {
	question := title
	if preset != "" {
		question += " (Enter for " + preset + ")"
	}
	question += p.orBack(", or b to go back")
	for {
		line, whole, err := p.line(ctx, p.wrapped(question+": ", 0))
		if err != nil {
			return "", err
		}
		answer := cmp.Or(strings.TrimSpace(line), preset)
		refused := check(answer)
		switch {
		case !whole:
			return "", ErrQuit
		case p.isBack(line):
			return "", ErrBack
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
