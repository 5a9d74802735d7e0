package plan

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"appleconsent/consent"
	"appleconsent/internal/replication"
)

// listGrace is how long lists may lag behind what the tenant shows by its id.
const listGrace = 30 * time.Second

// Verify re-reads the tenant until it shows every action of the change that was carried out or found to be done already.
// Only then does a rollback mark the change that it took back, unless that is kept open. Lists may lag behind what the tenant
// shows by its id: they are waited for a while, and then Progress hears of it. Errors: *NotVisibleError when the tenant does not
// show it in time or cannot be read, *IncompleteError when that mark cannot be written, context.Canceled when interrupted.
func (e Engine) Verify(ctx context.Context, c Change) error {
	v := e.verification(c)
	if err := v.await(ctx); err != nil {
		return e.noteHidden(c, v.hidden, err)
	}
	if c.RollsBack == nil || e.KeepOpen {
		return nil
	}
	if err := e.Journal.MarkRolledBack(c); err != nil {
		return &IncompleteError{Change: c, Err: &RecordError{Err: err}}
	}
	return nil
}

// Shows reports whether the tenant shows by now, at one look, every action of the change that was carried out. It notes nothing.
func (e Engine) Shows(ctx context.Context, c Change) (bool, error) {
	v := e.verification(c)
	_, err := v.look(ctx)
	return err == nil && len(v.hidden) == 0, err
}

// noteHidden keeps in the record what was written and did not show in time, so that it does not say more than is known.
func (e Engine) noteHidden(c Change, hidden []RecordedAction, err error) error {
	reason := "not visible before the timeout"
	if errors.Is(err, context.Canceled) {
		reason = "interrupted before it was visible"
	}
	c.Actions = slices.Clone(c.Actions)
	for i, a := range c.Actions {
		if has(hidden, a) {
			c.Actions[i].Error = reason
		}
	}
	if len(hidden) > 0 {
		if saveErr := e.Journal.Save(c); saveErr != nil {
			err = andThen(err, &RecordError{Err: saveErr})
		}
	}
	if errors.Is(err, context.Canceled) {
		return err
	}
	return &NotVisibleError{Change: c, Hidden: hidden, Err: err}
}

// has reports whether the action is among the others of its change.
func has(all []RecordedAction, a RecordedAction) bool {
	return slices.ContainsFunc(all, func(other RecordedAction) bool { return other.ID == a.ID })
}

// verification is the look at what a change has done.
type verification struct {
	Engine
	change Change
	how    consent.Look

	hidden   []RecordedAction // what neither lists nor ids have shown yet
	byID     []RecordedAction // what its id has shown
	listsDue time.Time        // when lists have had their time; zero as long as something is hidden
}

func (e Engine) verification(c Change) *verification {
	how := consent.Look{Client: deref(c.Client.ServicePrincipalID), GrantsOnly: true, Once: true}
	for _, a := range c.Actions {
		if a.Kind == consent.CreateServicePrincipal {
			how.Client = consent.ObjectID(a.Performed().Target)
		}
		how.GrantsOnly = how.GrantsOnly && a.Kind.Object == consent.OnGrant
	}
	return &verification{Engine: e, change: c, how: how}
}

// await looks until everything shows, or until only lists lag that have had their time.
func (v *verification) await(ctx context.Context) error {
	for pause := replication.FirstPause; ; pause = replication.NextPause(pause) {
		unlisted, err := v.look(ctx)
		if err == nil && len(unlisted) == 0 {
			return nil
		}
		onlyLists := !v.listsDue.IsZero()
		overdue := onlyLists && !v.Clock.Now().Before(v.listsDue)
		if err == nil && !overdue {
			v.Progress.Waiting("the change to become visible", pause)
			err = v.Clock.Sleep(ctx, pause)
		}
		switch {
		case overdue || onlyLists && errors.Is(err, context.DeadlineExceeded):
			v.Progress.ListsLag()
			return nil
		case err != nil:
			return err
		}
	}
}

