package cli

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"appleconsent/internal/cli/shell"
	"appleconsent/internal/terminal"

	"github.com/urfave/cli/v2"
)

// testApp returns the app as it is without a terminal.
func testApp() *cli.App {
	env := Environment{In: strings.NewReader(""), Out: &bytes.Buffer{}, Err: &bytes.Buffer{}, Getenv: func(string) string { return "" }}
	return newApp(env)
}

// Help is asked for by a flag, wherever it stands.
func TestHelpTopic(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"--help": "yes", "-h": "yes", "--help=true": "yes", "apply --help": "yes apply", "apply plan.json -h": "yes apply", "history show x --help": "yes history show",
		"": "no", "help": "no", "help apply": "no", "status": "no", "statsu --help": "no", "--": "no", "apply --reason --help": "no", "status -- --help": "no",
		"__complete apply --help": "no",
	} {
		topic, asked := shell.HelpTopic(testApp(), strings.Fields(line))
		got := "no"
		if asked {
			got = strings.Join(append([]string{"yes"}, topic...), " ")
		}
		if got != want {
			t.Errorf("%s: got %s, want %s", line, got, want)
		}
	}
}

func TestHelp_fits(t *testing.T) {
	t.Parallel()
	app := testApp()
	pages := []string{shell.Help(app, nil, terminal.DefaultColumns, aboutCommand(nil))}
	for _, text := range helpTopics() {
		pages = append(pages, topicPage(text, terminal.DefaultColumns))
	}
	walkNamed(app.Commands, nil, func(words []string, _ *cli.Command) {
		page := shell.Help(app, words, terminal.DefaultColumns, aboutCommand(words))
		if !strings.Contains(page, "\nEXIT CODES:\n   0 ") || !strings.Contains(page, "\nMORE:\n   ") {
			t.Errorf("%s: the page lacks exit codes, or where to read on", words)
		}
		pages = append(pages, page)
	})
	for _, page := range pages {
		for line := range strings.Lines(page) {
			if width := len(strings.TrimRight(line, "\n")); width > terminal.DefaultColumns {
				t.Errorf("%d columns: %s", width, line)
			}
		}
	}
}

// A flag is one line of help, in a group of its kind.
func TestHelp_flagsTakeOneLine(t *testing.T) {
	t.Parallel()
	app := testApp()
	walkNamed(app.Commands, nil, func(words []string, command *cli.Command) {
		page := shell.Help(app, words, terminal.DefaultColumns, aboutCommand(words))
		for _, flag := range command.VisibleFlags() {
			if row := shell.Row(flag); !regexp.MustCompile(`(?m)^   ` + regexp.QuoteMeta(row.Word) + ` +` + regexp.QuoteMeta(row.Meaning) + `$`).MatchString(page) {
				t.Errorf("%s: %s takes more than a line: %s", words, row.Word, row.Meaning)
			}
		}
	})
	page := shell.Help(app, []string{"apply"}, terminal.DefaultColumns, aboutCommand([]string{"apply"}))
	for _, group := range []string{"FLAGS:\n   -y, --yes ", "TENANT AND SIGN-IN:\n   --tenant TENANT ", "OUTPUT:\n   -o, --output FORMAT "} {
		if !strings.Contains(page, "\n"+strings.Split(group, "\n")[0]+"\n") {
			t.Errorf("the help of apply has no group %q", group)
		}
	}
}

