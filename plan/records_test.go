package plan_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"appleconsent/internal/disk"
	"appleconsent/plan"
)

const otherTenantID = "7e000000-0000-4000-8000-000000000001"

// What else lies in the state folder stops a tenant only if it is newer than what stands and may be its own.
func TestRecords_besideOthers(t *testing.T) {
	t.Parallel()
	const newer, older = "20261124T000000Z-00000f", "20261122T000000Z-00000f"
	garbage := func(string) string { return "{" }
	good := func(text string) string { return text }
	early := func(text string) string { return strings.Replace(text, `"requirement"`, `"devices"`, 1) }
	ofOther := func(text string) string { return strings.ReplaceAll(text, tenantID, otherTenantID) }
	for name, test := range map[string]struct {
		in, id  string // where there is another record, in the folder of changes, and of which id
		content func(text string) string
		want    string // of the error; none if the tenant's own change stands
	}{
		"another tenant's damaged record":          {otherTenantID, newer, garbage, ""},
		"its own damaged record, a newer one":      {tenantID, newer, garbage, "it is not an appleconsent document"},
		"its own damaged record, an older one":     {tenantID, older, garbage, ""},
		"another tenant's record in its folder":    {tenantID, newer, ofOther, "it holds a change of tenant " + otherTenantID},
		"its own record in another's folder":       {otherTenantID, newer, good, ""},
		"a record beside the folders":              {"", newer, good, "it is outside its tenant's folder"},
		"a record of the older form":               {"", newer, early, "it was written by an early build of appleconsent, in a format that is no longer supported"},
		"one of the older form that is older":      {"", older, good, ""},
		"another tenant's of the older form":       {"", newer, ofOther, ""},
		"one of the older form that is unreadable": {"", newer, garbage, "it is not an appleconsent document"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := newRig(t, newTenant())
			c := r.record(1, nil)
			file := filepath.Join(r.dir, "changes", test.in, test.id+".json")
			text := test.content(strings.ReplaceAll(encode(t, c), c.ID, test.id))
			if err := errors.Join(os.MkdirAll(filepath.Dir(file), 0o700), os.WriteFile(file, []byte(text), 0o600)); err != nil {
				t.Fatal(err)
			}
			standing, err := r.records().Standing()
			if test.want == "" && (err != nil || len(standing) != 1 || standing[0].ID != c.ID) {
				t.Errorf("got %v, %v; want %s", standing, err, c.ID)
			}
			if test.want != "" && (err == nil || !strings.Contains(err.Error(), file) || !strings.Contains(err.Error(), test.want)) {
				t.Errorf("got error %v, want one that names %s and says %q", err, file, test.want)
			}
			_, loadErr := r.journal.Load(test.id)
			_, damaged, listErr := r.journal.List()
			if listErr != nil || len(damaged) != 1 || loadErr == nil || loadErr.Error() != damaged[0].Error() || damaged[0].File != file {
				t.Errorf("history has %v, %v, and its use ends with %v; want both to name it", damaged, listErr, loadErr)
			}
		})
	}
}

