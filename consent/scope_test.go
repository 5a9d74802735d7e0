package consent_test

import (
	"strings"
	"testing"

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

func FuzzParseScopes(f *testing.F) {
	for _, seed := range []string{"", " ", "User.Read", " a  b\ta", "EWſ.AccessAsUser.All ews.accessasuser.all", "\x00 \xff\xfe", "a\u00a0b\u2003c"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		set := consent.ParseScopes(text)
		if again := consent.ParseScopes(set.String()); !cmp.Equal(set, again) {
			t.Errorf("ParseScopes(%q) = %q, and read again %q", text, set, again)
		}
		for _, scope := range set {
			if scope == "" || strings.ContainsAny(string(scope), " \t\n\r") {
				t.Errorf("ParseScopes(%q) holds %q", text, scope)
			}
		}
		for name := range strings.FieldsSeq(text) {
			if !set.Has(consent.Scope(name)) {
				t.Errorf("ParseScopes(%q) lost %q", text, name)
			}
		}
		if !set.SameAs(set) || len(set.Without(set)) != 0 || len(set.With(set...)) != len(set) {
			t.Errorf("%q is not equal to itself", set)
		}
	})
}
