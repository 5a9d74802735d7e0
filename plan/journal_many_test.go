package plan_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"appleconsent/consent"
	"appleconsent/plan"
)

// Of a run, the changes that can be rolled back are those of that run which wrote something and stand.
func TestJournal_ofRun(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	run, other, by := "20261123T200000Z-aaaaaa", "20261123T200000Z-bbbbbb", "20261123T210000Z-000000"
	of := func(n string, id *string) func(*plan.Change) {
		return func(c *plan.Change) { c.Tenant.ID, c.Run = "7e000000-0000-4000-8000-00000000000"+n, id }
	}
	want := r.record(1, func(c *plan.Change) {
		of("1", &run)(c)
		c.Requirement.Devices = consent.IOSDevices
	})
	r.record(2, of("2", &other))
	r.record(3, of("3", nil))
	r.record(4, func(c *plan.Change) {
		of("4", &run)(c)
		c.RolledBackBy = &by
	})
	r.record(5, func(c *plan.Change) {
		of("5", &run)(c)
		for i := range c.Actions {
			c.Actions[i].Status = failed
		}
	})
	got, damaged, err := r.journal.OfRun(run)
	if err != nil || len(damaged) > 0 || len(got) != 1 || got[0].ID != want.ID || got[0].Actions != nil ||
		got[0].Requirement.Devices != consent.IOSDevices {
		t.Errorf("got %v, %v, %v; want %s with its devices and without what it did", got, damaged, err, want.ID)
	}
	if _, _, err := r.journal.OfRun("20261123T200000Z-cccccc"); !errors.Is(err, plan.ErrNoChange) {
		t.Errorf("of a run that there was not: got %v", err)
	}
}

// To lock a tenant costs the same however many others there are: their files are not read.
func TestJournal_lockOfMany(t *testing.T) { //nolint:paralleltest // it counts what the whole process allocates
	r := newRig(t, newTenant())
	lock := func() {
		release, err := r.journal.Lock(tenantID, plan.Holder{PID: 1})
		if err != nil {
			t.Fatal(err)
		}
		release()
	}
	alone := testing.AllocsPerRun(10, lock)
	for n := range 1000 {
		id := fmt.Sprintf("7e000000-0000-4000-8000-%012d", n)
		record := filepath.Join(r.dir, "changes", id)
		lock, holder := filepath.Join(r.dir, "locks", id+".lock"), filepath.Join(r.dir, "locks", id+".json")
		if err := errors.Join(os.MkdirAll(record, 0o700), os.WriteFile(lock, nil, 0o600), os.WriteFile(holder, nil, 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	if among := testing.AllocsPerRun(10, lock); among > alone+100 {
		t.Errorf("among 1,000 tenants a lock allocates %.0f times, alone %.0f", among, alone)
	}
}

// For many tenants, what lies beside their folders is read once; it still keeps ids of later changes behind those of older ones.
func TestJournal_ofMany(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	r.record(1, nil)
	older := filepath.Join(r.dir, "changes", "20261123T200500Z-000000.json")
	if err := os.WriteFile(older, []byte("{}"), 0o600); err != nil {
		t.Fatal(err)
	}
	many := r.journal.OfMany()
	next := func() string {
		records, err := many.Tenant(r.tenant.state.Tenant.ID)
		if err != nil {
			t.Fatal(err)
		}
		return records.NewID(time.Date(2026, 11, 23, 20, 0, 2, 0, time.UTC), [3]byte{})
	}
	const behind = "20261123T200501Z-000000"
	if got := next(); got != behind {
		t.Errorf("got %s, want %s", got, behind)
	}
	if err := os.Remove(older); err != nil {
		t.Fatal(err)
	}
	if got := next(); got != behind {
		t.Errorf("it was read again: got %s", got)
	}
}

// A run is meant by its id, or by a beginning that no change of another run has.
func TestRunOf(t *testing.T) {
	t.Parallel()
	one, two := "20261124T120000Z-aaaaaa", "20261124T120000Z-bbbbbb"
	of := func(id, run string) plan.Change {
		c := plan.Change{ID: id}
		if run != "" {
			c.Run = &run
		}
		return c
	}
	changes := []plan.Change{
		of("20261124T120003Z-111111", one), of("20261124T120002Z-222222", two), of("20261124T120001Z-333333", one), of("20261124T110000Z-444444", ""),
	}
	none := fmt.Errorf("change: %w", plan.ErrNoChange)
	among := func(ids ...string) error { return &plan.PrefixError{IDs: ids} }
	for _, test := range []struct {
		text  string
		err   error
		want  string
		count int
	}{
		{one, none, one, 2},
		{"20261124t120000z-AAAA", none, one, 2},
		{"20261124T120000Z-c", none, "", 0},
		{"20261124T120000Z-", none, "", 0}, // of both
		{one, errors.New("no permission"), "", 0},
		{one, nil, "", 0},
		{"20261124T120000Z-a", among("20261124T120003Z-111111", "20261124T120001Z-333333"), one, 2},
		{"20261124T120000Z-a", among("20261124T120003Z-111111", "20261124T110000Z-444444"), "", 0},
	} {
		if run, got := plan.RunOf(test.text, changes, test.err); run != test.want || len(got) != test.count {
			t.Errorf("%s, %v: got %q, %d changes", test.text, test.err, run, len(got))
		}
	}
}
