package e2e_test

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// What README may have, so that it is grasped in thirty seconds.
const (
	readmeWords   = 1200
	readmeColumns = 120
)

func TestReadme_short(t *testing.T) {
	t.Parallel()
	text := document(t, "README.md")
	if words := len(strings.Fields(text)); words > readmeWords {
		t.Errorf("README has %d words, and may have %d", words, readmeWords)
	}
	for line := range strings.Lines(text) {
		if width := utf8.RuneCountInString(strings.TrimRight(line, "\n")); width > readmeColumns {
			t.Errorf("%d columns: %s", width, line)
		}
	}
	if lines := strings.SplitN(text, "\n", 4); len(lines) < 4 || lines[2] != "**Not yet tested against a real tenant.**" {
		t.Errorf("the beginning does not say what was not tested: %q", lines)
	}
}

// elsewhere begins each line of README that is for another machine than a test's, and is not run.
var elsewhere = []string{
	"sha256sum ", "tar ", "sudo ", "(Get-FileHash ", "Expand-Archive ", "$env:", "export ", // a download, other shells
	"echo ", "go test ", // what compiles
	"az login ", // a real tenant
}

// rehearsal is how a line of README is run without the tenant that it is for, and with the answer to its question.
type rehearsal struct {
	as   string
	code int
}

// rehearsals are by the line. The others are run as they are, and end with the next of their told exit codes, or 0.
var rehearsals = map[string]rehearsal{
	"appleconsent status --tenant contoso.onmicrosoft.com": {"appleconsent status --simulate partial", 2},
	"appleconsent apply --tenant contoso.onmicrosoft.com":  {"appleconsent apply --simulate partial --yes --out change.json", 0},
	"appleconsent doctor --tenant contoso.onmicrosoft.com": {"appleconsent doctor --simulate partial", 0},
	`appleconsent plan --tenant contoso.onmicrosoft.com --out plan.json --reason "CHG-1042"`: {
		`appleconsent plan --simulate fresh --out plan.json --reason "CHG-1042"`, 0,
	},
	"appleconsent apply plan.json":                {"appleconsent apply plan.json --simulate fresh --yes", 0},
	"appleconsent rollback --dry-run":             {"appleconsent rollback --dry-run --simulate fresh", 0},
	"appleconsent rollback":                       {"appleconsent rollback --simulate fresh --yes", 0},
	"appleconsent rollback --record change.json":  {"appleconsent rollback --record change.json --simulate partial --yes", 0},
	"appleconsent status --tenants customers.csv": {"appleconsent status --tenants customers.csv --simulate fleet", 2},
	"appleconsent apply --tenants customers.csv":  {"appleconsent apply --tenants customers.csv --simulate fleet --yes --at-most 4", 0},
	"appleconsent rollback --run RUN":             {"appleconsent rollback --run RUN --simulate fleet --yes --at-most 4", 0},
}

// toldCodes are the exit codes that README tells of a line, each time that it stands there.
var toldCodes = map[string][]int{
	"appleconsent status --simulate fresh":                     {0, 2},
	"appleconsent doctor --simulate consent-blocked":           {2},
	"appleconsent plan --simulate fleet --tenants tenants.csv": {1},
}

var runID = regexp.MustCompile(`rollback --run (\S+)`)

// What README shows is run from its first line to its last, as a reader would: on simulated tenants, in one folder.
func TestReadme_commands(t *testing.T) {
	t.Parallel()
	r := newRunner(t)
	if code, said := r.run(strings.Fields("appleconsent simulate fleet --size 4 --mix fresh=1 --out customers.csv")); code != 0 {
		t.Fatal(said)
	}
	run, left, codes := "", rehearsals, maps.Clone(toldCodes)
	for line := range strings.Lines(document(t, "README.md")) {
		command, isCode := strings.CutPrefix(line, "    ")
		if isCode && strings.Contains(command, "#") {
			t.Errorf("zsh and cmd take # as an argument: %s", line)
		}
		if command = strings.TrimSpace(command); !isCode || command == "" || beginsElsewhere(command) {
			continue
		}
		want := rehearsal{as: command}
		if told := codes[command]; len(told) > 0 {
			want.code, codes[command] = told[0], told[1:]
		}
		if other, found := rehearsals[command]; found {
			want = other
			left = without(left, command)
		}
		code, said := r.run([]string{"bash", "-c", strings.ReplaceAll(want.as, "RUN", run)})
		if code != want.code {
			t.Errorf("%s: exit code %d, want %d\n%s", command, code, want.code, said)
		}
		if id := runID.FindStringSubmatch(said); id != nil {
			run = id[1]
		}
	}
	maps.DeleteFunc(codes, func(_ string, told []int) bool { return len(told) == 0 })
	for _, command := range slices.Concat(slices.Collect(maps.Keys(left)), slices.Collect(maps.Keys(codes))) {
		t.Errorf("README does not have the line %q", command)
	}
}

