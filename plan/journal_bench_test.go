package plan_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"appleconsent/plan"
	"appleconsent/plan/render"
)

// A journal of 1,000 tenants with 10 applies each.
const (
	benchTenants = 1000
	benchRecords = 10
)

func benchTenant(n int) string { return fmt.Sprintf("7e000000-0000-4000-8000-%012d", n) }

func benchID(tenant, n int) string {
	return plan.NewChangeID(time.Date(2026, 11, 23, 20, n, 0, 0, time.UTC), [3]byte{0, byte(tenant >> 8), byte(tenant)})
}

// fillJournal writes its records at once, without what makes them last.
func fillJournal(b *testing.B) plan.Journal {
	b.Helper()
	journal := plan.NewJournal(b.TempDir())
	c := seedChange()
	c.Outcome = plan.OutcomeSucceeded
	for i := range c.Actions {
		c.Actions[i].Status, c.Actions[i].Result = done, &plan.Result{Target: "g", After: c.Actions[i].After}
	}
	for i := range benchTenants * benchRecords {
		c.Tenant.ID, c.ID = benchTenant(i/benchRecords), benchID(i/benchRecords, i%benchRecords)
		text, err := plan.Encode(c)
		file := journal.File(c.Tenant.ID, c.ID)
		if err := errors.Join(err, os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, text, 0o600)); err != nil {
			b.Fatal(err)
		}
	}
	return journal
}

// BenchmarkHistory reads all as history does.
func BenchmarkHistory(b *testing.B) {
	journal := fillJournal(b)
	for b.Loop() {
		changes, damaged, err := journal.List()
		if len(changes) != benchTenants*benchRecords || len(damaged) > 0 || err != nil {
			b.Fatalf("got %d changes, damaged %v, %v", len(changes), damaged, err)
		}
		if _, err := render.Write(render.OfHistory(render.History{Changes: changes}), render.Text, render.PlainStyle(120)); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRollback looks a change up as rollback does, and then those that stand.
func BenchmarkRollback(b *testing.B) {
	journal := fillJournal(b)
	for b.Loop() {
		c, err := journal.Load(benchID(benchTenants/2, 3))
		if err != nil {
			b.Fatal(err)
		}
		records, err := journal.Tenant(c.Tenant.ID)
		if err != nil {
			b.Fatal(err)
		}
		if standing, err := records.Standing(); len(standing) != benchRecords || err != nil {
			b.Fatalf("%d changes stand, %v", len(standing), err)
		}
		records.NewID(c.StartedAt, [3]byte{})
	}
}

// BenchmarkDecodeChange reads one record.
func BenchmarkDecodeChange(b *testing.B) {
	text, err := plan.Encode(seedChange())
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := plan.DecodeChange(text); err != nil {
			b.Fatal(err)
		}
	}
}
