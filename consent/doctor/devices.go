package doctor

import (
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
)

// federatedDomains names the domains whose users the silent upgrade of old profiles does not reach: it exchanges the
// stored password by the resource owner password credentials (ROPC) grant. Sources: techcommunity.microsoft.com/t5/
// exchange-team-blog/…/ba-p/3513846; learn.microsoft.com/entra/identity-platform/v2-oauth-ropc.
func (e examination) federatedDomains(c *Check) {
	for _, d := range e.facts.Domains.Value {
		if d.Federated {
			c.Items = append(c.Items, FederatedDomain{d.Name})
		}
	}
	if len(c.Items) == 0 {
		c.found(OK, Finding{Code: "noFederatedDomain"})
		return
	}
	c.found(Warning, Finding{Code: "domainsFederated", Count: len(c.Items)}, Fix{Code: "signInAgain"})
}

// intuneMailProfiles says whether the e-mail profiles that Intune gives to iOS devices use OAuth. It concerns no Macs.
func (e examination) intuneMailProfiles(c *Check) {
	doubts := make(map[string]int)
	for _, p := range e.facts.MailProfiles.Value {
		if doubt := doubtOf(p); doubt != "" {
			doubts[doubt]++
			c.Items = append(c.Items, DoubtfulProfile{p.Name, p.Host, doubt})
		}
	}
	switch total := len(e.facts.MailProfiles.Value); {
	case total == 0:
		c.found(OK, Finding{Code: "noProfiles"})
	case doubts["oauthOff"] > 0:
		c.found(Problem, Finding{Code: "profilesWithoutOAuth", Count: doubts["oauthOff"], Of: total}, Fix{Code: "profileOAuth"})
	case doubts["oauthUnknown"] > 0:
		c.found(Warning, Finding{Code: "profilesOAuthUnknown", Count: doubts["oauthUnknown"]}, Fix{Code: "lookAtProfile"})
	case doubts["hostUnknown"] > 0:
		c.found(Warning, Finding{Code: "profilesHostUnknown", Count: doubts["hostUnknown"]}, Fix{Code: "lookAtProfile"})
	case doubts["otherServer"] > 0:
		c.found(OK, Finding{Code: "profilesForOtherHosts", Count: doubts["otherServer"], Of: total})
	default:
		c.found(OK, Finding{Code: "profilesWithOAuth", Count: total})
	}
	c.found(OK, Finding{Code: "fromBeta"})
}

func doubtOf(p MailProfile) string {
	switch {
	case p.OAuth != nil && *p.OAuth:
		return ""
	case strings.TrimSpace(p.Host) == "": // not told
		return "hostUnknown"
	case !exchangeOnlineHost(p.Host):
		return "otherServer"
	case p.OAuth == nil:
		return "oauthUnknown"
	}
	return "oauthOff"
}

// exchangeOnlineHost reports whether a host is one of Exchange Online in any cloud. People also enter it as an address.
func exchangeOnlineHost(host string) bool {
	host = strings.ToLower(strings.TrimSpace(host))
	if _, address, found := strings.Cut(host, "://"); found {
		host = address
	}
	host, _, _ = strings.Cut(host, "/")
	host, _, _ = strings.Cut(host, ":")
	hosts := []string{
		"outlook.office365.com", "outlook.office.com", "outlook.office365.us", "outlook-dod.office365.us", "partner.outlook.cn",
	}
	return slices.Contains(hosts, strings.TrimSuffix(host, "."))
}

// ewsSwitchOff is when the retirement of EWS in Exchange Online begins; it ends with consent.EWSEnd, see there.
var ewsSwitchOff = time.Date(2026, time.October, 1, 0, 0, 0, 0, time.UTC)

// ewsEnded reports whether the application has no use for EWS any more, now and in this cloud.
func (e examination) ewsEnded() bool {
	now := e.required.App.Require(consent.Choices{}.On(consent.DayOf(e.facts.At), e.facts.Tenant.Cloud))
	return !now.Scopes(consent.ExchangeOnline).Has(consent.EWS)
}

// ewsRetirement says by date what macOS Mail needs beyond the grants. The settings are Exchange's own, and Graph has no
// equivalent, so that it always speaks, and never of what it has seen.
func (e examination) ewsRetirement(c *Check) {
	switch {
	case e.ewsEnded():
		c.found(Warning, Finding{Code: "ewsEnded"}, Fix{Code: "otherClientThanMail"})
		return
	case consent.DayOf(e.facts.At) >= consent.EWSEnd: // in another cloud
		c.found(Warning, Finding{Code: "ewsEndedElsewhere"})
	case e.facts.At.Before(ewsSwitchOff):
		c.found(Warning, Finding{Code: "ewsAnnounced"})
	default:
		c.found(Warning, Finding{Code: "ewsEnding"})
	}
	c.Fixes = []Fix{{Code: "exchangeSettings"}}
}
