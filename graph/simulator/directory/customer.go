package directory

import (
	"fmt"
	"time"

	"appleconsent/graph/simulator/identity"
)

// Customer is a tenant that a partner looks after.
type Customer struct{ ID, Name, Domain string }

// PlantCustomers makes the tenant a partner's, with a contract for each customer and the relationships by which the partner may act
// there (learn.microsoft.com/graph/api/resources/contract and …/delegatedadminrelationship): most hold a role that is enough, some
// end soon, are over, hold too little, or are not there at all.
func (d *Directory) PlantCustomers(customers []Customer, now time.Time) {
	for i, c := range customers {
		d.Contracts = append(d.Contracts, Document{
			"id": identity.ObjectID(d.TenantID, "contract", c.ID), "deletedDateTime": nil, "contractType": "ResellerPartner",
			"customerId": c.ID, "displayName": c.Name, "defaultDomainName": c.Domain,
		})
		d.plantRelationships(i, c, now)
	}
}

const (
	globalReader   = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	helpdeskPeople = "729827e3-9c14-49f7-bb1b-9608f156bbb8" // Helpdesk Administrator
)

func (d *Directory) plantRelationships(number int, c Customer, now time.Time) {
	status, left, roles := "active", 400, []string{identity.CloudApplicationAdministrator, globalReader}
	switch number % 12 {
	case 3:
		roles = []string{globalReader, helpdeskPeople}
	case 5:
		left = 9
	case 7:
		status, left = "expired", -20
	case 9:
		roles = []string{identity.GlobalAdministrator}
		d.plantRelationship(c, "expired", now.AddDate(0, 0, -200), roles)
	case 11:
		return
	}
	d.plantRelationship(c, status, now.AddDate(0, 0, left), roles)
}

func (d *Directory) plantRelationship(c Customer, status string, end time.Time, roles []string) {
	unified := make([]any, len(roles))
	for i, role := range roles {
		unified[i] = map[string]any{"roleDefinitionId": role}
	}
	begin := end.AddDate(-2, 0, 0)
	written := func(t time.Time) string { return t.UTC().Format(time.RFC3339) }
	id := fmt.Sprintf("%s-%s", identity.ObjectID(d.TenantID, "relationship", c.ID), identity.ObjectID(status, c.ID))
	d.Relationships = append(d.Relationships, Document{
		"id": id, "displayName": "Support of " + c.Name, "duration": "P730D", "autoExtendDuration": "PT0S", "status": status,
		"customer":        map[string]any{"tenantId": c.ID, "displayName": c.Name},
		"accessDetails":   map[string]any{"unifiedRoles": unified},
		"createdDateTime": written(begin.AddDate(0, 0, -1)), "activatedDateTime": written(begin), "endDateTime": written(end),
		"lastModifiedDateTime": written(begin),
	})
}

// listContracts lists the partner's customers.
func listContracts(c *call) (answer, error) {
	return list(c, collection[Document]{set: "contracts", kind: "Contract"}, c.dir.Contracts)
}

// listRelationships lists the relationships by which a partner may act in customers' tenants, in whatever state.
func listRelationships(c *call) (answer, error) {
	return list(c, collection[Document]{
		set: "tenantRelationships/delegatedAdminRelationships", kind: "DelegatedAdminRelationship",
	}, c.dir.Relationships)
}
