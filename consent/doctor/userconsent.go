package doctor

import "appleconsent/consent"

// atMost is the status, or a warning where the grants are not known.
func (e examination) atMost(s Status) Status {
	if e.grants == unknown && s == Problem {
		return Warning
	}
	return s
}

// userConsent says what the tenant's setting means for users of the client without a tenant-wide grant.
func (e examination) userConsent() Check {
	c := newCheck(UserConsent)
	if unread(&c, e.facts.Policies) {
		return c
	}
	for _, entry := range consent.SelfPolicies(e.facts.Policies.Value) {
		c.Items = append(c.Items, PolicyEntry{entry})
	}
	setting := consent.SettingOf(e.facts.Policies.Value)
	c.found(OK, Finding{Code: SettingFound, Setting: setting})
	if e.grants == complete {
		c.found(OK, Finding{Code: GrantDecides})
		return c
	}
	e.selfConsent(&c, setting)
	if c.Status != OK {
		c.Fixes = e.userConsentFixes(setting)
	}
	if e.grants == unknown {
		c.found(OK, Finding{Code: GrantsTakenAsMissing})
	}
	return c
}

// selfConsent judges whether users without a grant can consent to the client for themselves.
func (e examination) selfConsent(c *Check, setting consent.UserConsentSetting) {
	problem := e.atMost(Problem)
	if e.assignmentRequired() {
		c.found(problem, Finding{Code: AssignmentBlocksConsent, Name: e.clientName()})
		return
	}
	switch setting {
	case consent.SettingLegacy:
		c.found(OK, Finding{Code: AskedOnce})
	case consent.SettingMailClients:
		c.found(OK, Finding{Code: AskedOnceByMicrosoft})
	case consent.SettingLowImpact:
		e.lowImpactConsent(c, problem)
	case consent.SettingCustom:
		c.found(Warning, Finding{Code: CustomPolicyNotRead, Scopes: e.customPolicies()})
	case consent.SettingOff, consent.SettingManaged:
		c.found(problem, Finding{Code: ApprovalNeeded})
	}
}

// unverified reports whether the client is known to have no verified publisher, without which the low-impact setting is of no
// use to it.
func (e examination) unverified() bool {
	return e.standing.Client != nil && e.standing.Client.VerifiedPublisher == ""
}

// lowImpactConsent judges the low-impact setting, which needs classified permissions and a verified publisher.
func (e examination) lowImpactConsent(c *Check, problem Status) {
	classes, before := e.classify(), len(c.Findings)
	switch {
	case !e.facts.Classifications.Read():
	case classes.low == 0:
		c.found(problem, Finding{Code: NothingLowImpact})
	case !classes.allLow():
		c.found(problem, Finding{Code: NotAllLowImpact, Scopes: classes.missing})
	}
	if e.unverified() {
		c.found(problem, Finding{Code: NoVerifiedPublisher, Name: e.clientName()})
	}
	switch {
	case len(c.Findings) > before:
	case !e.facts.Classifications.Read():
		c.found(Warning, notRead(ClassificationsNotRead, e.facts.Classifications))
	default:
		c.found(OK, Finding{Code: AskedOnceLowImpact})
	}
}

// customPolicies returns the entries that this program does not know.
func (e examination) customPolicies() consent.ScopeSet {
	var custom consent.ScopeSet
	for _, entry := range e.facts.Policies.Value {
		if consent.SettingOf(consent.Scopes(entry)) == consent.SettingCustom {
			custom = append(custom, entry)
		}
	}
	return custom
}

// userConsentFixes names what helps by the chosen route, and the other route where it would do.
func (e examination) userConsentFixes(setting consent.UserConsentSetting) []Fix {
	if !e.byUsers() {
		fixes := []Fix{{FixGrantForAll, Apply}}
		if !e.assignmentRequired() && !e.unverified() {
			fixes = append(fixes, Fix{Code: FixUsersCouldAlso})
		}
		return fixes
	}
	classes := e.classify()
	switch {
	case e.assignmentRequired() && setting.LetsUsersConsent():
		return []Fix{{Code: FixAssignmentOff}}
	case e.assignmentRequired():
		return []Fix{{Code: FixAssignmentOff}, {FixThenLetConsent, ApplyByUserConsent}}
	case setting == consent.SettingCustom:
		return []Fix{{FixCustomPolicy, ApplyByUserConsent}}
	case setting == consent.SettingLowImpact && e.facts.Classifications.Read() && classes.allLow():
		return []Fix{{FixGrantInstead, Apply}}
	case classes.otherwise:
		return []Fix{classes.fix()}
	}
	return []Fix{{FixLetUsersConsent, ApplyByUserConsent}}
}

// adminConsentRequests says whether users who need approval can ask for it.
func (e examination) adminConsentRequests() Check {
	c := newCheck(AdminConsentRequestPolicy)
	if unread(&c, e.facts.Requests) {
		return c
	}
	requests := e.facts.Requests.Value
	switch {
	case requests.Enabled:
		c.found(OK, Finding{Code: RequestsOn})
	case e.grants == complete:
		c.found(OK, Finding{Code: RequestsOff})
	}
	switch {
	case e.grants == complete:
		c.found(OK, Finding{Code: GrantDecides})
	case !requests.Enabled:
		c.found(Warning, Finding{Code: CannotRequest})
		c.fix(FixAllowRequests, "")
	case requests.Reviewers == 0:
		c.found(Warning, Finding{Code: NoReviewer})
		c.fix(FixNameReviewers, "")
	default:
		c.found(OK, Finding{Code: RequestsReviewed, Count: requests.Reviewers})
	}
	return c
}
