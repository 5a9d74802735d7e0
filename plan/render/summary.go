package render

import (
	"fmt"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// verdictOf is the one word that says it all.
func verdictOf(doc plan.Document) string {
	switch {
	case doc.Blocked():
		return "Blocked:"
	case doc.Kind == plan.KindStatus && doc.Satisfied:
		return "In place:"
	case doc.Kind == plan.KindStatus:
		return "Not in place:"
	case len(doc.Actions) == 0:
		return "Nothing to do:"
	}
	return "Plan:"
}

func summaryOf(doc plan.Document) string {
	tenant := tenantName(doc.Tenant)
	missing, required := 0, 0
	for _, r := range doc.Resources {
		missing += len(r.Missing)
		required += len(r.Required)
	}
	switch {
	case doc.RollsBack != "" && len(doc.Actions) == 0 && doc.MayStillAppear():
		return fmt.Sprintf("what change %s wrote does not show in %s yet.", plan.Printable(doc.RollsBack), tenant)
	case doc.RollsBack != "" && len(doc.Actions) == 0:
		return fmt.Sprintf("change %s is already undone in %s.", plan.Printable(doc.RollsBack), tenant)
	case len(doc.Actions) > 0:
		return planSummary(doc.Actions, tenant)
	case doc.Requirement.Route == consent.UserConsent && doc.Satisfied:
		return fmt.Sprintf("users of %s may consent to Apple Mail for themselves.", tenant)
	case doc.Requirement.Route == consent.UserConsent:
		return fmt.Sprintf("users of %s may not consent to Apple Mail for themselves as required.", tenant)
	case missing == 0 && required == 1:
		return fmt.Sprintf("the required scope is granted for all users of %s.", tenant)
	case missing == 0:
		return fmt.Sprintf("all %d required scopes are granted for all users of %s.", required, tenant)
	}
	return fmt.Sprintf("%d of %s missing in %s.", missing, consent.Count(required, "required scope"), tenant)
}

// planSummary counts what the actions will do, and for whom.
func planSummary(actions []plan.Action, tenant string) string {
	return fmt.Sprintf("%s, for all users of %s.", tally(actions), tenant)
}

// tally counts what actions will do, such as "1 grant to create, 2 scopes to grant".
func tally(actions []plan.Action) string {
	return countActions(actions, func(verb string) string { return "to " + verb })
}

// tallyDone counts what actions have done, such as "1 grant created, 2 scopes granted".
func tallyDone(actions []plan.Action) string { return countActions(actions, pastTense) }

func pastTense(verb string) string {
	return map[string]string{
		"create": "created", "update": "updated", "delete": "deleted", "grant": "granted", "revoke": "revoked", "enable": "enabled",
		"disable": "disabled", "classify": "classified", "declassify": "declassified", "change": "changed",
	}[verb]
}

// Summary counts in one sentence what a change has done, and for whom.
func Summary(c plan.Change) string {
	done := doneActions(c)
	if len(done) == 0 {
		return fmt.Sprintf("nothing had to be written in %s.", tenantName(c.Tenant))
	}
	return fmt.Sprintf("%s, for all users of %s.", tallyDone(done), tenantName(c.Tenant))
}

// doneActions returns the actions that were done, with the scopes as they really were before and after.
func doneActions(c plan.Change) []plan.Action {
	var done []plan.Action
	for _, a := range c.Actions {
		if a.Status == plan.StatusDone {
			happened := a.Action
			happened.Before, happened.After = effect(a)
			done = append(done, happened)
		}
	}
	return done
}

// countActions lists how many objects and scopes the actions create, update, delete, grant and revoke.
func countActions(actions []plan.Action, form func(verb string) string) string {
	counts := make(map[consent.ActionKind]int)
	granted, revoked := 0, 0
	for _, a := range actions {
		counts[a.Kind]++
		if a.Kind.Object == consent.OnGrant {
			granted += len(a.After.Without(a.Before))
			revoked += len(a.Before.Without(a.After))
		}
	}
	var parts []string
	add := func(n int, noun, verb string) {
		if n > 0 {
			parts = append(parts, consent.Count(n, noun)+" "+form(verb))
		}
	}
	add(counts[consent.CreateServicePrincipal], "service principal", "create")
	add(counts[consent.EnableServicePrincipal], "service principal", "enable")
	add(counts[consent.DisableServicePrincipal], "service principal", "disable")
	add(counts[consent.CreateGrant], "grant", "create")
	add(counts[consent.UpdateGrant], "grant", "update")
	add(counts[consent.DeleteGrant], "grant", "delete")
	add(counts[consent.DeleteServicePrincipal], "service principal", "delete")
	add(granted, "scope", "grant")
	add(revoked, "scope", "revoke")
	add(counts[consent.ClassifyPermission], "permission", "classify")
	add(counts[consent.DeclassifyPermission], "permission", "declassify")
	add(counts[consent.SetUserConsentPolicy], "user-consent setting", "change")
	return strings.Join(parts, ", ")
}
