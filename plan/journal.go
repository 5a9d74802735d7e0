package plan

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"appleconsent/consent"
	"appleconsent/internal/disk"
)

// Journal is the folder in which this machine keeps its change records, one file each in a folder per tenant, and the
// locks that keep two changes of one tenant apart. Folders have mode 0700 and files 0600. Nothing is created before there
// is something to write. It is safe for many goroutines, as long as no two change the same tenant.
type Journal struct {
	dir string
	// Checkpoint, if set, is told how far each saving of a record has come: "begin" (before its temporary file is created),
	// "written" (before that takes the place of the record) and "renamed" (after it has). Tests of crashes die there.
	Checkpoint func(point string)
	strays     func() []stray // see OfMany; nil: they are read each time
}

// NewJournal returns the journal in a state folder, which need not exist yet.
func NewJournal(stateDir string) Journal {
	return Journal{dir: stateDir}
}

// ErrNoChange means that there is no record of the change, or none that qualifies.
var ErrNoChange = errors.New("no such change on this machine")

// DamagedError names a change record that exists and cannot be used, or the folder of a tenant's records.
type DamagedError struct {
	ID   string // as the file name says; empty for a folder
	File string
	Err  error
}

func (e *DamagedError) Error() string {
	what := "change record"
	if e.ID == "" {
		what = "change records in"
	}
	return fmt.Sprintf("read %s %s: %s", what, disk.Quote(e.File), Printable(e.Err.Error())) // it quotes what may be a mebibyte
}

func (e *DamagedError) Unwrap() error { return e.Err }

// Create writes the record of a change that has none yet, and makes it last. What is there of that id is never
// overwritten: the error is fs.ErrExist.
func (j Journal) Create(c Change) error { return j.write(c, disk.Create) }

// Save replaces the record of a change as a whole, and makes it last.
func (j Journal) Save(c Change) error { return j.write(c, disk.Replace) }

func (j Journal) write(c Change, put func(name string, data []byte, written func()) error) error {
	data, err := Encode(c)
	if err == nil {
		err = checkSize(data)
	}
	if err != nil {
		return fmt.Errorf("encode change %s: %w", c.ID, err)
	}
	if err := j.makeRecords(c.Tenant.ID); err != nil {
		return fmt.Errorf("write change record: %w", err)
	}
	j.checkpoint("begin")
	file := j.File(c.Tenant.ID, c.ID)
	if err := put(file, data, func() { j.checkpoint("written") }); err != nil {
		return fmt.Errorf("write change record %s: %w", disk.Quote(file), disk.Pathless(err))
	}
	j.checkpoint("renamed")
	return nil
}

// makeRecords makes the folder of a tenant's records. Folders that cannot be read are refused: what is written there would
// not be found again.
func (j Journal) makeRecords(tenantID string) error {
	if !isTenantID(tenantID) {
		return fmt.Errorf("%q is not the id of a tenant", tenantID)
	}
	folder := j.records(tenantID)
	if err := refuseLink(folder); err != nil {
		return fmt.Errorf("%s: %w", disk.Quote(folder), err)
	}
	if err := makeFolder(folder); err != nil {
		return err
	}
	for _, name := range []string{j.changes(), folder} {
		if err := disk.CheckFolder(name); err != nil {
			return err
		}
	}
	return nil
}

func (j Journal) checkpoint(point string) {
	if j.Checkpoint != nil {
		j.Checkpoint(point)
	}
}

// makeFolder makes a folder of the journal and what it is in, where they are missing.
func makeFolder(name string) error {
	err := disk.MakeFolder(name)
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
	if err == nil && lost != nil && disk.IsLink(info) {
		return fmt.Errorf("%s is a symbolic link to nowhere", disk.Quote(name))
	}
	return nil
}

