package cli

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/simulator"
	"appleconsent/plan"

	"github.com/urfave/cli/v2"
)

// recordFilter says whose records are meant; the zero value means all. Records know a tenant by its id and its name.
type recordFilter struct {
	tenant     string // id or name
	simulation string // a scenario, or the URL of a simulated tenant
}

func recordFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "tenant", Category: forSignIn, Usage: "only changes of the tenant with this `ID` or name"},
		simulations().register(),
		stateDirFlag(),
	}
}

func parseFilter(in *input) (recordFilter, error) {
	simulation, err := parseSimulation(in)
	f := recordFilter{tenant: in.String("tenant"), simulation: simulation}
	if simulation != "" {
		f.tenant = memberID(f.tenant)
	}
	if err == nil && simulation != "" && !isURL(simulation) {
		err = checkScenario(simulation)
	}
	return f, err
}

// about says whose records they are; empty if all.
func (f recordFilter) about() string {
	switch {
	case isURL(f.simulation), f.simulation == simulator.FleetName:
		return "of simulated tenants"
	case f.simulation != "":
		return "of the simulated tenant " + f.simulation
	case f.tenant != "":
		return "of tenant " + plan.Printable(f.tenant)
	}
	return ""
}

// tenants returns which tenants are meant, given the changes of all; nil means all.
func (f recordFilter) tenants(changes []plan.Change) func(tenantID string) bool {
	switch {
	case f.simulation != "" && f.tenant == "":
		var ids []string
		for _, s := range simulator.Scenarios() {
			if isURL(f.simulation) || s.Name == f.simulation { // what is served is one of them
				ids = append(ids, s.TenantID())
			}
		}
		fleets := isURL(f.simulation) || f.simulation == simulator.FleetName
		return func(id string) bool { return slices.Contains(ids, id) || fleets && memberID(id) != "" }
	case f.tenant == "":
		return nil
	}
	if id, err := consent.ParseGUID(strings.ToLower(f.tenant)); err == nil {
		return func(tenantID string) bool { return tenantID == id }
	}
	named := f.named(changes)
	return func(tenantID string) bool { return named[tenantID] }
}

// named are the tenants of that name.
func (f recordFilter) named(changes []plan.Change) map[string]bool {
	named := make(map[string]bool)
	for _, c := range changes {
		if c.Tenant.DisplayName != nil && strings.EqualFold(*c.Tenant.DisplayName, f.tenant) {
			named[c.Tenant.ID] = true
		}
	}
	return named
}

// byName reports whether a tenant is meant by what is no id.
func (f recordFilter) byName() bool {
	return f.simulation == "" && f.tenant != "" && !consent.IsGUID(strings.ToLower(f.tenant))
}

// check refuses a domain: whether there are changes of its tenant, the records cannot tell.
func (f recordFilter) check(changes []plan.Change) error {
	if !f.byName() || !consent.IsDomain(f.tenant) || len(f.named(changes)) > 0 {
		return nil
	}
	return &hintedError{
		fmt.Errorf("the records on this machine do not know the domain %q", plan.Printable(f.tenant)),
		"use the tenant's ID or name; see both with: appleconsent history",
	}
}

// memberID is the id of a tenant of the simulated fleet, given by that or by its domain; empty if it is none.
func memberID(tenant string) string {
	member, err := simulator.ParseMember(tenant)
	switch {
	case err != nil:
		return ""
	case strings.EqualFold(tenant, simulator.HomeOfFleet):
		return simulator.HomeOfFleet
	}
	return member.ID()
}

// of leaves out what is not meant. A record that lies in no tenant's folder may be anybody's, and stays.
func (f recordFilter) of(changes []plan.Change, damaged []*plan.DamagedError) ([]plan.Change, []*plan.DamagedError) {
	meant := f.tenants(changes)
	if meant == nil {
		return changes, damaged
	}
	changes = slices.DeleteFunc(changes, func(c plan.Change) bool { return !meant(c.Tenant.ID) })
	return changes, slices.DeleteFunc(damaged, func(d *plan.DamagedError) bool { return d.TenantID() != "" && !meant(d.TenantID()) })
}

// find returns the id that is meant by an argument, among the records that are; if none of them fits, among all, whose tenant is
// looked at later.
func (f recordFilter) find(journal plan.Journal, text string) (id string, err error) {
	var changes []plan.Change
	if f.byName() { // which is in the records
		if changes, _, err = journal.List(); err == nil {
			err = f.check(changes)
		}
		if err != nil {
			return "", err
		}
	}
	id, err = journal.Find(text, f.tenants(changes))
	if errors.Is(err, plan.ErrNoChange) && text != plan.Latest {
		other, wider := journal.Find(text, nil)
		return cmp.Or(other, id), wider
	}
	return id, err
}

// meant is what an argument names among the records: a change, or a run over many tenants.
type meant struct {
	change  plan.Change
	run     string // empty: a change is meant
	changes []plan.Change
	damaged []*plan.DamagedError // that may be of the run
}

// meant reads what is meant by an argument, among the records that are.
func (f recordFilter) meant(journal plan.Journal, text string) (m meant, err error) {
	id, err := f.find(journal, text)
	if err == nil {
		m.change, err = journal.Load(id)
	}
	if err == nil || text == plan.Latest {
		return m, err
	}
	changes, damaged, unlisted := journal.List()
	if unlisted != nil {
		return m, err
	}
	changes, damaged = f.of(changes, damaged)
	if m.run, m.changes = plan.RunOf(text, changes, err); m.run == "" {
		return m, err
	}
	unread := unreadSince(m.run, byTenant(m.changes), damaged)
	for _, tenantID := range slices.Sorted(maps.Keys(unread)) {
		m.damaged = append(m.damaged, unread[tenantID])
	}
	return m, nil
}
