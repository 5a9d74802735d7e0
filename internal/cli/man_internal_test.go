package cli

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/internal/cli/shell"

	"github.com/urfave/cli/v2"
)

// unroffed returns the text of the page, as it was before it was escaped.
func unroffed(page string) string {
	return strings.NewReplacer(`\e`, `\`, `\-`, "-", `\(aq`, "'", `\(ga`, "`", `\(ha`, "^", `\(ti`, "~", `\(dq`, `"`, `\[u2026]`, "…").Replace(page)
}

func TestMan_everythingIsTold(t *testing.T) {
	t.Parallel()
	page := unroffed(shell.Page(testApp(), manual("2026-11-24")))
	told := func(what string) {
		if !strings.Contains(page, what) {
			t.Errorf("the page does not tell %q", what)
		}
	}
	shell.Walk(testApp().Commands, func(command *cli.Command) {
		if command.Hidden {
			if strings.Contains(page, " "+command.Name+" [") {
				t.Errorf("the page tells %s, which is hidden", command.Name)
			}
			return
		}
		told(command.Name + " [FLAGS]")
		paragraphs, examples := shell.SplitDescription(command.Description)
		for _, text := range slices.Concat(paragraphs, examples) {
			told("\n" + text + "\n")
		}
		for _, flag := range command.VisibleFlags() {
			told("\n\\fB" + shell.ManRow(flag).Word + "\\fR\n" + shell.ManRow(flag).Meaning + "\n")
		}
	})
	if count := strings.Count(page, "\\fB--tenant TENANT"); count != 1 {
		t.Errorf("a common flag is told %d times", count)
	}
	if want := ".TH APPLECONSENT 1 \"2026-11-24\" \"appleconsent "; !strings.HasPrefix(page, want) {
		t.Errorf("the page begins with %q, want %q", page[:60], want)
	}
}

// markdown are the marks that the documents have and the manual page has not.
var markdown = strings.NewReplacer("`", "", `\\`, `\`)

// The page's tables are those of the documents, and README has each exit code once.
func TestMan_sameAsDocuments(t *testing.T) {
	t.Parallel()
	text := markdown.Replace(documents(t, "docs/automation.md", "docs/files.md"))
	for _, row := range slices.Concat(exitRows(), manFiles[1:]) {
		if want := "| " + row.Word + " | " + row.Meaning + " |\n"; !strings.Contains(text, want) {
			t.Errorf("docs/automation.md and docs/files.md have no row %q", want)
		}
	}
	readme := documents(t, "README.md")
	for name, page := range map[string]string{"README.md": readme, "docs/automation.md": documents(t, "docs/automation.md")} {
		var codes []string
		for _, row := range regexp.MustCompile(`(?m)^\| (\d+) \|`).FindAllStringSubmatch(page, -1) {
			codes = append(codes, row[1])
		}
		if want := words(exitRows()); !slices.Equal(codes, want) {
			t.Errorf("%s has the exit codes %q, the page has %q", name, codes, want)
		}
	}
	var variables []string
	for _, row := range manEnvironment {
		variables = append(variables, strings.Split(row.Word, ", ")...)
	}
	for _, name := range regexp.MustCompile(`\b(?:ACCESSIBLE|[A-Z]+(?:_[A-Z]+)+)\b`).FindAllString(readme+text, -1) {
		if !slices.Contains(variables, name) {
			t.Errorf("the documents speak of %s, the page does not", name)
		}
	}
}

// words are those of the rows, without what they mean.
func words(rows []shell.Choice) []string {
	var all []string
	for _, row := range rows {
		all = append(all, row.Word)
	}
	return all
}
