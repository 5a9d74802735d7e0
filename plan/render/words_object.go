package render

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/plan"
)

// objectWords are the words for one kind of object, and its part in sheets and scripts. What is not set is as for any object.
type objectWords struct {
	object consent.Object
	noun   string // if it is not called as the object is
	// route is the only one on which it shows in a plan or a status.
	route consent.Route
	// verbs are those that differ from what the verbs are called elsewhere.
	verbs map[consent.Verb]verbWords
	// named says which one an action is about: our own words, and a name that may come from outside.
	named func(a consent.Action, n names) (words, name string)
	// marks show in detail what an action does.
	marks func(a consent.Action) []mark
	// parts counts what an action does to the parts of the object; nil if it has none that count.
	parts func(a consent.Action) []counted
	// tables show in a plan or a status what there is of it.
	tables func(doc plan.Document) []table
	// lack says what of it is required and not there; empty if all is.
	lack func(doc plan.Document) string
	// record adds a recorded action to the tables of a change; nil if there is none for such objects.
	record func(tables []table, a plan.RecordedAction, c plan.Change) []table
	// step makes an action, which has been checked, part of what a script carries out. Without it, no script holds the object.
	step func(p *program, a plan.Action, resource string)
	// declared are the verbs that Terraform can be told of, and undeclared says why it cannot be told of others.
	declared   []consent.Verb
	undeclared string
}

// objects has the words for all kinds of objects.
func objects() []objectWords {
	return []objectWords{servicePrincipalWords, grantWords, classificationWords, policyWords}
}

// objectsOf has those that a plan or a status shows.
func objectsOf(doc plan.Document) []objectWords {
	return slices.DeleteFunc(objects(), func(w objectWords) bool { return w.route != "" && w.route != doc.Requirement.Route })
}

// wordsFor returns the words for a kind of object.
func wordsFor(o consent.Object) objectWords {
	all, w := objects(), objectWords{}
	if i := slices.IndexFunc(all, func(w objectWords) bool { return w.object == o }); i >= 0 {
		w = all[i]
	}
	w.noun = cmp.Or(w.noun, string(o))
	return w
}

// verb is what is done to the object.
func (w objectWords) verb(v consent.Verb) verbWords {
	if own, found := w.verbs[v]; found {
		return own
	}
	return verbWords{string(v), strings.TrimSuffix(string(v), "e") + "ed"}
}

// name says which one an action is about: a permission of a resource, if nothing else is said.
func (w objectWords) name(a consent.Action, n names) (words, name string) {
	if w.named != nil {
		return w.named(a, n)
	}
	return w.noun, shown(string(a.Permission)) + " on " + resourceName(a.ResourceAppID, n.resources)
}

var servicePrincipalWords = objectWords{
	object: consent.OnServicePrincipal,
	named:  func(_ consent.Action, n names) (string, string) { return "service principal of", clientName(n.client) },
	marks: func(a consent.Action) []mark {
		return map[consent.Verb][]mark{
			consent.Enable:  {{Symbol: "+", Word: "users can sign in to it", Tone: good}},
			consent.Disable: {{Symbol: "-", Word: "nobody can sign in to it", Tone: bad}},
		}[a.Kind.Verb]
	},
	step: func(p *program, a plan.Action, _ string) {
		p.Create = p.Create || a.Kind.Verb == consent.Create
		ids := map[consent.Verb]*consent.ObjectID{consent.Delete: &p.Delete, consent.Enable: &p.Enable, consent.Disable: &p.Disable}
		if id, found := ids[a.Kind.Verb]; found {
			*id = consent.ObjectID(a.Target)
		}
	},
	declared:   []consent.Verb{consent.Create, consent.Delete},
	undeclared: "the configuration leaves the settings of the service principal alone, so that it cannot enable or disable it for sign-in",
}

