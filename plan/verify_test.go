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

// An empty state shows every deletion: if the tenant cannot be read, nothing is verified.
func TestEngine_verifyNeedsAnAnswer(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	back, err := r.rollback(c)
	if err != nil {
		t.Fatal(err)
	}
	r.tenant.faults = []*fault{
		{call: "Read", err: errDenied}, {call: "Grant", err: errDenied}, {call: "Grant", err: errDenied}, {call: "ServicePrincipalByID", err: errDenied},
	}
	if err := r.engine().Verify(t.Context(), back); !errors.Is(err, errDenied) {
		t.Errorf("got error %v, want the one of the read", err)
	}
}

// Lists that cannot be read do not keep from verifying what ids show.
func TestEngine_verifyByID(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.mustApply()
	for range 50 {
		r.tenant.faults = append(r.tenant.faults, &fault{call: "Read", err: errDenied})
	}
	if err := r.engine().Verify(t.Context(), c); err != nil || r.lagging != 1 {
		t.Errorf("got error %v, and heard %d times of lists", err, r.lagging)
	}
}

// A write that replaces or deletes something and was refused for now is sent again after another look: what somebody else did
// meanwhile is not lost.
func TestEngine_againAfterALook(t *testing.T) {
	t.Parallel()
	const mail = "EAS.AccessAsUser.All IMAP.AccessAsUser.All"
	tenant := func() *fakeTenant {
		return newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All"))
	}
	again := failure{again: time.Second, times: 1000}
	for name, test := range map[string]struct {
		faults []*fault
		writes int
		drift  bool
		slept  time.Duration
	}{
		"once":                       {[]*fault{{call: "UpdateGrant", err: again}}, 2, false, time.Second},
		"thrice":                     {[]*fault{{call: "UpdateGrant", err: again}, {call: "UpdateGrant", err: again}, {call: "UpdateGrant", err: again}}, 4, false, 7 * time.Second},
		"with a fresh token":         {[]*fault{{call: "UpdateGrant", err: failure{times: 1}}}, 2, false, 0},
		"somebody adds a scope":      {[]*fault{{call: "UpdateGrant", err: again, meddle: replace(exchangeID, mail)}}, 1, true, time.Second},
		"somebody adds, fresh token": {[]*fault{{call: "UpdateGrant", err: failure{times: 1}, meddle: replace(exchangeID, mail)}}, 1, true, 0},
		"refused with a fresh token": {[]*fault{{call: "UpdateGrant", err: failure{times: 1}}, {call: "UpdateGrant", err: errDenied}}, 2, false, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, tenant(), test.faults...)
			_, err := r.apply(t.Context())
			if _, drift := errors.AsType[*plan.DriftError](err); drift != test.drift || len(r.tenant.writes()) != test.writes || r.clock.slept != test.slept {
				t.Errorf("got error %v after %d writes and %s", err, len(r.tenant.writes()), r.clock.slept)
			}
			if test.drift && r.tenant.scopes(exchangeID) != mail {
				t.Errorf("Exchange Online holds %s", r.tenant.scopes(exchangeID))
			}
		})
	}
}

// Only what was carried out must show.
func TestEngine_verifyOnlyWhatIsDone(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.begin(r.planApply(), plan.OperationApply)
	r.clock.limit = time.Minute
	if err := r.engine().Verify(t.Context(), c); err != nil {
		t.Errorf("nothing was done, and yet: %v", err)
	}
}

// What its id shows is verified. Lists that leave it out are waited for, but not for ever.
func TestEngine_listsLag(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		unlisted int           // looks at lists that leave all grants out
		limit    time.Duration // of the command
		lagging  int
	}{
		"for three looks":               {unlisted: 3},
		"for ever":                      {unlisted: 1000, lagging: 1},
		"for longer than there is time": {unlisted: 1000, limit: 5 * time.Second, lagging: 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant())
			c := r.mustApply()
			r.tenant.unlisted, r.clock.limit, r.tenant.calls = test.unlisted, test.limit, nil
			if err := r.engine().Verify(t.Context(), c); err != nil {
				t.Fatal(err)
			}
			if r.lagging != test.lagging || r.clock.slept > 40*time.Second {
				t.Errorf("heard %d times of lists that lag, after %s", r.lagging, r.clock.slept)
			}
			byID := slices.DeleteFunc(r.tenant.calls, func(call string) bool { return call != "Grant" })
			if len(byID) != 2 {
				t.Errorf("asked %d times for two grants by their ids", len(byID))
			}
		})
	}
}

