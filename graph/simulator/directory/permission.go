package directory

import (
	"net/http"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

// access lists the Graph permissions any one of which opens a route: delegated
// ones for a person's token, application ones for an app's.
type access struct {
	delegated   []string
	application []string
	roles       func() []string // Entra roles of which a person needs one besides; nil: none
}

// The permission catalogue for the simulated routes. DelegatedPermissionGrant.Read.All
// is missing on purpose: it can be consented to, and opens no path.
var (
	readServicePrincipals = access{
		delegated: []string{
			"Application.Read.All", "Application.ReadWrite.All",
			"Directory.Read.All", "Directory.ReadWrite.All",
		},
		application: []string{
			"Application.Read.All", "Application.ReadWrite.OwnedBy", "Application.ReadWrite.All",
			"Directory.Read.All", "Directory.ReadWrite.All",
		},
	}
	// Application.ReadWrite.OwnedBy opens creation only to be refused there: the
	// simulated apps are registered elsewhere, and callers own nothing.
	createServicePrincipals = access{
		delegated:   []string{"Application.ReadWrite.All", "Directory.ReadWrite.All"},
		application: []string{"Application.ReadWrite.OwnedBy", "Application.ReadWrite.All"},
		roles:       servicePrincipalWritingRoles,
	}
	changeServicePrincipals = access{
		delegated:   []string{"Application.ReadWrite.All", "Directory.ReadWrite.All"},
		application: []string{"Application.ReadWrite.All"},
		roles:       servicePrincipalWritingRoles,
	}
	readGrants = both(
		"Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")
	changeGrants = both(
		"DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All").by(grantWritingRoles)
	readOrganization = access{
		delegated: []string{
			"User.Read", "Organization.Read.All", "Organization.ReadWrite.All",
			"Directory.Read.All", "Directory.ReadWrite.All",
		},
		application: organizationDetails.application,
	}
	// organizationDetails opens the properties beyond those that User.Read shows.
	organizationDetails = both(
		"Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
	readAuthorizationPolicy   = both("Policy.Read.All", "Policy.ReadWrite.Authorization")
	changeAuthorizationPolicy = both("Policy.ReadWrite.Authorization").by(policyWritingRoles)
	readConsentRequestPolicy  = both("Policy.Read.All", "Policy.ReadWrite.ConsentRequest", "Directory.Read.All")
	changeClassifications     = both("Policy.ReadWrite.PermissionGrant").by(identity.ConsentingRoles)
	readConditionalAccess     = both("Policy.Read.All")
	readSignIns               = both("AuditLog.Read.All")
	readDomains               = both("Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
	readDeviceConfigurations  = both(
		"DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All")
)

func both(names ...string) access { return access{delegated: names, application: names} }

// by is the same for people with one of the Entra roles only.
func (a access) by(roles func() []string) access {
	a.roles = roles
	return a
}

// opensFor reports whether the caller holds one of the permissions and, as a person, one of the roles.
func (a access) opensFor(c identity.Claims) bool {
	if c.Scope == "" { // an app: only people have scopes
		return identity.HoldsOneOf(a.application, c.Roles)
	}
	return identity.HoldsOneOf(a.delegated, strings.Fields(c.Scope)) && (a.roles == nil || identity.HoldsOneOf(a.roles(), c.AdminRoles))
}

// authenticate reads the bearer token of a Graph request.
func authenticate(h http.Header, tenantID string, now time.Time) (identity.Claims, error) {
	scheme, token, _ := strings.Cut(h.Get("Authorization"), " ")
	if token = strings.TrimSpace(token); !strings.EqualFold(scheme, "Bearer") || token == "" {
		return identity.Claims{}, unauthenticated("Access token is empty.")
	}
	var c identity.Claims
	switch ok := identity.DecodeJWT(token, &c); {
	case !ok:
		return identity.Claims{}, unauthenticated("IDX14100: JWT is not well formed, there are no dots (.) or the payload cannot be decoded.")
	case c.Expires <= now.Unix():
		return identity.Claims{}, unauthenticated("Lifetime validation failed, the token is expired.")
	case !strings.EqualFold(c.TenantID, tenantID):
		return identity.Claims{}, unauthenticated("Access token validation failure. Invalid tenant.")
	}
	return c, nil
}

// policyWritingRoles are those whose holders change the tenant's authorization policy.
func policyWritingRoles() []string {
	return []string{identity.PrivilegedRoleAdministrator, identity.GlobalAdministrator}
}

// grantWritingRoles are those that the pages on writing delegated permission grants list.
func grantWritingRoles() []string {
	return append(identity.ConsentingRoles(), identity.ApplicationDeveloper, identity.DirectoryWriters, identity.UserAdministrator)
}

// servicePrincipalWritingRoles are those that the pages on writing service principals
// list. Privileged Role Administrator is not among them.
func servicePrincipalWritingRoles() []string {
	return []string{
		identity.GlobalAdministrator, identity.CloudApplicationAdministrator, identity.ApplicationAdministrator,
		identity.ApplicationDeveloper, identity.HybridIdentityAdministrator, identity.SecurityAdministrator,
	}
}
