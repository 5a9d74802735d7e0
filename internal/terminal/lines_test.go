package terminal_test

import (
	"bufio"
	"errors"
	"strings"
	"testing"

	"appleconsent/internal/terminal"
	"appleconsent/plan"

	"github.com/charmbracelet/x/ansi"
)

// Plain questions break between words, whatever the width, and take a name for a number.
func TestPrompter_linesFit(t *testing.T) {
	t.Parallel()
	const question = "Carry out this plan (2 actions) in Contoso (simulated) (d78aee70-4f85-843e-8407-c3ab93aaf512)?"
	options := []terminal.Option{
		{Label: "fresh", Detail: "the service principal is absent and nothing is granted on Microsoft Graph or on Exchange Online"},
		{Label: "disabled", Detail: "the service principal is disabled for sign-in, and all that Apple Mail needs is granted, which is odd"},
	}
	for _, columns := range []int{60, 80, 120} {
		var asked strings.Builder
		ask := terminal.NewPrompter(bufio.NewReader(strings.NewReader("yes\nDisabled\nplan.json\n")),
			terminal.Settings{Err: &asked, Accessible: true, Columns: columns})
		yes, err := ask.Confirm(t.Context(), question)
		asked.WriteString("\n") // as who presses Enter sees
		chosen, failed := ask.Choose(t.Context(), "Which simulated tenant?", options)
		asked.WriteString("\n")
		name, wrong := ask.Ask(t.Context(), "A long question about a file that holds the plan, and about nothing else at all: which file", "", func(string) error { return nil })
		if !yes || chosen != 1 || name != "plan.json" || errors.Join(err, failed, wrong) != nil {
			t.Errorf("got %v, %d, %q, %v", yes, chosen, name, errors.Join(err, failed, wrong))
		}
		for line := range strings.SplitSeq(asked.String(), "\n") {
			if ansi.StringWidth(strings.TrimRight(line, " ")) > columns {
				t.Errorf("%d columns: too long: %q", columns, line)
			}
		}
		if whole := strings.Join(strings.Fields(asked.String()), " "); !strings.Contains(whole, question) || !strings.Contains(whole, plan.PrintableLine(options[1].Detail)) {
			t.Errorf("%d columns: words are broken in %q", columns, asked.String())
		}
	}
}
