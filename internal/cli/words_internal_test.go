package cli

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/urfave/cli/v2"
)

// forbidden are words that nobody meets in a text of this program, as regular expressions: what they mean has plainer words. White
// space in them is any, so that a line break hides nothing.
var forbidden = []string{
	// turns of phrase
	`\bstands?\b`, `\bstood\b`, `\bcur(e|es|ed|ing)\b`, `\bt(ake|akes|ook|aken) (it |them |this )?back\b`, `\basked for\b`, `\bways? to sign in\b`,
	`as in the beginning`, `\bnobody told\b`, `\bfor want of\b`, `\banew\b`, `\b(lies|lay|lain)\b`, `\bby themselves\b`, `\bnot (uncommon|unusual|unlikely|unlike|unable|impossible|without)\b`,
	// Go's own words
	`context deadline exceeded`, `context canceled`, `dial tcp`, `no such host`, `i/o timeout`,
	// sentences that have been replaced
	`\bnot fine:`, `\bfine: no problems`, `verified: the tenant shows`, `left: nothing`, `declined: nothing`, `roll back these`, `apply it – after`,
	`leave – and`, `in which form`, `file for the plan`, `nothing for the account's own`, `whoever signed in`, `to rehearse; no real`,
	`browser that opens now`, `carry it out with:`, `nothing to sign in with`, `name is not known here`, `time of --timeout`,
	`that for answering`, `is not a time to wait`, `rollback succeeded of`, `request in flight`, `beyond the requirement, kept`,
	`more per day in the last`, `look again (tomorrow|some hours)`, `consented one by one`, `no way to ask`, `who cannot sign in to it gets`,
	`nothing classified equals`, `somebody who holds the role`, `dead link`, `tried all the same`, `makes a shell complete`, `forget who signed in`,
	`say why users may`, `change is missing`, `that is none of`, `this is a mistake in`, `refused to send the sign-in`, `what became of the last`,
	`who, what, when`, `what else to know`, `read and planned at`, `nothing of it has been tried`,
}

// allowed are the exceptions: in files whose name ends so, what this matches is no text of ours.
var allowed = map[string]struct{ words, why string }{
	".ps1":                     {`.*`, "the scripts have words of their own and their own tests"},
	".tf":                      {`.*`, "as .ps1"},
	".tmpl":                    {`.*`, "as .ps1"},
	".psm1":                    {`.*`, "a fake of Exchange's commands"},
	"plan/render/terraform.go": {`stands`, "as .ps1"},
	"docs/scripts.md":          {`stand`, "a stand-in"},
}

// Nobody meets one of the forbidden words: in the texts of the program, in its help, in what it prints by the golden files and the
// scripts, and in the documents.
func TestWords(t *testing.T) {
	t.Parallel()
	rule := regexp.MustCompile(`(?i)` + strings.ReplaceAll(strings.Join(forbidden, "|"), " ", `\s+`))
	read := 0
	for name, text := range texts(t) {
		read++
		except := regexp.MustCompile(`^$`)
		for end, a := range allowed {
			if strings.HasSuffix(name, end) {
				except = regexp.MustCompile(`^(?:` + a.words + `)$`)
			}
		}
		for _, at := range rule.FindAllStringIndex(text, -1) {
			if !except.MatchString(text[at[0]:at[1]]) {
				t.Errorf("%s says %q: …%s…", name, text[at[0]:at[1]], text[max(0, at[0]-60):min(len(text), at[1]+40)])
			}
		}
	}
	if read < 300 {
		t.Errorf("only %d texts were read", read)
	}
}

