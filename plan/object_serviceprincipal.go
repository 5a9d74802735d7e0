package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
)

type servicePrincipalTenant interface {
	// ServicePrincipal returns an application's service principal, and whether the tenant has one.
	ServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, bool, error)
	// ServicePrincipalByID returns one by its id, and whether it stands.
	ServicePrincipalByID(ctx context.Context, id consent.ObjectID) (consent.ServicePrincipal, bool, error)
	// NameHolder returns what keeps an application's service principal from being created.
	NameHolder(ctx context.Context, app consent.AppID) (consent.NameHolder, error)
	// Leftovers says what would be lost with the client's service principal. The given grants do not count, unless they
	// have other scopes by now.
	Leftovers(ctx context.Context, client consent.ObjectID, except []consent.PermissionGrant) (consent.Leftovers, error)
	CreateServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, error)
	DeleteServicePrincipal(ctx context.Context, id consent.ObjectID) error
	// SetAccountEnabled enables or disables a service principal for sign-in.
	SetAccountEnabled(ctx context.Context, id consent.ObjectID, enabled bool) error
}

// servicePrincipals are the client's service principal: whether there is one, and whether users can sign in to it.
type servicePrincipals struct{}

func (servicePrincipals) names() map[consent.Verb]string {
	return map[consent.Verb]string{
		consent.Create:  "createServicePrincipal",
		consent.Enable:  "enableServicePrincipal",
		consent.Disable: "disableServicePrincipal",
		consent.Delete:  "deleteServicePrincipal",
	}
}

func (servicePrincipals) allows(t trust, a consent.Action) error {
	switch {
	case a.AppID != t.App.ID:
		return refused("the service principal of %s", a.AppID)
	case a.Kind != consent.CreateServicePrincipal && a.ServicePrincipalID == "":
		return refused("to %s a service principal without an id", a.Kind.Verb)
	}
	return nil
}

func (o servicePrincipals) inspect(ctx context.Context, r *run, a consent.Action, unclear bool) (*outcome, error) {
	switch a.Kind {
	case consent.DeleteServicePrincipal:
		return o.inspectDeletion(ctx, r, a, unclear)
	case consent.EnableServicePrincipal, consent.DisableServicePrincipal:
		return o.inspectSwitch(ctx, r, a, unclear)
	}
	return nil, nil
}

func (servicePrincipals) inspectSwitch(ctx context.Context, r *run, a consent.Action, unclear bool) (*outcome, error) {
	sp, found, err := r.Tenant.ServicePrincipal(ctx, a.AppID)
	result := &Result{ServicePrincipalID: a.ServicePrincipalID}
	switch {
	case err != nil:
		return nil, err
	case !found || sp.ID != a.ServicePrincipalID:
		return nil, &DriftError{Reason: "the client's service principal is gone or another one"}
	case sp.Disabled() == (a.Kind == consent.DisableServicePrincipal):
		return settledBy(unclear, result, result), nil
	}
	return nil, nil
}

func (o servicePrincipals) inspectDeletion(ctx context.Context, r *run, a consent.Action, unclear bool) (*outcome, error) {
	result := &Result{ServicePrincipalID: a.ServicePrincipalID}
	left, err := o.awaitDeletions(ctx, r, a.ServicePrincipalID)
	if f := failure(err); f != nil && f.Absent() {
		state, readErr := r.Tenant.Read(ctx, r.Required)
		if readErr == nil && o.shown(state, r.Required.App.ID, a) {
			return settledBy(unclear, result, result), nil
		}
		err = andThen(err, readErr)
	}
	if err != nil {
		return nil, err
	}
	if !left.None() {
		note := "the service principal is kept: " + strings.Join(left.Strings(), ", ") + " would be lost with it"
		return &outcome{StatusUnchanged, result, note}, nil
	}
	return nil, nil
}

// awaitDeletions returns what is left on the service principal once the tenant no longer shows the grants that this run
// deleted. As long as it does, they may be there again, granted by somebody else.
func (servicePrincipals) awaitDeletions(ctx context.Context, r *run, client consent.ObjectID) (consent.Leftovers, error) {
	pause := firstPause
	for {
		left, err := r.Tenant.Leftovers(ctx, client, r.deleted)
		if err != nil || !left.None() || len(left.Excepted) == 0 {
			return left, err
		}
		r.Progress.Waiting("the deleted grants to disappear", pause)
		if err := r.Clock.Sleep(ctx, pause); err != nil {
			r.doubtDeletions(left.Excepted)
			return left, fmt.Errorf("the tenant still shows grants that were deleted: %w", err)
		}
		pause = min(2*pause, lastPause)
	}
}

// doubtDeletions notes of grants that still show that it is not known whether they were deleted.
func (r *run) doubtDeletions(showing []consent.GrantID) {
	for i := range r.change.Actions {
		if a := &r.change.Actions[i]; a.Kind == consent.DeleteGrant && a.Status == StatusDone && slices.Contains(showing, a.GrantID) {
			a.Status, a.Error = StatusStarted, "it was answered with success, but the tenant still shows the grant"
		}
	}
}

