package doctor

import "appleconsent/consent"

// tenantWideGrants says whether the required scopes are granted for all users, as status does.
func (e examination) tenantWideGrants() Check {
	c := newCheck(TenantWideGrants)
	switch {
	case unread(&c, e.facts.ServicePrincipals), e.grants == unknown && unread(&c, e.facts.Grants):
		return c
	case e.grants == complete:
		total := 0
		for _, r := range e.standing.Resources {
			total += len(r.Required)
		}
		c.found(OK, Finding{Code: AllGranted, Count: total})
		return c
	}
	missing := Problem
	if e.byUsers() {
		missing = Warning
	}
	for _, r := range e.standing.Resources {
		if len(r.Missing) > 0 {
			c.found(missing, Finding{Code: ScopesMissing, Name: r.Name, Scopes: r.Missing, Of: len(r.Required)})
		}
	}
	if e.byUsers() {
		c.found(OK, Finding{Code: NoGrantExpected})
	}
	e.blockers(&c)
	if len(c.Fixes) == 0 && !e.byUsers() {
		c.fix(FixGrantMissing, Apply)
	}
	e.sameNames(&c)
	return c
}

// blockers adds what is in the way of granting.
func (e examination) blockers(c *Check) {
	for _, r := range e.standing.Resources {
		switch length := e.lengthWithMissing(r); {
		case r.ServicePrincipalID == "":
			c.found(Problem, Finding{Code: ResourceMissing, Name: r.Name, ID: string(r.AppID)})
			c.fix(FixResource, "")
		case len(r.Missing) > 0 && length > consent.MaxScopeLength && !e.byUsers():
			c.found(Problem, Finding{Code: ScopeTooLong, Name: r.Name, Count: length, Of: consent.MaxScopeLength})
			c.fix(FixRevokeUnused, "")
		}
	}
}

// lengthWithMissing is how long the scopes of the grant on a resource would become.
func (e examination) lengthWithMissing(r consent.ResourceDifference) int {
	var stands consent.ScopeSet
	for _, g := range e.facts.Grants.Value {
		if g.ID == r.GrantID {
			stands = g.Scopes
		}
	}
	return len(stands.With(r.Missing...).String())
}

// sameNames adds required scopes that are granted on a resource on which they are another permission.
func (e examination) sameNames(c *Check) {
	all := consent.ScopeSet{}
	for _, r := range e.standing.Resources {
		all = all.With(r.Required...)
	}
	for _, g := range e.facts.Grants.Value {
		var on consent.ServicePrincipal
		for _, sp := range e.facts.ServicePrincipals.Value {
			if sp.ID == g.ResourceID {
				on = sp
			}
		}
		if misplaced := g.Scopes.In(all).Without(e.required.Scopes(on.AppID)); len(misplaced) > 0 {
			c.found(OK, Finding{Code: SameNameElsewhere, Name: on.DisplayName, ID: string(g.ResourceID), Scopes: misplaced})
		}
	}
}

// perUserGrants counts what users have consented to one by one, which this program never touches.
func (e examination) perUserGrants() Check {
	c := newCheck(GrantsOfUsers)
	read := e.facts.PerUserGrants
	if unread(&c, read) {
		return c
	}
	if read.Value.Grants == 0 {
		c.found(OK, Finding{Code: NoUserGrants})
		return c
	}
	c.found(OK, Finding{Code: UserGrants, Count: read.Value.Grants, Users: read.Value.Users, AtLeast: read.Value.Capped})
	c.found(OK, Finding{Code: map[completeness]Code{
		complete: UserGrantsRedundant, incomplete: UserGrantsNeeded, unknown: UserGrantsUnclear,
	}[e.grants]})
	return c
}