var grantWords = objectWords{
	object: consent.OnGrant,
	named: func(a consent.Action, n names) (string, string) {
		return "grant on", resourceName(a.ResourceAppID, n.resources)
	},
	marks: func(a consent.Action) []mark { return setMarks(a.Before, a.After, "grant", "revoke") },
	parts: func(a consent.Action) []counted {
		return []counted{
			{len(a.Added()), "scope", verbWords{"grant", "granted"}}, {len(a.Removed()), "scope", verbWords{"revoke", "revoked"}},
		}
	},
	route:  consent.AdminConsent,
	tables: ofEachResource(scopeTable),
	lack:   lackOnResources("required scope", "missing", func(r plan.Resource) consent.ScopeSet { return r.Missing }),
	record: recordedScopes,
	step: func(p *program, a plan.Action, resource string) {
		p.Steps = append(p.Steps, grantStep{
			Kind: a.Kind, Resource: resource, ResourceAppID: a.ResourceAppID, GrantID: consent.GrantID(a.Target),
			Add: a.Added(), Remove: a.Removed(), After: a.After,
		})
	},
	declared: []consent.Verb{consent.Create, consent.Update, consent.Delete},
}

var classificationWords = objectWords{
	object: consent.OnClassification,
	noun:   "permission",
	verbs:  classificationVerbs,
	marks: func(a consent.Action) []mark {
		m := verbMark(a.Kind.Verb)
		m.Word = "low impact"
		return []mark{m}
	},
	route:  consent.UserConsent,
	tables: ofEachResource(classificationTable),
	lack: lackOnResources("required permission", "not classified as low impact", func(r plan.Resource) consent.ScopeSet {
		return r.Required.Without(r.Classified)
	}),
	record: recordedClassification,
	step: func(p *program, a plan.Action, resource string) {
		steps := &p.Classify
		if a.Kind.Verb == consent.Delete {
			steps = &p.Declassify
		}
		*steps = append(*steps, classifyStep{resource, a.Action})
	},
	undeclared: noResource,
}

var policyWords = objectWords{
	object: consent.OnPolicy,
	noun:   "user-consent setting",
	verbs:  map[consent.Verb]verbWords{consent.Update: {"change", "changed"}},
	named: func(consent.Action, names) (string, string) {
		return "user-consent setting in the", "authorization policy"
	},
	marks:  func(a consent.Action) []mark { return setMarks(a.Before, a.After, "assign", "unassign") },
	route:  consent.UserConsent,
	tables: planPolicies,
	lack: func(doc plan.Document) string {
		if consent.OnlyLowImpact(doc.UserConsentPolicies) {
			return ""
		}
		return "The user-consent setting is not the required one."
	},
	record:     recordedPolicies,
	step:       func(p *program, a plan.Action, _ string) { p.Policy = &policyStep{a.Before, a.After} },
	undeclared: noResource,
}

// ofEachResource makes the same table of each resource.
func ofEachResource(one func(plan.Resource, plan.Document) table) func(plan.Document) []table {
	return func(doc plan.Document) []table {
		var tables []table
		for _, r := range doc.Resources {
			tables = append(tables, one(r, doc))
		}
		return tables
	}
}

// lackOnResources counts in a sentence what is lacking on the resources.
func lackOnResources(what, state string, lacking func(plan.Resource) consent.ScopeSet) func(plan.Document) string {
	return func(doc plan.Document) string {
		missing, required := 0, 0
		for _, r := range doc.Resources {
			missing, required = missing+len(lacking(r)), required+len(r.Required)
		}
		if missing == 0 {
			return ""
		}
		return fmt.Sprintf("%d of %s %s in %s.", missing, Count(required, what), state, tenantName(doc.Tenant))
	}
}

// noResource says so of what the provider has no resource for; it was asked for in github.com/hashicorp/terraform-provider-azuread,
// issues 879 and 1183.
const noResource = "the Terraform provider hashicorp/azuread has no resource for permission classifications and the authorization policy"
