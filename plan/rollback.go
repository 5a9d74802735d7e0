package plan

import (
	"slices"
	"time"

	"appleconsent/consent"
)

// Undoing a change.
//
// Terms. The effect of a recorded action is what it added to a grant and removed from it, a service principal that it
// created, enabled, disabled or deleted, a permission that it classified or no longer does, or the entries that it added to
// the authorization policy and removed from it. An action that is done had the effect of its result; one that was started and whose end is
// not known (a crash, a lost answer) has its planned effect as far as the tenant shows it; others have none.
//
// Rules. What was added and still stands is removed; what was removed and does not stand is granted again; what others
// did since is kept. A grant that would hold nothing is deleted. A service principal that the change created is deleted
// if nothing else hangs on it. The user-consent setting goes back to what it was if it is still what the change made of it;
// a setting that somebody else chose since stays. What earlier rollbacks of the same change have already undone is not undone twice.
//
// Premise. A record is a file, and files can be edited: see trust.go.

// Undo is what it takes to take a change back.
type Undo struct {
	Change   Change
	Required consent.Requirement
	asked    []consent.Also
	actions  []consent.Action
	notices  []consent.Notice
	unseen   []RecordedAction // done, and neither shown when the change ended nor now
	// Client is the service principal that is to be deleted, empty if none is: the caller must look for Leftovers.
	Client consent.ObjectID
}

// effect is what a recorded action did, as far as it is known.
type effect struct {
	consent.Action
	status Status
	// halfway is what rollbacks of the same change did that stopped halfway. One that was carried out to its end and yet does
	// not count could not be verified: there the tenant decides.
	halfway []consent.Action
}

// NewUndo plans how the change is undone, given what the tenant shows now and what earlier rollbacks of the same change did. What the
// command line asks for bounds what it brings about. Errors: ErrRefused, *WiderError.
func NewUndo(c Change, earlier []Change, state consent.State, asked consent.Choices) (*Undo, error) {
	said := c.claim()
	said.undone = true
	if err := said.check(); err != nil {
		return nil, err
	}
	if c.Tenant.Cloud != state.Tenant.Cloud {
		return nil, refused("a change in the cloud %s, from the cloud %s", c.Tenant.Cloud, state.Tenant.Cloud)
	}
	if c.Tenant.Simulated != state.Tenant.Simulated {
		return nil, refused("a change of a simulated tenant in a real one, or the other way round")
	}
	required, err := c.Required()
	if err != nil {
		return nil, err
	}
	u := &Undo{Change: c, Required: required, asked: asked.Also}
	done := doneIn(earlier)
	halfway := doneIn(slices.DeleteFunc(slices.Clone(earlier), func(c Change) bool { return c.Outcome == OutcomeSucceeded }))
	for _, recorded := range slices.Backward(c.Actions) {
		if recorded.Status != StatusDone && recorded.Status != StatusStarted {
			continue
		}
		e := effect{recorded.Performed(), recorded.Status, halfway}
		u.noteUnseen(recorded, done, state)
		if !e.undone() { // else it stays as somebody made it since
			objectOf(e.Action).undo(u, e, state)
		}
	}
	slices.SortStableFunc(u.actions, func(a, b consent.Action) int { return order(a) - order(b) })
	if err := wider(required.App, asked, u.actions); err != nil {
		return nil, err
	}
	return u, nil
}

// Undone returns the opposite of what a change did, as far as that says what an undo would bring about.
func Undone(c Change) []consent.Action { return Opposite(c.Done()) }

// Opposite is Undone of actions, carried out or not.
func Opposite(actions []consent.Action) []consent.Action {
	var undone []consent.Action
	opposite := map[consent.Verb]consent.Verb{consent.Disable: consent.Enable, consent.Delete: consent.Create, consent.Update: consent.Update}
	for _, a := range actions {
		a.Kind.Verb, a.Before, a.After = opposite[a.Kind.Verb], a.After, a.Before
		undone = append(undone, a)
	}
	return undone
}

func doneIn(changes []Change) (done []consent.Action) {
	for _, c := range changes {
		done = append(done, c.Done()...)
	}
	return done
}

// undone reports whether an earlier rollback that stopped halfway has undone the whole effect. If it shows in the tenant
// again, that is somebody else's doing.
func (e effect) undone() bool {
	return slices.ContainsFunc(e.halfway, func(done consent.Action) bool {
		wholly, _ := objectOf(e.Action).undoneBy(e.Action, done)
		return wholly
	})
}

// order puts the creation of a service principal first and its deletion last.
func order(a consent.Action) int {
	switch a.Kind {
	case consent.CreateServicePrincipal:
		return 0
	case consent.DeleteServicePrincipal:
		return 2
	}
	return 1
}

// note adds a notice that needs no parameters.
func (u *Undo) note(level consent.Level, code string) {
	u.notices = append(u.notices, consent.Notice{Level: level, Code: code})
}

// Nothing reports whether there is nothing left to undo.
func (u *Undo) Nothing() bool { return len(u.actions) == 0 }

// Actions are what the undo does.
func (u *Undo) Actions() []consent.Action { return u.actions }

// deletionIsFinal is the code of the notice that goes with the deletion of a service principal.
const deletionIsFinal = "deletionIsFinal"

// KeepServicePrincipal withdraws the deletion of the service principal because of what would be lost with it.
func (u *Undo) KeepServicePrincipal(left consent.Leftovers) {
	u.Client = ""
	u.actions = slices.DeleteFunc(u.actions, func(a consent.Action) bool { return a.Kind == consent.DeleteServicePrincipal })
	u.notices = slices.DeleteFunc(u.notices, func(n consent.Notice) bool { return n.Code == deletionIsFinal })
	u.notices = append(u.notices, consent.Notice{Level: consent.Info, Code: "servicePrincipalKept", Left: left})
}

// endsUserConsent reports whether users lose what lets them consent, while the user-consent setting is left alone.
func (u *Undo) endsUserConsent() bool {
	has := func(kind consent.ActionKind) bool {
		return slices.ContainsFunc(u.actions, func(a consent.Action) bool { return a.Kind == kind })
	}
	return has(consent.DeclassifyPermission) && !has(consent.SetUserConsentPolicy)
}

// Plan returns the plan of the rollback.
func (u *Undo) Plan(tool Tool, at time.Time, state consent.State) Document {
	var notices []consent.Notice
	if slices.ContainsFunc(u.actions, TakesConsent) {
		notices = append(notices, consent.Notice{Level: consent.Warning, Code: usersLoseConsent})
	}
	notices = append(notices, u.notices...)
	if u.endsUserConsent() {
		notices = append(notices, consent.Notice{Level: consent.Warning, Code: "userConsentEnds"})
	}
	if slices.ContainsFunc(u.actions, func(a consent.Action) bool { return a.Kind.Object == consent.OnGrant && len(a.Removed()) > 0 }) {
		notices = append(notices, consent.Notice{Level: consent.Info, Code: "tokensOutlive"})
	}
	if u.Unsettled(at) {
		notices = append(notices, notYetVisible(u.Change.ID, u.unseen))
	}
	doc := New(KindPlan, tool, at, u.Required, state)
	doc.RollsBack, doc.Actions, doc.Notices = u.Change.ID, documentActions(u.actions), documentNotices(notices)
	doc.Asked = u.asked
	return doc
}
