package directory

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

// access lists the Graph permissions any one of which opens a route: delegated
// ones for a person's token, application ones for an app's.
type access struct {
	delegated   []string
	application []string
	roles       []string // Entra roles of which a person needs one besides; nil: none
}

// The permission catalogue for the simulated routes. DelegatedPermissionGrant.Read.All
// is missing on purpose: it can be consented to, and opens no path.
var (
	readServicePrincipals = both(
		"Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All",
	).orApps("Application.ReadWrite.OwnedBy")
	changeServicePrincipals = both("Application.ReadWrite.All").orPeople("Directory.ReadWrite.All").by(servicePrincipalWritingRoles)
	// Application.ReadWrite.OwnedBy opens creation only to be refused there: the
	// simulated apps are registered elsewhere, and callers own nothing.
	createServicePrincipals = changeServicePrincipals.orApps("Application.ReadWrite.OwnedBy")
	readGrants              = both("Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")
	changeGrants            = both("DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All").by(grantWritingRoles)
	// organizationDetails opens the properties beyond those that User.Read shows.
	organizationDetails = both(
		"Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
	readOrganization          = organizationDetails.orPeople("User.Read")
	readAuthorizationPolicy   = both("Policy.Read.All", "Policy.ReadWrite.Authorization")
	changeAuthorizationPolicy = both("Policy.ReadWrite.Authorization").by(policyWritingRoles)
	readConsentRequestPolicy  = both("Policy.Read.All", "Policy.ReadWrite.ConsentRequest", "Directory.Read.All")
	changeClassifications     = both("Policy.ReadWrite.PermissionGrant").by(identity.ConsentingRoles())
	readConditionalAccess     = both("Policy.Read.All")
	readSignIns               = both("AuditLog.Read.All")
	readReports               = both("Reports.Read.All")
	readContracts             = both("Directory.Read.All", "Directory.ReadWrite.All")
	readRelationships         = both("DelegatedAdminRelationship.Read.All", "DelegatedAdminRelationship.ReadWrite.All")
	readDomains               = both("Domain.Read.All", "Domain.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All")
	readDeviceConfigurations  = both(
		"DeviceManagementConfiguration.Read.All", "DeviceManagementConfiguration.ReadWrite.All")
)

// The roles that write. Those of grants and of service principals are the ones that the pages on writing these list;
// Privileged Role Administrator is not among the latter.
var (
	policyWritingRoles = []string{identity.PrivilegedRoleAdministrator, identity.GlobalAdministrator}
	grantWritingRoles  = append(
		identity.ConsentingRoles(), identity.ApplicationDeveloper, identity.DirectoryWriters, identity.UserAdministrator)
	servicePrincipalWritingRoles = []string{
		identity.GlobalAdministrator, identity.CloudApplicationAdministrator, identity.ApplicationAdministrator,
		identity.ApplicationDeveloper, identity.HybridIdentityAdministrator, identity.SecurityAdministrator,
	}
)

func both(names ...string) access { return access{delegated: names, application: names} }

// orPeople and orApps are the same, and open for people or for apps with the names besides.
func (a access) orPeople(names ...string) access {
	a.delegated = slices.Concat(a.delegated, names)
	return a
}

func (a access) orApps(names ...string) access {
	a.application = slices.Concat(a.application, names)
	return a
}

// by is the same for people with one of the Entra roles only.
func (a access) by(roles []string) access {
	a.roles = roles
	return a
}

// opensFor reports whether the caller holds one of the permissions and, as a person, one of the roles.
func (a access) opensFor(c identity.Claims) bool {
	if c.Scope == "" { // an app: only people have scopes
		return identity.HoldsOneOf(a.application, c.Roles)
	}
	return identity.HoldsOneOf(a.delegated, strings.Fields(c.Scope)) && (a.roles == nil || identity.HoldsOneOf(a.roles, c.AdminRoles))
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
