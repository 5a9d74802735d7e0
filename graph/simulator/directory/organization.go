package directory

import "appleconsent/graph/simulator/identity"

// organization is the tenant itself, as a row of its own collection.
type organization struct{ id, displayName string }

func (o organization) objectID() string { return o.id }

func listOrganizations(c *call) (answer, error) {
	details := organizationDetails.opensFor(c.caller)
	organizations := collection[organization]{
		set:  "organization",
		kind: "Organization",
		entity: func(_ *Directory, o organization) entity {
			return o.entity(details)
		},
	}
	return list(c, organizations, []organization{{c.dir.TenantID, c.dir.DisplayName}})
}

// entity shows the organization; without details, only what every signed-in user
// may see.
func (o organization) entity(details bool) entity {
	e := entity{
		"id":          o.id,
		"displayName": o.displayName,
		"verifiedDomains": []entity{{
			"capabilities": "Email, OfficeCommunicationsOnline",
			"isDefault":    true,
			"isInitial":    true,
			"name":         identity.Domain,
			"type":         "Managed",
		}},
		"deletedDateTime":   nil,
		"countryLetterCode": nil,
		"createdDateTime":   nil,
		"tenantType":        nil,
	}
	if details {
		e["countryLetterCode"] = "US"
		e["createdDateTime"] = founded()
		e["tenantType"] = "AAD"
	}
	return e
}

// localApplication is an app registered in the tenant. There are none: every app
// of the simulated tenants is registered elsewhere.
type localApplication struct{ id string }

func (a localApplication) objectID() string { return a.id }

func listApplications(c *call) (answer, error) {
	byText := func(a localApplication) string { return a.id }
	return list(c, collection[localApplication]{
		set: "applications", kind: "Application", hasIn: true,
		filters: []filterable[localApplication]{{name: "appId", text: byText}, {name: "displayName", text: byText}},
	}, nil)
}
