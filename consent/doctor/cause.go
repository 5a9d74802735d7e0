package doctor

import (
	"slices"

	"appleconsent/consent"
)

// relate says of checks which other one has the cause of their outcome, so that one cause is one problem: what users may consent to
// matters because something is not granted, and failed sign-ins are what comes of both.
func (e examination) relate(checks []Check) {
	grants, app, setting := find(checks, TenantWideGrants), find(checks, ServicePrincipal), find(checks, UserConsent)
	root := grants
	switch {
	case e.byUsers():
		grants.because(setting)
		root = setting
	case !grants.bad(): // not known, or all is well
		root = setting
	default:
		setting.because(grants)
	}
	if e.standing.Client == nil {
		app.because(root)
	}
	find(checks, AdminConsentRequestPolicy).because(root)
	classes := find(checks, PermissionClassifications)
	classes.because(root)
	if setting.has("nothingLowImpact") {
		classes.ToldBy = UserConsent
	}
	if slices.ContainsFunc(app.Fixes, func(f Fix) bool { return f.Command == ApplyEnablingApp }) {
		grants.FixedBy = ServicePrincipal
	}
	failed := find(checks, FailedSignInLog)
	switch {
	case failed.Status == Problem:
		for _, cause := range []*Check{app, grants, setting} {
			failed.because(cause)
		}
	case failed.onlyBecauseOf(AppState):
		failed.because(app)
	case failed.onlyBecauseOf(RefusedByPolicy):
		failed.because(find(checks, ConditionalAccess))
	}
	e.relateMacs(checks, failed)
}

// relateMacs says so of what Macs are refused on Microsoft Graph. Nobody gets through there as long as users cannot sign in or lack
// consent; and where nothing else failed, the log has no other cause. Where nothing shows what they ask for, there is but the reason to ask,
// which is the end of EWS.
func (e examination) relateMacs(checks []Check, failed *Check) {
	if !e.about(consent.MacDevices) {
		return
	}
	macs, there := find(checks, MacsOnGraph), len(e.graphFailures())
	all := there > 0 && there == len(e.failures(SignInCodes()))
	if all {
		failed.ToldBy = MacsOnGraph
	}
	switch {
	case macs.seesNothing():
		macs.because(find(checks, EWSRetirement))
	case failed.PartOf != "" && there > 0 && len(macs.Also) == 0:
		macs.because(failed)
	case failed.Status == Problem || all:
		failed.because(macs)
	}
}

// has reports whether a check found that.
func (c *Check) has(code string) bool {
	return slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Code == code })
}

// onlyBecauseOf reports whether all failed sign-ins have one cause.
func (c *Check) onlyBecauseOf(cause Cause) bool {
	return !slices.ContainsFunc(c.Items, func(i Item) bool {
		failed, ok := i.(FailedSignIns)
		return !ok || failed.Cause != cause
	})
}

// because makes a check with something wrong part of another one with something wrong, or of that one's own cause; the first cause stays.
func (c *Check) because(cause *Check) {
	if c == cause || !c.bad() || !cause.bad() || c.PartOf != "" {
		return
	}
	c.PartOf = cause.ID
	if cause.PartOf != "" {
		c.PartOf = cause.PartOf
	}
}

// bad reports whether a check found something wrong.
func (c *Check) bad() bool { return c.Status == Problem || c.Status == Warning }

// find returns the check, which is one of them.
func find(checks []Check, id CheckID) *Check {
	return &checks[slices.IndexFunc(checks, func(c Check) bool { return c.ID == id })]
}
