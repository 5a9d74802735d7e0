package directory

import (
	"cmp"
	"encoding/json"
	"maps"
	"reflect"
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

// collection describes one kind of directory object to the code that lists, shows and changes all of them alike.
type collection[T row] struct {
	set     string // its name in URLs and @odata.context
	kind    string // the name of its type, as messages about values spell it
	rows    func(*Directory) *[]T
	fixed   entity                      // what is the same for all rows, and not kept
	adapt   func(*Directory, T, entity) // what Graph shows otherwise than it is kept; nil: nothing
	filters []filterable[T]
}

// filterable is a property that $filter can compare.
type filterable[T row] struct {
	name      string
	operators string // with which it can be compared
	kind      valueKind
	text      func(T) string
}

// entity shows all properties of a row.
func (k collection[T]) entity(d *Directory, r T) entity {
	e := entityOf(r, k.fixed)
	if k.adapt != nil {
		k.adapt(d, r, e)
	}
	return e
}

// entityOf shows a document, or the members of a struct as its tags name them, and what is fixed.
func entityOf(object any, fixed entity) entity {
	e := entity{}
	maps.Copy(e, fixed)
	if document, ok := object.(Document); ok {
		maps.Copy(e, document)
		return e
	}
	v := reflect.ValueOf(object)
	for i := range v.NumField() {
		name, option, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
		if option != "omitempty" || !v.Field(i).IsZero() {
			e[name] = v.Field(i).Interface()
		}
	}
	return e
}

// change makes of a row what the request's body says, which may name the writable properties only.
func change[T row](c *call, k collection[T], r *T, writable ...string) error {
	var members map[string]json.RawMessage
	if err := c.decode(&members); err != nil {
		return err
	}
	for name, value := range members {
		switch {
		case strings.Contains(name, "@odata."): // an annotation
		case !slices.ContainsFunc(writable, func(w string) bool { return strings.EqualFold(w, name) }):
			return refuseProperty(name, k.entity(c.dir, *r))
		case !assign(r, name, value):
			return invalidValue(name, k.kind)
		}
	}
	return nil
}

// assign sets a member of an object, whose name may differ in case, and reports whether the value is of its type.
func assign(object any, name string, value json.RawMessage) bool {
	text, err := json.Marshal(map[string]json.RawMessage{name: value})
	return err == nil && json.Unmarshal(text, object) == nil
}

// refuseProperty says why a property cannot be written.
func refuseProperty(name string, e entity) error {
	if _, exists := propertyName(e, name); exists {
		return invalid("Property '%s' is read-only and cannot be set.", name)
	}
	return invalid("Invalid property '%s'.", name)
}

// propertyName finds a property whose name differs in case at the most.
func propertyName(e entity, want string) (string, bool) {
	for name := range e {
		if strings.EqualFold(name, want) {
			return name, true
		}
	}
	return "", false
}

// find looks an id up. GUIDs come in lower case; the ids of grants depend on case.
func (k collection[T]) find(d *Directory, id string) (r T, found bool) {
	rows := *k.rows(d)
	if i := index(rows, id); i >= 0 {
		return rows[i], true
	}
	return r, false
}

func index[T row](rows []T, id string) int {
	return slices.IndexFunc(rows, func(r T) bool { return r.objectID() == id })
}

// put replaces the row with the same id, or appends it.
func (k collection[T]) put(d *Directory, r T) {
	rows := k.rows(d)
	if i := index(*rows, r.objectID()); i >= 0 {
		(*rows)[i] = r
		return
	}
	*rows = append(*rows, r)
}

func (k collection[T]) remove(d *Directory, id string) {
	rows := k.rows(d)
	*rows = slices.DeleteFunc(*rows, func(r T) bool { return r.objectID() == id })
}

// sorted returns rows in the order in which they are listed.
func sorted[T row](rows []T) []T {
	return slices.SortedFunc(slices.Values(rows), func(a, b T) int { return cmp.Compare(a.objectID(), b.objectID()) })
}
