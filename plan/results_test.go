package plan_test

import (
	"fmt"
	"strings"
	"testing"

	"appleconsent/plan"
)

// What is no JSON spoils its own line and no other.
func TestResults(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                             "",
		" \r\n":                        "",
		"{}\n{}\n":                     "1:{} 2:{}",
		"\n{\n\"a\":1\n}\n\n{}":        "2:{\n\"a\":1\n} 6:{}",
		"{\"a\":\n{\"b\":1}\n{}\n":     "1:{\"a\": 2:{\"b\":1} 3:{}",
		"x y\n{}":                      "1:x y 2:{}",
		"[\n{},\n{}\n]\n":              "2:{} 3:{}",
		"{} {}":                        "1:{} 1:{}",
		"{\"a\":\"\xff\",\"a\":2}\n{}": "1:{\"a\":\"\xff\",\"a\":2} 2:{}",
		"{]\r\n{}":                     "1:{]\r 2:{}",
	} {
		var got []string
		for line, value := range plan.Results([]byte(text)) {
			got = append(got, fmt.Sprintf("%d:%s", line, value))
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

// Each value stands where it is said to stand, and nothing but what separates values is left out.
func FuzzResults(f *testing.F) {
	for _, seed := range []string{"{}\n{", "[1,\n[2],{\"a\":\"\\u005d\"}]", "]", "\"\n\"", "{\"kind\":\"result\"}\r\n"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		rest, lines := text, strings.Split(text, "\n")
		for line, value := range plan.Results([]byte(text)) {
			before, after, found := strings.Cut(rest, string(value))
			if !found || len(value) == 0 || strings.Trim(before, " \t\r\n[,]") != "" {
				t.Fatalf("%q is left out before %q", before, value)
			}
			first, _, _ := strings.Cut(string(value), "\n")
			if !strings.Contains(lines[line-1], first) {
				t.Errorf("%q is not in line %d", first, line)
			}
			rest = after
		}
		if strings.Trim(rest, " \t\r\n[,]") != "" {
			t.Errorf("%q is left out", rest)
		}
	})
}
