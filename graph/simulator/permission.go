package simulator

import "slices"

// access lists the Graph permissions any one of which opens a route: delegated
// ones for a person's token, application ones for an app's.
type access struct {
	delegated   []string
	application []string
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
	}
	changeServicePrincipals = access{
		delegated:   []string{"Application.ReadWrite.All", "Directory.ReadWrite.All"},
		application: []string{"Application.ReadWrite.All"},
	}
	readGrants = both(
		"Directory.Read.All", "DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")
	changeGrants = both(
		"DelegatedPermissionGrant.ReadWrite.All", "Directory.ReadWrite.All")
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
)

func both(names ...string) access { return access{delegated: names, application: names} }

// opensFor tells whether the caller holds one of the permissions.
func (a access) opensFor(c claims) bool {
	accepted, held := a.application, c.Roles
	if c.delegated() {
		accepted, held = a.delegated, c.scopes()
	}
	return slices.ContainsFunc(accepted, func(name string) bool { return slices.Contains(held, name) })
}
