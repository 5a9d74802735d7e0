package plan

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/gofrs/flock"
)

// Holder tells who works on a tenant. Times are RFC 3339 in UTC.
type Holder struct {
	PID       int       `json:"pid"`
	Host      string    `json:"host"`
	Operation Operation `json:"operation"`
	Since     time.Time `json:"since"`
}

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
		e.Holder.Operation, e.Holder.PID, e.Holder.Host, e.TenantID, e.Holder.Since.Format(time.RFC3339))
}

// Lock keeps other processes that share the state folder from changing the tenant until release is called. The
// operating system holds the lock, so that the death of a process releases it; a file beside it only tells who it is.
func (j Journal) Lock(tenantID string, holder Holder) (release func(), err error) {
	dir := filepath.Join(j.dir, "locks")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("lock tenant %s: %w", tenantID, err)
	}
	lock := flock.New(filepath.Join(dir, tenantID+".lock"), flock.SetPermissions(0o600))
	name := filepath.Join(dir, tenantID+".json")
	locked, err := lock.TryLock()
	if err != nil {
		return nil, fmt.Errorf("lock tenant %s: %w", tenantID, err)
	}
	if !locked {
		return nil, &LockedError{TenantID: tenantID, Holder: readHolder(name)}
	}
	if err := writeHolder(name, holder); err != nil {
		_ = lock.Close()
		return nil, fmt.Errorf("lock tenant %s: %w", tenantID, err)
	}
	return func() { _ = lock.Close() }, nil
}

func writeHolder(name string, holder Holder) error {
	data, err := json.Marshal(holder)
	if err != nil {
		return err
	}
	return os.WriteFile(name, append(data, '\n'), 0o600)
}

// readHolder returns the zero holder if the other process has not told yet, or in a way that cannot be read.
func readHolder(name string) Holder {
	var holder Holder
	if data, err := readRegular(name); err != nil || json.Unmarshal(data, &holder) != nil {
		return Holder{}
	}
	return holder
}