func (servicePrincipals) send(ctx context.Context, r *run, a consent.Action) (*Result, error) {
	result := &Result{ServicePrincipalID: a.ServicePrincipalID}
	switch a.Kind {
	case consent.CreateServicePrincipal:
		sp, err := r.Tenant.CreateServicePrincipal(ctx, a.AppID)
		if err != nil {
			return nil, err
		}
		r.client, r.clientIsNew = sp.ID, true
		return &Result{ServicePrincipalID: sp.ID}, nil
	case consent.DeleteServicePrincipal:
		return result, r.Tenant.DeleteServicePrincipal(ctx, a.ServicePrincipalID)
	}
	return result, r.Tenant.SetAccountEnabled(ctx, a.ServicePrincipalID, a.Kind == consent.EnableServicePrincipal)
}

func (o servicePrincipals) stands(ctx context.Context, t Tenant, a consent.Action) (bool, error) {
	if a.ServicePrincipalID == "" {
		return false, nil
	}
	sp, found, err := t.ServicePrincipalByID(ctx, a.ServicePrincipalID)
	if !found || err != nil {
		return err == nil && a.Kind == consent.DeleteServicePrincipal, err
	}
	return o.shown(consent.State{ServicePrincipals: []consent.ServicePrincipal{sp}}, a.AppID, a), nil
}

func (servicePrincipals) shown(s consent.State, _ consent.AppID, a consent.Action) bool {
	sp, found := s.ServicePrincipal(a.AppID)
	same := found && sp.ID == a.ServicePrincipalID
	switch a.Kind {
	case consent.CreateServicePrincipal:
		return found
	case consent.DeleteServicePrincipal:
		return !same
	case consent.EnableServicePrincipal, consent.DisableServicePrincipal:
		return same && sp.Disabled() == (a.Kind == consent.DisableServicePrincipal)
	}
	return false
}

// taken returns why what is said to exist and does not show will never show; nil if that is not known. Whoever cannot be asked
// knows nothing.
func (r *run) taken(ctx context.Context, a consent.Action) error {
	if a.Kind != consent.CreateServicePrincipal {
		return nil
	}
	holder, err := r.Tenant.NameHolder(ctx, a.AppID)
	if err != nil || holder.ID == "" {
		return nil
	}
	return &TakenError{holder}
}

func (o servicePrincipals) judge(_ context.Context, r *run, a consent.Action, s consent.State, unclear bool) (*outcome, error) {
	if !o.shown(s, r.Required.App.ID, a) {
		return nil, nil
	}
	result := &Result{ServicePrincipalID: a.ServicePrincipalID}
	if a.Kind.Verb == consent.Create {
		sp, _ := s.ServicePrincipal(a.AppID)
		r.clientIsNew, result.ServicePrincipalID = true, sp.ID
	}
	return settledBy(unclear, result, result), nil
}

func (o servicePrincipals) undo(u *Undo, e effect, s consent.State) {
	sp, found := s.ServicePrincipal(e.AppID)
	same := found && sp.ID == e.ServicePrincipalID
	plan := func(kind consent.ActionKind, id consent.ObjectID) {
		u.actions = append(u.actions, consent.Action{Kind: kind, AppID: e.AppID, ServicePrincipalID: id})
	}
	switch {
	case e.Kind == consent.DeleteServicePrincipal && !found:
		plan(consent.CreateServicePrincipal, "")
		u.note(consent.Warning, "newObject")
	case e.Kind == consent.CreateServicePrincipal && found && e.status == StatusDone && !same:
		u.note(consent.Info, "servicePrincipalReplaced")
	case e.Kind == consent.EnableServicePrincipal && same && !sp.Disabled():
		plan(consent.DisableServicePrincipal, sp.ID)
		u.note(consent.Warning, "signInEnds")
	case e.Kind == consent.DisableServicePrincipal && same && sp.Disabled():
		plan(consent.EnableServicePrincipal, sp.ID)
	case e.Kind == consent.CreateServicePrincipal && found:
		u.Client = sp.ID
		plan(consent.DeleteServicePrincipal, sp.ID)
		u.note(consent.Info, deletionIsFinal)
	}
}

// undoneBy knows a switch that was set back. Of one that was created again only its id tells, which is looked at in undo.
func (servicePrincipals) undoneBy(a, undone consent.Action) (wholly, partly bool) {
	switch a.Kind {
	case consent.EnableServicePrincipal:
		wholly = undone.Kind == consent.DisableServicePrincipal && undone.ServicePrincipalID == a.ServicePrincipalID
	case consent.DisableServicePrincipal:
		wholly = undone.Kind == consent.EnableServicePrincipal && undone.ServicePrincipalID == a.ServicePrincipalID
	case consent.CreateServicePrincipal:
		return false, undone.Kind == consent.DeleteServicePrincipal
	}
	return wholly, wholly
}
