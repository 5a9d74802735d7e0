package doctor

import (
	"slices"
	"strings"

	"appleconsent/consent"
)

// federatedDomains names the domains whose users the silent upgrade of old profiles does not reach: it exchanges the
// stored password by the resource owner password credentials (ROPC) grant. Sources: techcommunity.microsoft.com/t5/
// exchange-team-blog/…/ba-p/3513846; learn.microsoft.com/entra/identity-platform/v2-oauth-ropc.
func (e examination) federatedDomains() Check {
	c := newCheck(FederatedDomains)
	if unread(&c, e.facts.Domains) {
		return c
	}
	for _, d := range e.facts.Domains.Value {
		if d.Federated {
			c.Items = append(c.Items, FederatedDomain{d.Name})
		}
	}
	if len(c.Items) == 0 {
		c.found(OK, Finding{Code: NoFederatedDomain})
		return c
	}
	c.found(Warning, Finding{Code: DomainsFederated, Count: len(c.Items)})
	c.fix(FixSignInAgain, "")
	return c
}

// intuneMailProfiles says whether the e-mail profiles that Intune gives to iOS devices use OAuth.
func (e examination) intuneMailProfiles() Check {
	c := newCheck(IntuneMailProfiles)
	if unread(&c, e.facts.MailProfiles) {
		return c
	}
	doubts := make(map[ProfileDoubt]int)
	for _, p := range e.facts.MailProfiles.Value {
		if doubt := doubtOf(p); doubt != "" {
			doubts[doubt]++
			c.Items = append(c.Items, DoubtfulProfile{p.Name, p.Host, doubt})
		}
	}
	switch total := len(e.facts.MailProfiles.Value); {
	case total == 0:
		c.found(OK, Finding{Code: NoProfiles})
	case doubts[OAuthOff] > 0:
		status := Problem
		if !e.asksFor(consent.EAS) { // the profiles are for iOS, which is not required
			status = Warning
		}
		c.found(status, Finding{Code: ProfilesWithoutOAuth, Count: doubts[OAuthOff], Of: total})
		c.fix(FixProfileOAuth, "")
	case doubts[OAuthUnknown] > 0:
		c.found(Warning, Finding{Code: ProfilesOAuthUnknown, Count: doubts[OAuthUnknown]})
		c.fix(FixLookAtProfile, "")
	case doubts[OtherServer] > 0:
		c.found(OK, Finding{Code: ProfilesForOtherHosts, Count: doubts[OtherServer], Of: total})
	default:
		c.found(OK, Finding{Code: ProfilesWithOAuth, Count: total})
	}
	c.found(OK, Finding{Code: FromBeta})
	return c
}

func doubtOf(p MailProfile) ProfileDoubt {
	switch {
	case p.OAuth != nil && *p.OAuth:
		return ""
	case !exchangeOnlineHost(p.Host):
		return OtherServer
	case p.OAuth == nil:
		return OAuthUnknown
	}
	return OAuthOff
}

// exchangeOnlineHost reports whether a host is one of Exchange Online in any cloud. People also enter it as an address.
func exchangeOnlineHost(host string) bool {
	host = strings.ToLower(strings.TrimSpace(host))
	_, after, found := strings.Cut(host, "://")
	if found {
		host = after
	}
	if i := strings.IndexAny(host, ":/"); i >= 0 {
		host = host[:i]
	}
	hosts := []string{
		"outlook.office365.com", "outlook.office.com", "outlook.office365.us", "outlook-dod.office365.us", "partner.outlook.cn",
	}
	return slices.Contains(hosts, strings.TrimSuffix(host, "."))
}
