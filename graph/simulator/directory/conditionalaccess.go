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
		set:    "identity/conditionalAccess/policies",
		kind:   "ConditionalAccessPolicy",
		entity: func(_ *Directory, p ConditionalAccessPolicy) entity { return p.entity() },
	}
	return list(c, policies, c.dir.ConditionalAccessPolicies)
}

func (p ConditionalAccessPolicy) entity() entity {
	p = p.clone()
	return entity{
		"id":               p.ID,
		"displayName":      p.DisplayName,
		"templateId":       nil,
		"state":            p.State,
		"createdDateTime":  p.CreatedDateTime,
		"modifiedDateTime": orNull(p.ModifiedDateTime),
		"conditions": entity{
			"clientAppTypes":             p.Conditions.ClientAppTypes,
			"applications":               p.Conditions.Applications,
			"users":                      p.Conditions.Users,
			"platforms":                  p.Conditions.Platforms,
			"locations":                  nil,
			"devices":                    nil,
			"clientApplications":         nil,
			"signInRiskLevels":           []string{},
			"userRiskLevels":             []string{},
			"servicePrincipalRiskLevels": []string{},
		},
		"grantControls":   p.GrantControls,
		"sessionControls": nil,
	}
}

// clone never has null lists: Graph has none either.
func (p ConditionalAccessPolicy) clone() ConditionalAccessPolicy {
	apps, users := &p.Conditions.Applications, &p.Conditions.Users
	lists := []*[]string{
		&p.Conditions.ClientAppTypes, &apps.IncludeApplications, &apps.ExcludeApplications, &apps.IncludeUserActions,
		&users.IncludeUsers, &users.ExcludeUsers, &users.IncludeGroups, &users.ExcludeGroups, &users.IncludeRoles, &users.ExcludeRoles,
	}
	if p.Conditions.Platforms = clonePointer(p.Conditions.Platforms); p.Conditions.Platforms != nil {
		lists = append(lists, &p.Conditions.Platforms.IncludePlatforms, &p.Conditions.Platforms.ExcludePlatforms)
	}
	if p.GrantControls = clonePointer(p.GrantControls); p.GrantControls != nil {
		lists = append(lists, &p.GrantControls.BuiltInControls)
	}
	for _, list := range lists {
		*list = append([]string{}, *list...)
	}
	return p
}