// texts are all that people read, by the file or the command that holds them.
func texts(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	root := filepath.Join("..", "..")
	err := filepath.WalkDir(root, func(name string, entry fs.DirEntry, err error) error {
		path := filepath.ToSlash(strings.TrimPrefix(name, root+string(filepath.Separator)))
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (slices.Contains([]string{".git", "fuzz"}, entry.Name()) || slices.Contains(testPackages, path)):
			return fs.SkipDir
		case entry.IsDir() || !isText(path):
			return nil
		}
		content, err := os.ReadFile(name)
		all[path] = string(content)
		if strings.HasSuffix(path, ".go") {
			all[path] = literals(t, path, content)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	for words, page := range allHelp() {
		all["help "+words] = page
	}
	return all
}

// testPackages hold what no person reads.
var testPackages = []string{
	"internal/testbed", "internal/faults", "internal/wine", "internal/exchange", "graph/simulator/simtest", "graph/wire/wiretest",
}

// isText reports whether people read what a file holds.
func isText(path string) bool {
	switch {
	case strings.HasSuffix(path, "_test.go"), strings.HasSuffix(path, ".svg"), strings.HasSuffix(path, ".png"):
		return false
	case strings.HasSuffix(path, ".go"), path == "graph/simulator/scenarios.json":
		return true
	case !strings.Contains(path, "/"): // README and its like
		return strings.HasSuffix(path, ".md") || strings.HasSuffix(path, ".yml")
	}
	return strings.HasPrefix(path, "docs/") || strings.HasPrefix(path, "examples/") || strings.HasPrefix(path, ".ci/") || strings.Contains(path, "/testdata/") || strings.HasSuffix(path, ".tmpl")
}

// literals are the strings of a source, a line each.
func literals(t *testing.T, path string, content []byte) string {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), path, content, 0)
	if err != nil {
		t.Fatal(err)
	}
	var all strings.Builder
	ast.Inspect(file, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			text, _ := strconv.Unquote(l.Value) // of what was parsed it is one
			all.WriteString(text + "\n")
		}
		return true
	})
	return all.String()
}

// allHelp is the help of all commands and topics and the manual page, by their words.
func allHelp() map[string]string {
	pages := map[string]string{}
	show := func(words ...string) {
		var out bytes.Buffer
		env := Environment{In: strings.NewReader(""), Out: &out, Err: &out, Getenv: func(string) string { return "" }}
		_ = newApp(env).Run(append([]string{"appleconsent"}, words...)) // what it prints is looked at
		pages[strings.Join(words, " ")] = out.String()
	}
	for _, c := range testApp().Commands {
		show("help", c.Name)
		for _, sub := range subcommands(c) {
			show("help", c.Name, sub)
		}
	}
	for _, topic := range []string{"guided", "sign-in", "also"} {
		show("help", topic)
	}
	show("help")
	show("man")
	return pages
}

func subcommands(c *cli.Command) []string {
	var names []string
	for _, sub := range c.Subcommands {
		names = append(names, sub.Name)
	}
	return names
}

// No sentence and no command is twice on a screen of doctor.
func TestWords_doctorOnce(t *testing.T) {
	t.Parallel()
	files, err := filepath.Glob(filepath.Join("testdata", "doctor", "*.txt"))
	if err != nil || len(files) < 30 {
		t.Fatalf("there are %d golden files: %v", len(files), err)
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		seen := map[string]bool{}
		for _, sentence := range sentencesOf(string(content)) {
			if seen[sentence] && strings.Contains(sentence, " ") {
				t.Errorf("%s says twice %q", file, sentence)
			}
			seen[sentence] = true
		}
	}
}

var (
	startsLine = regexp.MustCompile(`^(\S|    \S|  (Why|Fix):|      *· )`)
	endsOne    = regexp.MustCompile(`(\.) ([A-Z"])`)
	label      = regexp.MustCompile(`^(Why|Fix|Run): *|^· `)
)

// sentencesOf takes the screen of doctor apart.
func sentencesOf(screen string) []string {
	var whole []string
	for line := range strings.Lines(screen) {
		text := strings.TrimSpace(line)
		if startsLine.MatchString(line) || len(whole) == 0 || whole[len(whole)-1] == "" || text == "" {
			whole = append(whole, label.ReplaceAllString(text, ""))
			continue
		}
		whole[len(whole)-1] += " " + text
	}
	joined := endsOne.ReplaceAllString(strings.Join(whole, "\n"), "$1\n$2")
	return slices.DeleteFunc(strings.Split(joined, "\n"), func(s string) bool { return s == "" })
}
