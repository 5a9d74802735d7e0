package doctor

import (
	"time"

	"appleconsent/consent"
)

// The dates of the retirement of EWS in Exchange Online: learn.microsoft.com/exchange/clients-and-mobile-in-exchange-online/
// deprecation-of-ews-exchange-online.
var (
	ewsSwitchOff = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)
	ewsEnd       = time.Date(2027, time.April, 1, 0, 0, 0, 0, time.UTC)
)

// ewsRetirement says by date what macOS Mail needs beyond the grants. The settings are Exchange's own, and Graph has no
// equivalent, so that it always speaks, and never of what it has seen.
func (e examination) ewsRetirement() Check {
	c := newCheck(EWSRetirement)
	switch {
	case !e.asksFor(consent.EWS):
		c.found(OK, Finding{Code: EWSNotRequired})
		return c
	case !e.at.Before(ewsEnd):
		c.found(Warning, Finding{Code: EWSEnded})
		c.fix(FixOtherClientThanMail, "")
		return c
	case e.at.Before(ewsSwitchOff):
		c.found(Warning, Finding{Code: EWSAnnounced})
	default:
		c.found(Warning, Finding{Code: EWSEnding})
	}
	c.fix(FixExchangeSettings, "")
	c.Script = &EWSScript{Client: e.required.App.ID, Cloud: e.facts.Tenant.Cloud}
	return c
}
