package doctor

import (
	"slices"

	"appleconsent/consent"
)

// problem is how bad it is if users cannot consent for themselves: a warning where the grants, which may be complete, are not known.
func (e examination) problem() Status {
	if e.grants == unknown {
		return Warning
	}
	return Problem
}

// userConsent says what the tenant's setting means for users of the client without a tenant-wide grant.
func (e examination) userConsent(c *Check) {
	for _, entry := range consent.SelfPolicies(e.facts.Policies.Value) {
		c.Items = append(c.Items, PolicyEntry{entry})
	}
	setting := consent.SettingOf(e.facts.Policies.Value)
	c.found(OK, Finding{Code: "settingFound", Setting: setting})
	if e.grants == complete {
		c.found(OK, Finding{Code: "grantDecides"})
		return
	}
	e.selfConsent(c, setting)
	if c.Status != OK {
		c.Fixes = e.userConsentFixes(setting)
		code := "mailClientsOff"
		if consent.MailClientsAllowed(e.facts.Policies.Value) {
			code = "mailClientsOn"
		}
		c.found(OK, Finding{Code: code})
	}
	if e.grants == unknown {
		c.found(OK, Finding{Code: "grantsTakenAsMissing"})
	}
}

// selfConsent judges whether users without a grant can consent to the client for themselves.
func (e examination) selfConsent(c *Check, setting consent.UserConsentSetting) {
	if e.sp.AssignmentRequired {
		c.found(e.problem(), Finding{Code: "assignmentBlocksConsent", Name: e.clientName()})
		return
	}
	switch setting {
	case consent.SettingLegacy:
		c.found(OK, Finding{Code: "askedOnce"})
	case consent.SettingMailClients:
		c.found(OK, Finding{Code: "askedOnceByMicrosoft"})
	case consent.SettingLowImpact:
		e.lowImpactConsent(c)
	case consent.SettingCustom:
		custom := slices.DeleteFunc(slices.Clone(e.facts.Policies.Value), func(entry consent.Scope) bool {
			return consent.SettingOf(consent.Scopes(entry)) != setting
		})
		c.found(Warning, Finding{Code: "customPolicyNotRead", Scopes: custom})
	case consent.SettingOff, consent.SettingManaged:
		c.found(e.problem(), Finding{Code: "approvalNeeded"})
	}
}

// unverified reports whether the client is known to have no verified publisher, without which the low-impact setting is of no
// use to it.
func (e examination) unverified() bool {
	return e.standing.Client != nil && e.standing.Client.VerifiedPublisher == ""
}

// lowImpactConsent judges the low-impact setting, which needs classified permissions and a verified publisher.
func (e examination) lowImpactConsent(c *Check) {
	classes, before := e.classify(), len(c.Findings)
	switch {
	case !e.facts.Classifications.Read():
	case classes.low() == 0:
		c.found(e.problem(), Finding{Code: "nothingLowImpact"})
	case len(classes.missing) > 0:
		c.found(e.problem(), Finding{Code: "notAllLowImpact", Scopes: classes.missing})
	}
	if e.unverified() {
		c.found(e.problem(), Finding{Code: "noVerifiedPublisher", Name: e.clientName()})
	}
	switch {
	case len(c.Findings) > before:
	case !e.facts.Classifications.Read():
		c.found(Warning, notRead("classificationsNotRead", e.facts.Classifications))
	default:
		c.found(OK, Finding{Code: "askedOnceLowImpact"})
	}
}

// userConsentFixes names what helps by the chosen route, and the other route where it would do.
func (e examination) userConsentFixes(setting consent.UserConsentSetting) []Fix {
	switch {
	case e.byUsers():
		return e.userConsentFixesByUsers(setting)
	case e.sp.AssignmentRequired || e.unverified():
		return []Fix{e.grantAll("grantForAll")}
	}
	return []Fix{e.grantAll("grantForAll"), {Code: "usersCouldAlso"}}
}

