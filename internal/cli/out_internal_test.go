package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// Two results that go to one file would leave one of them, however the file is named.
func TestSameFile(t *testing.T) {
	t.Chdir(t.TempDir())
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("there.csv", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		one, other string
		want       bool
	}{
		{"x.csv", "./x.csv", true},
		{"x.csv", filepath.Join(here, "x.csv"), true},
		{"x.csv", filepath.Join("..", filepath.Base(here), "x.csv"), true},
		{"x.csv", "X.CSV", true},
		{"x.csv", "y.csv", false},
		{"x.csv", filepath.Join("..", "x.csv"), false},
		{filepath.Join("nowhere", "x.csv"), "x.csv", false},
		{"there.csv", filepath.Join(here, "there.csv"), true},
		{"there.csv", "x.csv", false},
		{"", "x.csv", false},
		{"", "", false},
	} {
		if got := sameFile(test.one, test.other); got != test.want {
			t.Errorf("%q and %q: %v", test.one, test.other, got)
		}
	}
}
