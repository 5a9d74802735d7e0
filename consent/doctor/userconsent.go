package doctor

import (
	"fmt"
	"strings"

	"appleconsent/consent"
)

// asIfMissing goes with a judgement that takes unread grants for missing ones.
const asIfMissing = "The tenant-wide grants could not be read; this is judged as if they were missing."

// atMost is the status, or a warning where the grants are not known.
func (e examination) atMost(s Status) Status {
	if e.grants == unknown && s == Problem {
		return Warning
	}
	return s
}

// narrowCure is the grant for this one application.
func narrowCure() Fix {
	return Fix{Text: "Grant consent for all users; this concerns Apple Mail alone.", Command: []string{"apply"}}
}

func routeCommand() []string { return []string{"apply", "--route", string(consent.UserConsent)} }

// userConsent tells what the tenant's setting means for users of Apple Mail without a tenant-wide grant.
func (e examination) userConsent() Check {
	c := Check{
		ID: "userConsent", Title: "User consent", Status: OK,
		Why: "Without a tenant-wide grant this setting decides whether users can consent to Apple Mail by themselves.",
	}
	if unread(&c, e.facts.Policies) {
		return c
	}
	for _, entry := range e.facts.Policies.Value {
		if consent.IsSelfPolicy(entry) {
			c.Items = append(c.Items, Item{Name: string(entry)})
		}
	}
	setting := consent.SettingOf(e.facts.Policies.Value)
	c.Found = capitalize(setting.Sentence()) + "."
	if e.grants == complete {
		c.Found += " It does not matter to Apple Mail: the tenant-wide grant decides."
		return c
	}
	verdict, meaning := e.selfConsent(setting)
	c.Status, c.Found = e.atMost(verdict), sentences(c.Found, meaning)
	if c.Status != OK {
		c.Fix = e.userConsentFix(verdict, setting)
	}
	if e.grants == unknown {
		c.Found += " " + asIfMissing
	}
	return c
}

// selfConsent judges whether users without a grant can consent to Apple Mail for themselves.
func (e examination) selfConsent(setting consent.UserConsentSetting) (verdict Status, meaning string) {
	if e.assignmentRequired() {
		return Problem, "Users cannot consent at all while assignment is required for " + e.clientName() + "."
	}
	switch setting {
	case consent.SettingOff:
	case consent.SettingLegacy:
		return OK, "Each user of Apple Mail is asked once."
	case consent.SettingMailClients:
		return OK, "Each user of Apple Mail is asked once. Microsoft may change this list without notice, and how it judges a " +
			"request that also asks for User.Read is unconfirmed."
	case consent.SettingLowImpact:
		return e.lowImpactConsent()
	case consent.SettingManaged:
		return Problem, "Users of Apple Mail need an admin's approval."
	case consent.SettingCustom:
		return Warning, "Its rules are not read, so whether users can consent to Apple Mail is not known: " + e.customPolicies() + "."
	}
	return Problem, "Users of Apple Mail need an admin's approval."
}

// unverified tells whether the client is known to have no verified publisher, without which the low-impact setting is of no
// use to it.
func (e examination) unverified() bool {
	return e.standing.Client != nil && e.standing.Client.VerifiedPublisher == ""
}

// lowImpactConsent judges the low-impact setting, which needs classified permissions and a verified publisher.
func (e examination) lowImpactConsent() (verdict Status, meaning string) {
	classes := e.classify()
	var lacking []string
	if e.facts.Classifications.Read() && classes.low == 0 {
		lacking = append(lacking, "None of the required permissions is classified as low impact: low-impact with nothing classified equals user consent off.")
	} else if e.facts.Classifications.Read() && !classes.allLow() {
		lacking = append(lacking, fmt.Sprintf("Not classified as low impact: %s.", strings.Join(classes.missing, ", ")))
	}
	if e.unverified() {
		lacking = append(lacking, fmt.Sprintf("The tenant shows no verified publisher for %s.", e.clientName()))
	}
	switch {
	case len(lacking) > 0:
		return Problem, sentences(lacking...)
	case !e.facts.Classifications.Read():
		return Warning, notRead("How the permissions are classified", e.facts.Classifications)
	}
	return OK, "The required permissions are classified as low impact, so that each user of Apple Mail is asked once."
}

// customPolicies names the entries that this program does not know.
func (e examination) customPolicies() string {
	var names []string
	for _, entry := range e.facts.Policies.Value {
		if consent.SettingOf(consent.Scopes(entry)) == consent.SettingCustom {
			names = append(names, string(entry))
		}
	}
	return strings.Join(names, ", ")
}

// userConsentFix names the cure by the chosen route, and the other route where it would do.
func (e examination) userConsentFix(verdict Status, setting consent.UserConsentSetting) Fix {
	classes := e.classify()
	switch {
	case e.assignmentRequired() && e.byUsers():
		fix := Fix{Text: "Set Assignment required to No: " + assignmentPlace + "."}
		if !setting.LetsUsersConsent() {
			fix.Text += " Then let users consent."
			fix.Command = routeCommand()
		}
		return fix
	case e.byUsers() && verdict == Warning && setting == consent.SettingCustom:
		return Fix{Text: "Read the custom policy, or replace it on the setting.", Command: routeCommand()}
	case e.byUsers() && setting == consent.SettingLowImpact && e.facts.Classifications.Read() && classes.allLow():
		return Fix{Text: "This route is set up and cannot cure it; a grant for all users does.", Command: narrowCure().Command}
	case e.byUsers() && classes.otherwise:
		return classes.fix()
	case e.byUsers():
		return Fix{Text: "Let users consent to low-impact permissions, which these become. This opens more than Apple Mail.", Command: routeCommand()}
	}
	fix := narrowCure()
	if !e.assignmentRequired() && !e.unverified() {
		fix.Text += " The other cure lets users consent by themselves and opens more than Apple Mail: apply --route user-consent."
	}
	return fix
}

// adminConsentRequests tells whether users who need approval can ask for it.
func (e examination) adminConsentRequests() Check {
	c := Check{
		ID: "adminConsentRequests", Title: "Admin consent requests", Status: OK,
		Why: "With the admin consent workflow, users who need approval can ask for it and reviewers are told.",
	}
	if unread(&c, e.facts.Requests) {
		return c
	}
	requests := e.facts.Requests.Value
	place := "Entra admin center > Enterprise apps > Consent and permissions > Admin consent settings."
	switch {
	case e.grants == complete && requests.Enabled:
		c.Found = "Users can request admin consent. Apple Mail does not need it: the tenant-wide grant stands."
	case e.grants == complete:
		c.Found = "Users cannot request admin consent. Apple Mail does not need it: the tenant-wide grant stands."
	case !requests.Enabled:
		c.Status = Warning
		c.Found = `Users cannot request admin consent. Who needs approval sees "Need admin approval" (sign-in error 90094) and has no way to ask.`
		c.Fix = Fix{Text: "Let users request admin consent: " + place}
	case requests.Reviewers == 0:
		c.Status = Warning
		c.Found = "Users can request admin consent, and there is no reviewer who could answer."
		c.Fix = Fix{Text: "Name reviewers: " + place}
	default:
		c.Found = fmt.Sprintf("Users can request admin consent (sign-in error 90095) from %s. A request that is denied or blocked leaves the app "+
			"disabled (7000112).", consent.Count(requests.Reviewers, "reviewer"))
	}
	return c
}