func (e examination) userConsentFixesByUsers(setting consent.UserConsentSetting) []Fix {
	classes := e.classify()
	allLow := e.facts.Classifications.Read() && len(classes.missing) == 0
	switch {
	case e.sp.AssignmentRequired && setting.LetsUsersConsent():
		return []Fix{{Code: "assignmentOff"}}
	case e.sp.AssignmentRequired:
		return []Fix{{Code: "assignmentOff"}, e.letUsers("thenLetUsersConsent")}
	case consent.ManagedByMicrosoft(e.facts.Policies.Value) && setting != consent.SettingCustom:
		return []Fix{{Code: "checkMailClients"}}
	case setting == consent.SettingLowImpact && allLow:
		return []Fix{e.grantAll("grantInstead")}
	case e.unverified() && setting != consent.SettingCustom:
		return []Fix{e.grantAll("grantForAll")}
	case classes.otherwise:
		return []Fix{{Code: "otherClassification"}}
	case setting == consent.SettingCustom:
		return []Fix{e.letUsers("customPolicy")}
	}
	return []Fix{e.letUsers("letUsersConsent")}
}

// adminConsentRequests says whether users who need approval can ask for it.
func (e examination) adminConsentRequests(c *Check) {
	requests := e.facts.Requests.Value
	switch {
	case requests.Enabled:
		c.found(OK, Finding{Code: "requestsOn"})
	case e.grants == complete:
		c.found(OK, Finding{Code: "requestsOff"})
	}
	switch {
	case e.grants == complete:
		c.found(OK, Finding{Code: "requestsNotNeeded"})
	case !requests.Enabled:
		c.found(Warning, Finding{Code: "cannotRequest"}, Fix{Code: "allowRequests"})
	case requests.Reviewers == 0:
		c.found(Warning, Finding{Code: "noReviewer"}, Fix{Code: "nameReviewers"})
	default:
		c.found(OK, Finding{Code: "requestsReviewed", Count: requests.Reviewers})
	}
}

// permissionClassifications says which of the required permissions users may consent to under the low-impact setting.
func (e examination) permissionClassifications(c *Check) {
	classes := e.classify()
	c.Items = classes.items
	c.found(OK, Finding{Code: "lowImpactCount", Count: classes.low(), Of: len(classes.items)})
	if len(classes.missing) > 0 {
		e.notAllLow(c, classes)
	}
	if e.grants == unknown && c.Status != OK {
		c.found(OK, Finding{Code: "grantsTakenAsMissing"})
	}
}

// notAllLow says what it means that some permissions are not classified as low impact.
func (e examination) notAllLow(c *Check, classes classes) {
	setting := consent.SettingOf(e.facts.Policies.Value)
	switch {
	case e.grants == complete:
		c.found(OK, Finding{Code: "classesNotNeeded"})
	case e.byUsers() && e.facts.Policies.Read() && setting.LetsUsersConsent():
		c.found(OK, Finding{Code: "settingSuffices"})
	case e.byUsers():
		c.found(e.problem(), Finding{Code: "routeNeedsAll"}, e.classifyFix(classes))
	case !e.facts.Policies.Read():
		c.found(OK, notRead("settingNotRead", e.facts.Policies))
	case setting == consent.SettingLowImpact:
		c.found(e.problem(), Finding{Code: "settingNeedsAll"}, e.grantAll("grantSettles"))
	default:
		c.found(OK, Finding{Code: "settingIgnores"})
	}
}

// classes are the required permissions with how they are classified.
type classes struct {
	items     []Item
	otherwise bool             // one is classified as medium or high impact
	missing   consent.ScopeSet // those that are not low
}

func (c classes) low() int { return len(c.items) - len(c.missing) }

// classifyFix is the way to classify the rest. What somebody classified otherwise is not changed by this program.
func (e examination) classifyFix(c classes) Fix {
	if c.otherwise {
		return Fix{Code: "otherClassification"}
	}
	return e.letUsers("classify")
}

// classify goes by the permission's id, which differs between permissions of the same name on other resources.
func (e examination) classify() classes {
	var out classes
	for _, r := range e.standing.Resources {
		for _, scope := range r.Required {
			id, _ := consent.PermissionID(r.AppID, scope)
			stands, found := e.state.Classification(r.ServicePrincipalID, id)
			level := stands.Level
			if stands.Low() {
				level = consent.LowImpact
			} else {
				out.otherwise = out.otherwise || found
				out.missing = append(out.missing, scope)
			}
			out.items = append(out.items, ClassifiedPermission{scope, r.Name, level})
		}
	}
	return out
}
