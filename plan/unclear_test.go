package plan_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appleconsent/consent"
	"appleconsent/plan"
)

// A try whose answer was lost may have happened: whatever comes after it, the record must not say that it failed, and what
// shows later is ours.
func TestEngine_afterALostAnswer(t *testing.T) {
	t.Parallel()
	const mail = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	lost := failure{unanswered: true}
	update := func() *fakeTenant {
		return newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All"))
	}
	create := func() *fakeTenant { return newTenant(grant(graphID, "User.Read")) }
	for name, test := range map[string]struct {
		tenant *fakeTenant
		faults []*fault
		writes []string
		status plan.Status
		err    error
	}{
		"it is refused when it is sent again": {
			update(),
			[]*fault{{call: "UpdateGrant", err: lost}, {call: "UpdateGrant", err: errDenied}},
			[]string{"UpdateGrant", "UpdateGrant"},
			started, errDenied,
		},
		"the grant cannot be looked at again": {
			update(),
			[]*fault{{call: "UpdateGrant", err: lost}, {call: "Grant", skip: 1, err: errDenied}},
			[]string{"UpdateGrant"},
			started, errDenied,
		},
		"the grant is another one when it is looked at again": {
			update(),
			[]*fault{{call: "UpdateGrant", err: lost}, {call: "Grant", skip: 1, meddle: replace(exchangeID, "Mail.Send")}},
			[]string{"UpdateGrant"},
			started, &plan.DriftError{},
		},
		"it shows when it is looked at again": {
			update(),
			[]*fault{{call: "UpdateGrant", err: lost}, {call: "Grant", skip: 1, meddle: replace(exchangeID, mail)}},
			[]string{"UpdateGrant"},
			done, nil,
		},
		"it exists when it is sent again": {
			create(),
			[]*fault{{call: "CreateGrant", err: lost}, {call: "CreateGrant", meddle: meddle(exchangeID, mail)}},
			[]string{"CreateGrant", "CreateGrant"},
			done, nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, test.tenant, test.faults...)
			c, err := r.apply(t.Context())
			checkError(t, test.err, err)
			if diff := cmp.Diff([]plan.Status{test.status}, statuses(c)); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(test.writes, r.tenant.writes()); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
		})
	}
}

// Taking back what was created although its answer was lost takes all of it back.
func TestRollback_ofALostAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(grant(graphID, "User.Read")), &fault{call: "CreateGrant", executed: true, err: failure{unanswered: true}})
	c := r.mustApply()
	if _, err := r.rollback(c); err != nil {
		t.Fatal(err)
	}
	if got := r.tenant.scopes(exchangeID); got != "none" {
		t.Errorf("Exchange Online holds %q, want no grant", got)
	}
}

// A deletion whose answer was lost and that is answered with 404 when it is sent again is ours.
func TestRollback_lostDeletion(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	r.tenant.faults = []*fault{
		{call: "DeleteGrant", err: failure{unanswered: true}},
		{call: "DeleteGrant", meddle: func(f *fakeTenant) { f.state.Grants = f.state.Grants[:1] }},
	}
	back, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]plan.Status{done, done, done}, statuses(back)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// A service principal whose creation was not answered is new all the same: grants on it are refused for a while.
func TestEngine_lostServicePrincipalIsNew(t *testing.T) {
	t.Parallel()
	r := newRig(t, hiding(newTenant(), 7), &fault{call: "CreateServicePrincipal", executed: true, err: failure{unanswered: true}})
	c := r.mustApply()
	if diff := cmp.Diff([]plan.Status{done, done, done}, statuses(c)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}

// Retry-After on the answer to a write is honoured: it is not sent again before.
func TestEngine_retryAfter(t *testing.T) {
	t.Parallel()
	for name, f := range map[string]failure{
		"lost":   {unanswered: true, retryAfter: 40 * time.Second},
		"absent": {absent: true, retryAfter: 40 * time.Second},
	} {
		r := newRig(t, newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All")), &fault{call: "UpdateGrant", err: f})
		if _, err := r.apply(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if r.clock.slept < 40*time.Second {
			t.Errorf("%s: sent again after %s, want 40 s at the least", name, r.clock.slept)
		}
	}
}

// A grant on a service principal that stays invisible is tried until the time is up, also by the run after the one that
// created it. Whether a 404 wrote is not known then.
func TestEngine_invisibleUntilTheTimeIsUp(t *testing.T) {
	t.Parallel()
	r := newRig(t, hiding(newTenant(grant(graphID, "User.Read")), 1000))
	r.clock.limit = 3 * time.Minute
	c, err := r.apply(t.Context())
	checkError(t, context.DeadlineExceeded, err)
	if diff := cmp.Diff([]plan.Status{started}, statuses(c)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if n := len(r.tenant.writes()); n < 10 || n > 20 {
		t.Errorf("%d tries in three minutes", n)
	}
}

// As long as the tenant shows the grants that a rollback deleted, the service principal is kept: they may be there again.
func TestRollback_waitsForItsDeletions(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	r.clock.limit = 3 * time.Minute
	back := func(f *fakeTenant) {
		f.state.Grants = append(f.state.Grants, grant(exchangeID, "EAS.AccessAsUser.All EWS.AccessAsUser.All"))
	}
	r.tenant.faults = []*fault{{call: "Leftovers", skip: 1, meddle: back}}
	change, err := r.rollback(c)
	checkError(t, context.DeadlineExceeded, err)
	if diff := cmp.Diff([]plan.Status{started, done, failed}, statuses(change)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"DeleteGrant", "DeleteGrant"}, r.tenant.writes()[3:]); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
	r.clock.limit = 0
	if _, err := r.rollback(c); err != nil {
		t.Fatal(err)
	}
	if _, stands := r.tenant.state.ServicePrincipal(consent.AppleInternetAccounts); stands {
		t.Error("the second rollback leaves the service principal")
	}
}

// What was written and did not show in time is in the record.
func TestEngine_recordsWhatDidNotShow(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(grant(graphID, "User.Read")))
	c := r.mustApply()
	r.clock.limit = time.Minute
	remove(exchangeID)(r.tenant)
	var unseen *plan.NotVisibleError
	if err := r.engine().Verify(t.Context(), c); !errors.As(err, &unseen) {
		t.Fatalf("got error %v", err)
	}
	if a := r.recorded(c.ID).Actions[0]; a.Status != done || a.Error != "not visible before the timeout" {
		t.Errorf("the record says %s, %q", a.Status, a.Error)
	}
}
