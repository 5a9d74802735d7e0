package simulator

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
)

// SetConsented says which delegated permissions apps have consent for already. From
// now on a person who signs in consents to what an app asks for beyond them, if an
// admin, and refresh tokens get nothing else. Without it everything counts as
// consented.
func (s *Server) SetConsented(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identity.consented = append([]string{}, scopes...)
}

// unconsented returns the permissions of a scope string that nobody consented to, of
// those that can be got. The scopes of sign-in itself need no consent.
func (i identity) unconsented(scope string) []string {
	if i.consented == nil {
		return nil
	}
	var missing []string
	for _, requested := range strings.Fields(scope) {
		_, name := splitScope(requested)
		for _, permission := range i.expand(name) {
			if !isOfSignIn(permission) && i.allows(permission) && !slices.Contains(i.consented, permission) {
				missing = append(missing, permission)
			}
		}
	}
	return missing
}

// consent lets the person who signs in consent to what an app asks for beyond what it
// has.
func (s *Server) consent(scope string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	missing := s.identity.unconsented(scope)
	if len(missing) > 0 && !holdsOneOf(consentingRoles(), s.identity.adminRoles) {
		return entraError(90094)
	}
	if len(missing) > 0 {
		s.identity.consented = slices.Concat(s.identity.consented, missing)
	}
	return nil
}

// checkScopes refuses a scope string that mixes what was consented to once with single
// permissions.
func checkScopes(scope string) error {
	single, static := 0, 0
	for _, requested := range strings.Fields(scope) {
		_, name := splitScope(requested)
		switch {
		case name == ".default":
			static++
		case !isOfSignIn(name):
			single++
		}
	}
	if static == 0 || single == 0 {
		return nil
	}
	return &signInError{
		status: http.StatusBadRequest, code: "invalid_scope", number: 70011,
		message: fmt.Sprintf("The provided value for the input parameter 'scope' is not valid. The scope %s is not valid. "+
			".default scope can't be combined with resource-specific scopes.", scope),
	}
}
