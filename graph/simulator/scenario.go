package simulator

import (
	"fmt"
	"strings"
)

// Scenario is one rehearsal tenant that people can choose by name.
type Scenario struct {
	Name        string
	Description string

	seed      seed
	behaviour behaviour
}

// behaviour is what a scenario's tenant does beyond answering at once.
type behaviour struct {
	throttles bool
	lags      bool
}

// Scenarios returns the rehearsal tenants, in the order of the design.
func Scenarios() []Scenario {
	const (
		allGraph    = "User.Read"
		allExchange = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	)
	return []Scenario{
		{
			Name:        "fresh",
			Description: "Apple's app was never used: no service principal, no grants",
		},
		{
			Name:        "partial",
			Description: "iPhones are covered, Macs and the profile are not: EAS only, nothing on Microsoft Graph",
			seed:        seed{client: appleDisplayName, exchange: "EAS.AccessAsUser.All"},
		},
		{
			Name:        "granted",
			Description: "everything that Apple Mail needs is granted",
			seed:        seed{client: appleDisplayName, graph: allGraph, exchange: allExchange},
		},
		{
			Name:        "renamed",
			Description: `an older tenant: the service principal is called "iOS Accounts", nothing is granted`,
			seed:        seed{client: "iOS Accounts"},
		},
		{
			Name:        "user-consents",
			Description: "users consented one by one: 5,000 per-user grants, none for the whole tenant",
			seed:        seed{client: appleDisplayName, perUserGrants: 5000},
		},
		{
			Name:        "extra",
			Description: "more is granted than required, and EWS is still missing",
			seed: seed{
				client:   appleDisplayName,
				graph:    "openid profile User.Read offline_access",
				exchange: "EAS.AccessAsUser.All IMAP.AccessAsUser.All",
			},
		},
		{
			Name:        "disabled",
			Description: "the service principal is disabled for sign-in, nothing is granted",
			seed:        seed{client: appleDisplayName, disabled: true},
		},
		{
			Name:        "no-exchange",
			Description: "like fresh, and the tenant has no Exchange Online",
			seed:        seed{withoutExchange: true},
		},
		{
			Name:        "consent-blocked",
			Description: "user consent is switched off, the service principal stands without grants",
			seed:        seed{client: appleDisplayName},
		},
		{
			Name:        "throttled",
			Description: "like fresh, but the first try of each request is answered 429 with Retry-After",
			behaviour:   behaviour{throttles: true},
		},
		{
			Name:        "lagging",
			Description: "like fresh, but writes show up late",
			behaviour:   behaviour{lags: true},
		},
	}
}

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

func (s Scenario) tenantID() string { return objectID("tenant", s.Name) }
