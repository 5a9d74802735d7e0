package fleet_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"appleconsent/consent"
	"appleconsent/internal/operation/fleet"

	"github.com/google/go-cmp/cmp"
)

// Of the rows of one tenant the first in the file counts, whichever signs in last; the others name it, and say so if they are for other
// devices. Each tenant is written to once.
func TestDoubles(t *testing.T) {
	t.Parallel()
	rows := []fleet.Row{
		{Line: 1, Tenant: "a.example", Devices: consent.IOSDevices},
		{Line: 2, Tenant: idOf(0)},
		{Line: 3, Tenant: "b.example", Devices: consent.IOSDevices},
		{Line: 4, Tenant: idOf(1)},
		{Line: 5, Tenant: "c.example", Devices: consent.AllDevices},
		{Line: 6, Tenant: "b.example"},
		{Line: 7, Tenant: idOf(2)},
	}
	want := []string{"", "line 1, differs: true", "line 1, differs: false", "", "line 4, differs: false", "line 1, differs: true", ""}
	for _, slow := range []string{"a.example", idOf(0), "b.example", idOf(1), "c.example", "nobody"} {
		for _, change := range []bool{false, true} {
			synctest.Test(t, func(t *testing.T) {
				w := newWorld(t, 3)
				w.domains["a.example"], w.domains["b.example"], w.domains["c.example"] = idOf(0), idOf(0), idOf(1)
				w.opening = func(row fleet.Row) {
					if row.Tenant == slow {
						time.Sleep(time.Minute)
					}
				}
				var h *heard
				if change {
					h = w.apply(t.Context(), rows, nil)
				} else {
					h = w.look(t.Context(), rows, 4)
				}
				h.check(t, rows)
				if diff := cmp.Diff(want, doublesIn(h)); diff != "" || h.Exit > 2 || change && w.grants() != 6 {
					t.Errorf("%s is slow, exit code %d, %d grants (-want +got):\n%s", slow, h.Exit, w.grants(), diff)
				}
			})
		}
	}
}

// doublesIn says of each result which line counts in its place; empty: none.
func doublesIn(h *heard) []string {
	var said []string
	for _, r := range h.results {
		text := ""
		if double, ok := errors.AsType[*fleet.DuplicateError](r.Err); ok && r.State == fleet.Duplicate {
			text = fmt.Sprintf("line %d, differs: %v", double.Line, double.Differs())
		}
		said = append(said, text)
	}
	return said
}

// A row whose sign-in fails is none of any tenant: the next one counts. One that is not read is no tenant's, either.
func TestDoubles_failed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.domains["a.example"] = idOf(0)
	rows := []fleet.Row{
		{Line: 1, Tenant: "nowhere.example"},
		{Line: 2, Tenant: "a.example", Skip: errors.New("no plan")},
		{Line: 3, Tenant: "a.example"},
		{Line: 4, Tenant: idOf(0)},
	}
	h := w.look(t.Context(), rows, 4)
	h.check(t, rows)
	if diff := cmp.Diff([]fleet.State{fleet.Failed, fleet.NotBegun, fleet.ChangesDue, fleet.Duplicate}, h.statesInOrder()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
