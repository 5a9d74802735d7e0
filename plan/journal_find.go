package plan

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"appleconsent/internal/disk"
)

// Latest stands for the newest change where the id of one is wanted.
const Latest = "latest"

// idBegin is what an id can begin with, in any letters.
var idBegin = regexp.MustCompile(`^[0-9][0-9a-fA-FtTzZ-]*$`)

// PrefixError is a beginning that several ids have.
type PrefixError struct {
	Prefix string
	IDs    []string // the newest first
}

// maxCandidates is how many ids an error names.
const maxCandidates = 5

func (e *PrefixError) Error() string {
	named := min(len(e.IDs), maxCandidates)
	text := fmt.Sprintf("%d changes begin with %s: %s", len(e.IDs), Printable(e.Prefix), strings.Join(e.IDs[:named], ", "))
	if more := len(e.IDs) - named; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return text
}

// Find returns the id that is meant: the text itself if it is one, the only one that begins so, or the newest for Latest. Only the
// records of tenants that of fits count, with nil all; whether they can be read, Load says. Errors: ErrNoChange, *PrefixError.
func (j Journal) Find(text string, of func(tenantID string) bool) (id string, err error) {
	switch {
	case IsChangeID(text):
		return text, nil
	case text != Latest && !idBegin.MatchString(text):
		return "", notAnID(text)
	}
	ids, err := j.ids(of)
	if err != nil {
		return "", fmt.Errorf("read change records: %w", err)
	}
	if text != Latest {
		ids = slices.DeleteFunc(ids, func(id string) bool { return !strings.HasPrefix(id, canonicalID(text)) })
	}
	switch {
	case len(ids) == 0 && text == Latest:
		return "", ErrNoChange
	case len(ids) == 0:
		return "", fmt.Errorf("change %s: %w", Printable(text), ErrNoChange)
	case len(ids) > 1 && text != Latest:
		return "", &PrefixError{text, ids}
	}
	return ids[0], nil
}

func notAnID(text string) error {
	return fmt.Errorf("%q is not the id of a change, such as 20261123T200000Z-3f9a1c", Printable(text))
}

// canonicalID puts a beginning of an id into its letters: those of the time are large, and those of the rest small.
func canonicalID(text string) string {
	head := min(len(text), len(changeTime))
	return strings.ToUpper(text[:head]) + strings.ToLower(text[head:])
}

// ids returns those of all records, each once and the newest first. Folders that cannot be read have none.
func (j Journal) ids(of func(tenantID string) bool) ([]string, error) {
	tenants, ids, err := j.entries()
	if err != nil {
		return nil, err
	}
	if of != nil { // those beside the tenants' folders are nobody's
		ids = nil
		tenants = slices.DeleteFunc(tenants, func(tenantID string) bool { return !of(tenantID) })
	}
	for _, tenantID := range tenants {
		records, err := j.Tenant(tenantID)
		if err == nil {
			ids = append(ids, records.ids...)
		}
	}
	slices.SortFunc(ids, func(a, b string) int { return strings.Compare(b, a) })
	return slices.Compact(ids), nil
}

// TenantID returns which tenant's folder it lies in; empty if in none.
func (e *DamagedError) TenantID() string {
	folder := filepath.Dir(e.File)
	if e.ID == "" {
		folder = e.File
	}
	if name := filepath.Base(folder); isTenantID(name) {
		return name
	}
	return ""
}

// LoadIn returns the tenant's own change of that id. Errors: ErrNoChange, *DamagedError.
func (j Journal) LoadIn(tenantID, id string) (Change, error) {
	found, closed := j.search([]string{tenantID}, id)
	switch {
	case len(found) > 0:
		return j.load(tenantID, id)
	case closed != nil:
		return Change{}, closed
	}
	return Change{}, ErrNoChange
}

// ReadRecord reads a change record that is kept elsewhere than in the journal, from a regular file or a link to one.
func ReadRecord(name string) (Change, error) {
	data, err := disk.ReadRegular(name, MaxFileSize, os.Stat)
	var c Change
	if err == nil {
		c, err = DecodeChange(data)
	}
	if err != nil {
		return Change{}, fmt.Errorf("read record %s: %s", disk.Quote(name), Printable(err.Error()))
	}
	return c, nil
}

// SameAs reports whether two records say the same of a change, whatever became of it later.
func (c Change) SameAs(other Change) bool {
	c.RolledBackBy, other.RolledBackBy = nil, nil
	one, err := Encode(c)
	another, otherErr := Encode(other)
	return errors.Join(err, otherErr) == nil && bytes.Equal(one, another)
}
