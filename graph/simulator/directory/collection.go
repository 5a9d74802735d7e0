package directory

import (
	"cmp"
	"slices"
	"strings"
)

// row is an object that stands in one of the directory's tables.
type row interface{ objectID() string }

func (sp ServicePrincipal) objectID() string { return sp.ID }
func (g PermissionGrant) objectID() string   { return g.ID }
func (a AppRoleAssignment) objectID() string { return a.ID }

// entity is a row as Graph shows it.
type entity map[string]any

// collection describes one kind of directory object to the code that lists,
// shows and changes all of them alike.
type collection[T row] struct {
	set     string // its name in URLs and @odata.context
	kind    string // the name of its type, as messages about values spell it
	rows    func(*Directory) *[]T
	entity  func(*Directory, T) entity
	filters []filterable[T]
	hasIn   bool // whether $filter may use the in operator
}

// filterable is a property that $filter can compare.
type filterable[T row] struct {
	name string
	guid bool
	text func(T) string
}

// typeName is the OData type, as messages about properties spell it.
func (k collection[T]) typeName() string {
	return "microsoft.graph." + strings.ToLower(k.kind[:1]) + k.kind[1:]
}

// find looks an id up. GUIDs come in lower case; the ids of grants depend on case.
func (k collection[T]) find(d *Directory, id string) (T, bool) {
	for _, r := range *k.rows(d) {
		if r.objectID() == id {
			return r, true
		}
	}
	var none T
	return none, false
}

// put replaces the row with the same id, or appends it.
func (k collection[T]) put(d *Directory, r T) {
	rows := k.rows(d)
	for i := range *rows {
		if (*rows)[i].objectID() == r.objectID() {
			(*rows)[i] = r
			return
		}
	}
	*rows = append(*rows, r)
}

func (k collection[T]) remove(d *Directory, id string) {
	rows := k.rows(d)
	*rows = slices.DeleteFunc(*rows, func(r T) bool { return r.objectID() == id })
}

// sorted returns rows in the order in which they are listed.
func sorted[T row](rows []T) []T {
	return slices.SortedFunc(slices.Values(rows), func(a, b T) int {
		return cmp.Compare(a.objectID(), b.objectID())
	})
}
