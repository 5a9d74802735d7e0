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
	// keepsUserConsent: changes of the authorization policy are taken and forgotten, as
	// one operator saw a tenant do whose user consent Microsoft manages.
	keepsUserConsent bool
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
			seed:        seed{client: appleDisplayName, disabled: true, failures: failuresOf(7000112, 6, "adele", "alex", "megan")},
		},
		{
			Name:        "no-exchange",
			Description: "like fresh, and the tenant has no Exchange Online",
			seed:        seed{withoutExchange: true},
		},
		{
			Name:        "consent-blocked",
			Description: "user consent is switched off, the service principal stands without grants",
			seed: seed{
				client: appleDisplayName, userConsent: []string{}, workflow: workflowOff, failures: blockedUsers(),
			},
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
		{
			Name:        "low-impact",
			Description: "users may consent to low-impact permissions of verified publishers, and nothing is classified as low",
			seed: seed{
				client: appleDisplayName, userConsent: []string{lowConsent},
				failures: failuresOf(90095, 7, "adele", "alex", "megan", "diego"),
			},
		},
		{
			Name:        "custom-consent",
			Description: "a policy of the tenant's own says to which apps users may consent, and nobody reviews their requests",
			seed:        seed{client: appleDisplayName, userConsent: []string{customConsent}, workflow: workflowWithoutReviewers},
		},
		{
			Name:        "managed-consent",
			Description: "Microsoft manages user consent: changes of the setting are accepted and silently discarded",
			seed:        seed{client: appleDisplayName},
			behaviour:   behaviour{keepsUserConsent: true},
		},
		{
			Name:        "deleted",
			Description: "Apple's service principal was deleted three days ago, its grants are gone",
			seed:        seed{deleted: true},
		},
		{
			Name:        "assignment-required",
			Description: "everything is granted, but only users who are assigned to the app get in",
			seed: seed{
				client: appleDisplayName, graph: allGraph, exchange: allExchange, assignmentRequired: true,
				failures: failuresOf(50105, 5, "adele", "alex"),
			},
		},
		{
			Name:        "old-profiles",
			Description: "everything is granted; a federated domain, mail profiles and policies from before modern authentication remain",
			seed:        seed{client: appleDisplayName, graph: allGraph, exchange: allExchange, oldProfiles: true},
		},
		{
			Name:        "unlicensed",
			Description: "everything is granted; without a premium licence and Intune, sign-ins and device profiles cannot be read",
			seed:        seed{client: appleDisplayName, graph: allGraph, exchange: allExchange, unlicensed: true},
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
