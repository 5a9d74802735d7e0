package doctor

import (
	"slices"
	"time"

	"appleconsent/consent"
)

// DeletedServicePrincipal is one that lies in the deleted items.
type DeletedServicePrincipal struct {
	ID        consent.ObjectID
	DeletedAt time.Time // zero: not told
}

// restorable is how long a deleted service principal can be restored (learn.microsoft.com/entra/identity/enterprise-apps/
// restore-application).
const restorable = 30 * 24 * time.Hour

// RestorableUntil is when its time is up; zero if that is not known.
func (d DeletedServicePrincipal) RestorableUntil() time.Time {
	if d.DeletedAt.IsZero() {
		return time.Time{}
	}
	return d.DeletedAt.UTC().Add(restorable)
}

// Restorable reports whether it can be restored at a time, as far as is known.
func (d DeletedServicePrincipal) Restorable(at time.Time) bool {
	return d.DeletedAt.IsZero() || !at.After(d.RestorableUntil())
}

// Restorables returns those that can be restored at a time, the newest first.
func Restorables(all []DeletedServicePrincipal, at time.Time) []consent.Restorable {
	var left []consent.Restorable
	for _, d := range newestFirst(all) {
		if !d.Restorable(at) {
			continue
		}
		r := consent.Restorable{ID: d.ID}
		if end := d.RestorableUntil(); !end.IsZero() {
			r.Until = end.Format(time.DateOnly)
		}
		left = append(left, r)
	}
	return left
}

func newestFirst(all []DeletedServicePrincipal) []DeletedServicePrincipal {
	return slices.SortedStableFunc(slices.Values(all), func(a, b DeletedServicePrincipal) int { return b.DeletedAt.Compare(a.DeletedAt) })
}
