package consent_test

import (
	"strings"
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

// The ids in Microsoft's examples and in public reports (learn.microsoft.com/graph/api/oauth2permissiongrant-post,
// github.com/Azure/azure-cli, issue 20974).
func TestTenantWideGrantID(t *testing.T) {
	t.Parallel()
	for want, ids := range map[consent.GrantID][2]consent.ObjectID{
		"l5eW7x0ga0-WDOntXzHateQDNpSH5-lPk9HjD3Sarjk": {"ef969797-201d-4f6b-960c-e9ed5f31dab5", "943603e4-e787-4fe9-93d1-e30f749aae39"},
		"qIVZsiud3k-fp2xOQ6jd7InI76O38TJFngGR4y0QOfQ": {"b25985a8-9d2b-4fde-9fa7-6c4e43a8ddec", "a3efc889-f1b7-4532-9e01-91e32d1039f4"},
		"": {"ef969797-201d-4f6b-960c-e9ed5f31dab5", "no GUID"},
	} {
		if got := consent.TenantWideGrantID(ids[0], ids[1]); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
		if got := consent.ResourceOfGrant(ids[0], want); want != "" && got != ids[1] {
			t.Errorf("%s is taken for a grant on %s", want, got)
		}
		if got := consent.ResourceOfGrant(ids[1], want); got != "" {
			t.Errorf("%s is taken for a grant of another client on %s", want, got)
		}
	}
}

// What becomes a part of an address, or comes from a file, is nothing but base64url.
func TestIsOpaque(t *testing.T) {
	t.Parallel()
	for id, want := range map[string]bool{
		"l5eW7x0ga0-WDOntXzHateQDNpSH5-lPk9HjD3Sarjk": true, "0_a-Z": true, strings.Repeat("a", 128): true,
		"": false, strings.Repeat("a", 129): false, "a/b": false, "../x": false, "a b": false, "a=": false, "a?b": false,
		"ä": false, "\u017f": false, "\u212a": false, "a\n": false,
	} {
		if got := consent.IsOpaque(id); got != want {
			t.Errorf("%q: got %v", id, got)
		}
	}
}
