package entra

import (
	"net/url"
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// granted is what a person gets who asks for a scope string.
type granted struct {
	audience string
	names    []string // of the permissions, as a token holds them
	scope    []string // the same in the form in which they were asked for, without those of sign-in itself
}

// delegated returns what a person gets who asks for a scope string.
func (s Settings) delegated(scope string) granted {
	g := granted{audience: "https://graph.microsoft.com"}
	for _, requested := range strings.Fields(scope) {
		resource, name := splitScope(requested)
		prefix := ""
		if resource != "" {
			g.audience, prefix = resource, resource+"/"
		}
		names := slices.DeleteFunc(s.expand(name), func(name string) bool { return !s.allows(name) })
		g.names = append(g.names, names...)
		for _, name := range names {
			if !isOfSignIn(name) {
				g.scope = append(g.scope, prefix+name)
			}
		}
		if name == ".default" && len(names) > 0 {
			g.scope = append(g.scope, requested) // libraries look for what they asked for
		}
	}
	return g
}

// splitScope takes the resource off a scope; what has none is of Graph.
func splitScope(requested string) (resource, name string) {
	u, err := url.Parse(requested)
	if err != nil || u.Host == "" {
		return "", requested
	}
	return u.Scheme + "://" + u.Host, strings.TrimLeft(u.Path, "/")
}

func (s Settings) allows(name string) bool {
	return s.DelegatedScopes == nil || slices.Contains(s.DelegatedScopes, name)
}

// expand replaces .default by what was consented to, and drops offline_access,
// which asks for a refresh token and is no permission.
func (s Settings) expand(name string) []string {
	switch {
	case name == "offline_access":
		return nil
	case name != ".default":
		return []string{name}
	case len(s.Consented) > 0:
		return slices.Clone(s.Consented)
	case s.DelegatedScopes != nil:
		return slices.Clone(s.DelegatedScopes)
	}
	return []string{"Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All"}
}

// isOfSignIn tells the scopes of OpenID Connect from a resource's: they say what comes with the token.
func isOfSignIn(name string) bool {
	return slices.Contains([]string{"openid", "profile", "email", "offline_access"}, name)
}

// checkScopes refuses a scope string that mixes what was consented to once with single permissions.
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
	return refuse("invalid_scope", 70011, "The provided value for the input parameter 'scope' is not valid. The scope %s is not valid. "+
		".default scope can't be combined with resource-specific scopes.", scope)
}

// asksNoMore reports whether all of a scope string is in the one from before.
func asksNoMore(scope, before string) bool {
	had := strings.Fields(strings.ToLower(before))
	return !slices.ContainsFunc(strings.Fields(strings.ToLower(scope)), func(name string) bool { return !slices.Contains(had, name) })
}

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

// consent lets the person who signs in consent to what an app asks for beyond what it has.
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
