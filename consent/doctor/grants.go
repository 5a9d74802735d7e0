package doctor

import "appleconsent/consent"

// tenantWideGrants says whether the required scopes are granted for all users, as status does.
func (e examination) tenantWideGrants(c *Check) {
	if e.grants == unknown {
		*c = check(c.ID, e.facts.Grants, nil)
		return
	}
	if e.grants == complete {
		total := 0
		for _, r := range e.standing.Resources {
			total += len(r.Required)
		}
		c.found(OK, Finding{Code: "allGranted", Count: total})
		return
	}
	missing := Problem
	if e.byUsers() {
		missing = Warning
	}
	for _, r := range e.standing.Resources {
		if len(r.Missing) > 0 {
			c.found(missing, Finding{Code: "scopesMissing", Name: r.Name, Scopes: r.Missing, Of: len(r.Required)})
		}
	}
	if e.byUsers() {
		c.found(OK, Finding{Code: "noGrantExpected"})
	}
	e.noticedOfGrants(c)
	if len(c.Fixes) == 0 && !e.byUsers() {
		c.Fixes = []Fix{{"grantMissing", Apply}}
	}
}

// noticedOfGrants adds what the difference says of grants: what is in the way of granting, and required scopes that are granted
// on a resource on which they are another permission.
func (e examination) noticedOfGrants(c *Check) {
	for _, n := range e.standing.Notices {
		switch {
		case n.Code == "resourceMissing":
			c.found(Problem, Finding{Code: "resourceMissing", Name: n.Name, ID: string(n.AppID)}, Fix{Code: "resource"})
		case n.Code == "scopeTooLong" && !e.byUsers():
			c.found(Problem, Finding{Code: "scopeTooLong", Name: n.Name, Count: n.Number, Of: consent.MaxScopeLength}, Fix{Code: "revokeUnused"})
		case n.Code == "sameScopeElsewhere":
			c.found(OK, Finding{Code: "sameNameElsewhere", Name: n.Name, Scopes: n.Scopes})
		}
	}
}

// perUserGrants counts what users have consented to one by one, which this program never touches.
func (e examination) perUserGrants(c *Check) {
	read := e.facts.PerUserGrants.Value
	if read.Grants == 0 {
		c.found(OK, Finding{Code: "noUserGrants"})
		return
	}
	c.found(OK, Finding{Code: "userGrants", Count: read.Grants, Users: read.Users, AtLeast: read.Capped})
	if e.grants == complete && e.beyondTenant() {
		c.found(OK, Finding{Code: "userGrantsBeyond"})
		return
	}
	c.found(OK, Finding{Code: map[completeness]string{
		complete: "userGrantsRedundant", incomplete: "userGrantsNeeded", unknown: "userGrantsUnclear",
	}[e.grants]})
}
