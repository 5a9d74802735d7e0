package plan

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/internal/replication"
)

type servicePrincipalTenant interface {
	// ServicePrincipal returns an application's service principal, and whether the tenant has one.
	ServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, bool, error)
	// ServicePrincipalByID returns one by its id, and whether it stands.
	ServicePrincipalByID(ctx context.Context, id consent.ObjectID) (consent.ServicePrincipal, bool, error)
	// NameHolder returns what keeps an application's service principal from being created.
	NameHolder(ctx context.Context, app consent.AppID) (consent.NameHolder, error)
	// Leftovers says what would be lost with the client's service principal. What one of the given actions deletes does not count,
	// unless it has other scopes by now.
	Leftovers(ctx context.Context, client consent.ObjectID, except []consent.Action) (consent.Leftovers, error)
	CreateServicePrincipal(ctx context.Context, app consent.AppID) (consent.ServicePrincipal, error)
	DeleteServicePrincipal(ctx context.Context, id consent.ObjectID) error
	// SetAccountEnabled enables or disables a service principal for sign-in.
	SetAccountEnabled(ctx context.Context, id consent.ObjectID, enabled bool) error
}

// servicePrincipals are the client's service principal: whether there is one, and whether users can sign in to it.
type servicePrincipals struct{ plain }

func (servicePrincipals) form() form {
	return form{
		names: map[consent.Verb]string{
			consent.Create: "createServicePrincipal", consent.Delete: "deleteServicePrincipal",
			consent.Enable: "enableServicePrincipal", consent.Disable: "disableServicePrincipal",
		},
		target: "servicePrincipalId", isTarget: consent.IsGUID[string],
	}
}

func (servicePrincipals) allows(t trust, a consent.Action) error {
	if a.AppID != t.App.ID {
		return refused("the service principal of %s", a.AppID)
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
	switch {
	case err != nil:
		return nil, err
	case !found || string(sp.ID) != a.Target:
		return nil, &DriftError{Reason: "the client's service principal was deleted or replaced"}
	case sp.Disabled() == (a.Kind == consent.DisableServicePrincipal):
		return settledBy(unclear, asPlanned(a), asPlanned(a)), nil
	}
	return nil, nil
}

func (o servicePrincipals) inspectDeletion(ctx context.Context, r *run, a consent.Action, unclear bool) (*outcome, error) {
	left, err := o.awaitDeletions(ctx, r, consent.ObjectID(a.Target))
	if f := failure(err); f != nil && f.Absent() {
		state, readErr := r.Tenant.Read(ctx, r.Required)
		if readErr == nil && shownIn(state, r.Required.App.ID, a) {
			return settledBy(unclear, asPlanned(a), asPlanned(a)), nil
		}
		err = andThen(err, readErr)
	}
	if err != nil {
		return nil, err
	}
	if !left.None() {
		note := "the service principal is kept: " + strings.Join(left.Strings(), ", ") + " would be lost with it"
		return &outcome{StatusUnchanged, asPlanned(a), note}, nil
	}
	return nil, nil
}

// awaitDeletions returns what is left on the service principal once the tenant no longer shows the grants that this run
// deleted. As long as it does, they may be there again, granted by somebody else.
func (servicePrincipals) awaitDeletions(ctx context.Context, r *run, client consent.ObjectID) (consent.Leftovers, error) {
	var planned []consent.Action
	for _, a := range r.change.Actions {
		planned = append(planned, a.Action.Action)
	}
	for pause := replication.FirstPause; ; pause = replication.NextPause(pause) {
		left, err := r.Tenant.Leftovers(ctx, client, planned)
		if err != nil || !left.None() || len(left.Excepted) == 0 {
			return left, err
		}
		r.Progress.Waiting("the deleted grants to disappear", pause)
		if err := r.Clock.Sleep(ctx, pause); err != nil {
			r.doubtDeletions(left.Excepted)
			return left, fmt.Errorf("the tenant still shows grants that were deleted: %w", err)
		}
	}
}

// doubtDeletions notes of what still shows that it is not known whether it was deleted.
func (r *run) doubtDeletions(showing []string) {
	for i := range r.change.Actions {
		if a := &r.change.Actions[i]; a.Kind.Verb == consent.Delete && a.Status == StatusDone && slices.Contains(showing, a.Target) {
			a.Status, a.Error = StatusStarted, fmt.Sprintf("Graph reported success, but the tenant still shows the %s", a.Kind.Object)
		}
	}
}

func (servicePrincipals) send(ctx context.Context, r *run, a consent.Action) (*Result, error) {
	switch a.Kind {
	case consent.CreateServicePrincipal:
		sp, err := r.Tenant.CreateServicePrincipal(ctx, a.AppID)
		if err != nil {
			return nil, err
		}
		r.client, r.clientIsNew = sp.ID, true
		return &Result{Target: string(sp.ID)}, nil
	case consent.DeleteServicePrincipal:
		return asPlanned(a), r.Tenant.DeleteServicePrincipal(ctx, consent.ObjectID(a.Target))
	}
	return asPlanned(a), r.Tenant.SetAccountEnabled(ctx, consent.ObjectID(a.Target), a.Kind == consent.EnableServicePrincipal)
}

func (servicePrincipals) byID(ctx context.Context, t Tenant, a consent.Action, into *consent.State) (bool, error) {
	id := consent.ObjectID(a.Target)
	sp, found, err := t.ServicePrincipalByID(ctx, id)
	if err != nil {
		return true, err
	}
	into.ServicePrincipals = slices.DeleteFunc(into.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return sp.ID == id })
	if found {
		into.ServicePrincipals = append(into.ServicePrincipals, sp)
	}
	return true, nil
}

func (servicePrincipals) shown(s consent.State, _ consent.AppID, a consent.Action) (string, bool) {
	sp, found := s.ServicePrincipal(a.AppID)
	same := found && string(sp.ID) == a.Target
	switch a.Kind {
	case consent.CreateServicePrincipal:
		return string(sp.ID), found
	case consent.DeleteServicePrincipal:
		return a.Target, !same
	}
	return a.Target, same && sp.Disabled() == (a.Kind == consent.DisableServicePrincipal)
}

// taken returns why what is said to exist and does not show will never show; nil if that is not known. Whoever cannot be asked
// knows nothing.
func (r *run) taken(ctx context.Context, a consent.Action) error {
	if a.Kind != consent.CreateServicePrincipal {
		return nil
	}
	holder, err := r.Tenant.NameHolder(ctx, a.AppID)
	if err == nil && holder.ID != "" {
		return &TakenError{holder}
	}
	return nil
}

func (o servicePrincipals) undo(u *Undo, e effect, s consent.State) {
	sp, found := s.ServicePrincipal(e.AppID)
	same := found && string(sp.ID) == e.Target
	plan := func(kind consent.ActionKind, id consent.ObjectID) {
		u.actions = append(u.actions, consent.Action{Kind: kind, AppID: e.AppID, Target: string(id)})
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
		wholly = undone.Kind == consent.DisableServicePrincipal && undone.Target == a.Target
	case consent.DisableServicePrincipal:
		wholly = undone.Kind == consent.EnableServicePrincipal && undone.Target == a.Target
	case consent.CreateServicePrincipal:
		return false, undone.Kind == consent.DeleteServicePrincipal
	}
	return wholly, wholly
}
