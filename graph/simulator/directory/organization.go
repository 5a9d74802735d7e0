package directory

import "appleconsent/graph/simulator/identity"

// listOrganizations shows the tenant; without details, only what every signed-in user may see.
func listOrganizations(c *call) (answer, error) {
	organizations := collection[Document]{set: "organization", kind: "Organization", fixed: entity{
		"verifiedDomains": []entity{{
			"capabilities": "Email, OfficeCommunicationsOnline", "isDefault": true, "isInitial": true, "name": identity.Domain, "type": "Managed",
		}},
		"deletedDateTime": nil, "countryLetterCode": nil, "createdDateTime": nil, "tenantType": nil,
	}}
	if organizationDetails.opensFor(c.caller) {
		organizations.fixed["countryLetterCode"] = "US"
		organizations.fixed["createdDateTime"] = founded()
		organizations.fixed["tenantType"] = "AAD"
	}
	return list(c, organizations, []Document{{"id": c.dir.TenantID, "displayName": c.dir.DisplayName}})
}

// listApplications lists the apps that are registered in the tenant. There are none: every app
// of the simulated tenants is registered elsewhere.
func listApplications(c *call) (answer, error) {
	none := Document.objectID
	return list(c, collection[Document]{
		set: "applications", kind: "Application",
		filters: []filterable[Document]{{"appId", "eq in", kindText, none}, {"displayName", "eq in", kindText, none}},
	}, nil)
}