// refuseLink refuses a symbolic link in place of a tenant's folder, which may lead to another's.
func refuseLink(folder string) error {
	if info, err := os.Lstat(folder); err == nil && disk.IsLink(info) {
		return errors.New("it is a symbolic link")
	}
	return nil
}

// List returns the changes of all tenants, the newest first, and beside them what could not be read.
func (j Journal) List() ([]Change, []*DamagedError, error) {
	return j.list(func(all []Change) []Change { return all })
}

// list is List of what is kept of each tenant's changes: there may be more than there is memory for.
func (j Journal) list(keep func([]Change) []Change) ([]Change, []*DamagedError, error) {
	tenants, older, err := j.entries()
	if err != nil {
		return nil, nil, fmt.Errorf("read change records: %w", err)
	}
	all, count := j.readAll(tenants, keep), 0
	for _, records := range all {
		count += len(records.changes)
	}
	changes, damaged := make([]Change, 0, count), []*DamagedError(nil)
	for _, id := range older {
		data, err := j.readStray(id)
		damaged = append(damaged, j.strayError(id, data, err))
	}
	for _, records := range all {
		changes, damaged = append(changes, records.changes...), append(damaged, records.damaged...)
	}
	slices.SortFunc(changes, func(a, b Change) int { return cmp.Or(cmp.Compare(b.ID, a.ID), cmp.Compare(a.Tenant.ID, b.Tenant.ID)) })
	slices.SortFunc(damaged, func(a, b *DamagedError) int { return cmp.Or(cmp.Compare(b.ID, a.ID), cmp.Compare(a.File, b.File)) })
	return changes, damaged, nil
}

// readAll reads the records of the tenants, as many at a time as there are processors, and keeps what is to be kept of each.
func (j Journal) readAll(tenants []string, keep func([]Change) []Change) []reading {
	all := make([]reading, len(tenants))
	var workers sync.WaitGroup
	step := runtime.GOMAXPROCS(0)
	for first := range step {
		workers.Go(func() {
			for i := first; i < len(tenants); i += step {
				records, err := j.Tenant(tenants[i])
				if damaged, ok := errors.AsType[*DamagedError](err); ok {
					all[i].damaged = []*DamagedError{damaged}
					continue
				}
				all[i] = records.read()
				all[i].changes = keep(all[i].changes)
			}
		})
	}
	workers.Wait()
	return all
}

// entries returns which tenants have records, and the ids of those of the older form, which lie beside their folders. A
// folder that is missing is an empty one.
func (j Journal) entries() (tenants, older []string, err error) {
	entries, err := disk.ReadFolder(j.changes())
	if errors.Is(err, fs.ErrNotExist) {
		err = danglingLink(j.changes())
	}
	for _, entry := range entries {
		if id, found := recordID(entry); found {
			older = append(older, id)
		} else if isTenantID(entry.Name()) {
			tenants = append(tenants, entry.Name())
		}
	}
	return tenants, older, err
}

// recordID returns the id of the change whose record has that file name.
func recordID(entry fs.DirEntry) (id string, found bool) {
	id, found = strings.CutSuffix(entry.Name(), ".json")
	return id, found && IsChangeID(id)
}

// isTenantID reports whether the text is a GUID as this program writes it.
func isTenantID(text string) bool {
	id, err := consent.ParseGUID(text)
	return err == nil && id == text
}

// MarkRolledBack notes in the record of the change that a rollback took back which one did.
func (j Journal) MarkRolledBack(rollback Change) error {
	c, err := j.load(rollback.Tenant.ID, deref(rollback.RollsBack))
	if err != nil {
		return err
	}
	c.RolledBackBy = &rollback.ID
	return j.Save(c)
}

func (j Journal) changes() string { return filepath.Join(j.dir, "changes") }

func (j Journal) records(tenantID string) string { return filepath.Join(j.changes(), tenantID) }

// File returns where the record of a tenant's change is kept.
func (j Journal) File(tenantID, id string) string {
	return filepath.Join(j.records(tenantID), id+".json")
}
