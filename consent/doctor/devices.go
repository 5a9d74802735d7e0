package doctor

import (
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
)

// federatedDomains names the domains whose users the silent upgrade of old profiles does not reach: it exchanges the
// stored password by the resource owner password credentials (ROPC) grant. Sources: techcommunity.microsoft.com/t5/
// exchange-team-blog/…/ba-p/3513846; learn.microsoft.com/entra/identity-platform/v2-oauth-ropc.
func (e examination) federatedDomains() Check {
	c := Check{
		ID: "federatedDomains", Title: "Federated domains", Status: OK,
		Why: "Old profiles are moved from Basic authentication to OAuth silently by the ROPC grant (resource owner password credentials), which does not work " +
			"for users of a federated domain.",
	}
	if unread(&c, e.facts.Domains) {
		return c
	}
	for _, d := range e.facts.Domains.Value {
		if d.Federated {
			c.Items = append(c.Items, Item{Name: d.Name, Detail: "federated"})
		}
	}
	if len(c.Items) == 0 {
		c.Found = "No domain is federated."
		return c
	}
	c.Status = Warning
	c.Found = fmt.Sprintf("%s %s federated: users there with an old profile are not moved to OAuth silently.", consent.Count(len(c.Items), "domain"), are(len(c.Items)))
	c.Fix = Fix{Text: "These users sign in again when asked, or remove the account from the device and add it again."}
	return c
}

// betaSource is where the profiles come from.
const betaSource = "Read from Microsoft Graph's beta endpoint, which may change."

// intuneMailProfiles tells whether the e-mail profiles that Intune gives to iOS devices use OAuth.
func (e examination) intuneMailProfiles() Check {
	c := Check{
		ID: "intuneMailProfiles", Title: "Intune e-mail profiles", Status: OK,
		Why: "A profile without OAuth makes Mail ask for a password, and profiles that a device management pushed are not upgraded by themselves.",
	}
	if unread(&c, e.facts.MailProfiles) {
		return c
	}
	basic, untold, elsewhere := 0, 0, 0
	for _, p := range e.facts.MailProfiles.Value {
		switch {
		case p.OAuth != nil && *p.OAuth:
		case p.OAuth == nil && exchangeOnlineHost(p.Host):
			untold++
			c.Items = append(c.Items, Item{Name: p.Name, Detail: p.Host + ", OAuth not told"})
		case exchangeOnlineHost(p.Host):
			basic++
			c.Items = append(c.Items, Item{Name: p.Name, Detail: p.Host + ", OAuth off"})
		default:
			elsewhere++
			c.Items = append(c.Items, Item{Name: p.Name, Detail: strings.TrimSpace(p.Host + " is another server, not Exchange Online")})
		}
	}
	switch total := len(e.facts.MailProfiles.Value); {
	case total == 0:
		c.Found = "There are no e-mail profiles."
	case basic > 0:
		c.Status = Problem
		if !e.asksFor(consent.EAS) { // the profiles are for iOS, which was not asked about
			c.Status = Warning
		}
		c.Found = fmt.Sprintf("%d of %s for iOS %s for Exchange Online and without OAuth.", basic, consent.Count(total, "e-mail profile"), are(basic))
		c.Fix = Fix{Text: "Set OAuth to Enable (useOAuth true): Intune admin center > Devices > Configuration > the profile > OAuth."}
	case untold > 0:
		c.Status = Warning
		c.Found = fmt.Sprintf("Whether %s for Exchange Online %s OAuth could not be read.", consent.Count(untold, "e-mail profile"), use(untold))
		c.Fix = Fix{Text: "Look at it: Intune admin center > Devices > Configuration > the profile > OAuth."}
	case elsewhere > 0:
		c.Found = fmt.Sprintf("No profile for Exchange Online is without OAuth. %s %s for another server.", consent.Count(elsewhere, "profile"), are(elsewhere))
	default:
		c.Found = fmt.Sprintf("OAuth is on in %s.", consent.Count(total, "e-mail profile"))
	}
	c.Found = sentences(c.Found, betaSource)
	return c
}

func use(n int) string {
	if n == 1 {
		return "uses"
	}
	return "use"
}

// exchangeOnlineHost tells whether a host is one of Exchange Online in any cloud. People also enter it as an address.
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
