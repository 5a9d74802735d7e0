package plan

import (
	"context"
	"errors"
	"slices"
	"time"

	"appleconsent/consent"
)

// Verify re-reads the tenant until it shows every action of the change that was carried out or found to be done already.
// Only then does a rollback mark the change that it took back, unless that is kept open. Errors: *NotVisibleError when the tenant does not show it
// in time or cannot be read, *IncompleteError when that mark cannot be written, context.Canceled when interrupted.
func (e Engine) Verify(ctx context.Context, c Change) error {
	if hidden, err := e.awaitVisible(ctx, c); err != nil {
		return e.noteHidden(c, hidden, err)
	}
	if c.RollsBack == nil || e.KeepOpen {
		return nil
	}
	if err := e.Journal.MarkRolledBack(c); err != nil {
		return &IncompleteError{Change: c, Err: &RecordError{Err: err}}
	}
	return nil
}

// noteHidden keeps in the record what was written and did not show in time, so that it does not say more than is known.
func (e Engine) noteHidden(c Change, hidden []RecordedAction, err error) error {
	reason := "re-reading did not show it before the time was up"
	if errors.Is(err, context.Canceled) {
		reason = "re-reading was interrupted before it showed"
	}
	c.Actions = slices.Clone(c.Actions)
	for i, a := range c.Actions {
		if slices.ContainsFunc(hidden, func(hidden RecordedAction) bool { return hidden.ID == a.ID }) {
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

// awaitVisible returns what the last look did not show, and why there is no other look.
func (e Engine) awaitVisible(ctx context.Context, c Change) ([]RecordedAction, error) {
	pause := time.Second
	for {
		state, err := e.Tenant.Read(ctx, e.Required)
		hidden := c.notShownIn(state, e.Required.App.ID)
		if err == nil && len(hidden) == 0 {
			return nil, nil
		}
		if f := failure(err); err == nil || f != nil && f.Absent() {
			e.Progress.Waiting("the change to become visible", pause)
			err = e.Clock.Sleep(ctx, pause)
			pause = min(2*pause, lastPause)
		}
		if err != nil {
			return hidden, err
		}
	}
}

// notShownIn returns the actions that were carried out, or found to be done already, and that the state does not show.
// What was left alone for a reason is not among them.
func (c Change) notShownIn(state consent.State, client consent.AppID) []RecordedAction {
	return slices.DeleteFunc(slices.Clone(c.Actions), func(a RecordedAction) bool {
		settled := a.Status == StatusDone || a.Status == StatusUnchanged && a.Error == ""
		return !settled || shownIn(state, client, a.Performed())
	})
}
