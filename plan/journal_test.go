package plan_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"appleconsent/plan"
)

// record writes a finished apply of the tenant at the given second.
func (r *rig) record(second int, change func(*plan.Change)) plan.Change {
	r.t.Helper()
	r.clock.now = time.Date(2026, 11, 23, 20, 0, second, 0, time.UTC)
	c := r.begin(r.planApply(), plan.OperationApply)
	c.Outcome = plan.OutcomeSucceeded
	for i := range c.Actions {
		c.Actions[i].Status, c.Actions[i].Result = done, &plan.Result{Target: "g"}
	}
	if change != nil {
		change(&c)
	}
	if err := r.journal.Save(c); err != nil {
		r.t.Fatal(err)
	}
	return c
}

func TestJournal_standing(t *testing.T) {
	t.Parallel()
	by := "20261123T210000Z-000000"
	r := newRig(t, newTenant())
	if _, err := r.records().Standing(); !errors.Is(err, plan.ErrNoChange) {
		t.Fatalf("in an empty journal: got error %v, want ErrNoChange", err)
	}
	want := r.record(1, nil)
	r.record(2, func(c *plan.Change) { c.RolledBackBy = &by })
	r.record(3, func(c *plan.Change) { c.Operation, c.RollsBack = plan.OperationRollback, &want.ID })
	r.record(4, func(c *plan.Change) { c.Tenant.ID = "7e000000-0000-4000-8000-000000000001" })
	r.record(5, func(c *plan.Change) {
		for i := range c.Actions {
			c.Actions[i].Status = failed
		}
	})
	if got, err := r.records().Standing(); err != nil || len(got) != 1 || got[0].ID != want.ID {
		t.Errorf("got %v, %v; want %s", got, err, want.ID)
	}
}

// A rollback that took back a rollback gives again what the apply gave, and stands in its place.
func TestJournal_standingAfterRollbacks(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	apply := r.record(1, nil)
	last := apply
	for second := 2; second <= 5; second++ {
		target := last
		last = r.record(second, func(c *plan.Change) { c.Operation, c.RollsBack = plan.OperationRollback, &target.ID })
		if err := r.journal.MarkRolledBack(last); err != nil {
			t.Fatal(err)
		}
		got, err := r.records().Standing()
		if gives := second%2 == 1; gives != (err == nil) || gives && (len(got) != 1 || got[0].ID != last.ID) {
			t.Errorf("after %d rollbacks: got %v, %v", second-1, got, err)
		}
	}
	orphan := "20260101T000000Z-000000"
	r.record(6, func(c *plan.Change) { c.Operation, c.RollsBack = plan.OperationRollback, &orphan })
	if got, _ := r.records().Standing(); len(got) != 1 || got[0].ID != last.ID {
		t.Errorf("a rollback of an unknown change counts: %v", got)
	}
}

// Changes of one second keep their order.
func TestJournal_newID(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	now := time.Date(2026, 11, 23, 20, 0, 7, 5e8, time.UTC)
	last := ""
	for i := range 3 {
		id := r.records().NewID(now, [3]byte{0xff - byte(i)})
		if id <= last || !plan.IsChangeID(id) {
			t.Fatalf("change %d has the id %s, the one before it %s", i, id, last)
		}
		last = id
		r.record(i, func(c *plan.Change) { c.ID = id })
	}
	if later := r.records().NewID(now.Add(time.Hour), [3]byte{}); later != "20261123T210007Z-000000" {
		t.Errorf("an hour later: got %s", later)
	}
}

