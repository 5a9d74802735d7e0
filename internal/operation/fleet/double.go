package fleet

import "sync"

// doubles say which rows are the same tenant, by what they call it and by its id, which is known after the sign-in. The first in the
// file is the one that counts, whichever of them signs in first.
type doubles struct {
	rows []Row

	mu     sync.Mutex
	ids    []string       // by row; empty: not known
	firsts map[string]int // the first row so far that calls a tenant so, or is of that id
}

func newDoubles(rows []Row) *doubles {
	d := &doubles{rows: rows, ids: make([]string, len(rows)), firsts: make(map[string]int)}
	for i, row := range rows {
		if row.counts() {
			d.claim(row.Tenant, i)
		}
	}
	return d
}

// counts reports whether a row can be the one of its tenant that is worked on.
func (r Row) counts() bool { return r.Bad == nil && r.Skip == nil }

// claim makes a row the first that is called so, unless one before it is. The lock must be held, once there is more than one goroutine.
func (d *doubles) claim(tenant string, row int) {
	if holder, known := d.firsts[tenant]; !known || row < holder {
		d.firsts[tenant] = row
	}
}

// signedIn notes which tenant a row is, and returns the first row of that tenant as far as is known by now.
func (d *doubles) signedIn(row int, tenantID string) (first int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ids[row] = tenantID
	d.claim(tenantID, row)
	return d.firsts[tenantID]
}

// first returns the first row of the tenant of a row. It is certain as soon as all rows before have signed in, or failed to.
func (d *doubles) first(row int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.rows[row].counts() {
		return row
	}
	first := d.firsts[d.rows[row].Tenant]
	if id := d.ids[first]; id != "" {
		first = d.firsts[id]
	}
	return min(first, row)
}

// duplicate is the result of a row whose tenant another one is.
func (r *run) duplicate(row, first int) Result {
	err := &DuplicateError{Line: r.rows[first].Line, Uses: r.rows[first].Devices, Wants: r.rows[row].Devices}
	return Result{Row: r.rows[row], State: Duplicate, Err: err}
}

// settled is the result of a row after all rows before it have theirs.
func (r *run) settled(row int, result Result) Result {
	if first := r.doubles.first(row); first != row {
		return r.duplicate(row, first)
	}
	return result
}
