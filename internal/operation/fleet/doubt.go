package fleet

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"appleconsent/consent"
	"appleconsent/plan"
)

// guarded are the columns without which a row is for more, or by another application, than its file says.
var guarded = []struct {
	what  string
	names []string
}{{"devices", devicesNames}, {"client_id", clientNames}}

// checkNames refuses a header with two columns for one thing, or with one whose name is a slip: as a column that is not read it would
// let a row be for more than was meant.
func checkNames(fields []string) error {
	seen := make(map[string]bool)
	for _, field := range fields {
		word := wordOf(field)
		twice := seen[word] && slices.Contains(tenantNames, word)
		for _, column := range guarded {
			is := slices.Contains(column.names, word)
			twice = twice || is && seen[column.what]
			seen[column.what] = seen[column.what] || is
			if !is && isSlip(word, column.names) {
				return fmt.Errorf("it has a column %q, which is not read; if it is %s, name it so, else remove it", plan.Printable(field), column.what)
			}
		}
		if twice {
			return fmt.Errorf("it has two columns for the same: %q", plan.Printable(field))
		}
		seen[word] = true
	}
	return nil
}

// isSlip reports whether a word is almost one of the names, or says more than it.
func isSlip(word string, names []string) bool {
	return slices.ContainsFunc(names, func(name string) bool {
		return strings.Contains(word, name) && word != name || oneEdit(word, name) || strings.TrimSuffix(name, "id") == word
	})
}

// oneEdit reports whether a word becomes the other by one letter more, less or other, or by two that change places.
func oneEdit(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	same := 0
	for same < len(a) && a[same] == b[same] {
		same++
	}
	restA, restB := a[same:], b[same:]
	switch {
	case len(a)+1 == len(b):
		return restA == restB[1:]
	case len(a) != len(b) || restA == "":
		return false
	}
	swapped := len(restA) > 1 && restA[0] == restB[1] && restA[1] == restB[0] && restA[2:] == restB[2:]
	return restA[1:] == restB[1:] || swapped
}

// What people call devices, and what they say with it.
var (
	deviceWords = []string{
		string(consent.IOSDevices), string(consent.MacDevices), "macos", "macs", "ipados", "iphone", "iphones", "ipad", "ipads",
	}
	besideDevices = []string{"only", "no", "and", "or", "without", "device", "devices"}
)

// namesDevices reports whether a text says which devices are meant, and nothing else.
func namesDevices(text string) bool {
	words := strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) })
	is := func(word string) bool { return slices.Contains(deviceWords, word) }
	return slices.ContainsFunc(words, is) && !slices.ContainsFunc(words, func(word string) bool {
		return !is(word) && !slices.Contains(besideDevices, word)
	})
}

// doubt is what is in doubt about a record: a word for devices where none is read, by which the tenant would be for all devices; a second
// header with other columns; a row that may have been swallowed by a field. It reports whether the record is the header again, as in files that were joined.
func (c columns) doubt(r record, row Row) (again bool, err error) {
	if r.swallows {
		return false, fmt.Errorf("line %d has a field of several lines, one of which could be a tenant's own: put its quotation marks right, "+
			"or take the line breaks out of it", r.line)
	}
	if row.Bad != nil && r.broken == nil {
		named := columnsNamed(r.fields)
		named.comma = c.comma
		if named.tenant >= 0 && named != c {
			return false, fmt.Errorf("line %d is a header, and the lines before it are in other columns: make two files of it", r.line)
		}
		return named.tenant >= 0, nil
	}
	for i, field := range r.fields {
		if row.Bad == nil && row.Devices == "" && c.unread(i) && namesDevices(field) {
			return false, fmt.Errorf("line %d has %q where no devices are read: put it into a column devices, named by a header such as "+
				"tenant,name,devices", r.line, plan.Printable(field))
		}
	}
	return false, nil
}

// unread reports whether a field is in no column that is understood. Without a header, a name may have been meant otherwise.
func (c columns) unread(i int) bool {
	switch {
	case i >= c.count:
		return true
	case !c.named:
		return i == c.name
	}
	return c.devices < 0 && i != c.tenant && i != c.name && i != c.client
}
