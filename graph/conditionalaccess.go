package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"strings"

	"appleconsent/consent/doctor"
)

// conditionalAccessRow is a Conditional Access policy, as far as it is read, with the words of Graph whatever they are.
type conditionalAccessRow struct {
	DisplayName   string `json:"displayName"`
	State         string `json:"state"`
	GrantControls struct {
		Operator               string   `json:"operator"`
		BuiltInControls        []string `json:"builtInControls"`
		CustomControls         []string `json:"customAuthenticationFactors"`
		TermsOfUse             []string `json:"termsOfUse"`
		AuthenticationStrength *struct {
			ID          string `json:"id"`
			DisplayName string `json:"displayName"`
		} `json:"authenticationStrength"`
	} `json:"grantControls"`
	SessionControls struct {
		TokenProtection struct {
			IsEnabled bool `json:"isEnabled"`
		} `json:"secureSignInSession"`
	} `json:"sessionControls"`
	Conditions struct {
		conditionalAccessSpecial
		Users          conditionalAccessUsers `json:"users"`
		ClientAppTypes []string               `json:"clientAppTypes"`
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

// conditionalAccessSpecial are the conditions that make a policy one for special sign-ins. Their values are looked at for being there at
// all: some are lists in one version of Graph and texts in another.
type conditionalAccessSpecial struct {
	ClientApplications struct {
		Include json.RawMessage `json:"includeServicePrincipals"`
		Agents  json.RawMessage `json:"includeAgentIdServicePrincipals"`
		Filter  json.RawMessage `json:"servicePrincipalFilter"`
	} `json:"clientApplications"`
	AuthenticationFlows struct {
		TransferMethods json.RawMessage `json:"transferMethods"`
	} `json:"authenticationFlows"`
	SignInRisk    json.RawMessage `json:"signInRiskLevels"`
	UserRisk      json.RawMessage `json:"userRiskLevels"`
	InsiderRisk   json.RawMessage `json:"insiderRiskLevels"`
	AgentRisk     json.RawMessage `json:"agentIdRiskLevels"`
	PrincipalRisk json.RawMessage `json:"servicePrincipalRiskLevels"`
}

// conditionalAccessUsers is whom a policy includes.
type conditionalAccessUsers struct {
	Users  []string        `json:"includeUsers"`
	Groups []string        `json:"includeGroups"`
	Roles  []string        `json:"includeRoles"`
	Guests json.RawMessage `json:"includeGuestsOrExternalUsers"`
}

func (u conditionalAccessUsers) included() doctor.Users {
	others := len(u.Groups)+len(u.Roles) > 0 || says(u.Guests)
	has := func(word string) bool {
		return slices.ContainsFunc(u.Users, func(user string) bool { return strings.EqualFold(user, word) })
	}
	switch {
	case has("All"):
		return doctor.UsersAll
	case has("None") && len(u.Users) == 1 && !others:
		return doctor.UsersNone
	case len(u.Users) > 0 || others:
		return doctor.UsersSome
	}
	return ""
}

// says reports whether any of the values is more than null, none or empty.
func says(values ...json.RawMessage) bool {
	return slices.ContainsFunc(values, func(value json.RawMessage) bool {
		empty := []string{"", "null", "[]", "{}", `""`, `"none"`, `["none"]`}
		return !slices.Contains(empty, strings.ReplaceAll(strings.ToLower(string(value)), " ", ""))
	})
}

// limits reports whether a condition, any of them, is about some sign-ins alone: its list, or its text, has words, and none of them is for
// the sign-ins that are nothing special.
func limits(values ...json.RawMessage) bool {
	return slices.ContainsFunc(values, func(value json.RawMessage) bool {
		var words []string
		var text string
		if json.Unmarshal(value, &words) != nil && json.Unmarshal(value, &text) == nil {
			words = strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
		}
		return says(value) && !slices.ContainsFunc(words, func(word string) bool { return strings.EqualFold(word, "none") })
	})
}

// policy is what doctor judges of it.
func (r conditionalAccessRow) policy() doctor.ConditionalAccessPolicy {
	grant, conditions := r.GrantControls, r.Conditions
	p := doctor.ConditionalAccessPolicy{
		Name: r.DisplayName, State: r.State, Operator: grant.Operator, Controls: grant.BuiltInControls, TermsOfUse: len(grant.TermsOfUse),
		CustomControls: grant.CustomControls, Users: conditions.Users.included(), ClientAppTypes: conditions.ClientAppTypes,
		IncludedApps: conditions.Applications.Include, ExcludedApps: conditions.Applications.Exclude,
		IncludedPlatforms: conditions.Platforms.Include, ExcludedPlatforms: conditions.Platforms.Exclude,
		Workloads: says(conditions.ClientApplications.Include, conditions.ClientApplications.Agents, conditions.ClientApplications.Filter,
			conditions.PrincipalRisk, conditions.AgentRisk),
		Flows:           limits(conditions.AuthenticationFlows.TransferMethods),
		Risks:           limits(conditions.SignInRisk, conditions.UserRisk, conditions.InsiderRisk),
		TokenProtection: r.SessionControls.TokenProtection.IsEnabled,
	}
	if grant.AuthenticationStrength != nil {
		p.Strength = cmp.Or(grant.AuthenticationStrength.DisplayName, grant.AuthenticationStrength.ID, "(not named)")
	}
	return p
}

// oddPolicy is what can be told of a policy that is not understood; not even its name may be there.
func oddPolicy(data json.RawMessage) doctor.ConditionalAccessPolicy {
	p := doctor.ConditionalAccessPolicy{Name: nameOf(data), Odd: true}
	var row struct {
		State json.RawMessage `json:"state"`
	}
	_ = json.Unmarshal(data, &row)          // it says nothing then
	_ = json.Unmarshal(row.State, &p.State) // as this
	return p
}

// conditionalAccessPolicies reads GET /identity/conditionalAccess/policies, Policy.Read.All,
// learn.microsoft.com/graph/api/conditionalaccessroot-list-policies. One that is not understood is among them.
func (c *Client) conditionalAccessPolicies(ctx context.Context) (all []doctor.ConditionalAccessPolicy, err error) {
	list := c.list("/v1.0/identity/conditionalAccess/policies", nil)
	_, err = c.eachRow(ctx, opReadConditionalAccess, list, func(data json.RawMessage) error {
		var row conditionalAccessRow
		if !isObject(data) || unmarshal(data, &row) != nil {
			all = append(all, oddPolicy(data))
		} else {
			all = append(all, row.policy())
		}
		return nil
	})
	return all, err
}
