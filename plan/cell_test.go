package plan_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"appleconsent/plan"
)

// A cell never begins as a formula does, and a text that is written and read again is what it was.
func FuzzCSVLine(f *testing.F) {
	for _, seed := range []string{"Contoso", "=HYPERLINK(1)", "'=x", "''+1", "'", "'apos", "-", "@x", "a,\"b\"", "", " =x", "\t=x", "'\u200b=x"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		line := plan.CSVLine(text, "x")
		fields, err := csv.NewReader(strings.NewReader(line)).Read()
		if err != nil || len(fields) != 2 || strings.Count(line, "\n") != 1 {
			t.Fatalf("%q is written as %q: %v", text, line, err)
		}
		if strings.IndexAny(fields[0], "=+-@") == 0 {
			t.Errorf("%q is written as the formula %q", text, fields[0])
		}
		if got, want := plan.FromCell(fields[0]), plan.PrintableLine(text); got != want {
			t.Errorf("%q comes back as %q, want %q", text, got, want)
		}
	})
}

// Only a mark that is ours is taken away, and only one.
func TestFromCell(t *testing.T) {
	t.Parallel()
	for cell, want := range map[string]string{
		"'=1": "=1", "''=1": "'=1", "=1": "=1", "'apos": "'apos", "'": "'", "''": "''", "'-": "-", "": "", "Contoso": "Contoso",
	} {
		if got := plan.FromCell(cell); got != want {
			t.Errorf("%q: got %q, want %q", cell, got, want)
		}
	}
}
