package directory

// The states of Conditional Access policies.
const (
	policyEnabled    = "enabled"
	policyDisabled   = "disabled"
	policyReportOnly = "enabledForReportingButNotEnforced"
)

// ConditionalAccessPolicy says what is asked of whoever signs in to what.
type ConditionalAccessPolicy struct {
	ID               string                      `json:"id"`
	DisplayName      string                      `json:"displayName"`
	State            string                      `json:"state"` // enabled, disabled or enabledForReportingButNotEnforced
	CreatedDateTime  string                      `json:"createdDateTime"`
	ModifiedDateTime string                      `json:"modifiedDateTime,omitempty"`
	Conditions       ConditionalAccessConditions `json:"conditions"`
	GrantControls    *GrantControls              `json:"grantControls"`
}

// ConditionalAccessConditions choose sign-ins.
type ConditionalAccessConditions struct {
	ClientAppTypes []string                      `json:"clientAppTypes"`
	Applications   ConditionalAccessApplications `json:"applications"`
	Users          ConditionalAccessUsers        `json:"users"`
	Platforms      *ConditionalAccessPlatforms   `json:"platforms"`
}

// ConditionalAccessApplications choose what people sign in to: appIds, "All" or "Office365".
type ConditionalAccessApplications struct {
	IncludeApplications []string `json:"includeApplications"`
	ExcludeApplications []string `json:"excludeApplications"`
	IncludeUserActions  []string `json:"includeUserActions"`
}

// ConditionalAccessUsers choose people: object ids, or "All".
type ConditionalAccessUsers struct {
	IncludeUsers  []string `json:"includeUsers"`
	ExcludeUsers  []string `json:"excludeUsers"`
	IncludeGroups []string `json:"includeGroups"`
	ExcludeGroups []string `json:"excludeGroups"`
	IncludeRoles  []string `json:"includeRoles"`
	ExcludeRoles  []string `json:"excludeRoles"`
}

// ConditionalAccessPlatforms choose devices: iOS, macOS and others, or "all".
type ConditionalAccessPlatforms struct {
	IncludePlatforms []string `json:"includePlatforms"`
	ExcludePlatforms []string `json:"excludePlatforms"`
}

// GrantControls are what is asked for: mfa, compliantDevice and others, or block.
type GrantControls struct {
	Operator        string   `json:"operator"`
	BuiltInControls []string `json:"builtInControls"`
}

func (p ConditionalAccessPolicy) objectID() string { return p.ID }

func listConditionalAccess(c *call) (answer, error) {
	policies := collection[ConditionalAccessPolicy]{
		set: "identity/conditionalAccess/policies", kind: "ConditionalAccessPolicy",
		fixed: entity{"templateId": nil, "modifiedDateTime": nil, "sessionControls": nil},
		adapt: func(_ *Directory, p ConditionalAccessPolicy, e entity) {
			e["conditions"] = entityOf(p.Conditions, entity{
				"locations": nil, "devices": nil, "clientApplications": nil,
				"signInRiskLevels": []string{}, "userRiskLevels": []string{}, "servicePrincipalRiskLevels": []string{},
			})
		},
	}
	return list(c, policies, clone(c.dir.ConditionalAccessPolicies))
}
