package plan_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"

	"github.com/google/go-cmp/cmp"
)

const (
	done      = plan.StatusDone
	unchanged = plan.StatusUnchanged
	failed    = plan.StatusFailed
	started   = plan.StatusStarted
	pending   = plan.StatusPending
)

// What becomes of an apply when writes are answered oddly, or when another admin is faster. Each case tells the scopes
// that stand afterwards, the writes that were sent, and what the record says.
func TestEngine_run(t *testing.T) {
	t.Parallel()
	const mail = "EAS.AccessAsUser.All EWS.AccessAsUser.All"
	partial := func() *fakeTenant {
		return newTenant(grant(graphID, "User.Read"), grant(exchangeID, "EAS.AccessAsUser.All"))
	}
	lost := failure{unanswered: true}
	tests := map[string]struct {
		tenant   *fakeTenant
		faults   []*fault
		writes   []string
		exchange string
		statuses []plan.Status
		err      error // nil, or one that errors.Is finds, or of whose type errors.As finds one
	}{
		"fresh": {
			newTenant(), nil, []string{"CreateServicePrincipal", "CreateGrant", "CreateGrant"}, mail, []plan.Status{done, done, done}, nil,
		},
		"partial": {partial(), nil, []string{"UpdateGrant"}, mail, []plan.Status{done}, nil},

		"the answer to a creation is lost, it happened": {
			newTenant(),
			[]*fault{{call: "CreateServicePrincipal", executed: true, err: lost}},
			[]string{"CreateServicePrincipal", "CreateGrant", "CreateGrant"},
			mail,
			[]plan.Status{done, done, done},
			nil,
		},
		"the answer to a creation is lost, it did not happen": {
			newTenant(),
			[]*fault{{call: "CreateServicePrincipal", err: lost}},
			[]string{"CreateServicePrincipal", "CreateServicePrincipal", "CreateGrant", "CreateGrant"},
			mail,
			[]plan.Status{done, done, done},
			nil,
		},
		"the answer to a new grant is lost, it happened": {
			newTenant(),
			[]*fault{{call: "CreateGrant", skip: 1, executed: true, err: lost}},
			[]string{"CreateServicePrincipal", "CreateGrant", "CreateGrant"},
			mail,
			[]plan.Status{done, done, done},
			nil,
		},
		"the answer to an update is lost, it happened": {
			partial(), []*fault{{call: "UpdateGrant", executed: true, err: lost}}, []string{"UpdateGrant"}, mail, []plan.Status{done}, nil,
		},
		"the answer to an update is lost, it did not happen": {
			partial(), []*fault{{call: "UpdateGrant", err: lost}}, []string{"UpdateGrant", "UpdateGrant"}, mail, []plan.Status{done}, nil,
		},
		"answers are lost again and again": {
			partial(),
			[]*fault{{call: "UpdateGrant", err: lost}, {call: "UpdateGrant", err: lost}, {call: "UpdateGrant", err: lost}},
			[]string{"UpdateGrant", "UpdateGrant", "UpdateGrant"},
			"EAS.AccessAsUser.All",
			[]plan.Status{started},
			lost,
		},
		"an answer is lost, and then nothing can be read": {
			partial(),
			[]*fault{{call: "UpdateGrant", executed: true, err: lost}, {call: "Read", err: errDenied}},
			[]string{"UpdateGrant"},
			mail,
			[]plan.Status{started},
			lost,
		},

		"refused": {
			newTenant(),
			[]*fault{{call: "CreateGrant", err: errDenied}},
			[]string{"CreateServicePrincipal", "CreateGrant"},
			"none",
			[]plan.Status{done, failed, pending},
			errDenied,
		},
		"the new service principal is not visible for a while": {
			hiding(newTenant(), 7), nil,
			[]string{
				"CreateServicePrincipal", "CreateGrant", "CreateGrant", "CreateGrant", "CreateGrant", "CreateGrant", "CreateGrant", "CreateGrant",
				"CreateGrant", "CreateGrant",
			},
			mail,
			[]plan.Status{done, done, done},
			nil,
		},
		"Graph says not found although it wrote": {
			newTenant(),
			[]*fault{{call: "CreateGrant", executed: true, err: failure{absent: true}}},
			[]string{"CreateServicePrincipal", "CreateGrant", "CreateGrant"},
			mail,
			[]plan.Status{done, done, done},
			nil,
		},
		"something stays invisible for a while although nothing is new": {
			newTenant(grant(graphID, "User.Read")),
			[]*fault{
				{call: "CreateGrant", err: failure{absent: true}},
				{call: "CreateGrant", err: failure{absent: true}},
				{call: "CreateGrant", err: failure{absent: true}},
				{call: "CreateGrant", err: failure{absent: true}},
				{call: "CreateGrant", err: failure{absent: true}},
			},
			[]string{"CreateGrant", "CreateGrant", "CreateGrant", "CreateGrant", "CreateGrant", "CreateGrant"},
			mail,
			[]plan.Status{done},
			nil,
		},

		"somebody else creates the service principal first": {
			newTenant(),
			[]*fault{{call: "CreateServicePrincipal", meddle: func(f *fakeTenant) { f.addClient(clientID) }}},
			[]string{"CreateServicePrincipal", "CreateGrant", "CreateGrant"},
			mail,
			[]plan.Status{unchanged, done, done},
			nil,
		},
		"somebody else creates the same grant first": {
			newTenant(grant(graphID, "User.Read")),
			[]*fault{{call: "CreateGrant", meddle: meddle(exchangeID, mail)}},
			[]string{"CreateGrant"},
			mail,
			[]plan.Status{unchanged},
			nil,
		},
		"somebody else creates another grant first: merge": {
			newTenant(grant(graphID, "User.Read")),
			[]*fault{{call: "CreateGrant", meddle: meddle(exchangeID, "Mail.Send EWS.AccessAsUser.All")}},
			[]string{"CreateGrant", "UpdateGrant"},
			"Mail.Send EWS.AccessAsUser.All EAS.AccessAsUser.All",
			[]plan.Status{done},
			nil,
		},
		"an answer is lost, and somebody else's grant stands: merge": {
			newTenant(grant(graphID, "User.Read")),
			[]*fault{{call: "CreateGrant", err: lost, meddle: meddle(exchangeID, "Mail.Send")}},
			[]string{"CreateGrant", "UpdateGrant"},
			"Mail.Send " + mail,
			[]plan.Status{done},
			nil,
		},
		"what exists never becomes visible": {
			newTenant(grant(graphID, "User.Read")),
			[]*fault{{call: "CreateGrant", err: failure{exists: true}}},
			[]string{"CreateGrant"},
			"none",
			[]plan.Status{failed},
			failure{exists: true},
		},

		"somebody else grants more before the update: stop": {
			partial(),
			[]*fault{{call: "Grant", meddle: replace(exchangeID, "EAS.AccessAsUser.All Mail.Send")}},
			nil, "EAS.AccessAsUser.All Mail.Send",
			[]plan.Status{failed},
			&plan.DriftError{},
		},
		"somebody else revokes before the update: stop": {
			partial(), []*fault{{call: "Grant", meddle: replace(exchangeID, "")}}, nil, "", []plan.Status{failed}, &plan.DriftError{},
		},
		"somebody else deletes the grant before the update: stop": {
			partial(), []*fault{{call: "Grant", meddle: remove(exchangeID)}}, nil, "none", []plan.Status{failed}, &plan.DriftError{},
		},
		"somebody else does the same update first": {
			partial(), []*fault{{call: "Grant", meddle: replace(exchangeID, mail)}}, nil, mail, []plan.Status{unchanged}, nil,
		},
		"the grant vanishes between look and update: stop": {
			partial(), []*fault{{call: "UpdateGrant", meddle: remove(exchangeID)}}, []string{"UpdateGrant"}, "none", []plan.Status{failed}, &plan.DriftError{},
		},
		"the client's service principal is deleted meanwhile: stop": {
			newTenant(grant(graphID, "User.Read")),
			[]*fault{{call: "CreateGrant", meddle: func(f *fakeTenant) {
				f.state.ServicePrincipals, f.state.Grants = f.state.ServicePrincipals[:2], nil
			}}},
			[]string{"CreateGrant"},
			"none",
			[]plan.Status{failed},
			&plan.DriftError{},
		},
		"the grant cannot be looked at: nothing is sent": {
			partial(), []*fault{{call: "Grant", err: errDenied}}, nil, "EAS.AccessAsUser.All", []plan.Status{failed}, errDenied,
		},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, test.tenant, test.faults...)
			c, err := r.apply(t.Context())
			checkError(t, test.err, err)
			if diff := cmp.Diff(test.writes, r.tenant.writes()); diff != "" {
				t.Errorf("writes (-want +got):\n%s", diff)
			}
			if got := r.tenant.scopes(exchangeID); got != test.exchange {
				t.Errorf("Exchange Online holds %q, want %q", got, test.exchange)
			}
			if diff := cmp.Diff(test.statuses, statuses(c)); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(c, r.recorded(c.ID), cmp.AllowUnexported(plan.Action{}), cmp.Comparer(sameJSON)); diff != "" {
				t.Errorf("the record on disk is another one (-returned +on disk):\n%s", diff)
			}
		})
	}
}

