package plan

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"appleconsent/consent"
)

// Taking a change back.
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
// Premise. A record is a file, and files can be edited. An apply grants only what the requirement names, so a record
// that claims anything else is refused as damaged: no record can make this program grant or revoke another scope.

// Undo is what it takes to take a change back.
type Undo struct {
	Change   Change
	Required consent.Requirement
	actions  []consent.Action
	notices  []consent.Notice
	unseen   []RecordedAction // done, and neither shown when the change ended nor now
	// Client is the service principal that is to be deleted, empty if none is: the caller must look for Leftovers.
	Client consent.ObjectID
	// Deleted are the grants that the undo deletes itself, which are no leftovers.
	Deleted []consent.PermissionGrant
}

// ErrRecordRefused means that a change record claims what this program never does.
var ErrRecordRefused = errors.New("the change record claims what this program does not do")

// NewUndo plans how the change is taken back, given what stands now and what earlier rollbacks of the same change did.
func NewUndo(c Change, earlier []Change, required consent.Requirement, state consent.State) (*Undo, error) {
	if c.Client.AppID != required.Client {
		return nil, fmt.Errorf("%w: to have changed the client %s", ErrRecordRefused, c.Client.AppID)
	}
	u := &Undo{Change: c, Required: required}
	sp, found := state.ServicePrincipal(required.Client)
	for _, recorded := range slices.Backward(c.Actions) {
		a, happened := recorded.effect()
		if !happened {
			continue
		}
		if err := u.check(a); err != nil {
			return nil, err
		}
		u.noteUnseen(recorded, a, earlier, state)
		switch {
		case slices.ContainsFunc(earlier, func(c Change) bool { return c.hasUndone(a) }): // it stays as somebody made it since
		case a.Kind.OnGrant():
			u.undoGrant(withoutUndone(a, earlier), sp.ID, state)
		case a.Kind.OnClassification():
			u.undoClassification(a, state)
		case a.Kind == consent.SetUserConsentPolicy:
			u.undoPolicy(a, state)
		default:
			u.undoServicePrincipal(a, sp, found, recorded.Status)
		}
	}
	slices.SortStableFunc(u.actions, func(a, b consent.Action) int { return order(a) - order(b) })
	return u, nil
}

// order puts the creation of a service principal first and its deletion last.
func order(a consent.Action) int {
	switch a.Kind { //nolint:exhaustive // the others stay between the two
	case consent.CreateServicePrincipal:
		return 0
	case consent.DeleteServicePrincipal:
		return 2
	}
	return 1
}

// effect returns the action as it happened, and whether it may have happened at all.
func (a RecordedAction) effect() (consent.Action, bool) {
	return a.performed(), a.Status == StatusDone || a.Status == StatusStarted
}

// check refuses effects that no apply and no rollback of one can have.
func (u *Undo) check(a consent.Action) error {
	allowed := u.Required.Scopes(a.ResourceAppID)
	touched := a.Added().With(a.Removed()...)
	switch {
	case a.Kind.OnGrant() && !allowed.HasAll(touched):
		return fmt.Errorf("%w: to have touched %s on %s", ErrRecordRefused,
			Printable(touched.Without(allowed).String()), Printable(string(a.ResourceAppID)))
	case a.Kind.OnClassification() && !u.classifies(a):
		return fmt.Errorf("%w: to have classified %s on %s", ErrRecordRefused,
			Printable(string(a.Permission)), Printable(string(a.ResourceAppID)))
	case a.Kind == consent.SetUserConsentPolicy && !areSettings(touched):
		return fmt.Errorf("%w: to have touched %s in the authorization policy", ErrRecordRefused, Printable(touched.String()))
	case a.Kind.OnServicePrincipal() && a.AppID != u.Required.Client:
		return fmt.Errorf("%w: to have touched the service principal of %s", ErrRecordRefused, Printable(string(a.AppID)))
	}
	return nil
}

// areSettings tells whether all entries are about what users consent to for themselves, and each is one word, as those are
// that Entra knows.
func areSettings(entries consent.ScopeSet) bool {
	return !slices.ContainsFunc(entries, func(entry consent.Scope) bool { return !consent.IsSelfPolicy(entry) || !entry.IsWord() })
}

// classifies tells whether the action is about a permission that an apply classifies.
func (u *Undo) classifies(a consent.Action) bool {
	id, known := consent.PermissionID(a.ResourceAppID, a.Permission)
	return known && id == a.PermissionID && u.Required.Scopes(a.ResourceAppID).Has(a.Permission)
}

// withoutUndone leaves out of an effect what earlier rollbacks that stopped halfway have taken back already. One that was
// carried out to its end and yet does not count could not be verified: there the tenant decides.
func withoutUndone(a consent.Action, earlier []Change) consent.Action {
	for _, rollback := range earlier {
		if rollback.Outcome == OutcomeSucceeded {
			continue
		}
		for _, recorded := range rollback.Actions {
			undone, happened := recorded.effect()
			if !happened || recorded.Status != StatusDone || undone.ResourceAppID != a.ResourceAppID || !undone.Kind.OnGrant() {
				continue
			}
			a.Before, a.After = a.Before.Without(undone.Added()), a.After.Without(undone.Removed())
		}
	}
	return a
}

// hasUndone tells whether the change, an earlier rollback that stopped halfway, has taken back an effect that is not on a
// grant. If it shows in the tenant again, that is somebody else's doing.
func (c Change) hasUndone(a consent.Action) bool {
	return c.Outcome != OutcomeSucceeded && slices.ContainsFunc(c.Actions, func(undone RecordedAction) bool {
		return undone.Status == StatusDone && takesBack(undone.performed(), a)
	})
}

