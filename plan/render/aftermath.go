package render

import (
	"slices"

	"appleconsent/consent"
	"appleconsent/plan"
)

// aftermath says what users notice of a change, and when; empty if nothing was done. When devices notice is inferred from how long
// tokens live that can be revoked early (learn.microsoft.com/entra/identity/conditional-access/concept-continuous-access-evaluation);
// neither Microsoft nor Apple says so of Mail.
func aftermath(c plan.Change) string {
	done := c.Done()
	app := application(c.Client)
	takes := slices.ContainsFunc(done, plan.TakesConsent)
	switch {
	case len(done) == 0:
		return ""
	case takes:
		return filled("{app} keeps working until the tokens on a device run out, up to about a day (unconfirmed). Then users are prompted for "+
			"consent again, or lose mail.", app, nil)
	case c.Requirement.Route == consent.UserConsent && c.Operation == plan.OperationRollback:
		return filled("Those who have not consented to {app} may need an admin's approval again.", app, nil)
	case c.Operation == plan.OperationApply && disabled(c.Client) && !enabledBy(done):
		return "Nothing changes for them while sign-in is disabled."
	case c.Requirement.Route == consent.UserConsent:
		return filled("Each user of {app} sees one consent prompt at the next sign-in, and can accept it.", app, nil)
	}
	return "No consent prompts any more. On " + Devices(affected(c)) + ", open Mail and sign in again if asked. It may take up to about a " +
		"day until every device has new tokens (unconfirmed)."
}

// enabledBy reports whether actions let users sign in.
func enabledBy(done []consent.Action) bool {
	return slices.ContainsFunc(done, func(a consent.Action) bool { return a.Kind == consent.EnableServicePrincipal })
}

// lasting are the codes of the warnings that are about the tenant, and not about what a plan does. One that an action puts right has it
// beside it.
var lasting = map[string]consent.ActionKind{
	"clientDisabled": consent.EnableServicePrincipal, "clientDisabledToo": consent.EnableServicePrincipal,
	"clientDisabledByOwner": {}, "clientDisabledByMicrosoft": {}, "assignmentRequired": {}, "resourceDisabled": {},
	"unverifiedPublisher": {}, "userConsentUnavailable": {},
}

// stillHolding are the warnings of a plan that hold after it was carried out.
func stillHolding(c plan.Change, planned plan.Document) []notice {
	var left []plan.Notice
	for _, n := range planned.Notices {
		cure, lasts := lasting[n.Code]
		cured := slices.ContainsFunc(c.Done(), func(a consent.Action) bool { return a.Kind == cure })
		if lasts && !cured && n.Level == consent.Warning {
			left = append(left, n)
		}
	}
	_, others := notices(left)
	return others
}
