package directory

import "appleconsent/graph/simulator/identity"

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