// look reads the tenant again and returns what lists do not show.
func (v *verification) look(ctx context.Context) ([]RecordedAction, error) {
	state, err := v.Tenant.Reread(ctx, v.Required, v.how)
	unlisted := v.change.notShownIn(state, v.Required.App.ID)
	if err != nil { // lists of what was just made may not be there yet, or be silent: what is known by its id decides
		unlisted = v.change.settled()
	}
	v.lookByID(ctx, unlisted)
	if f := failure(err); ctx.Err() != nil || err != nil && len(v.hidden) > 0 && (f == nil || !f.Absent()) {
		return unlisted, cmp.Or(err, ctx.Err())
	}
	if len(v.hidden) == 0 && v.listsDue.IsZero() {
		v.listsDue = v.Clock.Now().Add(listGrace)
	}
	return unlisted, nil
}

// lookByID asks for what lists do not show by its id, side by side and until it has been seen once.
func (v *verification) lookByID(ctx context.Context, unlisted []RecordedAction) {
	unseen := slices.DeleteFunc(slices.Clone(unlisted), func(a RecordedAction) bool { return has(v.byID, a) })
	stands := make([]bool, len(unseen))
	var wait sync.WaitGroup
	for i, a := range unseen {
		wait.Go(func() {
			stands[i] = v.shownByID(ctx, a.Performed())
		})
	}
	wait.Wait()
	v.hidden = nil
	for i, a := range unseen {
		if stands[i] {
			v.byID = append(v.byID, a)
		} else {
			v.hidden = append(v.hidden, a)
		}
	}
}

// shownByID reports whether the tenant shows an action if it is asked for what that is about. Who cannot be asked shows nothing: then
// lists decide.
func (v *verification) shownByID(ctx context.Context, a consent.Action) bool {
	client := consent.ServicePrincipal{ID: v.how.Client, AppID: v.Required.App.ID}
	state := consent.State{ServicePrincipals: []consent.ServicePrincipal{client}}
	asked, err := objectOf(a).byID(ctx, v.Tenant, a, &state)
	return a.Target != "" && asked && err == nil && shownIn(state, v.Required.App.ID, a)
}

// Complete reads into a state what the change did and the state does not show, by its id: lists have been seen to leave out what
// stands, and to show what is gone.
func (c Change) Complete(ctx context.Context, t Tenant, state *consent.State) error {
	if err := c.completeServicePrincipals(ctx, t, state); err != nil {
		return err
	}
	for _, recorded := range c.settled() {
		a := recorded.Performed()
		if a.Target == "" || shownIn(*state, c.Client.AppID, a) {
			continue
		}
		if _, err := objectOf(a).byID(ctx, t, a, state); err != nil {
			return err
		}
	}
	return nil
}

// completeServicePrincipals reads those of the client and of resources that the state lacks, without which nothing of what hangs on
// them would show.
func (c Change) completeServicePrincipals(ctx context.Context, t Tenant, state *consent.State) error {
	needed := []consent.ObjectID{deref(c.Client.ServicePrincipalID)}
	for _, a := range c.settled() {
		needed = append(needed, a.ResourceID)
	}
	for _, id := range needed {
		known := slices.ContainsFunc(state.ServicePrincipals, func(sp consent.ServicePrincipal) bool { return sp.ID == id })
		if id == "" || known {
			continue
		}
		sp, found, err := t.ServicePrincipalByID(ctx, id)
		if err != nil {
			return err
		}
		if found {
			state.ServicePrincipals = append(state.ServicePrincipals, sp)
		}
	}
	return nil
}

// settled returns the actions that were carried out, or found to be done already. What was left alone for a reason is not
// among them.
func (c Change) settled() []RecordedAction {
	return slices.DeleteFunc(slices.Clone(c.Actions), func(a RecordedAction) bool {
		return a.Status != StatusDone && (a.Status != StatusUnchanged || a.Error != "")
	})
}

// notShownIn returns those of the settled actions that the state does not show.
func (c Change) notShownIn(state consent.State, client consent.AppID) []RecordedAction {
	return slices.DeleteFunc(c.settled(), func(a RecordedAction) bool { return shownIn(state, client, a.Performed()) })
}
