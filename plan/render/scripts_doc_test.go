package render_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// docs/scripts.md names the line of each request, and each request.
func TestScriptsDocument_lines(t *testing.T) {
	t.Parallel()
	document, err := os.ReadFile(filepath.Join("..", "..", "docs", "scripts.md"))
	if err != nil {
		t.Fatal(err)
	}
	named := map[string]bool{}
	for _, m := range regexp.MustCompile(`\| (script_\w+\.ps1\.tmpl):(\d+) \|`).FindAllStringSubmatch(string(document), -1) {
		named[m[1]+":"+m[2]] = true
	}
	request := regexp.MustCompile(`(Send-Change|Read-List|Invoke-Graph) [('$]`)
	for _, file := range []string{"script_grants.ps1.tmpl", "script_settings.ps1.tmpl"} {
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