// A grant that lists leave out although it stands is found by its id when Graph says that it exists: it is not sent for ever.
func TestEngine_existsUnlisted(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All")))
	doc := r.planWithout(exchangeID)
	r.tenant.unlisted = 1000
	c, err := r.engine().Run(t.Context(), r.begin(doc, plan.OperationApply))
	if err != nil {
		t.Fatal(err)
	}
	if got := r.tenant.scopes(exchangeID); got != "EAS.AccessAsUser.All EWS.AccessAsUser.All" || r.clock.slept > 0 {
		t.Errorf("Exchange Online holds %q after %s", got, r.clock.slept)
	}
	if got := r.recorded(c.ID).Actions[0].Performed(); got.Added().String() != "EWS.AccessAsUser.All" {
		t.Errorf("the record claims %s", got.Added())
	}
}

// A conflict says neither that it happened nor that somebody else did it: who sent it looks, and claims nothing that it finds.
func TestEngine_conflict(t *testing.T) {
	t.Parallel()
	const mail = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	conflict := failure{conflicts: true}
	tenant := func() *fakeTenant {
		return newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All"))
	}
	for name, test := range map[string]struct {
		faults []*fault
		writes int
		status plan.Status
	}{
		"once":                      {[]*fault{{call: "UpdateGrant", err: conflict}}, 2, done},
		"somebody was faster":       {[]*fault{{call: "UpdateGrant", err: conflict, meddle: replace(exchangeID, mail)}}, 1, unchanged},
		"with words that it exists": {[]*fault{{call: "UpdateGrant", err: failure{exists: true}}}, 2, done},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, tenant(), test.faults...)
			c := r.mustApply()
			if diff := cmp.Diff([]plan.Status{test.status}, statuses(c)); diff != "" || len(r.tenant.writes()) != test.writes {
				t.Errorf("%d writes, statuses (-want +got):\n%s", len(r.tenant.writes()), diff)
			}
			if r.clock.slept > 10*time.Second {
				t.Errorf("it took %s", r.clock.slept)
			}
		})
	}
}

// A name that is taken for good is not waited for; one that may yet show is.
func TestEngine_nameIsTaken(t *testing.T) {
	t.Parallel()
	taken := func() *fault { return &fault{call: "CreateServicePrincipal", err: failure{exists: true}} }
	r := newRig(t, newTenant(), taken())
	r.tenant.holder = consent.NameHolder{ID: "c1000000-0000-4000-8000-000000000009", DisplayName: "Apple Internet Accounts", Deleted: true}
	c, err := r.apply(t.Context())
	if held, ok := errors.AsType[*plan.TakenError](err); !ok || !held.Holder.Deleted || r.clock.slept != time.Second {
		t.Errorf("got error %v after %s", err, r.clock.slept)
	}
	if diff := cmp.Diff([]plan.Status{failed, plan.StatusPending, plan.StatusPending}, statuses(c)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	r = newRig(t, newTenant(), taken())
	r.tenant.faults = append(r.tenant.faults, &fault{call: "Read", skip: 3, meddle: func(f *fakeTenant) { f.addClient(clientID) }})
	if _, err := r.apply(t.Context()); err != nil {
		t.Error(err)
	}
}

// What this run created and what is not visible before the time is up is no failure like others.
func TestEngine_createdButNotVisible(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(), &fault{call: "CreateGrant", err: failure{absent: true}}, &fault{call: "Read", err: failure{absent: true}})
	c, err := r.apply(t.Context())
	if _, ok := errors.AsType[*plan.NotYetError](err); !ok {
		t.Errorf("got error %v", err)
	}
	if diff := cmp.Diff([]plan.Status{done, started, plan.StatusPending}, statuses(c)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
}
