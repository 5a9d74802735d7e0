package render_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func scriptsDocument(t *testing.T) string {
	t.Helper()
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "scripts.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(document)
}

// docs/scripts.md names functions that there are, and counts the cases that are run.
func TestScriptsDocument_parts(t *testing.T) {
	t.Parallel()
	var code strings.Builder
	files, _ := filepath.Glob("*.ps1.tmpl")
	for _, file := range files {
		template, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		code.Write(template)
	}
	named := regexp.MustCompile("\\| (`[A-Z][a-z]+-[A-Z]\\w+`(?:, `[A-Z][a-z]+-[A-Z]\\w+`)*) \\|").FindAllStringSubmatch(scriptsDocument(t), -1)
	for _, m := range named {
		for name := range strings.SplitSeq(m[1], ", ") {
			if !regexp.MustCompile("(?m)^function " + strings.Trim(name, "`") + "\\b").MatchString(code.String()) {
				t.Errorf("there is no function %s", name)
			}
		}
	}
	if len(named) < 25 {
		t.Errorf("it names functions in %d rows", len(named))
	}
	if cases := strconv.Itoa(len(scriptCases())) + " cases"; strings.Count(scriptsDocument(t), cases) != 2 {
		t.Errorf("it does not say %q twice", cases)
	}
}

// docs/scripts.md names the line of each request, and each request.
func TestScriptsDocument_lines(t *testing.T) {
	t.Parallel()
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`\| (script_\w+\.ps1\.tmpl):(\d+) \|`).FindAllStringSubmatch(scriptsDocument(t), -1) {
		named[m[1]+":"+m[2]] = true
	}
	request := regexp.MustCompile(`(Send-Change|Read-List|Invoke-Graph) [('$]`)
	for _, file := range []string{"script_grants.ps1.tmpl", "script_client.ps1.tmpl", "script_settings.ps1.tmpl"} {
		template, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for i, line := range strings.Split(string(template), "\n") {
			place := file + ":" + strconv.Itoa(i+1)
			if makes := request.MatchString(line); makes != named[place] {
				t.Errorf("%s makes a request: %v; the document says %v: %s", place, makes, named[place], line)
			}
			delete(named, place)
		}
	}
	if len(named) > 0 {
		t.Errorf("no such lines: %v", named)
	}
}
