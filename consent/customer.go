package consent

import (
	"cmp"
	"slices"
	"strings"
)

// Customer is a tenant that a partner looks after, as the partner's own tenant lists it. Names are as they were when the partnership
// began.
type Customer struct {
	ID          string // GUID, in lower case
	DisplayName string
	Domain      string // its default domain; empty if the partner's tenant does not say
	// Contract is its type, such as ResellerPartner (learn.microsoft.com/graph/api/resources/contract); empty: there is none.
	Contract      string
	Relationships []Relationship // that are active now, if they were asked for
}

// Relationship is a granular delegated admin relationship (GDAP), by which a partner may act in a customer's tenant.
type Relationship struct {
	Ends  Day
	Roles []Role // that the relationship holds; which of the partner's people have them, groups in the partner's tenant decide
}

// Role is an Entra role by its template id.
type Role struct {
	ID string
	// Name is Microsoft's; empty for a role that grants nothing here.
	Name string
}

// Grants reports whether the holder of the role can grant consent for all users of a tenant.
func (r Role) Grants() bool { return r.Name != "" }

// Granting returns the relationship that allows to grant consent for the longest, and whether there is one.
func (c Customer) Granting() (Relationship, bool) {
	grants := slices.DeleteFunc(slices.Clone(c.Relationships), func(r Relationship) bool { return !slices.ContainsFunc(r.Roles, Role.Grants) })
	if len(grants) == 0 {
		return Relationship{}, false
	}
	return slices.MaxFunc(grants, func(a, b Relationship) int { return cmp.Compare(a.Ends, b.Ends) }), true
}

// SortCustomers puts customers in the order in which people look for them: by name, and those of one name by id.
func SortCustomers(customers []Customer) {
	slices.SortFunc(customers, func(a, b Customer) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.DisplayName), strings.ToLower(b.DisplayName)), strings.Compare(a.ID, b.ID))
	})
}
