package directory

import (
	"time"

	"appleconsent/graph/simulator/identity"
)

// accessRule is a Conditional Access policy for all users, in short.
type accessRule struct {
	name    string
	state   string
	clients []string
	apps    []string
	control string
}

func (d *Directory) conditionalAccess(withOld bool) []ConditionalAccessPolicy {
	const mfa, block = "mfa", "block"
	all, everyApp := []string{"all"}, []string{"All"}
	rules := []accessRule{{"Require MFA for all users", policyEnabled, all, everyApp, mfa}}
	if withOld {
		rules = append(
			rules,
			accessRule{"Block legacy authentication", policyEnabled, []string{"exchangeActiveSync", "other"}, everyApp, block},
			accessRule{"Block unmanaged mail apps (report)", policyReportOnly, all, []string{identity.ExchangeAppID}, block},
			accessRule{"Block finance app", policyEnabled, all, []string{identity.ExpensesAppID}, block},
			accessRule{"Block everything (emergency)", policyDisabled, all, everyApp, block},
		)
	}
	var policies []ConditionalAccessPolicy
	for _, r := range rules {
		policies = append(policies, r.policy(d.TenantID))
	}
	return policies
}

func (r accessRule) policy(tenantID string) ConditionalAccessPolicy {
	return clone(ConditionalAccessPolicy{
		ID:              identity.ObjectID(tenantID, "conditionalAccess", r.name),
		DisplayName:     r.name,
		State:           r.state,
		CreatedDateTime: founded().Format(time.RFC3339),
		Conditions: ConditionalAccessConditions{
			ClientAppTypes: r.clients,
			Applications:   ConditionalAccessApplications{IncludeApplications: r.apps},
			Users:          ConditionalAccessUsers{IncludeUsers: []string{"All"}},
		},
		GrantControls: &GrantControls{Operator: "OR", BuiltInControls: []string{r.control}},
	})
}
