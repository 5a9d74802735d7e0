package render

import (
	"appleconsent/consent"
	"appleconsent/plan"
)

var servicePrincipalWords = objectWords{
	noun:  "service principal",
	named: func(_ consent.Action, n names) (string, string) { return "service principal of", clientName(n.client) },
	marks: func(a consent.Action) []mark {
		return map[consent.Verb][]mark{
			consent.Enable:  {{Symbol: "+", Word: "users can sign in to it", Tone: good}},
			consent.Disable: {{Symbol: "-", Word: "nobody can sign in to it", Tone: bad}},
		}[a.Kind.Verb]
	},
	result: func(r plan.Result) fact { return fact{Label: "Service principal", Code: string(r.ServicePrincipalID)} },
	step: func(p *program, a plan.Action, _ string) {
		p.Create = p.Create || a.Kind.Verb == consent.Create
		ids := map[consent.Verb]*consent.ObjectID{consent.Delete: &p.Delete, consent.Enable: &p.Enable, consent.Disable: &p.Disable}
		if id, found := ids[a.Kind.Verb]; found {
			*id = a.ServicePrincipalID
		}
	},
	undeclared: func(v consent.Verb) string {
		if v != consent.Enable && v != consent.Disable {
			return ""
		}
		return "the configuration leaves the settings of the service principal alone, so that it cannot enable or disable it for sign-in"
	},
}
