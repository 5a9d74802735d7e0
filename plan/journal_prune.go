package plan

import (
	"slices"
	"time"

	"appleconsent/internal/disk"
)

// Forgetting changes.
//
// A change can be forgotten that cannot be rolled back any more: it was rolled back, or it wrote nothing. What a rollback did can be
// undone as long as nothing has undone it, so that its record stays. A record that others need to be understood stays with them:
// whether a rollback of a rollback gave or took is known by what it rolled back.
//
// Records go from the newest to the oldest, so that a crash in between leaves what is understood, too.

// Forgettable returns which of a tenant's changes, given with the newest first, were begun before that time and can be forgotten; in
// the order in which they have to go.
func Forgettable(changes []Change, before time.Time) []Change {
	gives := givingChanges(changes)
	needed := make(map[string]bool)
	var out []Change
	for _, c := range changes {
		switch {
		case c.StartedAt.Before(before) && (c.RolledBack() || !c.Wrote()) && !needed[c.ID]:
			out = append(out, c)
		case gives[c.ID]:
			needed[deref(c.RollsBack)] = true
		}
	}
	return out
}

// Prune forgets what Forgettable says of a tenant, under its lock, and returns the ids of those that are gone. Errors: those of Lock
// and Tenant.
func (j Journal) Prune(tenantID string, before time.Time, holder Holder) (gone []string, err error) {
	release, err := j.Lock(tenantID, holder)
	if err != nil {
		return nil, err
	}
	defer release()
	records, err := j.Tenant(tenantID)
	if err != nil {
		return nil, err
	}
	for _, c := range Forgettable(slices.Clone(records.read().changes), before) {
		if err := disk.Remove(j.File(tenantID, c.ID)); err != nil {
			return gone, &RecordError{disk.Pathless(err)}
		}
		gone = append(gone, c.ID)
	}
	return gone, nil
}
