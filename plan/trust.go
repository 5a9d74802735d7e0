package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
)

// The one rule of trust.
//
// Terms. A claim is what a file says that is to be done or was done: a saved plan, or the record of a change. Both lie in
// folders in which they can be edited.
//
// Rules. A claim is trusted if each of its actions is one that this program itself plans, for the application that it names:
// the ids have the form that ids have, an action on a grant touches only scopes that the application needs on that resource
// on some device or that the file itself says it has beyond (RequirementInfo.Also), a grant that is deleted keeps nothing, only
// the application's own service principal is touched, only permissions that it needs are classified, and of the
// authorization policy only the entries about what users consent to for themselves are touched; an apply assigns the low-impact policy and
// nothing that is more generous. Nothing is done twice. Of a change that is to be undone, what it took away may be anything: see below.
//
// A trusted claim is still bounded in what it brings about: scopes are granted only if the application needs them by default or the
// command line asks for them, and a rollback enables the application for sign-in, classifies permissions and lets users consent to
// more only if the command line says so. What a rollback takes away is bounded by the client, whose grants are all that it touches.
//
// Premises. What the file says it was made for (RequirementInfo) permits nothing. A rollback, a script and a saved plan go
// through this same rule, however much each of them then reads the tenant anew.

// ErrRefused means that a plan or a change record holds what this program does not do, so that nothing is made of it.
var ErrRefused = errors.New("it contains what appleconsent never does")

// WiderError means that a file would bring about more than the default requirement, and that the command line does not ask for that.
// It is an ErrRefused.
type WiderError struct {
	// Needs is what the command line must ask for, too.
	Needs consent.Choices
}

func (e *WiderError) Error() string {
	var more []string
	if len(e.Needs.Also) > 0 {
		names := RequirementOf(e.Needs).Also
		more = append(more, "grant "+Printable(strings.Join(names, ", ")))
	}
	if e.Needs.EnableApp {
		more = append(more, "enable the application for sign-in")
	}
	switch {
	case e.Needs.Loosen:
		more = append(more, "let users consent themselves although the tenant-wide grants suffice")
	case e.Needs.Route == consent.UserConsent:
		more = append(more, "let users consent themselves")
	}
	return fmt.Sprintf("it would %s; the command line must say so, too", strings.Join(more, " and "))
}

// Is tells errors.Is that it is refused.
func (e *WiderError) Is(target error) bool { return target == ErrRefused }

// Beyond returns what the actions bring about beyond what the application needs by default and what is asked for; the zero value if
// nothing.
func Beyond(app consent.Application, asked consent.Choices, actions []consent.Action) consent.Choices {
	granted := app.Require(consent.Choices{Also: asked.Also}.On(asked.Day, asked.Cloud))
	more := consent.Choices{}
	for _, a := range actions {
		switch {
		case a.Kind.Object == consent.OnGrant:
			for _, scope := range a.Added().Without(granted.Scopes(a.ResourceAppID)) {
				more.Also = append(more.Also, consent.Also{Resource: a.ResourceAppID, Scope: scope})
			}
		case a.Kind == consent.EnableServicePrincipal:
			more.EnableApp = !asked.EnableApp
		case a.Kind == consent.ClassifyPermission, a.Kind == consent.SetUserConsentPolicy && consent.Loosens(a.Before, a.After):
			if asked.Route != consent.UserConsent {
				more.Route = consent.UserConsent
			}
		}
	}
	return more
}

// wider is Beyond as an error; nil if nothing.
func wider(app consent.Application, asked consent.Choices, actions []consent.Action) error {
	if more := Beyond(app, asked, actions); !more.Default() {
		return &WiderError{more}
	}
	return nil
}

// refused is ErrRefused with what is asked for; the values may come from a file.
func refused(format string, values ...any) error {
	for i, v := range values {
		values[i] = Printable(fmt.Sprint(v))
	}
	return fmt.Errorf("%w: "+format, append([]any{ErrRefused}, values...)...)
}

// Trust reports why nothing may be made of the plan; nil if it may be. Errors: ErrRefused.
func (d Document) Trust() error {
	said := claim{tenant: d.Tenant, client: d.Client, requirement: d.Requirement, rollback: d.RollsBack != "", actions: d.Planned()}
	if err := said.check(); err != nil {
		return err
	}
	app, _ := consent.ApplicationOf(d.Client.AppID)
	if err := wider(app, carriedOut(d.Asked), said.actions); err != nil {
		return err
	}
	for _, r := range d.Resources { // those that no action touches become parts of scripts, too
		switch {
		case len(said.allRequired(app).Scopes(r.AppID)) == 0:
			return refused("the resource %s", r.AppID)
		case r.GrantID != nil && !consent.IsOpaque(*r.GrantID):
			return refused("the id %s", *r.GrantID)
		case r.ServicePrincipalID != nil && !consent.IsGUID(*r.ServicePrincipalID):
			return refused("the id %s", *r.ServicePrincipalID)
		}
	}
	return nil
}

