package simulator

import (
	"net/url"
	"slices"
	"strings"
)

// cloudApplicationAdministrator is the template id of the one Entra role that the
// simulated admin holds.
const cloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7"

// identity is what tokens can hold.
type identity struct {
	appRoles        []string
	delegatedScopes []string // nil: whatever is asked for
}

func defaultIdentity() identity {
	return identity{appRoles: []string{
		"Application.ReadWrite.All", "Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All",
	}}
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

// delegated returns the permissions that a person gets who asks for a scope
// string, and the audience of the token.
func (i identity) delegated(scope string) (granted []string, audience string) {
	audience = "https://graph.microsoft.com"
	for _, requested := range strings.Fields(scope) {
		name := requested
		if u, err := url.Parse(requested); err == nil && u.Host != "" {
			audience = u.Scheme + "://" + u.Host
			name = strings.TrimPrefix(u.Path, "/")
		}
		granted = append(granted, i.expand(name)...)
	}
	if i.delegatedScopes != nil {
		granted = slices.DeleteFunc(granted, func(name string) bool { return !slices.Contains(i.delegatedScopes, name) })
	}
	return granted, audience
}

// expand replaces .default by what was consented to, and drops offline_access,
// which asks for a refresh token and is no permission.
func (i identity) expand(name string) []string {
	switch {
	case name == "offline_access":
		return nil
	case name != ".default":
		return []string{name}
	case i.delegatedScopes != nil:
		return i.delegatedScopes
	}
	return []string{"Application.ReadWrite.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.Read.All"}
}