// A newer record that cannot be read might be the one that is meant.
func TestJournal_standingBesideDamage(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	older, newer := r.record(1, nil), r.record(2, nil)
	damage := func(id string) {
		if err := os.WriteFile(r.journal.File(tenantID, id), []byte("{"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	damage(older.ID)
	if got, err := r.records().Standing(); err != nil || len(got) != 1 || got[0].ID != newer.ID {
		t.Errorf("with an older damaged record: got %v, %v; want %s", got, err, newer.ID)
	}
	damage(newer.ID)
	_, err := r.records().Standing()
	if damaged, ok := errors.AsType[*plan.DamagedError](err); !ok || damaged.ID != newer.ID {
		t.Errorf("with a newer damaged record: got error %v, want it named", err)
	}
	changes, damaged, err := r.journal.List()
	if err != nil || len(changes) != 0 || len(damaged) != 2 {
		t.Errorf("List: got %d changes, %d damaged, %v; want 0 and 2", len(changes), len(damaged), err)
	}
}

func TestJournal_load(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	good := r.record(1, nil)
	text := encode(t, good)
	write := func(content string) func(string) error {
		return func(file string) error { return os.WriteFile(file, []byte(content), 0o600) }
	}
	for name, test := range map[string]struct {
		make func(file string) error
		want string
	}{
		"truncated":             {write(text[:len(text)/2]), "unexpected end"},
		"garbage":               {write(strings.Repeat("\x00", 2<<20)), "larger than"},
		"a folder":              {func(file string) error { return os.Mkdir(file, 0o700) }, "not a regular file"},
		"another change's":      {write(text), "it holds the change " + good.ID},
		"a newer schema":        {write(strings.Replace(text, `"schemaVersion": 1`, `"schemaVersion": 9`, 1)), "newer appleconsent"},
		"an unknown field":      {write(strings.Replace(text, `"reason"`, `"note": "", "reason"`, 1)), "unknown field"},
		"an unknown status":     {write(strings.Replace(text, `"status": "done"`, `"status": "maybe"`, 1)), `unknown status "maybe"`},
		"an unknown outcome":    {write(strings.Replace(text, `"succeeded"`, `"fine"`, 1)), `unknown outcome "fine"`},
		"an unknown kind":       {write(strings.Replace(text, `"createGrant"`, `"grantAll"`, 1)), `unknown kind "grantAll"`},
		"a plan":                {write(encode(t, r.planApply())), "it is a plan, not a change"},
		"a tenant without GUID": {write(strings.Replace(text, tenantID, "contoso", 1)), "not a GUID"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			journal := plan.NewJournal(t.TempDir())
			const id = "20261123T200009Z-00000f"
			file := journal.File(tenantID, id)
			if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := test.make(file); err != nil {
				t.Fatal(err)
			}
			_, err := journal.Load(id)
			if _, ok := errors.AsType[*plan.DamagedError](err); !ok || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got error %v, want a DamagedError that says %q", err, test.want)
			}
		})
	}
	for _, id := range []string{"", "latest", "../../etc/passwd", good.ID + ".json", strings.ToUpper(good.ID[:16]) + "XYZ"} {
		if _, err := r.journal.Load(id); err == nil || !strings.Contains(err.Error(), "not the id of a change") {
			t.Errorf("Load(%q): got error %v", id, err)
		}
	}
	if _, err := r.journal.Load("20261123T200009Z-00000f"); !errors.Is(err, plan.ErrNoChange) {
		t.Errorf("an id without a record: got error %v, want ErrNoChange", err)
	}
}

func TestJournal_isPrivate(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "state")
	r := newRig(t, newTenant())
	r.journal = plan.NewJournal(state)
	c := r.record(1, nil)
	release, err := r.journal.Lock(tenantID, plan.Holder{PID: 1})
	if err != nil {
		t.Fatal(err)
	}
	release()
	for name, want := range map[string]os.FileMode{
		state: 0o700, filepath.Join(state, "changes"): 0o700, filepath.Join(state, "locks"): 0o700, r.journal.File(tenantID, c.ID): 0o600,
		filepath.Join(state, "locks", tenantID+".lock"): 0o600, filepath.Join(state, "locks", tenantID+".json"): 0o600,
	} {
		if info, err := os.Stat(name); err != nil || info.Mode().Perm() != want {
			t.Errorf("%s: got mode %v, %v; want %v", name, info.Mode().Perm(), err, want)
		}
	}
}

func TestJournal_lock(t *testing.T) {
	t.Parallel()
	journal := plan.NewJournal(t.TempDir())
	holder := plan.Holder{PID: 4711, Host: "mac-mini", Operation: plan.OperationApply, Since: time.Date(2026, 11, 23, 20, 0, 0, 0, time.UTC)}
	release, err := journal.Lock(tenantID, holder)
	if err != nil {
		t.Fatal(err)
	}
	_, err = journal.Lock(tenantID, plan.Holder{PID: 4712})
	locked, ok := errors.AsType[*plan.LockedError](err)
	if !ok || locked.Holder != holder {
		t.Fatalf("got error %v, want who holds it", err)
	}
	for _, want := range []string{"apply", "4711", "mac-mini", "2026-11-23T20:00:00Z", tenantID} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%q does not name %q", err, want)
		}
	}
	other, err := journal.Lock("7e000000-0000-4000-8000-000000000001", holder)
	if err != nil {
		t.Errorf("another tenant: %v", err)
	} else {
		other()
	}
	release()
	again, err := journal.Lock(tenantID, holder)
	if err != nil {
		t.Fatalf("after its release: %v", err)
	}
	again()
}

// must fails the test because of an error.
func must(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}
