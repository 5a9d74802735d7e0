package simulator

import "slices"

// The template ids of Entra's roles, as tokens hold them.
const (
	globalAdministrator           = "62e90394-69f5-4237-9190-012177145e10"
	privilegedRoleAdministrator   = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	cloudApplicationAdministrator = "158c047a-c907-4556-b7ef-446551a6b5f7" // this and the one before are what the simulated admin holds
	applicationAdministrator      = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
	applicationDeveloper          = "cf1c38e5-3621-4004-a7cb-879624dced7c"
	directoryWriters              = "9360feb5-f418-4baa-8175-e2a00bac4301"
	userAdministrator             = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	hybridIdentityAdministrator   = "8ac3fc64-6eca-42ea-9e69-59f4c7b60eb2"
	securityAdministrator         = "194ae4cb-b126-40b2-bd5b-6091b380977d"
)

// SetAdminRoles sets the Entra roles, by template id, that the person holds from now
// on. With none, tokens have no claim about them.
func (s *Server) SetAdminRoles(templateIDs ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.identity.adminRoles = slices.Clone(templateIDs)
}

// consentingRoles are those whose holders consent for the whole tenant.
func consentingRoles() []string {
	return []string{globalAdministrator, privilegedRoleAdministrator, cloudApplicationAdministrator, applicationAdministrator}
}

// policyWritingRoles are those whose holders change the tenant's authorization policy.
func policyWritingRoles() []string { return []string{privilegedRoleAdministrator, globalAdministrator} }

// grantWritingRoles are those that the pages on writing delegated permission grants list.
func grantWritingRoles() []string {
	return append(consentingRoles(), applicationDeveloper, directoryWriters, userAdministrator)
}

// servicePrincipalWritingRoles are those that the pages on writing service principals
// list. Privileged Role Administrator is not among them.
func servicePrincipalWritingRoles() []string {
	return []string{
		globalAdministrator, cloudApplicationAdministrator, applicationAdministrator, applicationDeveloper,
		hybridIdentityAdministrator, securityAdministrator,
	}
}

func holdsOneOf(accepted, held []string) bool {
	return slices.ContainsFunc(accepted, func(name string) bool { return slices.Contains(held, name) })
}
