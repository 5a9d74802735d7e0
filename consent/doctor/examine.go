package doctor

import (
	"cmp"
	"slices"

	"appleconsent/consent"
)

// examination is what the checks share: the question, the facts, and what the facts come to for the grants.
type examination struct {
	required consent.Requirement
	facts    Facts
	state    consent.State            // as far as it could be read
	sp       consent.ServicePrincipal // the client's; zero if there is none or it could not be read
	// standing is the difference to a tenant-wide grant, whatever the route. Without the facts behind it, it is the
	// difference to a tenant in which nothing stands.
	standing consent.Difference
	grants   completeness
}

// completeness says whether the required scopes are granted for all users.
type completeness string

const (
	unknown    completeness = "unknown" // the grants could not be read
	complete   completeness = "complete"
	incomplete completeness = "incomplete"
)

// Examine judges the facts by the requirement. The order of the checks is fixed; those that concern no required device are left out.
func Examine(required consent.Requirement, facts Facts) []Check {
	e := newExamination(required, facts)
	checks := []Check{
		check(TenantWideGrants, facts.ServicePrincipals, e.tenantWideGrants),
		check(ServicePrincipal, facts.ServicePrincipals, e.servicePrincipal),
		check(UserConsent, facts.Policies, e.userConsent),
	}
	var macs Check
	if e.about(consent.MacDevices) {
		macs = e.macs()
	}
	blocked := !Healthy(append(slices.Clip(checks), macs))
	checks = append(checks,
		check(AdminConsentRequestPolicy, facts.Requests, e.adminConsentRequests),
		check(PermissionClassifications, facts.Classifications, e.permissionClassifications),
		check(GrantsOfUsers, facts.PerUserGrants, e.perUserGrants),
		check(ConditionalAccess, facts.ConditionalAccess, e.conditionalAccess),
		check(FailedSignInLog, facts.SignIns, func(c *Check) { e.signIns(c, blocked) }),
		check(FederatedDomains, facts.Domains, e.federatedDomains),
	)
	if e.about(consent.IOSDevices) {
		checks = append(checks, check(IntuneMailProfiles, facts.MailProfiles, e.intuneMailProfiles))
	}
	if e.asksFor(consent.EWS) || e.about(consent.MacDevices) && e.ewsEnded() { // which Macs speak and no other device
		checks = append(checks, check(EWSRetirement, Reading[any]{}, e.ewsRetirement))
	}
	if macs.ID != "" {
		checks = append(checks, macs)
	}
	if e.standing.Blocked() {
		withoutCommands(checks[1:])
	}
	e.relate(checks)
	return checks
}

// A fix has a command only if that command, run as it is printed, cures its check: it must not be refused, and must not loosen the
// tenant for nothing. So there is none where it is not known what stands.
func (e examination) grantAll(code string) Fix {
	if e.grants == unknown {
		return Fix{Code: code}
	}
	return Fix{code, Apply}
}

// letUsers is a fix by the other route. Users gain nothing from it while assignment is required, or without a verified publisher; where
// Microsoft manages the setting, another one has been seen to be discarded; and what is classified otherwise is in its way.
func (e examination) letUsers(code string) Fix {
	read := e.grants != unknown && e.facts.Policies.Read() && e.facts.Classifications.Read()
	if !read || consent.ManagedByMicrosoft(e.facts.Policies.Value) || e.sp.AssignmentRequired || e.unverified() || e.classify().otherwise {
		return Fix{Code: code}
	}
	return Fix{code, ApplyByUserConsent}
}

// withoutCommands leaves out what would be refused as long as something is in the way.
func withoutCommands(checks []Check) {
	for i, c := range checks {
		if slices.ContainsFunc(c.Fixes, func(f Fix) bool { return f.Command != "" }) {
			checks[i].Fixes = []Fix{{Code: "blockersFirst"}}
		}
	}
}

func newExamination(required consent.Requirement, facts Facts) examination {
	facts.At = facts.At.UTC()
	e := examination{required: required, facts: facts, grants: unknown, state: consent.State{
		Tenant: facts.Tenant, ServicePrincipals: facts.ServicePrincipals.Value, Grants: facts.Grants.Value,
		OddGrants:       facts.OddGrants,
		Classifications: facts.Classifications.Value,
	}}
	granted := required // as if an admin were to grant it, and to change nothing else
	granted.Route, granted.EnableApp = consent.AdminConsent, false
	e.standing = consent.Diff(granted, e.state)
	e.sp, _ = e.state.ServicePrincipal(required.App.ID)
	switch {
	case !facts.ServicePrincipals.Read():
	case e.standing.Client == nil: // then nothing can be granted to it, read or not
		e.grants = incomplete
	case !facts.Grants.Read() && (!facts.Grants.Partly || !e.standing.Satisfied()):
	case e.standing.Satisfied():
		e.grants = complete
	default:
		e.grants = incomplete
	}
	return e
}

// byUsers reports whether the admin chose that users consent for themselves.
func (e examination) byUsers() bool { return e.required.Route == consent.UserConsent }

func (e examination) noticed(code string) bool {
	return slices.ContainsFunc(e.standing.Notices, func(n consent.Notice) bool { return n.Code == code })
}

func (e examination) clientName() string { return cmp.Or(e.sp.DisplayName, e.required.App.Name) }

// about reports whether these devices are asked about.
func (e examination) about(d consent.Devices) bool {
	return e.required.Devices == consent.AllDevices || e.required.Devices == d
}

// asksFor reports whether a scope is required on any resource.
func (e examination) asksFor(scope consent.Scope) bool {
	return slices.ContainsFunc(e.required.Resources, func(r consent.ResourceRequirement) bool { return r.Scopes.Has(scope) })
}