// sameJSON compares actions by what is written of them.
func sameJSON(a, b plan.Action) bool {
	ja, errA := json.Marshal(a)
	jb, errB := json.Marshal(b)
	return errA == nil && errB == nil && string(ja) == string(jb)
}

func checkError(t *testing.T, want, got error) {
	t.Helper()
	incomplete, isIncomplete := errors.AsType[*plan.IncompleteError](got)
	_, isDrift := errors.AsType[*plan.DriftError](got)
	_, wantsDrift := want.(*plan.DriftError) //nolint:errorlint // the table names the type
	switch {
	case want == nil && got != nil:
		t.Fatalf("got error %v, want none", got)
	case want == nil:
		return
	case !isIncomplete:
		t.Fatalf("got error %v, want an incomplete change", got)
	case incomplete.Change.Outcome != plan.OutcomeFailed:
		t.Errorf("got outcome %s, want failed", incomplete.Change.Outcome)
	case wantsDrift != isDrift, !wantsDrift && !errors.Is(got, want):
		t.Errorf("got error %v, want %T %v", got, want, want)
	}
}

func hiding(f *fakeTenant, tries int) *fakeTenant {
	f.hidden = tries
	return f
}

func meddle(resource consent.ObjectID, scope string) func(*fakeTenant) {
	return func(f *fakeTenant) { f.state.Grants = append(f.state.Grants, grant(resource, scope)) }
}

