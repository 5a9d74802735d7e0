package simulator

import (
	"net/url"
	"slices"
	"strings"
)

// identity is what tokens can hold.
type identity struct {
	appRoles        []string
	delegatedScopes []string // nil: whatever is asked for
	consented       []string // nil: everything counts as consented
	adminRoles      []string // template ids of the person's Entra roles
}

func defaultIdentity() identity {
	return identity{
		appRoles:   []string{"Application.ReadWrite.All", "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All"},
		adminRoles: []string{cloudApplicationAdministrator, privilegedRoleAdministrator},
	}
}

// SetAppRoles sets the application permissions that apps get from now on.
func (s *Server) SetAppRoles(roles ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identity.appRoles = slices.Clone(roles)
}

// SetDelegatedScopes restricts the delegated permissions that the admin can get
// from now on: of what is asked for, tokens hold no others.
func (s *Server) SetDelegatedScopes(scopes ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identity.delegatedScopes = append([]string{}, scopes...)
}

func (s *Server) currentIdentity() identity {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.identity
}

// granted is what a person gets who asks for a scope string.
type granted struct {
	audience string
	names    []string // of the permissions, as a token holds them
	scope    []string // the same in the form in which they were asked for, without those of sign-in itself
}

// delegated returns what a person gets who asks for a scope string.
func (i identity) delegated(scope string) granted {
	g := granted{audience: "https://graph.microsoft.com"}
	for _, requested := range strings.Fields(scope) {
		resource, name := splitScope(requested)
		prefix := ""
		if resource != "" {
			g.audience, prefix = resource, resource+"/"
		}
		names := slices.DeleteFunc(i.expand(name), func(name string) bool { return !i.allows(name) })
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

func (i identity) allows(name string) bool {
	return i.delegatedScopes == nil || slices.Contains(i.delegatedScopes, name)
}

// expand replaces .default by what was consented to, and drops offline_access,
// which asks for a refresh token and is no permission.
func (i identity) expand(name string) []string {
	switch {
	case name == "offline_access":
		return nil
	case name != ".default":
		return []string{name}
	case len(i.consented) > 0:
		return slices.Clone(i.consented)
	case i.delegatedScopes != nil:
		return slices.Clone(i.delegatedScopes)
	}
	return []string{"Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All"}
}

// isOfSignIn tells the scopes of OpenID Connect from a resource's: they say what
// comes with the token.
func isOfSignIn(name string) bool {
	return slices.Contains([]string{"openid", "profile", "email", "offline_access"}, name)
}
