package plan_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"appleconsent/plan"
)

// watchedContext calls a function whenever it is asked for its error.
type watchedContext struct {
	context.Context
	asked func()
}

func (c watchedContext) Err() error {
	c.asked()
	return c.Context.Err()
}

// The record tells what became of an action before anything else is begun.
func TestEngine_recordsAfterEachAction(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	var seen [][]plan.Status
	ctx := watchedContext{t.Context(), func() {
		if changes, _, err := r.journal.List(); err == nil && len(changes) == 1 {
			seen = append(seen, statuses(changes[0]))
		}
	}}
	if _, err := r.apply(ctx); err != nil {
		t.Fatal(err)
	}
	want := [][]plan.Status{{pending, pending, pending}, {done, pending, pending}, {done, done, pending}}
	if diff := cmp.Diff(want, seen); diff != "" {
		t.Errorf("statuses on disk between the actions (-want +got):\n%s", diff)
	}
}

// Without its first record a change has not begun at all.
func TestEngine_noRecordIsNoBeginning(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	if err := os.WriteFile(filepath.Join(r.dir, "changes"), []byte("in the way"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := r.apply(t.Context())
	if _, begun := errors.AsType[*plan.IncompleteError](err); err == nil || begun {
		t.Errorf("got error %v, want one of a change that was not begun", err)
	}
}

// A record is replaced whole, never written over: whoever has it open still sees the one before.
func TestJournal_replacesWhole(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.record(1, nil)
	old := filepath.Join(r.dir, "old.json")
	if err := os.Link(r.journal.File(tenantID, c.ID), old); err != nil {
		t.Fatal(err)
	}
	before := encode(t, c)
	c.Outcome = plan.OutcomeFailed
	if err := r.journal.Save(c); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(old); err != nil || string(got) != before {
		t.Errorf("the old record was written over: %v\n%s", err, got)
	}
}

// A crash during the first write of a change may have written.
func TestJournal_standingAfterACrash(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	want := r.record(1, func(c *plan.Change) {
		c.Outcome = plan.OutcomeRunning
		for i := range c.Actions {
			c.Actions[i].Status, c.Actions[i].Result = pending, nil
		}
		c.Actions[0].Status = started
	})
	if got, err := r.records().Standing(); err != nil || len(got) != 1 || got[0].ID != want.ID {
		t.Errorf("got %v, %v; want %s", got, err, want.ID)
	}
}

// The record says who, why and what, as it was told.
func TestBegin(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := plan.Begin(r.planApply(), plan.Beginning{ID: "20261123T200000Z-3f9a1c", Operation: plan.OperationApply, Operator: "admin", Reason: "CHG-1042", At: r.clock.now})
	if c.Operator != "admin" || c.Reason != "CHG-1042" || c.Operation != plan.OperationApply || !c.StartedAt.Equal(r.clock.now) || c.Outcome != plan.OutcomeRunning {
		t.Errorf("got %+v", c)
	}
}

// More rows for TestJournal_load: a record that contradicts itself is damaged.
func TestDecodeChange_contradictions(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	good := r.record(1, nil)
	for name, test := range map[string]struct {
		doctor func(*plan.Change)
		want   string
	}{
		"a plan's kind":            {func(c *plan.Change) { c.Kind = plan.KindPlan }, "it is a plan, not a change"},
		"an unknown operation":     {func(c *plan.Change) { c.Operation = "grant" }, `unknown operation "grant"`},
		"an apply that rolls back": {func(c *plan.Change) { c.RollsBack = &good.ID }, "rollsBack does not go with the operation"},
		"a rollback of nothing":    {func(c *plan.Change) { c.Operation = plan.OperationRollback }, "rollsBack does not go with the operation"},
		"a rollback of itself": {func(c *plan.Change) {
			c.Operation, c.RollsBack = plan.OperationRollback, &c.ID
		}, "rollsBack does not go with the operation"},
		"no beginning":                     {func(c *plan.Change) { c.StartedAt = time.Time{} }, "startedAt"},
		"a beginning in another time zone": {func(c *plan.Change) { c.StartedAt = c.StartedAt.In(time.FixedZone("", 7200)) }, "not in UTC"},
		"an end in another time zone":      {func(c *plan.Change) { c.FinishedAt = new(c.StartedAt.In(time.FixedZone("", 7200))) }, "not in UTC"},
		"another cloud":                    {func(c *plan.Change) { c.Tenant.Cloud = "moon" }, `unknown cloud "moon"`},
		"no actions":                       {func(c *plan.Change) { c.Actions = nil }, "it has no actions"},
		"half a requirement":               {func(c *plan.Change) { c.Requirement.Also = nil }, "its requirement"},
		"something created that has no id": {func(c *plan.Change) { c.Actions[0].Result = &plan.Result{} }, "does not name what was created"},
		"an action done without a result":  {func(c *plan.Change) { c.Actions[0].Result = nil }, "it is done and has no result"},
		"more actions than a change can do": {func(c *plan.Change) {
			for len(c.Actions) <= 100 {
				c.Actions = append(c.Actions, c.Actions[0])
			}
		}, "at the most"},
	} {
		c := good
		c.Actions = append([]plan.RecordedAction{}, good.Actions...)
		test.doctor(&c)
		if _, err := plan.DecodeChange([]byte(encode(t, c))); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got error %v, want one that says %q", name, err, test.want)
		}
	}
}
