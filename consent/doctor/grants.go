package doctor

import (
	"fmt"
	"strings"

	"appleconsent/consent"
)

// tenantWideGrants tells whether the required scopes are granted for all users, as status does.
func (e examination) tenantWideGrants() Check {
	c := Check{
		ID: "tenantWideGrants", Title: "Tenant-wide grants", Status: OK,
		Why: `Without a tenant-wide grant each user is asked for consent, or sees "Need admin approval".`,
	}
	missing, total := e.missingScopes()
	switch {
	case unread(&c, e.facts.ServicePrincipals), e.grants == unknown && unread(&c, e.facts.Grants):
		return c
	case e.grants == complete:
		c.Found = fmt.Sprintf("All %d required scopes are granted for all users.", total)
		if total == 1 {
			c.Found = "The required scope is granted for all users."
		}
		return c
	}
	c.Status = Problem
	c.Found = fmt.Sprintf("Missing for all users: %s.", strings.Join(missing, "; "))
	c.Fix = Fix{Text: "Grant the missing scopes for all users.", Command: []string{"apply"}}
	blockers := e.noticed("resourceMissing")
	if e.byUsers() {
		c.Status, c.Fix = Warning, Fix{}
		c.Found += " By the chosen route no grant is expected here: each user meets one consent dialog."
	} else {
		blockers = append(blockers, e.noticed("scopeTooLong")...)
	}
	if len(blockers) > 0 {
		c.Status, c.Fix = Problem, Fix{Text: sentences(blockers...)}
	}
	c.Found = sentences(append([]string{c.Found}, e.noticed("sameScopeElsewhere")...)...)
	return c
}

// missingScopes names the missing scopes of each resource, and counts the required ones.
func (e examination) missingScopes() (missing []string, total int) {
	for _, r := range e.standing.Resources {
		total += len(r.Required)
		if len(r.Missing) > 0 {
			missing = append(missing, r.Missing.List()+" on "+r.Name)
		}
	}
	return missing, total
}

// perUserGrants counts what users have consented to one by one, which this program never touches.
func (e examination) perUserGrants() Check {
	c := Check{
		ID: "perUserGrants", Title: "Grants of single users", Status: OK,
		Why: "Users who consented for themselves keep working whatever the tenant's consent settings become.",
	}
	read := e.facts.PerUserGrants
	if unread(&c, read) {
		return c
	}
	if read.Value.Grants == 0 {
		c.Found = "No user has consented one by one."
		return c
	}
	atLeast := ""
	if read.Value.Capped {
		atLeast = "at least "
	}
	found := capitalize(fmt.Sprintf("%s%s of %s.", atLeast, consent.Count(read.Value.Grants, "grant"), consent.Count(read.Value.Users, "user")))
	meaning := map[completeness]string{
		complete:   "The tenant-wide grant makes them redundant; they are harmless and can be left.",
		incomplete: "These users keep working as far as their grants reach; the others have none.",
		unknown:    "Whether a tenant-wide grant makes them redundant is not known.",
	}[e.grants]
	c.Found = sentences(found, meaning, "This program never touches them.")
	return c
}

// permissionClassifications tells which of the required permissions users may consent to under the low-impact setting.
func (e examination) permissionClassifications() Check {
	c := Check{
		ID: "permissionClassifications", Title: "Permission classifications", Status: OK,
		Why: "Under the low-impact setting users may consent to an app only if every permission that it asks for is classified as low impact.",
	}
	if unread(&c, e.facts.Classifications) {
		return c
	}
	classes := e.classify()
	c.Items = classes.items
	c.Found = fmt.Sprintf("%d of %s %s classified as low impact.", classes.low, consent.Count(classes.total(), "required permission"), are(classes.low))
	setting := consent.SettingOf(e.facts.Policies.Value)
	lowImpact := e.facts.Policies.Read() && setting == consent.SettingLowImpact
	switch {
	case classes.allLow():
	case e.grants == complete:
		c.Found += " It does not matter to Apple Mail: the tenant-wide grant decides."
	case e.byUsers() && e.facts.Policies.Read() && setting.LetsUsersConsent():
		c.Found += " The setting that stands lets users consent to Apple Mail without."
	case e.byUsers():
		c.Status = e.atMost(Problem)
		c.Found += " The chosen route needs all of them."
		c.Fix = classes.fix()
	case lowImpact:
		c.Status = e.atMost(Problem)
		c.Found += " The tenant's setting lets users consent to low-impact permissions only."
		c.Fix = narrowCure()
	case !e.facts.Policies.Read():
		c.Found += " Whether that matters is not known: " + notRead("the user-consent setting", e.facts.Policies)
	default:
		c.Found += " It matters only for the low-impact setting, which this tenant does not use."
	}
	if e.grants == unknown && c.Status != OK {
		c.Found += " " + asIfMissing
	}
	return c
}

// classes are the required permissions with how they are classified.
type classes struct {
	items     []Item
	low       int
	otherwise bool     // one is classified as medium or high impact
	missing   []string // those that are not low
}

func (c classes) total() int   { return len(c.items) }
func (c classes) allLow() bool { return len(c.missing) == 0 }

// fix is the way to classify the rest. What somebody classified otherwise is not changed by this program.
func (c classes) fix() Fix {
	if c.otherwise {
		return Fix{Text: "Remove the other classification first: Entra admin center > Enterprise apps > Consent and permissions > " +
			"Permission classifications. This program does not change what somebody decided."}
	}
	return Fix{Text: "Classify the permissions as low impact.", Command: routeCommand()}
}

// classify goes by the permission's id, which differs between permissions of the same name on other resources.
func (e examination) classify() classes {
	var out classes
	state := consent.State{Classifications: e.facts.Classifications.Value}
	for _, r := range e.standing.Resources {
		for _, scope := range r.Required {
			id, _ := consent.PermissionID(r.AppID, scope)
			stands, found := state.Classification(r.ServicePrincipalID, id)
			level := "not classified"
			switch {
			case !found:
				out.missing = append(out.missing, string(scope))
			case stands.Low():
				level = consent.LowImpact
				out.low++
			default:
				level = stands.Level
				out.otherwise = true
				out.missing = append(out.missing, string(scope))
			}
			out.items = append(out.items, Item{Name: string(scope), Detail: r.Name + ": " + level})
		}
	}
	return out
}
