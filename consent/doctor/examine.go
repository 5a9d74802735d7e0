package doctor

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
)

// examination is what the checks share: the question, the facts, and what the facts come to for the grants.
type examination struct {
	required consent.Requirement
	facts    Facts
	at       time.Time // UTC
	// standing is the difference to a tenant-wide grant, whatever the route. Without the facts behind it, it is the
	// difference to a tenant in which nothing stands.
	standing consent.Difference
	grants   completeness
}

// completeness tells whether the required scopes are granted for all users.
type completeness string

const (
	unknown    completeness = "unknown" // the grants could not be read
	complete   completeness = "complete"
	incomplete completeness = "incomplete"
)

// Examine judges the facts by the requirement, as of a time. The order of the checks is fixed.
func Examine(required consent.Requirement, facts Facts, at time.Time) []Check {
	e := newExamination(required, facts, at)
	grants, principal, self := e.tenantWideGrants(), e.servicePrincipal(), e.userConsent()
	blocked := grants.Status == Problem || principal.Status == Problem || self.Status == Problem
	checks := []Check{
		grants, principal,
		self, e.adminConsentRequests(), e.permissionClassifications(), e.perUserGrants(),
		e.conditionalAccess(), e.signIns(blocked), e.federatedDomains(), e.intuneMailProfiles(), e.ewsRetirement(),
	}
	if slices.ContainsFunc(e.standing.Notices, func(n consent.Notice) bool { return n.Level == consent.Blocker }) {
		withoutCommands(checks[1:])
	}
	return checks
}

// withoutCommands leaves out the commands of cures that would be refused as long as something is in the way.
func withoutCommands(checks []Check) {
	for i, c := range checks {
		if c.Fix.Command != nil {
			checks[i].Fix = Fix{Text: "Solve first what is in the way of the tenant-wide grants, above."}
		}
	}
}

func newExamination(required consent.Requirement, facts Facts, at time.Time) examination {
	required.Route = cmp.Or(required.Route, consent.AdminConsent)
	e := examination{required: required, facts: facts, at: at.UTC(), grants: unknown}
	e.standing = consent.Diff(required.By(consent.AdminConsent).Enabled(false), consent.State{
		Tenant: facts.Tenant, ServicePrincipals: facts.ServicePrincipals.Value, Grants: facts.Grants.Value,
	})
	switch {
	case !facts.ServicePrincipals.Read():
	case e.standing.Client == nil: // then nothing can be granted to it, read or not
		e.grants = incomplete
	case !facts.Grants.Read():
	case e.standing.Satisfied():
		e.grants = complete
	default:
		e.grants = incomplete
	}
	return e
}

// byUsers tells whether the admin chose that users consent for themselves.
func (e examination) byUsers() bool { return e.required.Route == consent.UserConsent }

// noticed returns the messages of the difference's notices of one code.
func (e examination) noticed(code string) []string {
	var messages []string
	for _, n := range e.standing.Notices {
		if n.Code == code {
			messages = append(messages, n.Name)
		}
	}
	return messages
}

// clientName is what to call the client.
func (e examination) clientName() string {
	if e.standing.Client != nil && e.standing.Client.DisplayName != "" {
		return e.standing.Client.DisplayName
	}
	return e.required.App.Name
}

// asksFor tells whether a scope is required on any resource.
func (e examination) asksFor(scope consent.Scope) bool {
	return slices.ContainsFunc(e.required.Resources, func(r consent.ResourceRequirement) bool { return r.Scopes.Has(scope) })
}

// unread tells whether the check has to be skipped because of a reading, and says so in it.
func unread[T any](c *Check, r Reading[T]) bool {
	if r.Read() {
		return false
	}
	c.Status, c.Needs = Skipped, r.Lacks
	c.Found = "It could not be read: " + sentence(r.Failed)
	if r.Lacks != "" {
		c.Found = "The sign-in lacks the permission " + r.Lacks + "."
	}
	return true
}

// notRead says within a check that a part of it could not be seen, and why.
func notRead[T any](what string, r Reading[T]) string {
	if r.Lacks != "" {
		return fmt.Sprintf("%s could not be read (needs %s).", what, r.Lacks)
	}
	return fmt.Sprintf("%s could not be read: %s", what, sentence(r.Failed))
}

// sentence ends a text with one full stop.
func sentence(s string) string { return strings.TrimRight(s, ". \n") + "." }

// sentences puts the sentences that are not empty behind each other.
func sentences(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), " ")
}

// capitalize makes the beginning of a sentence of a text that is not empty and begins with an ASCII character.
func capitalize(s string) string {
	return strings.ToUpper(s[:1]) + s[1:]
}

// are is the verb for a number of things.
func are(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// worst returns the worse of two outcomes.
func worst(a, b Status) Status {
	grade := []Status{OK, Warning, Problem}
	if slices.Index(grade, b) > slices.Index(grade, a) {
		return b
	}
	return a
}
