package simulator

import (
	"cmp"
	_ "embed"
	"fmt"
	"strings"
	"sync"
	"time"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
)

// Scenario is one rehearsal tenant that people can choose by name.
type Scenario struct {
	Name        string              `json:"name"`
	Description string              `json:"description"`
	Seed        directory.Seed      `json:"seed"`
	Behaviour   directory.Behaviour `json:"behaviour"`

	member    *Member // of a fleet; nil: it is the scenario's own tenant
	id, title string  // of a member
}

//go:embed scenarios.json
var scenariosSource []byte

// Scenarios returns the rehearsal tenants of scenarios.json, in the order in which people should meet them. The
// list is shared and must not be changed.
func Scenarios() []Scenario { return scenarios() }

var scenarios = sync.OnceValue(func() []Scenario { return identity.Embedded[[]Scenario](scenariosSource) })

func findScenario(name string) (Scenario, error) {
	var names []string
	for _, s := range Scenarios() {
		if s.Name == name {
			return s, nil
		}
		names = append(names, s.Name)
	}
	return Scenario{}, fmt.Errorf("unknown scenario %q: choose one of %s", name, strings.Join(names, ", "))
}

// TenantID returns the id of the tenant, which is always the same.
func (s Scenario) TenantID() string { return cmp.Or(s.id, identity.ObjectID("tenant", s.Name)) }

// domain is the tenant's one domain.
func (s Scenario) domain() string {
	if s.member == nil {
		return identity.Domain
	}
	return s.member.Domain()
}

// plant builds the directory that the scenario starts with.
func (s Scenario) plant(now time.Time) directory.Directory {
	d := directory.Plant(s.Name, s.TenantID(), s.Seed, now)
	d.DisplayName = cmp.Or(s.title, d.DisplayName)
	d.PlantCustomers(customers(s.Seed.Customers), now)
	return d
}

// customers are the first members of a fleet as it usually is.
func customers(number int) []directory.Customer {
	if number == 0 {
		return nil
	}
	mix, _ := ParseMix(UsualMix) // it is our own
	members, _ := Members(number, mix)
	list := make([]directory.Customer, len(members))
	for i, m := range members {
		list[i] = directory.Customer{ID: m.ID(), Name: m.Name(), Domain: m.Domain()}
	}
	return list
}