// Trust reports why nothing may be made of the record; nil if it may be. Errors: ErrRefused.
func (c Change) Trust() error {
	said := c.claim()
	if err := said.check(); err != nil {
		return err
	}
	app, _ := consent.ApplicationOf(c.Client.AppID)
	return wider(app, carriedOut(c.Asked), said.actions)
}

// carriedOut is what bounds a plan, or a change that is to be done again: what else than scopes it may hold is plain from its kinds of
// actions, and a saved plan is not even read without the words for that.
func carriedOut(asked []consent.Also) consent.Choices {
	return consent.Choices{Also: asked, Route: consent.UserConsent, EnableApp: true}
}

func (c Change) claim() claim {
	said := claim{tenant: c.Tenant, client: c.Client, requirement: c.Requirement, rollback: c.Operation == OperationRollback}
	for _, a := range c.Actions {
		said.actions = append(said.actions, a.Performed())
	}
	return said
}

// claim is what a file says.
type claim struct {
	tenant      TenantInfo
	client      ClientInfo
	requirement RequirementInfo
	rollback    bool
	// undone: the opposite of it is what is to be done. What it says that it took away would be given again, which NewUndo bounds by the
	// command line, whoever wrote the claim.
	undone  bool
	actions []consent.Action
}

// takes reports whether a claim may say that something was taken away.
func (t trust) takes() bool { return t.rollback || t.undone }

// allRequired is all that the application needs on any devices at any time, by the route of the claim, and what the claim says that it
// has beyond.
func (c claim) allRequired(app consent.Application) consent.Requirement {
	said := c.requirement.Choices()
	return app.Require(consent.Choices{Route: said.Route, Also: said.Also})
}

// trust is what bounds an action of a claim.
type trust struct {
	consent.Requirement // see claim.allRequired
	rollback            bool
	undone              bool // see claim
}

func (c claim) check() error {
	app, known := consent.ApplicationOf(c.client.AppID)
	switch {
	case !known:
		return refused("the client %s", c.client.AppID)
	case !consent.IsGUID(c.tenant.ID):
		return refused("the tenant id %s", c.tenant.ID)
	case !slices.Contains(consent.Clouds(), c.tenant.Cloud):
		return refused("the cloud %s", c.tenant.Cloud)
	case c.requirement.Loosen && c.requirement.Route != consent.UserConsent:
		return refused("to loosen the tenant by the route %s", c.requirement.Route)
	case c.client.ServicePrincipalID != nil && !consent.IsGUID(*c.client.ServicePrincipalID):
		return refused("the id %s", *c.client.ServicePrincipalID)
	}
	bound := trust{c.allRequired(app), c.rollback, c.undone}
	seen := make(map[string]bool)
	for _, a := range c.actions {
		if err := bound.allows(a); err != nil {
			return err
		}
		for _, subject := range []string{fmt.Sprint(a.Kind.Object, " of ", a.AppID, a.ResourceAppID, a.PermissionID), a.Target} {
			if seen[subject] {
				return refused("two actions on the same %s", a.Kind.Object)
			}
			seen[subject] = subject != ""
		}
	}
	return nil
}

// allows checks the form of the ids, and asks the object for the rest.
func (t trust) allows(a consent.Action) error {
	for _, id := range []string{string(a.ResourceID), string(a.ClientID), a.PermissionID} {
		if id != "" && !consent.IsGUID(id) {
			return refused("the id %s", id)
		}
	}
	o, known := objects[a.Kind.Object]
	if !known {
		return refused("an action on a %s", a.Kind.Object)
	}
	switch form := formOf(a.Kind); {
	case a.Target != "" && (form.isTarget == nil || !form.isTarget(a.Target)):
		return refused("the id %s", a.Target)
	case a.Target == "" && form.target != "" && a.Kind.Verb != consent.Create:
		return refused("to %s a %s without an id", a.Kind.Verb, a.Kind.Object)
	case form.route != "" && form.route != t.Route:
		return refused("a change of user consent by the route %s", t.Route)
	case !t.takes() && (a.Kind.Verb == consent.Delete || a.Kind.Verb == consent.Disable):
		return refused("to %s a %s without a change that this undoes", a.Kind.Verb, a.Kind.Object)
	}
	return o.allows(t, a)
}
