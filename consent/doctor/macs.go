package doctor

import (
	"slices"

	"appleconsent/consent"
)

// Apple moves Mail, Calendar and Contacts on Macs from EWS to Microsoft Graph with macOS 27.2, and has not published with which
// permissions (github.com/blacktop/ipsw-diffs, macos-27). What they are, a tenant tells: by what single users have granted the client
// on Microsoft Graph, and by sign-ins to it that failed. No scope of the client on Microsoft Graph is ever called superfluous.

// onGraph are Entra's error codes of sign-ins that fail for want of consent on the resource that they name (learn.microsoft.com/
// entra/identity-platform/reference-error-codes), some of SignInCodes.
func onGraph() []int { return []int{65001, 90094, 90095, 65006} }

// basic are the permissions that any sign-in asks for, which tell nothing about Macs (learn.microsoft.com/entra/identity-platform/
// scopes-oidc).
var basic = consent.Scopes("openid", "profile", "email", "offline_access", consent.UserRead)

// macScope is a scope that users granted one by one on Microsoft Graph.
type macScope struct {
	consent.Also
	users   int
	covered bool // it is granted for all users
}

// macs says what Macs that speak Microsoft Graph will meet.
func (e examination) macs() Check {
	c := Check{ID: MacsOnGraph, Status: OK}
	users, log := e.facts.PerUserGrants, e.facts.SignIns
	if !users.seen() && !log.seen() {
		return check(c.ID, users, nil)
	}
	lacking, covered := macScopes(e.required.App.ID, e.state, users.Value)
	lacking, gone := e.grantable(lacking)
	failures := e.graphFailures()
	if len(lacking) > 0 {
		e.macsNeed(&c, lacking, failures)
	}
	if len(gone) > 0 {
		c.found(OK, Finding{Code: "macsGone", Scopes: scopesOf(gone)})
	}
	if len(covered) > 0 {
		c.found(OK, Finding{Code: "macsCovered", Scopes: scopesOf(covered)})
	}
	if len(failures) > 0 {
		e.macsRefused(&c, failures, len(lacking) > 0)
	}
	e.macsUnseen(&c, c.bad())
	c.found(OK, Finding{Code: "macsAlerts"})
	return c
}

// grantable parts what can be granted from what cannot, since Microsoft Graph does not publish it any more. Without a catalogue all of it
// may be.
func (e examination) grantable(lacking []macScope) (can, gone []macScope) {
	catalogue := consent.State{Published: consent.Catalogue{consent.MicrosoftGraph: e.facts.OnGraph.Value}}
	for _, s := range lacking {
		if e.facts.OnGraph.Read() && !catalogue.Publishes(s.Also) {
			gone = append(gone, s)
		} else {
			can = append(can, s)
		}
	}
	if !slices.ContainsFunc(can, macScope.tells) {
		can = nil
	}
	return can, gone
}

// macsRefused tells of sign-ins that failed on Microsoft Graph. They are a problem, whether or not it is known what they asked for, unless
// something was granted since that they may have lacked.
func (e examination) macsRefused(c *Check, failures []SignInFailure, lacking bool) {
	since := where(failures, func(f SignInFailure) bool { return f.At.After(e.facts.Granted) })
	more := len(e.graphScopes().Without(basic)) > 0
	f := e.counted(Finding{Code: "macsRefused"}, failures)
	switch {
	case !lacking && more && len(since) == 0:
		f.Code = "macsRefusedBefore"
		c.found(OK, f)
	case !lacking && (more || len(since) == 0):
		c.found(Warning, f, Fix{Code: "lookAgain"})
	case e.grants == unknown:
		c.found(Warning, f)
	default:
		c.found(Problem, f)
	}
}

// macsNeed names what users granted one by one and the tenant has not.
func (e examination) macsNeed(c *Check, lacking []macScope, failures []SignInFailure) {
	status := Warning
	if len(failures) > 0 && e.grants != unknown { // others are refused what these have
		status = Problem
	}
	most := 0
	for _, s := range lacking {
		c.Items = append(c.Items, GrantedByUsers{s.Scope, s.users})
		most = max(most, s.users)
	}
	f := Finding{Code: "macsNeed", Scopes: scopesOf(lacking), Count: len(lacking), Users: most, AtLeast: e.facts.PerUserGrants.Value.Capped}
	switch {
	case !e.facts.Grants.Read():
		c.found(Warning, f)
		c.found(OK, notRead("macsGrantsNotRead", e.facts.Grants))
		return
	case !e.facts.OnGraph.Read():
		c.found(status, f)
		c.found(OK, notRead("macsCatalogueNotRead", e.facts.OnGraph))
		return
	}
	fix := e.grantAlso(lacking)
	if fix.Command != "" {
		for _, s := range lacking {
			c.Also = append(c.Also, s.Also)
		}
	}
	c.found(status, f, fix)
}