func beginsElsewhere(command string) bool {
	return slices.ContainsFunc(elsewhere, func(prefix string) bool { return strings.HasPrefix(command, prefix) })
}

func without(lines map[string]rehearsal, line string) map[string]rehearsal {
	left := maps.Clone(lines)
	delete(left, line)
	return left
}

var (
	link    = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	heading = regexp.MustCompile(`(?m)^#+ (.*)$`)
)

// Each link of a document leads to a file of the project, and to a heading of it where it names one. README names each page of docs.
func TestReadme_links(t *testing.T) {
	t.Parallel()
	index := document(t, "README.md")
	for _, name := range documents(t) {
		for _, match := range link.FindAllStringSubmatch(document(t, name), -1) {
			target, anchor, _ := strings.Cut(match[1], "#")
			if strings.Contains(target, "://") {
				continue
			}
			file := name
			if target != "" {
				file = path.Join(path.Dir(name), target)
			}
			if _, err := os.Stat(local(file)); err != nil {
				t.Errorf("%s leads to %s: %v", name, match[1], err)
			} else if anchor != "" && !slices.Contains(anchors(document(t, file)), anchor) {
				t.Errorf("%s leads to %s, which has no such heading", name, match[1])
			}
		}
	}
	for _, name := range documents(t) {
		if strings.HasPrefix(name, "docs/") && !strings.Contains(index, name) {
			t.Errorf("README does not name %s", name)
		}
	}
}

// Whoever has an archive of a release has what README leads to: there is no public address to look it up at.
func TestReadme_inArchives(t *testing.T) {
	t.Parallel()
	archives := strings.Split(document(t, ".goreleaser.yaml"), "\nnfpms:")[0]
	packed := document(t, ".ci/release-files")
	for _, match := range link.FindAllStringSubmatch(document(t, "README.md"), -1) {
		target, _, _ := strings.Cut(match[1], "#")
		if target == "" {
			continue
		}
		found := strings.Contains(packed, target)
		for _, src := range source.FindAllStringSubmatch(archives, -1) {
			matches, err := path.Match(src[1], target)
			found = found || err == nil && matches || path.Dir(src[1]) == target
		}
		if !found {
			t.Errorf("README leads to %s, which is in no archive", target)
		}
	}
}

var source = regexp.MustCompile(`(?m)^ +- src: (\S+)$`)

// documents are the project's pages of Markdown, by their paths.
func documents(t *testing.T) (names []string) {
	t.Helper()
	for _, pattern := range []string{"*.md", "docs/*.md"} {
		found, err := filepath.Glob(local(pattern))
		if err != nil || len(found) < 2 {
			t.Fatalf("%s: %q, %v", pattern, found, err)
		}
		for _, file := range found {
			names = append(names, path.Join(path.Dir(pattern), filepath.Base(file)))
		}
	}
	return names
}

// anchors are the headings of a page, as a link names them.
func anchors(text string) (all []string) {
	for _, match := range heading.FindAllStringSubmatch(text, -1) {
		all = append(all, strings.Map(func(c rune) rune {
			switch {
			case c == ' ':
				return '-'
			case c == '-' || c == '_' || unicode.IsLetter(c) || unicode.IsDigit(c):
				return unicode.ToLower(c)
			}
			return -1
		}, match[1]))
	}
	return all
}

func document(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(local(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// local is where a file of the project is for this test.
func local(name string) string {
	return filepath.Join("..", "..", filepath.FromSlash(name))
}

var (
	row         = regexp.MustCompile("(?m)^\\| (`[^|]+) \\|")
	span        = regexp.MustCompile("`([^`]+)`")
	placeholder = regexp.MustCompile(`(NAME|OBJECT|FORM)\.go$`)
)

// The files and folders that CONTRIBUTING names exist, but for those that it says to add.
func TestContributing_files(t *testing.T) {
	t.Parallel()
	named := 0
	for _, cells := range row.FindAllStringSubmatch(document(t, "CONTRIBUTING.md"), -1) {
		for _, file := range span.FindAllStringSubmatch(cells[1], -1) {
			if placeholder.MatchString(file[1]) {
				continue
			}
			named++
			if found, err := filepath.Glob(local(file[1])); err != nil || len(found) == 0 {
				t.Errorf("%s: %d found, %v", file[1], len(found), err)
			}
		}
	}
	if named < 30 {
		t.Errorf("only %d files and folders are named", named)
	}
}
