package consent

import (
	"slices"
	"strings"
)

// MaxScopeLength is the number of characters that Graph accepts in the scope property of a delegated permission
// grant (learn.microsoft.com/graph/api/oauth2permissiongrant-update).
const MaxScopeLength = 3850

// Scope is the name of one delegated permission, such as User.Read, in the spelling in which it stands.
type Scope string

// key is the form in which scopes are compared: without regard to the case of ASCII letters. Unicode folding is
// left out on purpose, since it would take "EWſ.AccessAsUser.All" for the permission that Exchange knows. It goes byte by
// byte, so that different bytes that are no UTF-8 stay different.
func (s Scope) key() string {
	key := []byte(s)
	for i, c := range key {
		if 'A' <= c && c <= 'Z' {
			key[i] = c + 'a' - 'A'
		}
	}
	return string(key)
}

// IsWord reports whether it is a name at all: one word without white space around it. So are the entries of the authorization
// policy.
func (s Scope) IsWord() bool {
	words := strings.Fields(string(s))
	return len(words) == 1 && words[0] == string(s)
}

// maxName is the number of characters that the name of a permission may have (learn.microsoft.com/graph/api/resources/permissionscope).
const maxName = 120

// IsName reports whether it looks like the name of a delegated permission: ASCII letters, digits, dots, hyphens and underscores, as all
// that Microsoft publishes.
func (s Scope) IsName() bool {
	odd := func(r rune) bool {
		letter := 'a' <= r|0x20 && r|0x20 <= 'z' && r < 0x80
		return !letter && (r < '0' || '9' < r) && !strings.ContainsRune("._-", r)
	}
	return 0 < len(s) && len(s) <= maxName && s[0] != '.' && s[0] != '-' && !strings.ContainsFunc(string(s), odd)
}

// ScopeSet is an ordered set of scopes: it keeps order and spelling and compares without regard to case. Make it
// with Scopes or ParseScopes, which leave duplicates and empty names out. The zero value is the empty set. Methods
// never change the set that they are called on.
type ScopeSet []Scope

// Scopes returns the set of the given scopes in their order.
func Scopes(scopes ...Scope) ScopeSet {
	return ScopeSet{}.With(scopes...)
}

// ParseScopes splits a scope string as Graph keeps it: scopes between any white space, which may lead, trail and
// repeat. Microsoft's own samples begin with a space.
func ParseScopes(text string) ScopeSet {
	set := ScopeSet{}
	for name := range strings.FieldsSeq(text) {
		set = append(set, Scope(name))
	}
	return Scopes(set...)
}

// Has reports whether the set holds the scope.
func (s ScopeSet) Has(scope Scope) bool {
	return slices.ContainsFunc(s, func(have Scope) bool { return have.key() == scope.key() })
}

// HasAll reports whether the set holds each of the given scopes.
func (s ScopeSet) HasAll(scopes ScopeSet) bool {
	return len(scopes.Without(s)) == 0
}

// With returns the set followed by those of the given scopes that it does not hold yet.
func (s ScopeSet) With(scopes ...Scope) ScopeSet {
	seen := s.keys()
	union := slices.Clip(slices.Clone(s))
	for _, scope := range scopes {
		key := scope.key()
		if key == "" || seen[key] {
			continue
		}
		seen[key] = true
		union = append(union, scope)
	}
	return union
}

// Without returns the scopes of the set that the other set does not hold.
func (s ScopeSet) Without(other ScopeSet) ScopeSet {
	return s.filter(other, false)
}

// In returns the scopes of the set that the other set holds too, in the order and spelling of this one.
func (s ScopeSet) In(other ScopeSet) ScopeSet {
	return s.filter(other, true)
}

func (s ScopeSet) filter(other ScopeSet, keepHeld bool) ScopeSet {
	held := other.keys()
	kept := ScopeSet{}
	for _, scope := range s {
		if held[scope.key()] == keepHeld {
			kept = append(kept, scope)
		}
	}
	return kept
}

// SameAs reports whether both sets hold the same scopes, whatever their order and spelling.
func (s ScopeSet) SameAs(other ScopeSet) bool {
	return len(s) == len(other) && s.HasAll(other) && other.HasAll(s) // both, for a list of names from outside may hold one twice
}

// String returns the set as the scope property of a grant: single spaces between the scopes.
func (s ScopeSet) String() string { return s.join(" ") }

// List names the scopes for people.
func (s ScopeSet) List() string { return s.join(", ") }

func (s ScopeSet) join(separator string) string {
	names := make([]string, len(s))
	for i, scope := range s {
		names[i] = string(scope)
	}
	return strings.Join(names, separator)
}

func (s ScopeSet) keys() map[string]bool {
	keys := make(map[string]bool, len(s))
	for _, scope := range s {
		keys[scope.key()] = true
	}
	return keys
}
