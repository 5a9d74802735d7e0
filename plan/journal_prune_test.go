package plan_test

import (
	"errors"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"appleconsent/plan"
)

// chained returns a journal in which a change was rolled back, that rollback was rolled back, and so on, and its ids from the oldest.
func chained(t *testing.T, length int) (*rig, []string) {
	t.Helper()
	r := newRig(t, newTenant())
	var ids []string
	for i := range length {
		c := r.record(i+1, nil)
		c.Actions[0].Status, c.Actions[0].Result = plan.StatusStarted, nil
		if i > 0 {
			c.Operation, c.RollsBack = plan.OperationRollback, &ids[i-1]
			before, err := r.journal.Load(ids[i-1])
			before.RolledBackBy = &c.ID
			must(t, err, r.journal.Save(before))
		}
		must(t, r.journal.Save(c))
		ids = append(ids, c.ID)
	}
	return r, ids
}

func (r *rig) standing(t *testing.T) []string {
	t.Helper()
	records, err := r.journal.Tenant(tenantID)
	if err != nil {
		t.Fatal(err)
	}
	changes, err := records.Standing()
	if err != nil && !errors.Is(err, plan.ErrNoChange) {
		t.Fatal(err)
	}
	var ids []string
	for _, c := range changes {
		ids = append(ids, c.ID)
	}
	return ids
}

// What is active stays active, and the same, after each record that goes, so that a crash in between harms nothing; also if the time
// cuts through a chain of rollbacks.
func TestForgettable_keepsWhatIsActive(t *testing.T) {
	t.Parallel()
	far := time.Date(2100, 1, 1, 0, 0, 0, 0, time.UTC)
	for length := 1; length <= 5; length++ {
		for cut := range length + 1 {
			r, ids := chained(t, length)
			changes, _, err := r.journal.List()
			must(t, err)
			before := far
			if cut < length {
				c, err := r.journal.Load(ids[cut])
				must(t, err)
				before = c.StartedAt
			}
			want, gone := r.standing(t), plan.Forgettable(changes, before)
			for _, c := range gone {
				must(t, os.Remove(r.journal.File(tenantID, c.ID)))
				if got := r.standing(t); !slices.Equal(got, want) {
					t.Fatalf("%d changes, before the %dth, without %s: active are %v, want %v", length, cut, c.ID, got, want)
				}
				if !c.RolledBack() || !c.StartedAt.Before(before) {
					t.Errorf("%s is forgotten", c.ID)
				}
			}
			if length == 3 && cut == length && len(gone) != 1 { // the last one is needed to know that the third gives
				t.Errorf("%d of 3 are forgotten, want the first", len(gone))
			}
		}
	}
}

// Prune works under the tenant's lock, and forgets what is told beforehand and nothing else.
func TestPrune(t *testing.T) {
	t.Parallel()
	r, ids := chained(t, 2)
	other := r.record(9, nil)
	must(t, r.journal.Save(other))
	holder := plan.Holder{PID: 1, Host: "here", Operation: plan.OperationPrune, Since: other.StartedAt}
	release, err := r.journal.Lock(tenantID, holder)
	must(t, err)
	if _, err := r.journal.Prune(tenantID, other.StartedAt.AddDate(1, 0, 0), holder); err == nil || !strings.HasPrefix(err.Error(), "another history prune (process 1 on here)") {
		t.Errorf("while another one is at work: %v", err)
	}
	release()
	gone, err := r.journal.Prune(tenantID, other.StartedAt.AddDate(1, 0, 0), holder)
	if err != nil || !slices.Contains(gone, ids[0]) || slices.Contains(gone, ids[1]) {
		t.Errorf("gone are %v, %v", gone, err)
	}
	if _, err := r.journal.Load(ids[0]); !errors.Is(err, plan.ErrNoChange) {
		t.Errorf("the record is still there: %v", err)
	}
}

// An id is found by its beginning in any letters, or as the newest; what several have is told with their ids.
func TestJournal_find(t *testing.T) {
	t.Parallel()
	r, ids := chained(t, 3)
	none := func(string) bool { return false }
	for text, want := range map[string]string{
		ids[1]: ids[1], strings.ToLower(ids[1][:22]): ids[1], "latest": ids[2], ids[0][:21]: ids[0],
		"20200101T000000Z-abcdef": "20200101T000000Z-abcdef", // which Load looks for
		"2":                       "3 changes begin with 2: " + ids[2] + ", " + ids[1] + ", " + ids[0], "1999": "change 1999: no such change on this machine",
		"newest": `"newest" is not the id of a change, such as 20261123T200000Z-3f9a1c`, "": `"" is not the id`,
	} {
		got, err := r.journal.Find(text, nil)
		if err != nil {
			got = err.Error()
		}
		if got != want && (err == nil || !strings.HasPrefix(got, want)) {
			t.Errorf("%q: got %s, want %s", text, got, want)
		}
	}
	if _, err := r.journal.Find("latest", none); !errors.Is(err, plan.ErrNoChange) {
		t.Errorf("of no tenant: %v", err)
	}
}