// grantAlso is the fix by granting scopes for all users besides. It has a command only if that is not refused, and not by the other route,
// which grants nothing for all.
func (e examination) grantAlso(scopes []macScope) Fix {
	asked := e.required.Choices
	asked.Route, asked.EnableApp, asked.Also = consent.AdminConsent, false, slices.Clone(asked.Also)
	for _, s := range scopes {
		asked.Also = append(asked.Also, s.Also)
	}
	together := consent.Diff(e.required.App.Require(asked), e.state)
	switch {
	case e.byUsers():
		return Fix{Code: "grantAlsoByAdmin"}
	case together.Blocked() && !e.standing.Blocked(): // they are too many for one grant
		return Fix{Code: "grantSomeAlso"}
	}
	return Fix{"grantAlso", ApplyAlso}
}

// macsUnseen says what is not known: there is no evidence, or it could not be read.
func (e examination) macsUnseen(c *Check, evidence bool) {
	if !e.facts.PerUserGrants.Read() {
		c.found(OK, notRead("macsUsersNotRead", e.facts.PerUserGrants))
	}
	if !e.facts.SignIns.Read() {
		c.found(OK, notRead("macsLogNotRead", e.facts.SignIns))
	}
	beyond := e.graphScopes().Without(basic)
	named := slices.ContainsFunc(c.Fixes, func(f Fix) bool { return f.Code != "lookAgain" })
	switch {
	case evidence && named:
	case evidence:
		c.Fixes = append(c.Fixes, Fix{Code: "signInTestMac"})
	case len(beyond) > 0:
		c.found(OK, Finding{Code: "macsPrepared", Scopes: beyond})
	case len(c.Findings) > 0: // only a part could be read
		c.found(Warning, Finding{Code: "macsUnclear"}, Fix{Code: "signInTestMac"})
	default:
		c.found(Warning, Finding{Code: "macsUnknown"}, Fix{Code: "signInTestMac"})
	}
}

// macScopes returns what users granted the client on Microsoft Graph one by one: what the tenant has not, and what it has. If that is only
// what any sign-in asks for, it says nothing.
func macScopes(client consent.AppID, state consent.State, users PerUserGrants) (lacking, covered []macScope) {
	graph, _ := state.ServicePrincipal(consent.MicrosoftGraph)
	sp, _ := state.ServicePrincipal(client)
	have := state.TenantWideScopes(sp.ID, graph.ID)
	for _, s := range users.Scopes {
		scope := macScope{consent.Also{Resource: consent.MicrosoftGraph, Scope: s.Scope}, s.Users, have.Has(s.Scope)}
		switch {
		case s.ResourceID != graph.ID || graph.ID == "" || s.Scope == consent.UserRead:
		case scope.covered && scope.tells():
			covered = append(covered, scope)
		case !scope.covered:
			lacking = append(lacking, scope)
		}
	}
	if !slices.ContainsFunc(lacking, macScope.tells) {
		lacking = nil
	}
	return lacking, covered
}

// tells reports whether a scope is more than any sign-in asks for.
func (s macScope) tells() bool { return !basic.Has(s.Scope) }

// LacksOnGraph reports whether single users granted the client what the tenant has not on Microsoft Graph, so that what that publishes
// matters.
func LacksOnGraph(client consent.AppID, state consent.State, users PerUserGrants) bool {
	lacking, _ := macScopes(client, state, users)
	return len(lacking) > 0
}

// graphScopes are granted for all users on Microsoft Graph.
func (e examination) graphScopes() consent.ScopeSet {
	graph, _ := e.state.ServicePrincipal(consent.MicrosoftGraph)
	return e.state.TenantWideScopes(e.sp.ID, graph.ID)
}

// seesNothing reports whether nothing shows what Macs ask for.
func (c *Check) seesNothing() bool {
	return c.has("macsUnknown") || c.has("macsUnclear")
}

// graphFailures are the sign-ins that failed for want of consent on Microsoft Graph.
func (e examination) graphFailures() []SignInFailure {
	return slices.DeleteFunc(e.failures(onGraph()), func(f SignInFailure) bool { return f.Resource != consent.MicrosoftGraph })
}

func scopesOf(list []macScope) consent.ScopeSet {
	scopes := consent.ScopeSet{}
	for _, s := range list {
		scopes = scopes.With(s.Scope)
	}
	return scopes
}

// GrantedByUsers is a scope on Microsoft Graph that single users granted, and how many of them did.
type GrantedByUsers struct {
	Scope consent.Scope
	Users int
}

func (GrantedByUsers) item() {}

// beyondTenant reports whether users hold scopes one by one that the tenant has not, on any resource.
func (e examination) beyondTenant() bool {
	return slices.ContainsFunc(e.facts.PerUserGrants.Value.Scopes, func(s consent.UserScope) bool {
		return !basic.Has(s.Scope) && !e.state.TenantWideScopes(e.sp.ID, s.ResourceID).Has(s.Scope)
	})
}
