package consent

// letUsersConsent plans the setting that lets users consent for themselves. It comes behind the permissions, so that it never
// stands without what it is for.
func (d *Difference) letUsersConsent(policies ScopeSet) {
	if !OnlyLowImpact(policies) {
		d.PolicyDue = true
		d.Actions = append(d.Actions, Action{Kind: SetUserConsentPolicy, Before: policies, After: withLowImpact(policies)})
		d.Notices = append(d.Notices, settingNotices(policies)...)
	}
	d.Notices = append(d.Notices, Notice{Level: Warning, Code: "widerConsent"}, Notice{Level: Info, Code: "basicPermissions"})
	if d.Client != nil && d.Client.VerifiedPublisher == "" {
		d.Notices = append(d.Notices, Notice{Level: Warning, Code: "unverifiedPublisher", Name: d.Client.DisplayName})
	}
	if d.Client != nil && d.Client.AssignmentRequired {
		d.Notices = append(d.Notices, Notice{Level: Warning, Code: "userConsentUnavailable", Name: d.Client.DisplayName})
	}
}

// classify plans to classify the required permissions of a resource that are not yet, and notes those that are.
func (d *Difference) classify(part *ResourceDifference, state State) {
	part.Classified = ScopeSet{}
	if part.ServicePrincipalID == "" {
		return
	}
	for _, scope := range part.Required {
		id, _ := PermissionID(part.AppID, scope)
		switch c, found := state.Classification(part.ServicePrincipalID, id); {
		case found && c.Low():
			part.Classified = part.Classified.With(scope)
		case found:
			d.Notices = append(d.Notices, Notice{Level: Blocker, Code: "classifiedOtherwise", Name: part.Name, Scopes: Scopes(c.Permission), Detail: c.Level})
		default:
			d.Actions = append(d.Actions, Action{
				Kind: ClassifyPermission, ResourceAppID: part.AppID, ResourceID: part.ServicePrincipalID, Permission: scope, PermissionID: id,
			})
		}
	}
}

// settingNotices say what the setting is that is replaced, and what is odd about replacing it.
func settingNotices(policies ScopeSet) []Notice {
	setting := SettingOf(policies)
	notices := []Notice{{Level: Info, Code: "userConsentBefore", Scopes: policies}}
	if setting.LetsUsersConsent() {
		notices = append(notices, Notice{Level: Warning, Code: "userConsentAlready", Scopes: policies})
	}
	if setting == SettingManaged || setting == SettingMailClients {
		notices = append(notices, Notice{Level: Warning, Code: "managedUserConsent"})
	}
	if setting == SettingCustom {
		notices = append(notices, Notice{Level: Warning, Code: "customUserConsent"})
	}
	return notices
}
