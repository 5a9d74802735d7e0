package plan

import (
	"context"
	"fmt"
	"sync"

	"appleconsent/consent"
)

// object answers all that differs between the kinds of things in a tenant that actions are about. Each has a file of its own;
// whoever adds one adds a file, a line in Tenant and in objects, and in Resource what documents show of it. When it is due is for
// package consent, what to send for package graph, and its words and its part in scripts are in package render.
type object interface {
	form() form
	// allows reports what of an action from a file this program never plans; nil if nothing. Ids have the right form.
	allows(t trust, a consent.Action) error
	// inspect looks, right before the write, at what it would replace or delete, and returns what became of the action if it
	// is settled without the write, nil if it is not. unclear: an earlier try may have happened.
	inspect(ctx context.Context, r *run, a consent.Action, unclear bool) (*outcome, error)
	// send sends the write once.
	send(ctx context.Context, r *run, a consent.Action) (*Result, error)
	// byID reads what the action is about by its id, which lags less than a list, into a state, and reports whether that can be asked.
	byID(ctx context.Context, t Tenant, a consent.Action, into *consent.State) (bool, error)
	// shown reports whether the state shows that the action happened, whoever did it: what it creates or grants is there and
	// what it deletes or revokes is not. What else others did meanwhile does not matter. The target is what was created or changed.
	shown(s consent.State, client consent.AppID, a consent.Action) (target string, shown bool)
	// judge returns what became of the action as a state shows that was read after an unclear answer, if there is more to say than
	// whether it is shown.
	judge(ctx context.Context, r *run, a consent.Action, s consent.State, unclear bool) (*outcome, error)
	// undo plans how the effect of an action is undone.
	undo(u *Undo, e effect, s consent.State)
	// undoneBy reports whether an action of an earlier rollback undid the effect of a, the whole of it or at least a part.
	undoneBy(a, undone consent.Action) (wholly, partly bool)
}

// form is what all actions on a kind of object have in common. What is not set does not apply.
type form struct {
	// names are the words of documents for what is done to it, and target the name of its id there (docs/schema/plan.schema.json).
	// They never change.
	names  map[consent.Verb]string
	target string
	// isTarget reports whether a text can be its id.
	isTarget func(id string) bool
	// route is the only one by which it is changed.
	route consent.Route
	// level is how it classifies a permission.
	level string
	// ofClient: it belongs to the client, whose service principal may be new and not visible everywhere yet.
	ofClient bool
}

// Tenant is what this package needs of a tenant, by object. Package graph has it over Microsoft Graph. Errors of the writing
// methods should answer Failure; one that does not means that nothing was written.
type Tenant interface {
	// Read returns the state that decides about the requirement.
	Read(ctx context.Context, required consent.Requirement) (consent.State, error)
	// Reread is Read after a write.
	Reread(ctx context.Context, required consent.Requirement, look consent.Look) (consent.State, error)
	servicePrincipalTenant
	grantTenant
	classificationTenant
	policyTenant
}

var objects = map[consent.Object]object{
	consent.OnServicePrincipal: servicePrincipals{},
	consent.OnGrant:            grants{},
	consent.OnClassification:   classifications{},
	consent.OnPolicy:           policies{},
}

// Resource is what is required of one resource and what stands there.
type Resource struct {
	AppID              consent.AppID     `json:"appId"`
	DisplayName        string            `json:"displayName"`
	ServicePrincipalID *consent.ObjectID `json:"servicePrincipalId"`
	GrantID            *consent.GrantID  `json:"grantId"`
	Required           consent.ScopeSet  `json:"required"`
	Granted            consent.ScopeSet  `json:"granted"`
	Missing            consent.ScopeSet  `json:"missing"`
	Extra              consent.ScopeSet  `json:"extra"`
	Classified         consent.ScopeSet  `json:"classified,omitzero"` // as low impact; absent but for consent.UserConsent
}

func resourceOf(r consent.ResourceDifference) Resource {
	return Resource{
		r.AppID, r.Name, orNull(r.ServicePrincipalID), orNull(r.GrantID), r.Required, r.Granted, r.Missing, r.Extra, r.Classified,
	}
}

func objectOf(a consent.Action) object { return objects[a.Kind.Object] }

var forms = sync.OnceValue(func() map[consent.Object]form {
	all := make(map[consent.Object]form)
	for kind, o := range objects {
		all[kind] = o.form()
	}
	return all
})

// formOf is the form of actions of that kind; the zero value for an object that there is not.
func formOf(kind consent.ActionKind) form { return forms()[kind.Object] }

// createsOfClient reports whether the action creates something on the client's service principal.
func createsOfClient(a consent.Action) bool {
	return a.Kind.Verb == consent.Create && formOf(a.Kind).ofClient
}

func shownIn(s consent.State, client consent.AppID, a consent.Action) bool {
	o, known := objects[a.Kind.Object]
	if known {
		_, known = o.shown(s, client, a)
	}
	return known
}

// plain is an object that there is nothing more to say of.
type plain struct{}

// byID knows nothing: there is no other way to read the thing than the one that states are read by.
func (plain) byID(context.Context, Tenant, consent.Action, *consent.State) (bool, error) {
	return false, nil
}

func (plain) judge(context.Context, *run, consent.Action, consent.State, bool) (*outcome, error) {
	return nil, nil
}

// settledBy says who made the tenant look as the action wants it: this run, if an earlier try may have happened, or
// somebody else.
func settledBy(unclear bool, ours, others *Result) *outcome {
	if unclear {
		return &outcome{status: StatusDone, result: ours}
	}
	return &outcome{status: StatusUnchanged, result: others}
}

// undecided is the status of an action that was given up: it could not be known whether an unclear try happened.
func undecided(unclear bool) Status {
	if unclear {
		return StatusStarted
	}
	return StatusFailed
}

// holdsOther says that what an action would replace is not what it was when this was planned.
func holdsOther(what string, a consent.Action, stands consent.ScopeSet) error {
	return &DriftError{Reason: fmt.Sprintf("%s held [%s] when this was planned and now holds [%s]", what, a.Before, stands)}
}

// asPlanned is the result of an action that did to its target what was planned.
func asPlanned(a consent.Action) *Result {
	return &Result{Target: a.Target, Before: a.Before, After: a.After}
}