// Ids follow the tenant's own records, those of the older form included, and no others.
func TestRecords_newIDBesideOthers(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	own := r.record(9, nil)
	r.record(1, func(c *plan.Change) { c.ID, c.Tenant.ID = "20991231T235959Z-000000", otherTenantID })
	check := func(want string) {
		t.Helper()
		if got := r.records().NewID(time.Date(2026, 11, 23, 20, 0, 7, 0, time.UTC), [3]byte{}); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	check("20261123T200010Z-000000")
	if err := os.Rename(r.journal.File(tenantID, own.ID), filepath.Join(r.dir, "changes", own.ID+".json")); err != nil {
		t.Fatal(err)
	}
	check("20261123T200010Z-000000")
}

// Records are those of the moment at which their folder was read.
func TestRecords_readOnce(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	first := r.record(1, nil)
	records := r.records()
	r.record(2, nil)
	for range 2 {
		if got, err := records.Standing(); err != nil || len(got) != 1 || got[0].ID != first.ID {
			t.Errorf("got %v, %v; want %s", got, err, first.ID)
		}
		if err := os.Remove(r.journal.File(tenantID, first.ID)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			t.Fatal(err)
		}
	}
}

// Two tenants may have a change of one id; it is not guessed which one is meant. What is none does not count.
func TestJournal_loadOfSeveralTenants(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.record(1, nil)
	r.record(1, func(other *plan.Change) { other.ID, other.Tenant.ID = c.ID, otherTenantID })
	if got, err := r.journal.LoadOf(otherTenantID, c.ID); err != nil || got.Tenant.ID != otherTenantID {
		t.Errorf("of the other tenant: got %s, %v", got.Tenant.ID, err)
	}
	const empty = "7e000000-0000-4000-8000-000000000002"
	alone := r.record(2, nil)
	if err := errors.Join(os.Mkdir(filepath.Dir(r.journal.File(empty, "")), 0o700), os.WriteFile(r.journal.File(empty, alone.ID), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	if got, err := r.journal.Load(alone.ID); err != nil || got.Tenant.ID != tenantID {
		t.Errorf("beside a damaged one: got %s, %v", got.Tenant.ID, err)
	}
	if _, err := r.journal.Load(c.ID); err == nil || !strings.Contains(err.Error(), "is recorded of several tenants: "+tenantID+", "+otherTenantID) {
		t.Errorf("got error %v", err)
	}
}

// A new record never takes the place of another, whoever is faster.
func TestJournal_create(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.begin(r.planApply(), plan.OperationApply)
	var created atomic.Pointer[plan.Change]
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() {
			mine := c
			mine.Reason = strings.Repeat("x", i)
			switch err := r.journal.Create(mine); {
			case err == nil && !created.CompareAndSwap(nil, &mine):
				t.Errorf("two of one id were created")
			case err != nil && !errors.Is(err, fs.ErrExist):
				t.Errorf("got error %v, want fs.ErrExist", err)
			}
		})
	}
	all.Wait()
	if won := created.Load(); won == nil || r.recorded(c.ID).Reason != won.Reason {
		t.Errorf("nobody created it, or somebody wrote over it")
	}
	if entries, err := os.ReadDir(filepath.Dir(r.journal.File(tenantID, c.ID))); err != nil || len(entries) != 1 {
		t.Errorf("the folder holds %v, %v; want the record", entries, err)
	}
}

// A tenant that is none has no folder, wherever its id leads to.
func TestJournal_createOfNoTenant(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	for _, id := range []string{"", "..", "../../x", "contoso.example", strings.ToUpper(tenantID)} {
		c := r.begin(r.planApply(), plan.OperationApply)
		c.Tenant.ID = id
		if err := r.journal.Create(c); err == nil || !strings.Contains(err.Error(), "is not the id of a tenant") {
			t.Errorf("%q: got error %v", id, err)
		}
	}
}

// What a crash left in the middle of writing is removed under the tenant's lock, and nothing else is.
func TestJournal_lockSweeps(t *testing.T) {
	t.Parallel()
	r := newRig(t, newTenant())
	c := r.record(1, nil)
	changes, locks := filepath.Join(r.dir, "changes"), filepath.Join(r.dir, "locks")
	leftover := func(folder string) string {
		file := filepath.Join(folder, ".appleconsent-0123456789abcdef-new")
		if err := errors.Join(os.MkdirAll(folder, 0o700), os.WriteFile(file, []byte("{"), 0o600)); err != nil {
			t.Fatal(err)
		}
		return file
	}
	holder, holders := filepath.Join(locks, tenantID+".json"), []string(nil)
	writing := func() { holders, _ = filepath.Glob(filepath.Join(locks, ".appleconsent-*")) }
	if err := errors.Join(os.Mkdir(locks, 0o700), disk.ReplaceAlone(holder, nil, writing)); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(holders[0], nil, 0o600); err != nil {
		t.Fatal(err)
	}
	gone := append(holders, leftover(filepath.Join(changes, tenantID)))
	stays := []string{leftover(filepath.Join(changes, otherTenantID)), leftover(changes), leftover(locks), r.journal.File(tenantID, c.ID)}
	release, err := r.journal.Lock(tenantID, plan.Holder{PID: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer release()
	if _, err := r.journal.Lock(tenantID, plan.Holder{}); err == nil {
		t.Errorf("it was locked twice")
	}
	for file, want := range map[*[]string]bool{&gone: false, &stays: true} {
		for _, name := range *file {
			if _, err := os.Lstat(name); (err == nil) != want {
				t.Errorf("%s is there: %v, want %v", name, err == nil, want)
			}
		}
	}
}
