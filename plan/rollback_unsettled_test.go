package plan_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
)

// What was written and appears only after a rollback is not lost sight of: the change stays open, and the next rollback takes
// it back. After an hour nothing is expected any more.
func TestRollback_appearsLater(t *testing.T) {
	t.Parallel()
	for name, required := range map[string]consent.Requirement{"grants": allDevices, "user consent": byUserConsent} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant(grant(graphID, "openid"), grant(exchangeID, "IMAP.AccessAsUser.All")))
			r.tenant.state.ConsentPolicies = consent.Scopes(recommended, ownedTeam)
			r.required = required
			before := r.tenant.everything()
			c := r.mustApply()
			written := r.tenant.state
			r.tenant.hideLast(c)
			r.clock.limit = time.Minute
			if _, ok := errors.AsType[*plan.NotVisibleError](r.engine().Verify(t.Context(), c)); !ok {
				t.Fatal("it is visible")
			}
			r.clock.limit = 0
			undo, err := plan.NewUndo(r.recorded(c.ID), nil, r.tenant.state, consent.Choices{})
			if err != nil || !undo.Unsettled(r.clock.now) || undo.Unsettled(r.clock.now.Add(2*time.Hour)) {
				t.Fatalf("got %v, unsettled now: %v", err, undo.Unsettled(r.clock.now))
			}
			if codes := noticeCodes(undo.Plan(testTool, r.clock.now, r.tenant.state)); !slices.Contains(codes, "notYetVisible") {
				t.Errorf("the plan does not say so: %q", codes)
			}
			if _, err := r.rollback(r.recorded(c.ID)); err != nil {
				t.Fatal(err)
			}
			if r.recorded(c.ID).RolledBack() {
				t.Error("the change counts as rolled back")
			}
			r.tenant.showLast(c, written)
			if _, err := r.rollback(r.recorded(c.ID)); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(before, r.tenant.everything()); diff != "" || !r.recorded(c.ID).RolledBack() {
				t.Errorf("rolled back: %v; the tenant (-before +after):\n%s", r.recorded(c.ID).RolledBack(), diff)
			}
		})
	}
}

// What a rollback that stopped has taken back does not show because of that, and is not waited for.
func TestRollback_continuedIsSettled(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(), &fault{call: "CreateGrant", skip: 1, err: errDenied})
	c, err := r.apply(t.Context())
	if !errors.Is(err, errDenied) {
		t.Fatalf("got %v", err)
	}
	r.tenant.faults = []*fault{{call: "DeleteServicePrincipal", err: errDenied}}
	if _, err := r.rollback(c); !errors.Is(err, errDenied) {
		t.Fatalf("got %v", err)
	}
	r.tenant.faults = nil
	if _, err := r.rollback(c); err != nil || !r.recorded(c.ID).RolledBack() {
		t.Errorf("got %v, rolled back %v", err, r.recorded(c.ID).RolledBack())
	}
}

// hideLast makes the tenant look as if the last action of the change had not happened; showLast makes it appear.
func (f *fakeTenant) hideLast(c plan.Change) {
	last := c.Actions[len(c.Actions)-1]
	if last.Kind == consent.SetUserConsentPolicy {
		f.state.ConsentPolicies = last.Before
		return
	}
	f.state.Grants = slices.Clone(f.state.Grants)
	f.state.Grants[f.find(consent.GrantID(last.Target))].Scopes = last.Before
}

func (f *fakeTenant) showLast(c plan.Change, written consent.State) {
	last := c.Actions[len(c.Actions)-1]
	if last.Kind == consent.SetUserConsentPolicy {
		f.state.ConsentPolicies = written.ConsentPolicies
		return
	}
	f.state.Grants[f.find(consent.GrantID(last.Target))].Scopes = last.After
}

func (f *fakeTenant) everything() []string {
	return append(f.settings(), f.scopes(graphID), f.scopes(exchangeID))
}
