package plan

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/renameio/v2/maybe"
)

// Journal is the folder in which this machine keeps its change records, one file each, and the locks that keep two
// changes of one tenant apart. Folders have mode 0700 and files 0600. Nothing is created before there is something to
// write.
type Journal struct {
	dir string
}

// NewJournal returns the journal in a state folder, which need not exist yet.
func NewJournal(stateDir string) Journal {
	return Journal{dir: stateDir}
}

// ErrNoChange means that there is no record of the change, or none that qualifies.
var ErrNoChange = errors.New("no such change on this machine")

// DamagedError names a change record that exists and cannot be used.
type DamagedError struct {
	ID   string // as the file name says
	File string
	Err  error
}

func (e *DamagedError) Error() string {
	return fmt.Sprintf("read change record %q: %v", e.File, e.Err)
}

func (e *DamagedError) Unwrap() error { return e.Err }

// Save writes the record whole: to a temporary file that is synced and renamed (on Windows, where that cannot be done
// reliably, in place).
func (j Journal) Save(c Change) error {
	data, err := Encode(c)
	if err != nil {
		return fmt.Errorf("encode change %s: %w", c.ID, err)
	}
	if err := os.MkdirAll(j.changes(), 0o700); err != nil {
		return fmt.Errorf("write change record: %w", err)
	}
	if err := maybe.WriteFile(j.File(c.ID), data, 0o600); err != nil {
		return fmt.Errorf("write change record: %w", err)
	}
	return syncDir(j.changes())
}

// syncDir makes the renaming of a record last, where the system can do that.
func syncDir(name string) error {
	dir, err := os.Open(name) //nolint:gosec // our own state folder
	if err != nil {
		return fmt.Errorf("write change record: %w", err)
	}
	_ = dir.Sync() // not every file system can; the record itself is synced
	return dir.Close()
}

// Load returns the change of that id. Errors: ErrNoChange, *DamagedError.
func (j Journal) Load(id string) (Change, error) {
	if !IsChangeID(id) {
		return Change{}, fmt.Errorf("%q is not the id of a change, such as 20261123T200000Z-3f9a1c", id)
	}
	data, err := readRegular(j.File(id))
	if errors.Is(err, fs.ErrNotExist) {
		return Change{}, fmt.Errorf("change %s: %w", id, ErrNoChange)
	}
	var c Change
	if err == nil {
		c, err = DecodeChange(data)
	}
	if err == nil && c.ID != id {
		err = fmt.Errorf("it holds the change %s", c.ID)
	}
	if err != nil {
		return Change{}, &DamagedError{ID: id, File: j.File(id), Err: err}
	}
	return c, nil
}

// List returns the changes, the newest first, and beside them what could not be read.
func (j Journal) List() ([]Change, []*DamagedError, error) {
	entries, err := os.ReadDir(j.changes())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, nil, fmt.Errorf("read change records: %w", err)
	}
	var changes []Change
	var damaged []*DamagedError
	for _, entry := range slices.Backward(entries) {
		id, found := strings.CutSuffix(entry.Name(), ".json")
		if !found || !IsChangeID(id) {
			continue
		}
		c, err := j.Load(id)
		if d, ok := errors.AsType[*DamagedError](err); ok {
			damaged = append(damaged, d)
		} else if err == nil {
			changes = append(changes, c)
		}
	}
	return changes, damaged, nil
}

// NewID returns the id of a change that starts now. Ids order the changes, so it is later than that of every record
// there is, also of one that was begun in the same second.
func (j Journal) NewID(now time.Time, tail [3]byte) string {
	entries, _ := os.ReadDir(j.changes()) // a folder that cannot be read cannot be written either, and Save tells
	for _, entry := range slices.Backward(entries) {
		id, _ := strings.CutSuffix(entry.Name(), ".json")
		if !IsChangeID(id) {
			continue
		}
		if newest, err := time.Parse(changeTime, id[:len(changeTime)]); err == nil && !newest.Before(now.UTC().Truncate(time.Second)) {
			now = newest.Add(time.Second)
		}
		break
	}
	return NewChangeID(now, tail)
}

// Standing returns the changes of the tenant that granted something and have not been rolled back, the newest first:
// applies, and rollbacks that took back a rollback. Errors: ErrNoChange if there is none, and the *DamagedError of a
// record that is newer than all of them and might be the one that is meant.
func (j Journal) Standing(tenantID string) ([]Change, error) {
	changes, damaged, err := j.List()
	if err != nil {
		return nil, err
	}
	gives := givingChanges(changes)
	standing := slices.DeleteFunc(changes, func(c Change) bool {
		return !gives[c.ID] || c.RolledBack() || !c.Wrote() || c.Tenant.ID != tenantID
	})
	if len(damaged) > 0 && (len(standing) == 0 || damaged[0].ID > standing[0].ID) {
		return nil, damaged[0]
	}
	if len(standing) == 0 {
		return nil, ErrNoChange
	}
	return standing, nil
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

// MarkRolledBack notes in the record of a change which rollback took it back.
func (j Journal) MarkRolledBack(id, by string) error {
	c, err := j.Load(id)
	if err != nil {
		return err
	}
	c.RolledBackBy = &by
	return j.Save(c)
}

// Rollbacks returns the changes that took back the change of that id, or tried to, and that stand; the newest first.
func (j Journal) Rollbacks(id string) ([]Change, error) {
	changes, _, err := j.List()
	return slices.DeleteFunc(changes, func(c Change) bool { return deref(c.RollsBack) != id || c.RolledBack() }), err
}

func (j Journal) changes() string { return filepath.Join(j.dir, "changes") }

// File returns where the record of a change is kept.
func (j Journal) File(id string) string { return filepath.Join(j.changes(), id+".json") }
