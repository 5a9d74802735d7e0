package directory

import "appleconsent/graph/simulator/identity"

// organization is the tenant itself, as a row of its own collection.
type organization struct {
	ID          string `json:"id"`
	DisplayName string `json:"displayName"`
}

func (o organization) objectID() string { return o.ID }

// listOrganizations shows the tenant; without details, only what every signed-in user may see.
func listOrganizations(c *call) (answer, error) {
	organizations := collection[organization]{set: "organization", kind: "Organization", fixed: entity{
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
	return list(c, organizations, []organization{{c.dir.TenantID, c.dir.DisplayName}})
}

// localApplication is an app registered in the tenant. There are none: every app
// of the simulated tenants is registered elsewhere.
type localApplication struct{ id string }

func (a localApplication) objectID() string { return a.id }

func listApplications(c *call) (answer, error) {
	none := localApplication.objectID
	return list(c, collection[localApplication]{
		set: "applications", kind: "Application",
		filters: []filterable[localApplication]{{"appId", "eq in", kindText, none}, {"displayName", "eq in", kindText, none}},
	}, nil)
}
