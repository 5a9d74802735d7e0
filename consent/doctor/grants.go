package doctor

import "appleconsent/consent"

// tenantWideGrants says whether the required scopes are granted for all users, as status does.
func (e examination) tenantWideGrants(c *Check) {
	if e.grants == unknown {
		e.grantsUnknown(c)
		return
	}
	if e.grants == complete {
		total := 0
		for _, r := range e.standing.Resources {
			total += len(r.Required)
		}
		c.found(OK, Finding{Code: "allGranted", Count: total})
		e.noticedOfGrants(c)
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

// grantsUnknown says what is granted as far as was read.
func (e examination) grantsUnknown(c *Check) {
	unread := e.facts.Grants
	unread.Partly = false // which is not enough to judge
	*c = check(c.ID, unread, nil)
	for _, r := range e.standing.Resources {
		if len(r.Granted) > 0 {
			c.found(OK, Finding{Code: "grantedSoFar", Name: r.Name, Scopes: r.Granted})
		}
	}
}

// noticedOfGrants adds what the difference says of grants: what is in the way of granting, and required scopes that are granted
// on a resource on which they are another permission.
func (e examination) noticedOfGrants(c *Check) {
	for _, n := range e.standing.Notices {
		switch {
		case n.Code == "resourceMissing":
			c.found(Problem, Finding{Code: "resourceMissing", Name: n.Name, ID: string(n.AppID)}, Fix{Code: "resource"})
		case n.Code == "oddGrant":
			c.found(Problem, Finding{Code: "oddGrant", Name: n.Name, ID: n.Detail, Detail: n.Member}, Fix{Code: "repairGrant"})
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
	grants := e.grants
	switch beyond := grants == complete && e.beyondTenant(); {
	case beyond && e.facts.Grants.Read():
		c.found(OK, Finding{Code: "userGrantsBeyond"})
		return
	case beyond: // of what was read
		grants = unknown
	}
	c.found(OK, Finding{Code: map[completeness]string{
		complete: "userGrantsRedundant", incomplete: "userGrantsNeeded", unknown: "userGrantsUnclear",
	}[grants]})
}