func remove(resource consent.ObjectID) func(*fakeTenant) {
	return func(f *fakeTenant) {
		i := f.find(grantID(clientID, resource))
		f.state.Grants = append(f.state.Grants[:i:i], f.state.Grants[i+1:]...)
	}
}

func replace(resource consent.ObjectID, scope string) func(*fakeTenant) {
	return func(f *fakeTenant) {
		f.state.Grants[f.find(grantID(clientID, resource))].Scopes = consent.ParseScopes(scope)
	}
}

// The results tell what stands because of us, also where somebody else was faster.
func TestEngine_results(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant(grant(graphID, "User.Read")), &fault{call: "CreateGrant", meddle: meddle(exchangeID, "Mail.Send EAS.AccessAsUser.All")})
	c := r.mustApply()
	want := &plan.Result{
		Target: string(grantID(clientID, exchangeID)), Before: consent.Scopes("Mail.Send", consent.EAS), After: consent.Scopes("Mail.Send", consent.EAS, consent.EWS),
	}
	if diff := cmp.Diff(want, c.Actions[0].Result); diff != "" {
		t.Errorf("result (-want +got):\n%s", diff)
	}
}

// The record is on disk before each write, and says started while the write is under way.
func TestEngine_writeAhead(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	var seen [][]plan.Status
	look := func(*fakeTenant) {
		changes, _, err := r.journal.List()
		if err != nil || len(changes) != 1 || changes[0].Outcome != plan.OutcomeRunning {
			t.Errorf("during a write the journal has %v, %v; want one running change", changes, err)
			return
		}
		seen = append(seen, statuses(changes[0]))
	}
	r.tenant.faults = []*fault{
		{call: "CreateServicePrincipal", meddle: look}, {call: "CreateGrant", meddle: look}, {call: "CreateGrant", meddle: look},
	}
	c := r.mustApply()
	want := [][]plan.Status{{started, pending, pending}, {done, started, pending}, {done, done, started}}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("statuses on disk during the writes (-want +got):\n%s", diff)
	}
	if end := r.recorded(c.ID); end.Outcome != plan.OutcomeSucceeded || end.FinishedAt == nil {
		t.Errorf("afterwards the record says %s, finished %v", end.Outcome, end.FinishedAt)
	}
	info, err := os.Stat(r.journal.File(tenantID, c.ID))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the record has mode %v, %v; want 0600", info.Mode(), err)
	}
}

