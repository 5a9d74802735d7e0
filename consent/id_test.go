package consent_test

import (
	"testing"

	"appleconsent/consent"
)

func TestParseGUID(t *testing.T) {
	t.Parallel()
	const guid = "f8d98a96-0999-43f5-8af3-69971c7bb423"
	for _, text := range []string{guid, "F8D98A96-0999-43F5-8AF3-69971C7BB423"} {
		if got, err := consent.ParseGUID(text); err != nil || got != guid {
			t.Errorf("ParseGUID(%q) = %q, %v; want %q", text, got, err, guid)
		}
	}
	for name, text := range map[string]string{
		"empty":                       "",
		"the well-known typo":         guid + "3",
		"braces":                      "{f8d98a96-0999-43f5-8af3-69971c7bb423}",
		"hyphens elsewhere":           "f8d98a960-999-43f5-8af3-69971c7bb423",
		"a letter beyond f":           "g8d98a96-0999-43f5-8af3-69971c7bb423",
		"36 bytes that are not ASCII": "ſ8d98a96-0999-43f5-8af3-69971c7bb42",
	} {
		if got, err := consent.ParseGUID(text); err == nil {
			t.Errorf("%s: ParseGUID(%q) = %q, want an error", name, text, got)
		}
	}
}
