package render

import (
	"fmt"

	"appleconsent/consent"
	"appleconsent/plan"
)

// layOut shows one action.
func layOut(a plan.Action, client, resource string) action {
	out := action{ID: plan.Printable(a.ID)}
	switch {
	case a.Kind.Object == consent.OnServicePrincipal:
		out.Object, out.Name = "the service principal of", client
	case a.Kind.Object == consent.OnClassification:
		out.Object, out.Name = "a permission on", resource
	case a.Kind.Object == consent.OnPolicy:
		out.Object, out.Name = "what users may consent to for themselves, in the", "authorization policy"
	default:
		out.Object, out.Name = "the grant on", resource
	}
	switch a.Kind {
	case consent.CreateServicePrincipal, consent.CreateGrant:
		out.Symbol, out.Verb, out.Tone = "+", "Create", good
	case consent.ClassifyPermission:
		out.Symbol, out.Verb, out.Tone = "+", "Classify", good
	case consent.UpdateGrant:
		out.Symbol, out.Verb, out.Tone = "~", "Update", warn
	case consent.SetUserConsentPolicy:
		out.Symbol, out.Verb, out.Tone = "~", "Set", warn
	case consent.EnableServicePrincipal:
		out.Symbol, out.Verb, out.Tone = "~", "Enable", warn
	case consent.DisableServicePrincipal:
		out.Symbol, out.Verb, out.Tone = "~", "Disable", warn
	case consent.DeclassifyPermission:
		out.Symbol, out.Verb, out.Tone = "-", "Declassify", bad
	case consent.DeleteGrant, consent.DeleteServicePrincipal:
		out.Symbol, out.Verb, out.Tone = "-", "Delete", bad
	default:
		return action{ID: out.ID, Symbol: "?", Verb: "Unknown action", Object: "named", Name: shown(string(a.Kind.Verb) + " " + string(a.Kind.Object)), Tone: warn}
	}
	out.Scopes = marks(a)
	return out
}

// marks shows what an action does in detail.
func marks(a plan.Action) []scopeMark {
	permission := shown(string(a.Permission))
	switch a.Kind {
	case consent.CreateGrant, consent.UpdateGrant, consent.DeleteGrant:
		return setMarks(a.Before, a.After, "grant", "revoke")
	case consent.SetUserConsentPolicy:
		return setMarks(a.Before, a.After, "assign", "unassign")
	case consent.ClassifyPermission:
		return []scopeMark{{"+", "as low impact", good, permission}}
	case consent.DeclassifyPermission:
		return []scopeMark{{"-", "no longer as low impact", bad, permission}}
	case consent.EnableServicePrincipal:
		return []scopeMark{{"+", "users can sign in to it", good, ""}}
	case consent.DisableServicePrincipal:
		return []scopeMark{{"-", "nobody can sign in to it", bad, ""}}
	case consent.CreateServicePrincipal, consent.DeleteServicePrincipal:
	}
	return nil
}

// setMarks shows what comes into a set, what goes and what stays.
func setMarks(before, after consent.ScopeSet, comes, goes string) []scopeMark {
	var marks []scopeMark
	add := func(scopes consent.ScopeSet, m scopeMark) {
		for _, scope := range scopes {
			m.Code = shown(string(scope))
			marks = append(marks, m)
		}
	}
	add(after.Without(before), scopeMark{Symbol: "+", Word: comes, Tone: good})
	add(before.Without(after), scopeMark{Symbol: "-", Word: goes, Tone: bad})
	kept := before.In(after)
	add(kept[:min(len(kept), maxKept)], scopeMark{Symbol: "=", Word: "keep", Tone: calm})
	if more := len(kept) - maxKept; more > 0 {
		marks = append(marks, scopeMark{Symbol: "=", Word: fmt.Sprintf("keep %d more", more), Tone: calm})
	}
	return marks
}
