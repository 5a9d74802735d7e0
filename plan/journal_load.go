package plan

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"appleconsent/internal/disk"
)

// Load returns the change of that id, whichever tenant it is of. Only that record is read. Errors: ErrNoChange,
// *DamagedError.
func (j Journal) Load(id string) (Change, error) {
	if !IsChangeID(id) {
		return Change{}, notAnID(id)
	}
	tenants, _, err := j.entries()
	if err != nil {
		return Change{}, fmt.Errorf("read change %s: %w", id, err)
	}
	found, closed := j.search(tenants, id)
	var usable []Change
	for _, tenantID := range found {
		c, err := j.load(tenantID, id)
		if err == nil {
			usable = append(usable, c)
		}
		closed = cmp.Or(err, closed)
	}
	_, missing := os.Lstat(j.strayFile(id))
	switch {
	case len(usable) == 1:
		return usable[0], nil
	case len(usable) > 1:
		return Change{}, &AmbiguousError{id, found}
	case closed != nil && len(found) > 0:
		return Change{}, closed
	case missing == nil:
		data, err := j.readStray(id)
		return Change{}, j.strayError(id, data, err)
	case closed != nil:
		return Change{}, closed
	}
	return Change{}, fmt.Errorf("change %s: %w", id, ErrNoChange)
}

// LoadOf is Load for the tenant: what is recorded of others under that id does not matter if it has one.
func (j Journal) LoadOf(tenantID, id string) (Change, error) {
	if found, _ := j.search([]string{tenantID}, id); len(found) == 0 {
		return j.Load(id)
	}
	return j.load(tenantID, id)
}

// AmbiguousError is an id under which changes of several tenants are recorded.
type AmbiguousError struct {
	ID      string
	Tenants []string
}

func (e *AmbiguousError) Error() string {
	return fmt.Sprintf("change %s is recorded of several tenants: %s", e.ID, strings.Join(e.Tenants, ", "))
}

// search returns the tenants that have a record of that id, and what is wrong with a folder that could not be looked into.
func (j Journal) search(tenants []string, id string) (found []string, closed error) {
	for _, tenantID := range tenants {
		err := refuseLink(j.records(tenantID))
		if err == nil {
			_, err = os.Lstat(j.File(tenantID, id))
		}
		switch {
		case err == nil:
			found = append(found, tenantID)
		case !errors.Is(err, fs.ErrNotExist):
			closed = &DamagedError{File: j.records(tenantID), Err: disk.Pathless(err)}
		}
	}
	return found, closed
}

func (j Journal) load(tenantID, id string) (Change, error) {
	file := j.File(tenantID, id)
	data, err := disk.ReadRegular(file, MaxFileSize, os.Lstat)
	var c Change
	if err == nil {
		c, err = DecodeChange(data)
	}
	switch {
	case err != nil:
	case c.ID != id:
		err = fmt.Errorf("it holds the change %s", c.ID)
	case c.Tenant.ID != tenantID:
		err = fmt.Errorf("it holds a change of tenant %s", c.Tenant.ID)
	}
	if err != nil {
		return Change{}, &DamagedError{id, file, err}
	}
	return c, nil
}

// strayFile is where a record lies beside the tenants' folders, as those of the older form do.
func (j Journal) strayFile(id string) string { return filepath.Join(j.changes(), id+".json") }

func (j Journal) readStray(id string) ([]byte, error) {
	return disk.ReadRegular(j.strayFile(id), MaxFileSize, os.Lstat)
}

// strayError says what is wrong with it, given what reading it came to.
func (j Journal) strayError(id string, data []byte, err error) *DamagedError {
	if err == nil {
		_, err = DecodeChange(data)
	}
	if err == nil {
		err = errors.New("it is outside its tenant's folder")
	}
	return &DamagedError{id, j.strayFile(id), err}
}
