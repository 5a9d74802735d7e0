package render_test

import (
	"testing"

	"appleconsent/plan/render"
)

// Each word reaches the program as it is, whatever the shell makes of its characters.
func TestQuote(t *testing.T) {
	t.Parallel()
	for word, want := range map[string][3]string{ // by POSIX, cmd, PowerShell
		"plan.json":    {"plan.json", "plan.json", "plan.json"},
		"--enable-app": {"--enable-app", "--enable-app", "--enable-app"},
		"-a.json":      {"-a.json", "-a.json", "'-a.json'"}, // PowerShell makes two words of it
		"":             {"''", `""`, "''"},
		"my plan.json": {"'my plan.json'", `"my plan.json"`, "'my plan.json'"},
		"\x1b[31m\n'ü": {`$'\x1b[31m\x0a\'\xc3\xbc'`, `"[31m'ü"`, "'[31m''ü'"},
		"it's":         {`'it'\''s'`, `"it's"`, "'it''s'"},
		"it’s ‘so’":    {"'it’s ‘so’'", `"it’s ‘so’"`, "'it’’s ‘‘so’’'"},
		`say "a"`:      {`'say "a"'`, `^"say \^"a\^"^"`, `'say "a"'`},
		"a&b|c<d>":     {"'a&b|c<d>'", `"a&b|c<d>"`, "'a&b|c<d>'"},
		"a^b (c)":      {"'a^b (c)'", `"a^b (c)"`, "'a^b (c)'"},
		"%PATH%":       {"%PATH%", `^"^%PATH^%^"`, "'%PATH%'"},
		"50%":          {"50%", `^"50^%^"`, "'50%'"},
		"a!b":          {"'a!b'", `^"a^!b^"`, "'a!b'"},
		"$HOME $(x)":   {"'$HOME $(x)'", `"$HOME $(x)"`, "'$HOME $(x)'"},
		"a`b":          {"'a`b'", "\"a`b\"", "'a`b'"},
		"@x,y;z":       {"'@x,y;z'", `"@x,y;z"`, "'@x,y;z'"},
		"a,b":          {"a,b", `"a,b"`, "'a,b'"}, // a list in PowerShell, two words for a batch file
		"#x":           {"'#x'", `"#x"`, "'#x'"},
		"~/plans":      {"'~/plans'", `"~/plans"`, "'~/plans'"},
		"Pläne/ü.json": {"'Pläne/ü.json'", `"Pläne/ü.json"`, "'Pläne/ü.json'"},
		`C:\plans\a`:   {`'C:\plans\a'`, `C:\plans\a`, `C:\plans\a`},
		`C:\my plans\`: {`'C:\my plans\'`, `"C:\my plans\\"`, `'C:\my plans\'`},
		`a\"b`:         {`'a\"b'`, `^"a\\\^"b^"`, `'a\"b'`},
	} {
		got := [3]string{render.Quote(render.ShellPOSIX, word), render.Quote(render.ShellCmd, word), render.Quote(render.ShellPowerShell, word)}
		if got != want {
			t.Errorf("%q: got %q, want %q", word, got, want)
		}
	}
	if got := render.Quote(render.ShellPOSIX, "appleconsent", "apply", "my plan.json"); got != "appleconsent apply 'my plan.json'" {
		t.Errorf("a command: %s", got)
	}
}
