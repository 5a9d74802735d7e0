package consent_test

import (
	"slices"
	"strings"
	"testing"
	"unicode"

	"appleconsent/consent"

	"github.com/google/go-cmp/cmp"
)

func TestParseScopes(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		text string
		want consent.ScopeSet
	}{
		"empty":                          {"", consent.ScopeSet{}},
		"Microsoft's own leading space":  {" Contacts.ReadWrite openid profile", consent.ScopeSet{"Contacts.ReadWrite", "openid", "profile"}},
		"tabs, newlines, doubled spaces": {"a\tb\n\nc  d ", consent.ScopeSet{"a", "b", "c", "d"}},
		"the first spelling is kept":     {"User.Read user.read USER.READ", consent.ScopeSet{"User.Read"}},
		"broken UTF-8 is not all alike":  {"\xff \xfe \ufffd", consent.ScopeSet{"\xff", "\xfe", "\ufffd"}},
		"Unicode's white space":          {"a\u00a0b\u2003c\u3000\u2028d", consent.ScopeSet{"a", "b", "c", "d"}},
		"no white space, but like it":    {"a\u200bb\x00c\ufeff", consent.ScopeSet{"a\u200bb\x00c\ufeff"}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, consent.ParseScopes(test.text)); diff != "" {
				t.Errorf("ParseScopes(%q) (-want +got):\n%s", test.text, diff)
			}
		})
	}
}

func TestScopeSet(t *testing.T) {
	t.Parallel()
	abc, bd := consent.Scopes("A", "B", "C"), consent.Scopes("b", "D")
	tests := map[string]struct{ got, want consent.ScopeSet }{
		"With keeps order and appends": {abc.With(bd...), consent.Scopes("A", "B", "C", "D")},
		"Without":                      {abc.Without(bd), consent.Scopes("A", "C")},
		"In keeps the own spelling":    {abc.In(bd), consent.Scopes("B")},
		"nothing empty gets in":        {abc.With("", "D"), consent.Scopes("A", "B", "C", "D")},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, test.got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	if !abc.Has("c") || abc.Has("d") {
		t.Error("Has compares wrongly")
	}
	if !abc.SameAs(consent.Scopes("c", "b", "a")) || abc.SameAs(consent.Scopes("A", "B")) || abc.SameAs(consent.Scopes("A", "B", "D")) {
		t.Error("SameAs compares wrongly")
	}
}

// Methods must not write into the array of the set that they are called on.
func TestScopeSet_withDoesNotAlias(t *testing.T) {
	t.Parallel()
	base := append(make(consent.ScopeSet, 0, 8), "A")
	first, second := base.With("B"), base.With("C")
	if first[1] != "B" || second[1] != "C" {
		t.Errorf("got %v and %v; want [A B] and [A C]", first, second)
	}
}

// Both texts are scope strings as Graph may keep them; the second one is merged into the first.
func FuzzParseScopes(f *testing.F) {
	for _, seed := range [][2]string{
		{"", ""},
		{" ", "\t\r\n\v\f"},
		{"User.Read", "user.READ openid"},
		{" a  b\ta", "B c"},
		{"EWſ.AccessAsUser.All ews.accessasuser.all", "EWS.AccessAsUser.All ewſ.accessasuser.all"},
		{"\x00 \xff\xfe", "\xfe \xff \ufffd"},
		{"a\x00b a", "A\x00B \x00"},
		{"a\u00a0b\u2003c", "\u0085\u1680x\u2028y\u2029z\u202f\u205f\u3000"}, // Unicode's white space, which separates
		{"a\u200bb\ufeff", "A\u200bB \u180e\u2060"},                          // what only looks like it, and does not
		{"\u0130 \u0131 \u00df \u212a \u212b", "i I ss k \u00e5"},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, text, other string) {
		set, more := consent.ParseScopes(text), consent.ParseScopes(other)
		checkSet(t, text, set)
		checkSet(t, other, more)
		checkMerge(t, set, more)
	})
}

func checkSet(t *testing.T, text string, set consent.ScopeSet) {
	t.Helper()
	if again := consent.ParseScopes(set.String()); !cmp.Equal(set, again) {
		t.Errorf("ParseScopes(%q) = %q, and read again %q", text, set, again)
	}
	for _, scope := range set {
		if scope == "" || strings.ContainsFunc(string(scope), unicode.IsSpace) {
			t.Errorf("ParseScopes(%q) holds %q", text, scope)
		}
	}
	for name := range strings.FieldsSeq(text) {
		i := slices.IndexFunc(set, func(s consent.Scope) bool { return sameButForCase(string(s), name) })
		if i < 0 || !set.Has(consent.Scope(name)) {
			t.Errorf("ParseScopes(%q) lost %q", text, name)
		}
	}
	if !set.SameAs(set) || len(set.Without(set)) != 0 || !slices.Equal(set.With(set...), set) || !slices.Equal(set.In(set), set) {
		t.Errorf("%q is not equal to itself", set)
	}
}

// checkMerge fails unless With keeps what stands as it stands and appends what is missing as it was given, in its order.
func checkMerge(t *testing.T, set, more consent.ScopeSet) {
	t.Helper()
	stood := slices.Clone(set)
	var want consent.ScopeSet
	for _, scope := range more {
		if !slices.ContainsFunc(set, func(s consent.Scope) bool { return sameButForCase(string(s), string(scope)) }) {
			want = append(want, scope)
		}
	}
	merged := set.With(more...)
	if !slices.Equal(merged, slices.Concat(stood, want)) || !slices.Equal(set, stood) {
		t.Errorf("%q with %q is %q", stood, more, merged)
	}
	if !merged.HasAll(set) || !merged.HasAll(more) || !slices.Equal(more.Without(set), want) {
		t.Errorf("%q with %q is %q, which lost something", set, more, merged)
	}
	if !slices.Equal(merged.Without(want), set) || len(set.In(more))+len(set.Without(more)) != len(set) {
		t.Errorf("%q with %q cannot be taken apart again", set, more)
	}
	if again := consent.ParseScopes(merged.String()); !slices.Equal(again, merged) {
		t.Errorf("%q is %q when read again", merged, again)
	}
}

// sameButForCase compares byte by byte, but for the case of ASCII letters.
func sameButForCase(a, b string) bool {
	lower := func(c byte) byte {
		if 'A' <= c && c <= 'Z' {
			return c + 'a' - 'A'
		}
		return c
	}
	return slices.EqualFunc([]byte(a), []byte(b), func(x, y byte) bool { return lower(x) == lower(y) })
}