// Each page of the documentation that help names is there.
func TestHelp_pagesExist(t *testing.T) {
	t.Parallel()
	for name, page := range helpPages {
		for file := range strings.SplitSeq(page.docs, ", ") {
			if topic, isHelp := strings.CutPrefix(file, "help "); isHelp && helpTopics()[topic] != "" {
				continue
			}
			if _, err := os.Stat(filepath.Join("..", "..", file)); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

func TestHelp_everythingIsTold(t *testing.T) {
	t.Parallel()
	shell.Walk(testApp().Commands, func(command *cli.Command) {
		if command.Usage == "" || command.Description == "" && !command.Hidden {
			t.Errorf("%s: usage %q, description %q", command.Name, command.Usage, command.Description)
		}
		for _, flag := range command.VisibleFlags() {
			if row := shell.Row(flag); row.Meaning == "" || strings.HasSuffix(row.Word, " VALUE") {
				t.Errorf("%s: flag %q, usage %q", command.Name, row.Word, row.Meaning)
			}
		}
	})
}

// Each example is a command line that the program takes, and so is each that README or a page of docs shows. Of a command that is
// shown there, one of the examples is among these lines.
func TestHelp_examples(t *testing.T) {
	t.Parallel()
	documented := documentedCommands(t)
	shown := make(map[string]bool) // by the first word
	for _, line := range documented {
		shown[strings.Fields(line)[1]] = true
		if err := parses(line); err != nil {
			t.Errorf("README or docs: %s: %v", line, err)
		}
	}
	descriptions := map[string]string{"": testApp().Description}
	shell.Walk(testApp().Commands, func(command *cli.Command) { descriptions[command.Name] = command.Description })
	for name, description := range descriptions {
		_, examples := shell.SplitDescription(description)
		for _, line := range examples {
			if err := parses(line); err != nil {
				t.Errorf("%s: %v", line, err)
			}
		}
		if shown[name] && !slices.ContainsFunc(examples, func(line string) bool { return slices.Contains(documented, line) }) {
			t.Errorf("no example of %s is in README or docs: %q", name, examples)
		}
	}
}

var comment = regexp.MustCompile(`\s+#.*`)

// documentedCommands returns the command lines of README and of the pages of docs, as they are for an installed program.
func documentedCommands(t *testing.T) []string {
	t.Helper()
	var lines []string
	for match := range strings.Lines(documents(t, "README.md", "docs/*.md")) {
		for _, span := range codeSpans(match) {
			for command := range strings.SplitSeq(comment.ReplaceAllString(span, ""), ";") {
				command = strings.Replace(strings.TrimPrefix(strings.TrimSpace(command), "./"), "go run . ", "appleconsent ", 1)
				if words := strings.Fields(command); len(words) > 1 && words[0] == "appleconsent" {
					lines = append(lines, strings.Join(words, " "))
				}
			}
		}
	}
	if len(lines) < 50 {
		t.Fatalf("README and docs have only these command lines: %q", lines)
	}
	return lines
}

// codeSpans returns what of a line of Markdown is code.
func codeSpans(line string) []string {
	if code, found := strings.CutPrefix(line, "    "); found {
		return []string{code}
	}
	var spans []string
	for i, part := range strings.Split(line, "`") {
		if i%2 == 1 {
			spans = append(spans, part)
		}
	}
	return spans
}

// documents returns the text of the project's files whose paths match one of the patterns.
func documents(t *testing.T, patterns ...string) string {
	t.Helper()
	var all strings.Builder
	for _, pattern := range patterns {
		names, err := filepath.Glob(filepath.Join("..", "..", filepath.FromSlash(pattern)))
		if err != nil || len(names) == 0 {
			t.Fatalf("%s: %d files, %v", pattern, len(names), err)
		}
		for _, name := range names {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			all.Write(text)
		}
	}
	return all.String()
}

var redirection = regexp.MustCompile(`\s>\S+`)

// parses wants the command and the flags to exist, the values to be among those that are known, and no more arguments than
// the command takes.
func parses(line string) error {
	words := strings.Fields(strings.ReplaceAll(redirection.ReplaceAllString(line, ""), `"`, ""))
	app := testApp()
	shell.Walk(app.Commands, func(command *cli.Command) {
		command.Action = func(c *cli.Context) error {
			if err := checkValues(c); err != nil {
				return err
			}
			if strings.Contains(command.ArgsUsage, "...") {
				return nil
			}
			return checkArguments(c)
		}
	})
	return app.Run(shell.FlagsFirst(app, words))
}

func TestParses(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]bool{
		"appleconsent status --auth browser": true, "appleconsent status --auth magic": false, "appleconsent zebra": false,
		"appleconsent status --zebra": false, "appleconsent status more": false, "appleconsent history show CHANGE": true,
		"appleconsent apply --simulate http://127.0.0.1:8080": true,
	} {
		if err := parses(line); (err == nil) != want {
			t.Errorf("%s: %v", line, err)
		}
	}
}
