package render_test

import (
	"slices"
	"strings"
	"testing"

	"appleconsent/plan/render"

	"github.com/charmbracelet/x/ansi"
)

// What is pasted is never on two lines, whatever is in it and however narrow the terminal is; all else keeps to the width.
func TestLines(t *testing.T) {
	t.Parallel()
	const undo = "appleconsent rollback 20261127T002137Z-f24abc --tenant 11111111-2222-4333-8444-555555555555"
	for _, test := range []struct{ lead, command string }{
		{"Saved my plan.json. To apply it, run:", "appleconsent apply 'my plan.json' --simulate user-consents"},
		{"Saved it: all of it. To apply it, run:", "appleconsent apply 'a: b.json' --state-dir '/tmp/x y: z'"},
		{"sign in to the Azure CLI with:", `az login --tenant contoso.example --scope "https://graph.microsoft.com//.default"`},
		{"To undo:", undo},
		{"nothing to paste here, but an id, which is never broken either: 11111111-2222-4333-8444-555555555555, and more words", ""},
	} {
		for width := 60; width <= 120; width++ {
			lines := render.Lines(strings.TrimRight(test.lead+" "+test.command, " "), width)
			if !slices.ContainsFunc(lines, func(line string) bool { return strings.HasSuffix(line, test.command) }) {
				t.Errorf("%d: %q is broken in %q", width, test.command, lines)
			}
			for i, line := range lines {
				if ansi.StringWidth(line) > width && (i != len(lines)-1 || strings.TrimSpace(line) != test.command) {
					t.Errorf("%d: too long: %q", width, line)
				}
			}
			if got := strings.Join(strings.Fields(strings.Join(lines, " ")), " "); got != strings.TrimRight(test.lead+" "+test.command, " ") {
				t.Errorf("%d: got %q", width, got)
			}
		}
	}
}
