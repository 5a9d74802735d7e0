package plan

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"appleconsent/internal/disk"
)

// Records are the change records of one tenant, whose folder was read once: what is written later is not among them. A
// command that writes reads them under the tenant's lock. They are safe for many goroutines.
type Records struct {
	ids   []string // of all that are there, the newest first
	read  func() reading
	older func() []*DamagedError // of the older form that may be of the tenant, the newest first
}

// reading is what records hold, each part with the newest first.
type reading struct {
	changes []Change
	damaged []*DamagedError
}

// Tenant reads which records of a tenant there are; what is in them is read when it is first asked for. The error is a
// *DamagedError of their folder.
func (j Journal) Tenant(tenantID string) (*Records, error) {
	folder := j.records(tenantID)
	err := refuseLink(folder)
	var entries []os.DirEntry
	if err == nil {
		entries, err = disk.ReadFolder(folder)
	}
	if errors.Is(err, fs.ErrNotExist) {
		err = danglingLink(folder) // a folder that is missing is an empty one
	}
	if err != nil {
		return nil, &DamagedError{File: folder, Err: disk.Pathless(err)}
	}
	r := &Records{}
	for _, entry := range slices.Backward(entries) {
		if id, found := recordID(entry); found {
			r.ids = append(r.ids, id)
		}
	}
	r.read = sync.OnceValue(func() reading { return j.decode(tenantID, r.ids) })
	r.older = sync.OnceValue(func() []*DamagedError { return j.olderOf(tenantID) })
	return r, nil
}

func (j Journal) decode(tenantID string, ids []string) reading {
	all := reading{changes: make([]Change, 0, len(ids))}
	for _, id := range ids {
		c, err := j.load(tenantID, id)
		if damaged, ok := errors.AsType[*DamagedError](err); ok {
			all.damaged = append(all.damaged, damaged)
		} else {
			all.changes = append(all.changes, c)
		}
	}
	return all
}

// olderOf returns the records beside the tenants' folders that name the tenant, or do not say of which one they are.
func (j Journal) olderOf(tenantID string) []*DamagedError {
	read := j.readStrays
	if j.strays != nil {
		read = j.strays
	}
	var older []*DamagedError
	for _, s := range read() {
		if s.tenantID == "" || s.tenantID == tenantID {
			older = append(older, s.damage)
		}
	}
	return older
}

// stray is a record beside the tenants' folders.
type stray struct {
	tenantID string // empty: it does not say
	damage   *DamagedError
}

// readStrays returns all of them, the newest first.
func (j Journal) readStrays() []stray {
	var strays []stray
	_, ids, _ := j.entries() // it can be read: the tenant's folder is in it
	for _, id := range slices.Backward(ids) {
		var c struct{ Tenant struct{ ID string } }
		data, err := j.readStray(id)
		if err == nil && json.Unmarshal(data, &c) != nil {
			c.Tenant.ID = ""
		}
		strays = append(strays, stray{c.Tenant.ID, j.strayError(id, data, err)})
	}
	return strays
}

// OfMany is the journal for a run over many tenants: what lies beside their folders is read once, and not for each of them.
func (j Journal) OfMany() Journal {
	j.strays = sync.OnceValue(j.readStrays)
	return j
}

// OfRun returns, of each tenant that a run changed, which change can be rolled back and for which devices it was made, and beside them
// what could not be read. What these changes did is left out: there may be thousands. Errors: ErrNoChange if nothing is recorded of that run.
func (j Journal) OfRun(run string) ([]Change, []*DamagedError, error) {
	var recorded atomic.Bool
	standing, damaged, err := j.list(func(all []Change) (kept []Change) {
		for _, c := range all {
			of := deref(c.Run) == run
			if of {
				recorded.Store(true)
			}
			if of && !c.RolledBack() && c.Wrote() {
				made := RequirementInfo{Devices: c.Requirement.Devices}
				kept = append(kept, Change{ID: c.ID, Operation: c.Operation, Tenant: c.Tenant, Run: c.Run, Requirement: made})
			}
		}
		return kept
	})
	if err != nil {
		return nil, nil, err
	}
	if !recorded.Load() {
		return nil, damaged, fmt.Errorf("run %s: %w", run, ErrNoChange)
	}
	slices.SortFunc(standing, func(a, b Change) int { return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Tenant.ID, b.Tenant.ID)) })
	return standing, damaged, nil
}

// NewID returns the id of a change of the tenant that starts now. Ids order its changes, so it is later than that of every
// record there is, also of one that was begun in the same second. Ids that are no time, or the last one that can be
// written, do not count: nothing could be later.
func (r *Records) NewID(now time.Time, tail [3]byte) string {
	ids := slices.Clone(r.ids)
	for _, older := range r.older() {
		ids = append(ids, older.ID)
	}
	for _, id := range ids {
		begun, known := ChangeTime(id)
		next := begun.Add(time.Second)
		if known && next.Year() <= lastYear && next.After(now) {
			now = next
		}
	}
	return NewChangeID(now, tail)
}

// lastYear is the last one that an id has room for.
const lastYear = 9999

// Standing returns the changes that granted something and have not been rolled back, the newest first: applies, and
// rollbacks that took back a rollback. Errors: ErrNoChange if there is none, and the *DamagedError of a record that is
// newer than all of them and might be the one that is meant.
func (r *Records) Standing() ([]Change, error) {
	var standing []Change
	all := r.read()
	gives := givingChanges(all.changes)
	for _, c := range all.changes {
		if gives[c.ID] && !c.RolledBack() && c.Wrote() {
			standing = append(standing, c)
		}
	}
	return standing, r.hidden(standing)
}

// Latest returns the newest apply that wrote something, rolled back or not. Errors: those of Standing.
func (r *Records) Latest() (Change, error) {
	var applied []Change
	for _, c := range r.read().changes {
		if c.RollsBack == nil && c.Wrote() {
			applied = append(applied, c)
		}
	}
	if err := r.hidden(applied); err != nil {
		return Change{}, err
	}
	return applied[0], nil
}

// hidden is why the first of the changes, which are the newest first, is not the one that is meant; nil if it is.
func (r *Records) hidden(changes []Change) error {
	for _, unusable := range [][]*DamagedError{r.read().damaged, r.older()} {
		if len(unusable) > 0 && (len(changes) == 0 || unusable[0].ID > changes[0].ID) {
			return unusable[0]
		}
	}
	if len(changes) == 0 {
		return ErrNoChange
	}
	return nil
}

// givingChanges tells of each change whether it gave or took: an apply gives, and a rollback does the opposite of what it
// takes back.
func givingChanges(changes []Change) map[string]bool {
	gives := make(map[string]bool)
	for _, c := range slices.Backward(changes) { // a rollback is newer than what it takes back
		gave, known := gives[deref(c.RollsBack)]
		gives[c.ID] = c.RollsBack == nil || known && !gave
	}
	return gives
}

// Rollbacks returns the changes that took back the change of that id, or tried to, and that stand; the newest first.
func (r *Records) Rollbacks(id string) []Change {
	return slices.DeleteFunc(slices.Clone(r.read().changes), func(c Change) bool {
		return deref(c.RollsBack) != id || c.RolledBack()
	})
}
