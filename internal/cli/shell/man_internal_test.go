package shell

import "testing"

func TestEscapeRoff(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`.TH`:                 `\&.TH`,
		`'quoted' -x "y"`:     `\(aqquoted\(aq \-x \(dqy\(dq`,
		`C:\folder ~/x ^ a.b`: `C:\efolder \(ti/x \(ha a.b`,
		"more …":              `more \[u2026]`,
	} {
		if got := escapeRoff(text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}
