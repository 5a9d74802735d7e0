package graph

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/graph/wire"
)

const readRelationships = "DelegatedAdminRelationship.Read.All"

var (
	opReadContracts     = reading("read the contracts with customers", readDirectory, true)
	opReadRelationships = wire.Operation{
		Name: "read the delegated admin relationships", Permission: readRelationships, Role: "Directory Readers", Lists: true,
	}
)

// maxCustomers is how many rows of contracts, or of relationships, are read: a list that goes on is broken.
const maxCustomers = 50_000

// AskForRelationships makes the next requests carry what it takes to read delegated admin relationships, too.
func (c *Client) AskForRelationships() {
	c.ask(func() { c.reads, c.optional = []string{readRelationships}, false })
}

// Customers reads the customers of a partner's tenant, by the names of those, with what delegated admin relationships are active if
// those are asked for. A row that does not say whose it is, is left out and counted. A tenant that is no partner's has none.
// GET /contracts, Directory.Read.All, learn.microsoft.com/graph/api/contract-list; and GET
// /tenantRelationships/delegatedAdminRelationships, DelegatedAdminRelationship.Read.All, learn.microsoft.com/graph/api/
// tenantrelationship-list-delegatedadminrelationships.
func (c *Client) Customers(ctx context.Context, withRelationships bool) (customers []consent.Customer, nameless int, err error) {
	found := map[string]*consent.Customer{}
	var relationships []relationshipRow
	var namelessContracts, namelessRelationships int
	err = sideBySide(2, func(i int) (err error) {
		switch {
		case i == 0:
			namelessContracts, err = c.readContracts(ctx, found)
		case withRelationships:
			relationships, namelessRelationships, err = c.readRelationships(ctx)
		}
		return err
	})
	for _, row := range relationships {
		id := strings.ToLower(row.Customer.TenantID)
		customer, known := found[id]
		if !known {
			customer = &consent.Customer{ID: id, DisplayName: row.Customer.DisplayName}
			found[id] = customer
		}
		customer.Relationships = append(customer.Relationships, row.relationship())
	}
	customers = make([]consent.Customer, 0, len(found))
	for _, customer := range found {
		customers = append(customers, *customer)
	}
	consent.SortCustomers(customers)
	return customers, namelessContracts + namelessRelationships, err
}

// readContracts returns how many name no customer. If none does, the list is not what it should be.
func (c *Client) readContracts(ctx context.Context, into map[string]*consent.Customer) (nameless int, err error) {
	type contract struct {
		CustomerID    string `json:"customerId"`
		DisplayName   string `json:"displayName"`
		DefaultDomain string `json:"defaultDomainName"`
		Type          string `json:"contractType"`
	}
	all := c.list("/v1.0/contracts", url.Values{"$select": {"customerId,displayName,defaultDomainName,contractType"}, "$top": {"999"}})
	all.rows = maxCustomers
	_, err = each(ctx, c, opReadContracts, all, func(row contract) error {
		if !consent.IsGUID(row.CustomerID) {
			nameless++
			return nil
		}
		id := strings.ToLower(row.CustomerID)
		into[id] = &consent.Customer{ID: id, DisplayName: row.DisplayName, Domain: row.DefaultDomain, Contract: row.Type}
		return nil
	})
	if err == nil && nameless > 0 && len(into) == 0 {
		err = badList(opReadContracts, "the customerId of a row is not a GUID")
	}
	return nameless, err
}

// relationshipRow is a delegated admin relationship, as far as it is read.
type relationshipRow struct {
	Status   string    `json:"status"`
	Ends     time.Time `json:"endDateTime"`
	Customer struct {
		TenantID    string `json:"tenantId"`
		DisplayName string `json:"displayName"`
	} `json:"customer"`
	Access struct {
		Roles []struct {
			ID string `json:"roleDefinitionId"`
		} `json:"unifiedRoles"`
	} `json:"accessDetails"`
}

// readRelationships returns those that are active, and how many of them name no customer. One that a customer has not approved yet names
// none, and one whose end has passed is over, whatever its status still says.
func (c *Client) readRelationships(ctx context.Context) (active []relationshipRow, nameless int, err error) {
	all := c.list("/v1.0/tenantRelationships/delegatedAdminRelationships", url.Values{
		"$select": {"id,status,endDateTime,customer,accessDetails"}, "$top": {"300"},
	})
	all.rows = maxCustomers
	now := c.clock.Now()
	_, err = each(ctx, c, opReadRelationships, all, func(row relationshipRow) error {
		switch {
		case row.Status != "active" || !now.Before(row.Ends):
		case !consent.IsGUID(row.Customer.TenantID):
			nameless++
		default:
			active = append(active, row)
		}
		return nil
	})
	return active, nameless, err
}

func (r relationshipRow) relationship() consent.Relationship {
	roles := make([]consent.Role, len(r.Access.Roles))
	for i, role := range r.Access.Roles {
		id := strings.ToLower(role.ID)
		roles[i] = consent.Role{ID: id, Name: grantingRoles[id]}
	}
	return consent.Relationship{Ends: consent.DayOf(r.Ends.UTC()), Roles: slices.Clip(roles)}
}

// grantingRoles are the names of the roles whose holders can grant consent for all users.
var grantingRoles = map[string]string{
	globalAdministrator:           "Global Administrator",
	privilegedRoleAdministrator:   "Privileged Role Administrator",
	cloudApplicationAdministrator: "Cloud Application Administrator",
	applicationAdministrator:      "Application Administrator",
}
