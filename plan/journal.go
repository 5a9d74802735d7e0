package plan

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// Journal is the folder in which this machine keeps its change records, one file each, and the locks that keep two
// changes of one tenant apart. Folders have mode 0700 and files 0600. Nothing is created before there is something to
// write.
type Journal struct {
	dir string
	// Checkpoint, if set, is told how far each saving of a record has come: "begin" (before its temporary file is created),
	// "written" (before that takes the place of the record) and "renamed" (after it has). Tests of crashes die there.
	Checkpoint func(point string)
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
	return fmt.Sprintf("read change record %q: %s", e.File, Printable(e.Err.Error())) // it quotes what may be a mebibyte
}

func (e *DamagedError) Unwrap() error { return e.Err }

// Save writes the record whole and makes it last: to a temporary file beside it that is synced and renamed (on Windows,
// where that cannot be done reliably, in place).
func (j Journal) Save(c Change) error {
	data, err := encodeFile(c)
	if err != nil {
		return fmt.Errorf("encode change %s: %w", c.ID, err)
	}
	if err := makeFolder(j.changes()); err != nil {
		return fmt.Errorf("write change record: %w", err)
	}
	folder, err := os.Open(j.changes()) // first, for in a folder that cannot be read the record would not be found again
	if err != nil {
		return fmt.Errorf("write change record: %w", err)
	}
	defer folder.Close() //nolint:errcheck // it was only read
	j.checkpoint("begin")
	if err := replaceFile(j.File(c.ID), data, func() { j.checkpoint("written") }); err != nil {
		return fmt.Errorf("write change record %q: %w", j.File(c.ID), pathless(err))
	}
	j.checkpoint("renamed")
	_ = folder.Sync() // not every file system can; the record itself is synced
	return nil
}

func (j Journal) checkpoint(point string) {
	if j.Checkpoint != nil {
		j.Checkpoint(point)
	}
}

// makeFolder makes a folder of the journal and what it is in, where they are missing.
func makeFolder(name string) error {
	err := os.MkdirAll(name, 0o700)
	if errors.Is(err, fs.ErrExist) {
		return cmp.Or(danglingLink(name), err) // else it would read: file exists
	}
	return err
}

// danglingLink names the symbolic link because of which there is nothing of that name; nil if there is none.
func danglingLink(name string) error {
	info, err := os.Lstat(name)
	if parent := filepath.Dir(name); errors.Is(err, fs.ErrNotExist) && parent != name {
		return danglingLink(parent)
	}
	_, lost := os.Stat(name)
	if err == nil && lost != nil && info.Mode()&fs.ModeSymlink != 0 {
		return fmt.Errorf("%q is a symbolic link to nowhere", name)
	}
	return nil
}

// Load returns the change of that id. Errors: ErrNoChange, *DamagedError.
func (j Journal) Load(id string) (Change, error) {
	if !IsChangeID(id) {
		return Change{}, fmt.Errorf("%q is not the id of a change, such as 20261123T200000Z-3f9a1c", id)
	}
	data, err := readRegular(j.File(id), os.Lstat)
	if errors.Is(err, fs.ErrNotExist) {
		return Change{}, j.noRecord(id)
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

// noRecord is the error for an id without a record.
func (j Journal) noRecord(id string) error {
	if err := danglingLink(j.changes()); err != nil {
		return fmt.Errorf("read change %s: %w", id, err)
	}
	return fmt.Errorf("change %s: %w", id, ErrNoChange)
}

// List returns the changes, the newest first, and beside them what could not be read.
func (j Journal) List() ([]Change, []*DamagedError, error) {
	entries, err := os.ReadDir(j.changes())
	if errors.Is(err, fs.ErrNotExist) {
		err = danglingLink(j.changes()) // a folder that is missing is an empty one
	}
	if err != nil {
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
// there is, also of one that was begun in the same second. Ids that are no time, or the last one that can be written, do
// not count: nothing could be later.
func (j Journal) NewID(now time.Time, tail [3]byte) string {
	entries, _ := os.ReadDir(j.changes()) // a folder that cannot be read cannot be written either, and Save tells
	for _, entry := range slices.Backward(entries) {
		id, found := strings.CutSuffix(entry.Name(), ".json")
		if !found || !IsChangeID(id) {
			continue
		}
		newest, err := time.Parse(changeTime, id[:len(changeTime)])
		next := newest.Add(time.Second)
		if err != nil || next.Year() > lastYear {
			continue
		}
		if next.After(now) {
			now = next
		}
		break
	}
	return NewChangeID(now, tail)
}

// lastYear is the last one that an id has room for.
const lastYear = 9999

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
