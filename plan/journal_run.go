package plan

import (
	"errors"
	"slices"
	"strings"
)

// RunOf returns the run over many tenants that is meant by what is not the id of a change, given all changes and what Find or Load made
// of it: its id, or a beginning that no change of another run has. Its changes stand in the order of all; empty: none is meant.
func RunOf(text string, changes []Change, err error) (run string, of []Change) {
	several, isSeveral := errors.AsType[*PrefixError](err)
	if !isSeveral && !errors.Is(err, ErrNoChange) {
		return "", nil
	}
	for _, c := range changes {
		id := deref(c.Run)
		switch {
		case id == "" || !strings.HasPrefix(id, canonicalID(text)):
		case run != "" && run != id:
			return "", nil
		default:
			run, of = id, append(of, c)
		}
	}
	if isSeveral && slices.ContainsFunc(several.IDs, func(id string) bool {
		return !slices.ContainsFunc(of, func(c Change) bool { return c.ID == id })
	}) {
		return "", nil
	}
	return run, of
}
