package plan_test

import (
	"strings"
	"testing"

	"appleconsent/plan"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Contoso & Söhne 日本":     "Contoso & Söhne 日本",
		"a\tb\r\nc  d":           "a b c d",
		"\x1b[31mred\x1b[0m":     "[31mred[0m",
		"r\u202etl\u200b\u2066x": "rtlx",
		"\xff\xfe":               "",
		"":                       "",
	} {
		if got := plan.Printable(text); got != want {
			t.Errorf("Printable(%q) = %q, want %q", text, got, want)
		}
	}
	if got := plan.Printable(strings.Repeat("x", 10000)); len(got) > 300 {
		t.Errorf("a name of 10,000 characters is printed with %d bytes", len(got))
	}
}