// Without a record there is no write.
func TestEngine_noRecordNoWrite(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	if err := os.WriteFile(filepath.Join(r.dir, "changes"), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := r.apply(t.Context())
	if _, ok := errors.AsType[*plan.RecordError](err); !ok {
		t.Errorf("got error %v, want a RecordError", err)
	}
	if len(r.tenant.writes()) > 0 {
		t.Errorf("writes %v were sent", r.tenant.writes())
	}
}

// If the record cannot be kept any more, the next write is not sent, and the last one is not forgotten.
func TestEngine_recordIsLostMeanwhile(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	changes := filepath.Join(r.dir, "changes")
	r.tenant.faults = []*fault{{call: "CreateServicePrincipal", meddle: func(*fakeTenant) {
		if err := os.RemoveAll(changes); err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(changes, nil, 0o600); err != nil {
			t.Error(err)
		}
	}}}
	c, err := r.apply(t.Context())
	_, isRecord := errors.AsType[*plan.RecordError](err)
	if _, isIncomplete := errors.AsType[*plan.IncompleteError](err); !isRecord || !isIncomplete {
		t.Errorf("got error %v, want an incomplete change because of its record", err)
	}
	if diff := cmp.Diff([]plan.Status{done, pending, pending}, statuses(c)); diff != "" {
		t.Errorf("statuses (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"CreateServicePrincipal"}, r.tenant.writes()); diff != "" {
		t.Errorf("writes (-want +got):\n%s", diff)
	}
}

// An interrupt lets the write in flight end and starts no other.
func TestEngine_interrupted(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		fault    *fault
		statuses []plan.Status
	}{
		"during a write that is answered":        {&fault{call: "CreateGrant"}, []plan.Status{done, done, pending}},
		"during a write whose answer is lost":    {&fault{call: "CreateGrant", executed: true, err: failure{unanswered: true}}, []plan.Status{done, done, pending}},
		"during a write that did not happen":     {&fault{call: "CreateGrant", err: failure{unanswered: true}}, []plan.Status{done, started, pending}},
		"while the service principal is awaited": {&fault{call: "CreateGrant", err: failure{absent: true}}, []plan.Status{done, started, pending}},
		"before the first write":                 {nil, []plan.Status{pending, pending, pending}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			r := newRig(t, newTenant())
			if test.fault == nil {
				cancel()
			} else {
				test.fault.meddle = func(*fakeTenant) { cancel() }
				r.tenant.faults = []*fault{test.fault}
			}
			c, err := r.apply(ctx)
			if !errors.Is(err, context.Canceled) {
				t.Errorf("got error %v, want context.Canceled", err)
			}
			if diff := cmp.Diff(test.statuses, statuses(c)); diff != "" {
				t.Errorf("statuses (-want +got):\n%s", diff)
			}
			if end := r.recorded(c.ID); end.Outcome != plan.OutcomeInterrupted || end.FinishedAt == nil {
				t.Errorf("the record says %s, finished %v; want interrupted", end.Outcome, end.FinishedAt)
			}
		})
	}
}

// Whatever stopped an apply, a second one converges.
func TestEngine_applyAgain(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"CreateServicePrincipal", "CreateGrant"} {
		for skip := range 2 {
			r := newRig(t, newTenant(), &fault{call: call, skip: skip, executed: skip == 1, err: errDenied})
			_, _ = r.apply(t.Context()) // stops somewhere
			if doc := r.planApply(); len(doc.Actions) > 0 {
				if _, err := r.apply(t.Context()); err != nil {
					t.Errorf("%s %d: the second apply: %v", call, skip, err)
				}
			}
			if doc := r.planApply(); !doc.Satisfied {
				t.Errorf("%s %d: not satisfied after the second apply", call, skip)
			}
		}
	}
}

func TestEngine_verify(t *testing.T) {
	t.Parallel()
	t.Run("waits until the change shows", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, newTenant())
		c := r.mustApply()
		shown := r.tenant.state
		r.tenant.state = newTenant().state
		r.tenant.faults = []*fault{{call: "Read", skip: 3, meddle: func(f *fakeTenant) { f.state = shown }}}
		if err := r.engine().Verify(t.Context(), c); err != nil {
			t.Errorf("got error %v", err)
		}
		if r.clock.slept != 7*time.Second {
			t.Errorf("waited %s, want 1 s + 2 s + 4 s", r.clock.slept)
		}
	})
	t.Run("a replica that knows nothing yet is no end", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, newTenant(), &fault{call: "Read", err: failure{absent: true}})
		c := r.mustApply()
		if err := r.engine().Verify(t.Context(), c); err != nil || r.clock.slept != time.Second {
			t.Errorf("got error %v after %s", err, r.clock.slept)
		}
	})
	t.Run("gives up when time is up", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, newTenant())
		c := r.mustApply()
		r.tenant.state = newTenant().state
		r.clock.limit = time.Hour
		err := r.engine().Verify(t.Context(), c)
		unseen, ok := errors.AsType[*plan.NotVisibleError](err)
		if !ok || len(unseen.Hidden) != 3 {
			t.Errorf("got error %v, want three actions that are not visible", err)
		}
	})
	t.Run("an interrupt is no failure to see", func(t *testing.T) {
		t.Parallel()
		r := newRig(t, newTenant())
		c := r.mustApply()
		r.tenant.state = newTenant().state
		ctx, cancel := context.WithCancel(t.Context())
		r.tenant.faults = []*fault{{call: "Read", meddle: func(*fakeTenant) { cancel() }}}
		if err := r.engine().Verify(ctx, c); !errors.Is(err, context.Canceled) {
			t.Errorf("got error %v, want context.Canceled", err)
		}
	})
}
