package entra

import (
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// unconsented returns the permissions of a scope string that nobody consented to, of
// those that can be got. The scopes of sign-in itself need no consent.
func (s Settings) unconsented(scope string) []string {
	if s.Consented == nil {
		return nil
	}
	var missing []string
	for _, requested := range strings.Fields(scope) {
		_, name := splitScope(requested)
		for _, permission := range s.expand(name) {
			if !isOfSignIn(permission) && s.allows(permission) && !slices.Contains(s.Consented, permission) {
				missing = append(missing, permission)
			}
		}
	}
	return missing
}

// consent lets the person who signs in consent to what an app asks for beyond what it
// has.
func (s *SignIn) consent(scope string) error {
	missing := s.Settings.unconsented(scope)
	if len(missing) > 0 && !identity.HoldsOneOf(identity.ConsentingRoles(), s.Settings.AdminRoles) {
		return entraError(90094)
	}
	if len(missing) > 0 {
		s.Settings.Consented = slices.Concat(s.Settings.Consented, missing)
	}
	return nil
}
