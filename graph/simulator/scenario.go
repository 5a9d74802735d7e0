package simulator

import (
	"fmt"
	"strings"
	"sync"
	"time"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/identity"
)

// Scenario is one rehearsal tenant that people can choose by name.
type Scenario struct {
	Name        string
	Description string

	seed      directory.Seed
	behaviour directory.Behaviour
}

// Scenarios returns the rehearsal tenants, in the order in which people should meet them. The
// list is shared and must not be changed.
func Scenarios() []Scenario { return scenarios() }

var scenarios = sync.OnceValue(func() []Scenario {
	const apple, allGraph, allExchange = identity.AppleDisplayName, "User.Read", "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	return []Scenario{
		{Name: "fresh", Description: "Apple's app was never used: no service principal, no grants"},
		{
			Name: "partial", Description: "iPhones are covered, Macs and the profile are not: EAS only, nothing on Microsoft Graph",
			seed: directory.Seed{Client: apple, Exchange: "EAS.AccessAsUser.All"},
		},
		{
			Name: "granted", Description: "everything that Apple Mail needs is granted",
			seed: directory.Seed{Client: apple, Graph: allGraph, Exchange: allExchange},
		},
		{
			Name: "renamed", Description: `an older tenant: the service principal is called "iOS Accounts", nothing is granted`,
			seed: directory.Seed{Client: "iOS Accounts"},
		},
		{
			Name: "user-consents", Description: "users consented one by one: 5,000 per-user grants, none for the whole tenant",
			seed: directory.Seed{Client: apple, PerUserGrants: 5000},
		},
		{
			Name: "extra", Description: "more is granted than required, and EWS is still missing",
			seed: directory.Seed{
				Client: apple, Graph: "openid profile User.Read offline_access", Exchange: "EAS.AccessAsUser.All IMAP.AccessAsUser.All",
			},
		},
		{
			Name: "disabled", Description: "the service principal is disabled for sign-in, nothing is granted",
			seed: directory.Seed{Client: apple, Disabled: true, Failures: directory.FailuresOf(7000112, 6, "adele", "alex", "megan")},
		},
		{
			Name: "no-exchange", Description: "like fresh, and the tenant has no Exchange Online",
			seed: directory.Seed{WithoutExchange: true},
		},
		{
			Name: "consent-blocked", Description: "user consent is switched off, the service principal stands without grants",
			seed: directory.Seed{Client: apple, UserConsent: []string{}, Workflow: directory.WorkflowOff, Failures: directory.BlockedUsers()},
		},
		{
			Name: "throttled", Description: "like fresh, but the first try of each request is answered 429 with Retry-After",
			behaviour: directory.Behaviour{Throttles: true},
		},
		{
			Name: "lagging", Description: "like fresh, but writes show up late",
			behaviour: directory.Behaviour{Lags: true},
		},
		{
			Name: "low-impact", Description: "users can consent to low-impact permissions of verified publishers, and nothing is classified as low",
			seed: directory.Seed{
				Client: apple, UserConsent: []string{directory.LowConsent},
				Failures: directory.FailuresOf(90095, 7, "adele", "alex", "megan", "diego"),
			},
		},
		{
			Name:        "custom-consent",
			Description: "a policy of the tenant's own says to which apps users may consent, and nobody reviews their requests",
			seed:        directory.Seed{Client: apple, UserConsent: []string{directory.CustomConsent}, Workflow: directory.WorkflowWithoutReviewers},
		},
		{
			Name: "managed-consent", Description: "Microsoft manages user consent: changes of the setting are accepted and silently discarded",
			seed:      directory.Seed{Client: apple},
			behaviour: directory.Behaviour{KeepsUserConsent: true},
		},
		{
			Name: "deleted", Description: "Apple's service principal was deleted three days ago, its grants are gone",
			seed: directory.Seed{Deleted: true},
		},
		{
			Name: "assignment-required", Description: "everything is granted, but only users who are assigned to the app get in",
			seed: directory.Seed{
				Client: apple, Graph: allGraph, Exchange: allExchange, AssignmentRequired: true,
				Failures: directory.FailuresOf(50105, 5, "adele", "alex"),
			},
		},
		{
			Name:        "old-profiles",
			Description: "everything is granted; a federated domain, mail profiles and policies from before modern authentication remain",
			seed:        directory.Seed{Client: apple, Graph: allGraph, Exchange: allExchange, OldProfiles: true},
		},
		{
			Name:        "unlicensed",
			Description: "everything is granted; without a premium licence and Intune, sign-ins and device profiles cannot be read",
			seed:        directory.Seed{Client: apple, Graph: allGraph, Exchange: allExchange, Unlicensed: true},
		},
	}
})

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

func (s Scenario) tenantID() string { return identity.ObjectID("tenant", s.Name) }

// plant builds the directory that the scenario starts with.
func (s Scenario) plant(now time.Time) directory.Directory {
	return directory.Plant(s.Name, s.tenantID(), s.seed, now)
}
