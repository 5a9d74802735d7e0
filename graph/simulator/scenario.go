package simulator

import (
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
func (s Scenario) TenantID() string { return identity.ObjectID("tenant", s.Name) }

// plant builds the directory that the scenario starts with.
func (s Scenario) plant(now time.Time) directory.Directory {
	return directory.Plant(s.Name, s.TenantID(), s.Seed, now)
}
