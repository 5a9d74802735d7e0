package terminal

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// linePrompter asks in plain lines. It is our own because huh's accessible mode takes the end of input for the preset,
// ignores the context and loses what was typed ahead.
type linePrompter struct {
	lines *bufio.Reader
	err   io.Writer
}

func newLinePrompter(in io.Reader, err io.Writer) linePrompter {
	return linePrompter{bufio.NewReader(in), err}
}

// Confirm asks for a yes.
func (p linePrompter) Confirm(ctx context.Context, question string) (bool, error) {
	line, whole, err := p.line(ctx, question+" Type yes to go on, anything else to stop: ")
	word := strings.ToLower(strings.TrimSpace(line))
	return err == nil && whole && (word == "y" || word == "yes"), err
}

// Choose asks for one of the options.
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

// Ask asks for a line.
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
		answer := strings.TrimSpace(line)
		if answer == "" {
			answer = preset
		}
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
	case line := <-answer:
		return line, strings.HasSuffix(line, "\n"), nil
	case <-ctx.Done():
		return "", false, ctx.Err()
	}
}