// takesBack tells whether an action of a rollback sets back what another one set.
func takesBack(undone, a consent.Action) bool {
	switch a.Kind { //nolint:exhaustive // grants lose scope by scope, and a service principal is known by its id
	case consent.ClassifyPermission, consent.DeclassifyPermission:
		return undone.Kind.OnClassification() && undone.Kind != a.Kind && undone.PermissionID == a.PermissionID
	case consent.EnableServicePrincipal:
		return undone.Kind == consent.DisableServicePrincipal && undone.ServicePrincipalID == a.ServicePrincipalID
	case consent.DisableServicePrincipal:
		return undone.Kind == consent.EnableServicePrincipal && undone.ServicePrincipalID == a.ServicePrincipalID
	case consent.SetUserConsentPolicy:
		return undone.Kind == a.Kind
	}
	return false
}

func (u *Undo) undoGrant(a consent.Action, client consent.ObjectID, state consent.State) {
	resource, found := state.ServicePrincipal(a.ResourceAppID)
	if !found {
		return // and with it all grants on it
	}
	undo := consent.Action{ResourceAppID: a.ResourceAppID, ResourceID: resource.ID, ClientID: client, Before: consent.ScopeSet{}}
	grant, stands := grantOf(a, state.TenantWideGrants(client, resource.ID))
	if stands {
		undo.GrantID, undo.Before = grant.ID, grant.Scopes
	}
	undo.After = undo.Before.Without(a.Added()).With(a.Removed()...)
	switch {
	case undo.After.SameAs(undo.Before):
		return
	case !stands:
		undo.Kind = consent.CreateGrant
	case len(undo.After) == 0:
		undo.Kind = consent.DeleteGrant
		u.Deleted = append(u.Deleted, grant)
		if a.Kind == consent.UpdateGrant || len(a.Before) > 0 {
			u.notices = append(u.notices, emptyGrant())
		}
	default:
		undo.Kind = consent.UpdateGrant
	}
	u.actions = append(u.actions, undo)
}

// grantOf returns the one of the grants that an action wrote: the one of its id, or the first where the id is not known
// or was deleted.
func grantOf(a consent.Action, grants []consent.PermissionGrant) (consent.PermissionGrant, bool) {
	i := slices.IndexFunc(grants, func(g consent.PermissionGrant) bool { return g.ID == a.GrantID })
	switch {
	case i >= 0:
		return grants[i], true
	case len(grants) > 0 && (a.GrantID == "" || a.Kind == consent.DeleteGrant):
		return grants[0], true
	}
	return consent.PermissionGrant{}, false
}

func (u *Undo) undoServicePrincipal(a consent.Action, sp consent.ServicePrincipal, found bool, status Status) {
	switch {
	case a.Kind == consent.DeleteServicePrincipal && !found:
		u.actions = append(u.actions, consent.Action{Kind: consent.CreateServicePrincipal, AppID: a.AppID})
		u.notices = append(u.notices, newObject())
	case a.Kind == consent.CreateServicePrincipal && found && status == StatusDone && a.ServicePrincipalID != sp.ID:
		u.keepServicePrincipal("the one that stands now is not the one that the change created")
	case a.Kind == consent.EnableServicePrincipal && found && a.ServicePrincipalID == sp.ID && !sp.Disabled():
		u.actions = append(u.actions, consent.Action{Kind: consent.DisableServicePrincipal, AppID: a.AppID, ServicePrincipalID: sp.ID})
		u.notices = append(u.notices, signInEnds())
	case a.Kind == consent.DisableServicePrincipal && found && a.ServicePrincipalID == sp.ID && sp.Disabled():
		u.actions = append(u.actions, consent.Action{Kind: consent.EnableServicePrincipal, AppID: a.AppID, ServicePrincipalID: sp.ID})
	case a.Kind == consent.CreateServicePrincipal && found:
		u.Client = sp.ID
		u.actions = append(u.actions, consent.Action{
			Kind: consent.DeleteServicePrincipal, AppID: a.AppID, ServicePrincipalID: sp.ID,
		})
		u.notices = append(u.notices, deletionIsFinal())
	}
}

// Nothing tells whether there is nothing to take back any more.
func (u *Undo) Nothing() bool { return len(u.actions) == 0 }

// KeepServicePrincipal withdraws the deletion of the service principal because of what would be lost with it.
func (u *Undo) KeepServicePrincipal(left consent.Leftovers) {
	u.Client = ""
	u.actions = slices.DeleteFunc(u.actions, func(a consent.Action) bool { return a.Kind == consent.DeleteServicePrincipal })
	u.notices = slices.DeleteFunc(u.notices, func(n consent.Notice) bool { return n == deletionIsFinal() })
	u.keepServicePrincipal(strings.Join(left.Strings(), ", ") + " would be lost with it")
}

func (u *Undo) keepServicePrincipal(why string) {
	u.notices = append(u.notices, consent.Notice{
		Level: consent.Info, Code: "servicePrincipalKept", Message: "The service principal is kept: " + why + ".",
	})
}

// Plan returns the plan of the rollback.
func (u *Undo) Plan(tool Tool, at time.Time, state consent.State) Document {
	notices := slices.Clone(u.notices)
	if slices.ContainsFunc(u.actions, func(a consent.Action) bool { return a.Kind.OnGrant() && len(a.Removed()) > 0 }) {
		notices = append(notices, tokensOutlive())
	}
	if u.Unsettled(at) {
		notices = append(notices, notYetVisible(u.Change.ID, u.unseen))
	}
	doc := New(KindPlan, tool, at, u.Required, state)
	doc.RollsBack, doc.Actions, doc.Notices = u.Change.ID, documentActions(u.actions), documentNotices(notices)
	return doc
}
