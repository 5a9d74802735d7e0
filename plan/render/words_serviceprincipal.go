package render

import (
	"appleconsent/consent"
	"appleconsent/plan"
)

var servicePrincipalWords = objectWords{
	noun:  "service principal",
	named: func(_ consent.Action, n names) (string, string) { return "service principal of", clientName(n.client) },
	marks: func(a consent.Action) []mark {
		switch a.Kind.Verb {
		case consent.Enable:
			return []mark{{Symbol: "+", Word: "users can sign in to it", Tone: good}}
		case consent.Disable:
			return []mark{{Symbol: "-", Word: "nobody can sign in to it", Tone: bad}}
		case consent.Create, consent.Update, consent.Delete:
		}
		return nil
	},
	result: func(r plan.Result) fact { return fact{Label: "Service principal", Code: string(r.ServicePrincipalID)} },
}
