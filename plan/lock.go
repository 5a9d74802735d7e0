package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"appleconsent/internal/disk"

	"github.com/gofrs/flock"
)

// Holder tells who works on a tenant. Times are RFC 3339 in UTC.
type Holder struct {
	PID       int       `json:"pid"`
	Host      string    `json:"host"`
	Operation Operation `json:"operation"`
	Since     time.Time `json:"since"`
}

// OperationPrune holds a lock while records are forgotten. No record has it.
const OperationPrune Operation = "history prune"

// LockedError means that another process is changing the tenant. Holder is zero if it has not told yet.
type LockedError struct {
	TenantID string
	Holder   Holder
}

func (e *LockedError) Error() string {
	if e.Holder.PID == 0 {
		return fmt.Sprintf("another process is changing tenant %s", e.TenantID)
	}
	return fmt.Sprintf("another %s (process %d on %s) has been changing tenant %s since %s",
		e.Holder.Operation, e.Holder.PID, Printable(e.Holder.Host), e.TenantID, e.Holder.Since.Format(time.RFC3339))
}

// LockError means that the lock of a tenant cannot be had, and not because another process has it. Nothing was sent.
type LockError struct {
	TenantID string
	Err      error
}

func (e *LockError) Error() string { return fmt.Sprintf("lock tenant %s: %v", e.TenantID, e.Err) }

func (e *LockError) Unwrap() error { return e.Err }

// Lock keeps other processes that share the state folder from changing the tenant until release is called. The
// operating system holds the lock, so that the death of a process releases it; a file beside it only tells who it is. What
// that process was writing when it died is removed: who has the lock is alone with the tenant's files. Errors: *LockedError, *LockError.
func (j Journal) Lock(tenantID string, holder Holder) (release func(), err error) {
	name := filepath.Join(j.dir, "locks", tenantID)
	lock, locked, err := tryLock(name + ".lock")
	if err != nil {
		return nil, &LockError{tenantID, err}
	}
	if !locked {
		return nil, &LockedError{TenantID: tenantID, Holder: readHolder(name + ".json")}
	}
	if folder := j.records(tenantID); refuseLink(folder) == nil {
		disk.Sweep(folder, "", true)
	}
	if err := writeHolder(name+".json", holder); err != nil {
		_ = lock.Close()
		return nil, &LockError{tenantID, err}
	}
	return func() { _ = lock.Close() }, nil
}

// tryLock takes the lock of that file unless another process has it.
func tryLock(name string) (lock *flock.Flock, locked bool, err error) {
	if err := makeFolder(filepath.Dir(name)); err != nil {
		return nil, false, err
	}
	info, err := os.Lstat(name)
	if err == nil {
		err = disk.CheckRegular(info) // or the opening of a pipe would wait for somebody who writes to it
	}
	lock = flock.New(name, flock.SetPermissions(0o600))
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = disk.Insist(func() error {
			locked, err = lock.TryLock()
			return err
		})
	}
	if err != nil {
		return nil, false, fmt.Errorf("lock %s: %w", disk.Quote(name), disk.Pathless(err))
	}
	return lock, locked, nil
}

// writeHolder replaces the file, so that a pipe or a link in its place is neither waited for nor followed. All tenants have theirs in one
// folder, which is not read for that.
func writeHolder(name string, holder Holder) error {
	data, err := json.Marshal(holder)
	if err == nil {
		err = disk.ReplaceAlone(name, append(data, '\n'), func() {})
	}
	if err != nil {
		return fmt.Errorf("write %s: %w", disk.Quote(name), disk.Pathless(err))
	}
	return nil
}

// readHolder returns the zero holder if the other process has not told yet, or in a way that cannot be read.
func readHolder(name string) Holder {
	var holder Holder
	data, err := disk.ReadRegular(name, MaxFileSize, os.Lstat)
	if err == nil {
		err = json.Unmarshal(data, &holder)
	}
	if err != nil || !slices.Contains([]Operation{OperationApply, OperationRollback, OperationPrune}, holder.Operation) {
		return Holder{}
	}
	return holder
}
