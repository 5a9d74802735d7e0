package render

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"
)

// KindTenants is what tenants prints.
const KindTenants plan.Kind = "tenants"

// Tenants is the customers of a partner's tenant, as JSON.
type Tenants struct {
	SchemaVersion int             `json:"schemaVersion"`
	Kind          plan.Kind       `json:"kind"`
	Tool          plan.Tool       `json:"tool"`
	CreatedAt     time.Time       `json:"createdAt"` // UTC, in whole seconds
	Tenant        plan.TenantInfo `json:"tenant"`    // the partner's
	Customers     []Customer      `json:"customers"` // by their names
	gdap          bool
}

// Customer is one of them.
type Customer struct {
	TenantID     string  `json:"tenantId"`
	DisplayName  *string `json:"displayName"`
	Domain       *string `json:"domain"`
	ContractType *string `json:"contractType"` // null: there is a relationship without a contract
	// Relationship is null if relationships were not asked for.
	Relationship *Relationship `json:"relationship"`
}

// Relationship is what active delegated admin relationships come to.
type Relationship struct {
	Access Access   `json:"access"`
	EndsOn *string  `json:"endsOn"` // the day, in UTC, of the one that counts; null: none is active
	Roles  []string `json:"roles"`  // of that one, by which consent can be granted
}

// Access says whether a relationship holds a role by which consent can be granted.
type Access string

// The kinds of access.
const (
	AccessSufficient   Access = "sufficient"
	AccessInsufficient Access = "insufficient" // active, and without such a role
	AccessNone         Access = "none"         // no relationship is active
)

// NewTenants lists customers. With gdap, relationships were asked for.
func NewTenants(tool plan.Tool, at time.Time, of plan.TenantInfo, customers []consent.Customer, gdap bool) Tenants {
	list := Tenants{
		SchemaVersion: plan.SchemaVersion, Kind: KindTenants, Tool: tool, CreatedAt: at.UTC().Truncate(time.Second), Tenant: of,
		Customers: make([]Customer, len(customers)), gdap: gdap,
	}
	for i, c := range customers {
		list.Customers[i] = Customer{c.ID, orNull(c.DisplayName), orNull(c.Domain), orNull(c.Contract), nil}
		if gdap {
			list.Customers[i].Relationship = relationshipOf(c)
		}
	}
	return list
}

func orNull(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

func relationshipOf(c consent.Customer) *Relationship {
	r := &Relationship{Access: AccessNone, Roles: []string{}}
	counts, grants := c.Granting()
	switch {
	case grants:
		r.Access = AccessSufficient
	case len(c.Relationships) > 0:
		r.Access, counts = AccessInsufficient, c.Relationships[0]
	default:
		return r
	}
	r.EndsOn = orNull(string(counts.Ends))
	for _, role := range counts.Roles {
		if role.Grants() {
			r.Roles = append(r.Roles, role.Name)
		}
	}
	return r
}

// OfTenants is the customers of a partner's tenant. As CSV it is a file for --tenants.
func OfTenants(t Tenants) Result {
	return Result{
		content: content{kind: KindTenants}, document: t, rows: func() [][]string { return tenantsRows(t) },
		text: func(style Style) string { return tenantsText(t, style) },
	}
}

// tenantsRows begin with the columns that --tenants reads.
func tenantsRows(t Tenants) [][]string {
	header := slices.Clone(customerColumns)
	if t.gdap {
		header = append(header, "gdap", "gdap_ends", "gdap_roles")
	}
	rows := [][]string{header}
	for _, c := range t.Customers {
		row := []string{c.TenantID, text(c.DisplayName), text(c.Domain), text(c.ContractType)}
		if r := c.Relationship; r != nil {
			row = append(row, string(r.Access), text(r.EndsOn), strings.Join(r.Roles, "; "))
		}
		rows = append(rows, row)
	}
	return rows
}

func tenantsText(t Tenants, style Style) string {
	p := &page{style: style}
	counts := map[Access]int{}
	for _, c := range t.Customers {
		line := style.Strong(c.TenantID) + "  "
		if r := c.Relationship; r != nil {
			counts[r.Access]++
			line += r.words(style) + "  "
		}
		p.line(0, line+plan.PrintableLine(text(c.DisplayName)))
	}
	switch {
	case len(t.Customers) == 0:
		p.whole("No customers: " + tenantName(t.Tenant) + " has no contracts, as every tenant that is not a partner's.")
	case t.gdap:
		p.whole(fmt.Sprintf("%s: %d with a role that can grant consent, %d without, %d without an active relationship.",
			Count(len(t.Customers), "customer"), counts[AccessSufficient], counts[AccessInsufficient], counts[AccessNone]))
	default:
		p.whole(Count(len(t.Customers), "customer") + ".")
	}
	return p.b.String()
}

// words say what the relationship allows, all as wide as a date.
func (r Relationship) words(style Style) string {
	switch r.Access {
	case AccessSufficient:
		return style.Good("until " + text(r.EndsOn))
	case AccessInsufficient:
		return style.paint(bad)("no role         ")
	case AccessNone:
	}
	return style.paint(bad)("no relationship ")
}

// Member is a tenant of the simulated fleet, and what it is.
type Member struct{ ID, Name, Kind string }

// MembersCSV lists them as a file for --tenants, which does not read what they are.
func MembersCSV(members []Member) []byte {
	rows := [][]string{memberColumns}
	for _, m := range members {
		rows = append(rows, []string{m.ID, m.Name, m.Kind})
	}
	return csvText(rows)
}
