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
	lacking, covered := e.macScopes()
	failures := e.graphFailures()
	if len(lacking) > 0 {
		e.macsNeed(&c, lacking, failures)
	}
	if len(covered) > 0 {
		c.found(OK, Finding{Code: "macsCovered", Scopes: scopesOf(covered)})
	}
	if len(failures) > 0 {
		if len(covered) > 0 && len(lacking) == 0 { // they may be from before it was granted
			c.Fixes = []Fix{{Code: "lookAgain"}}
		}
		c.found(Warning, e.counted(Finding{Code: "macsRefused"}, failures))
	}
	e.macsUnseen(&c, len(lacking)+len(failures) > 0)
	c.found(OK, Finding{Code: "macsAlerts"})
	return c
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
	if e.facts.Grants.Read() {
		for _, s := range lacking {
			c.Also = append(c.Also, s.Also)
		}
		c.found(status, f, Fix{"grantAlso", ApplyAlso})
		return
	}
	c.found(Warning, f)
	c.found(OK, notRead("macsGrantsNotRead", e.facts.Grants))
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
	switch {
	case evidence && len(c.Also) > 0:
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

// macScopes returns what users granted on Microsoft Graph one by one: what the tenant has not, and what it has. If that is only what any
// sign-in asks for, it says nothing.
func (e examination) macScopes() (lacking, covered []macScope) {
	graph, _ := e.state.ServicePrincipal(consent.MicrosoftGraph)
	have, telling := e.graphScopes(), false
	for _, s := range e.facts.PerUserGrants.Value.Scopes {
		if s.ResourceID != graph.ID || graph.ID == "" || s.Scope == consent.UserRead {
			continue
		}
		scope := macScope{consent.Also{Resource: consent.MicrosoftGraph, Scope: s.Scope}, s.Users, have.Has(s.Scope)}
		if scope.covered {
			covered = append(covered, scope)
			continue
		}
		telling = telling || !basic.Has(s.Scope)
		lacking = append(lacking, scope)
	}
	if !telling {
		lacking = nil
	}
	return lacking, slices.DeleteFunc(covered, func(s macScope) bool { return basic.Has(s.Scope) })
}

// graphScopes are granted for all users on Microsoft Graph.
func (e examination) graphScopes() consent.ScopeSet {
	graph, _ := e.state.ServicePrincipal(consent.MicrosoftGraph)
	return e.state.TenantWideScopes(e.sp.ID, graph.ID)
}

// seesNothing reports whether nothing shows what Macs ask for.
func (c *Check) seesNothing() bool {
	return slices.ContainsFunc(c.Findings, func(f Finding) bool { return f.Code == "macsUnknown" || f.Code == "macsUnclear" })
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
