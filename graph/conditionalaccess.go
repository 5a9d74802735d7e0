package graph

import (
	"context"

	"appleconsent/consent/doctor"
)

// conditionalAccessRow is a Conditional Access policy, as far as it is read, with the words of Graph whatever they are.
type conditionalAccessRow struct {
	DisplayName   string `json:"displayName"`
	State         string `json:"state"`
	GrantControls struct {
		BuiltInControls []string `json:"builtInControls"`
	} `json:"grantControls"`
	Conditions struct {
		ClientAppTypes []string `json:"clientAppTypes"`
		Applications   struct {
			Include []string `json:"includeApplications"`
			Exclude []string `json:"excludeApplications"`
		} `json:"applications"`
		Platforms struct {
			Include []string `json:"includePlatforms"`
			Exclude []string `json:"excludePlatforms"`
		} `json:"platforms"`
	} `json:"conditions"`
}

// conditionalAccessPolicies reads GET /identity/conditionalAccess/policies, Policy.Read.All,
// learn.microsoft.com/graph/api/conditionalaccessroot-list-policies.
func (c *Client) conditionalAccessPolicies(ctx context.Context) ([]doctor.ConditionalAccessPolicy, error) {
	var all []doctor.ConditionalAccessPolicy
	list := c.list("/v1.0/identity/conditionalAccess/policies", nil)
	_, err := each(ctx, c, opReadConditionalAccess, list, func(row conditionalAccessRow) bool {
		conditions := row.Conditions
		all = append(all, doctor.ConditionalAccessPolicy{
			Name: row.DisplayName, State: row.State, Controls: row.GrantControls.BuiltInControls, ClientAppTypes: conditions.ClientAppTypes,
			IncludedApps: conditions.Applications.Include, ExcludedApps: conditions.Applications.Exclude,
			IncludedPlatforms: conditions.Platforms.Include, ExcludedPlatforms: conditions.Platforms.Exclude,
		})
		return true
	})
	return all, err
}
