package testbed

import (
	"flag"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/santhosh-tekuri/jsonschema/v6"
)

// Answer is what a run of the program gave.
type Answer struct {
	Stdout, Stderr string
	Code           int
}

// from leaves out of suggested commands the flag for the tenant's URL, which is another each time, unless these arguments have it.
func (a Answer) from(url string, args []string) Answer {
	if slices.Contains(args, "--simulate") {
		return a
	}
	flag := " --simulate " + url
	return Answer{strings.ReplaceAll(a.Stdout, flag, ""), strings.ReplaceAll(a.Stderr, flag, ""), a.Code}
}

// Must fails the test unless the run of these arguments ended with that exit code.
func (a Answer) Must(t *testing.T, code int, args []string) Answer {
	t.Helper()
	if a.Code != code {
		t.Fatalf("appleconsent %s: exit code %d, want %d\n%s%s", strings.Join(args, " "), a.Code, code, a.Stdout, a.Stderr)
	}
	return a
}

// CheckError wants one error in one line that says these words, and nothing but advice after it.
func (a Answer) CheckError(t *testing.T, words ...string) {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(a.Stderr, "\n"), "\n")
	i := slices.IndexFunc(lines, func(line string) bool { return strings.HasPrefix(line, "error: ") })
	if i < 0 || slices.ContainsFunc(lines[i+1:], func(line string) bool { return !strings.HasPrefix(line, "hint:  ") }) {
		t.Errorf("stderr does not end with one error in one line, and advice:\n%s", a.Stderr)
		return
	}
	for _, word := range words {
		if !strings.Contains(strings.Join(lines[i:], "\n"), word) {
			t.Errorf("the error does not say %q:\n%s", word, strings.Join(lines[i:], "\n"))
		}
	}
}

// FollowsSchema returns why a document does not follow a published schema. It is for packages two folders below the top.
func FollowsSchema(name, text string) error {
	schema, err := jsonschema.NewCompiler().Compile(Docs(2, "schema/"+name+".schema.json"))
	if err != nil {
		return err
	}
	document, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		return err
	}
	return schema.Validate(document)
}

var update = flag.Bool("update", false, "rewrite the files that tests compare what they show with")

// Golden compares a text with the file that keeps it, or with -update rewrites the file.
func Golden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; rewrite it with -update):\n%s", name, diff)
	}
}
