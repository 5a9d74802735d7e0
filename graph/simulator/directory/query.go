package directory

import (
	"encoding/base64"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"appleconsent/graph/simulator/identity"
)

// query is what the system query options of a list request ask for.
type query struct {
	filter   []condition
	selected []string
	top      int
	after    string // the id of the last row of the page before
}

// syntax is what the query options of a path may say.
type syntax struct {
	top, most int    // rows on a page: without $top, and at the most
	order     string // the $orderby that there is; empty: none
}

func directorySyntax() syntax { return syntax{100, 999, ""} }

func (s syntax) parse(values url.Values) (query, error) {
	q := query{top: s.top}
	for name := range values {
		if err := s.set(&q, strings.ToLower(name), values.Get(name)); err != nil {
			return query{}, err
		}
	}
	return q, nil
}

// set takes one option. Options that Graph knows and the simulator does not are
// refused loudly, so that nobody takes an unfiltered answer for a filtered one.
func (s syntax) set(q *query, name, value string) (err error) {
	switch {
	case name == "$filter":
		q.filter, err = parseFilter(value)
	case name == "$select":
		q.selected = strings.FieldsFunc(value, func(r rune) bool { return r == ',' || r == ' ' })
	case name == "$top":
		q.top, err = parseTop(value, s.most)
	case name == "$skiptoken":
		q.after, err = parseSkipToken(value)
	case name == "$orderby" && s.order != "":
		if strings.Join(strings.Fields(value), " ") != s.order {
			err = unsupportedQuery("The simulated tenant does not sort sign-ins by '%s'.", value)
		}
	case strings.HasPrefix(name, "$"):
		err = unsupportedQuery("The simulated tenant does not support the query option '%s'.", name)
	}
	return err
}

func parseTop(value string, most int) (int, error) {
	top, err := strconv.Atoi(value)
	if err != nil {
		return 0, badRequest("Invalid value '%s' for $top query option found. The $top query option requires a non-negative integer value.", value)
	}
	if top < 1 || top > most {
		return 0, unsupportedQuery("Invalid page size specified: '%d'. Must be between 1 and %d inclusive.", top, most)
	}
	return top, nil
}

func skipToken(id string) string { return base64.RawURLEncoding.EncodeToString([]byte("after:" + id)) }

func parseSkipToken(token string) (string, error) {
	text, err := base64.RawURLEncoding.DecodeString(token)
	id, ok := strings.CutPrefix(string(text), "after:")
	if err != nil || !ok {
		return "", badRequest("Skip token is not valid.")
	}
	return id, nil
}

// match returns the rows that satisfy every condition.
func (k collection[T]) match(rows []T, filter []condition) ([]T, error) {
	for _, c := range filter {
		f, values, err := k.filterable(c)
		if err != nil {
			return nil, err
		}
		rows = slices.DeleteFunc(slices.Clone(rows), func(r T) bool {
			switch c.operator {
			case "ge":
				return f.text(r) < values[0]
			case "le":
				return f.text(r) > values[0]
			}
			return !slices.ContainsFunc(values, func(v string) bool { return strings.EqualFold(v, f.text(r)) })
		})
	}
	return rows, nil
}

// filterable finds the property of a condition, and its values as texts of the property are.
func (k collection[T]) filterable(c condition) (f filterable[T], values []string, err error) {
	i := slices.IndexFunc(k.filters, func(f filterable[T]) bool { return strings.EqualFold(f.name, c.property) })
	if i < 0 || !slices.Contains(strings.Fields(k.filters[i].operators), c.operator) {
		return f, nil, unsupportedQuery(
			"Unsupported or invalid query filter clause specified for property '%s' of resource '%s'.", c.property, k.kind)
	}
	f = k.filters[i]
	for _, v := range c.values {
		value, err := f.kind.value(f.name, v)
		if err == nil && f.kind == kindGUID && !identity.IsGUID(value) {
			err = invalidValue(f.name, k.kind)
		}
		if err != nil {
			return f, nil, err
		}
		values = append(values, value)
	}
	return f, values, nil
}

// valueKind is what values of a property are.
type valueKind string

const (
	kindText   valueKind = "Edm.String"
	kindGUID   valueKind = "GUID" // as a text
	kindMoment valueKind = "Edm.DateTimeOffset"
	kindNumber valueKind = "Edm.Int32"
)

// sortable is how moments, in UTC, are texts that follow on each other as the moments do.
const sortable = "2006-01-02T15:04:05.000000000"

// value is a token as the text that properties of the kind are compared with. The null literal is the empty one.
func (k valueKind) value(property string, t token) (string, error) {
	moment, notMoment := time.Parse(time.RFC3339, t.text)
	number, notNumber := strconv.ParseInt(t.text, 10, 32)
	switch {
	case k == kindMoment && !t.literal && notMoment == nil:
		return moment.UTC().Format(sortable), nil
	case k == kindNumber && !t.literal && notNumber == nil:
		return strconv.FormatInt(number, 10), nil
	case k == kindMoment || k == kindNumber:
		return "", badRequest("Invalid filter clause: A value of '%s' is not of the type '%s'.", property, k)
	case t.literal:
		return t.text, nil
	case t.text == "null":
		return "", nil
	case identity.IsGUID(t.text):
		return "", badRequest("Invalid filter clause: A binary operator with incompatible types was detected. " +
			"Found operand types 'Edm.String' and 'Edm.Guid' for operator kind 'Equal'.")
	}
	return "", unsupportedFilter(property)
}

// pick reduces an entity to the selected properties; none selected means all.
func (k collection[T]) pick(e entity, selected []string) (entity, error) {
	if len(selected) == 0 {
		return e, nil
	}
	picked := entity{}
	if kind, derived := e["@odata.type"]; derived {
		picked["@odata.type"] = kind // control information is sent whatever is selected
	}
	for _, want := range selected {
		name, ok := propertyName(e, want)
		if !ok {
			typeName := "microsoft.graph." + strings.ToLower(k.kind[:1]) + k.kind[1:]
			return nil, badRequest(
				"Parsing OData Select and Expand failed: Could not find a property named '%s' on type '%s'.", want, typeName)
		}
		picked[name] = e[name]
	}
	return picked, nil
}
