package simulator

import (
	"fmt"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/entra"
	"appleconsent/graph/simulator/identity"
)

// Tenant is one simulated tenant: what Graph answers from, how people and apps sign in,
// and where it is kept. It shares nothing that changes with other tenants.
type Tenant struct {
	Graph  *directory.Graph
	SignIn *entra.SignIn

	scenario Scenario
	store    *store // nil: memory only
	requests int    // how many request ids were given out
}

// newTenant builds the tenant of a scenario, or takes up the one that is kept.
func newTenant(o Options) (*Tenant, error) {
	scenario, err := findScenario(o.Scenario)
	if err != nil {
		return nil, err
	}
	if o.PerUserGrants != 0 {
		scenario.seed.PerUserGrants = o.PerUserGrants
	}
	if o.PerUserGrants < 0 || o.PerUserGrants > 0 && scenario.seed.Client == "" {
		return nil, fmt.Errorf("scenario %q cannot have %d per-user grants", scenario.Name, o.PerUserGrants)
	}
	t := &Tenant{scenario: scenario}
	t.Graph = directory.New(scenario.plant(o.Now()), scenario.behaviour, o.Now, t.nextRequestID)
	t.SignIn = entra.New(scenario.tenantID(), t.Graph, o.Now, t.nextRequestID)
	if o.File == "" {
		return t, nil
	}
	if t.store, err = newStore(o.File, o.Now); err != nil {
		return nil, err
	}
	return t, t.update(func() (changed bool) { return false })
}

// update brings the directory up to date, runs f while no other process uses it, and keeps it if f changed it.
func (t *Tenant) update(f func() (changed bool)) error {
	if t.store == nil {
		f()
		return nil
	}
	return t.store.update(&t.Graph.Directory, t.scenario, f)
}

// nextRequestID numbers requests with GUIDs.
func (t *Tenant) nextRequestID() string {
	t.requests++
	return identity.ObjectID("request", t.scenario.Name, fmt.Sprint(t.requests))
}
