package directory

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// show answers with one row.
func show[T row](c *call, k collection[T], r T) (answer, error) {
	q, err := directorySyntax().parse(c.query)
	if err != nil {
		return answer{}, err
	}
	e, err := k.pick(k.entity(c.dir, r), q.selected)
	if err != nil {
		return answer{}, err
	}
	e["@odata.context"] = c.context(k.set, q.selected) + "/$entity"
	return answer{status: http.StatusOK, body: e}, nil
}

// create writes a new row and answers with it.
func create[T row](c *call, k collection[T], r T) (answer, error) {
	a, err := show(c, k, r)
	if err != nil {
		return answer{}, err
	}
	put(c, k, r)
	a.status = http.StatusCreated
	return a, nil
}

// list answers with a page of rows.
func list[T row](c *call, k collection[T], rows []T) (answer, error) {
	q, err := directorySyntax().parse(c.query)
	if err != nil {
		return answer{}, err
	}
	matching, err := k.match(rows, q.filter)
	if err != nil {
		return answer{}, err
	}
	page, more := paginate(sorted(matching), q)
	return showPage(c, k, page, more, q.selected)
}

// The handlers that collections have in common.

// on is a handler for the object that the path names.
func on[T any](find func(*call) (T, error), handle func(*call, T) (answer, error)) func(*call) (answer, error) {
	return func(c *call) (answer, error) {
		object, err := find(c)
		if err != nil {
			return answer{}, err
		}
		return handle(c, object)
	}
}

func showOf[T row](k collection[T]) func(*call, T) (answer, error) {
	return func(c *call, r T) (answer, error) { return show(c, k, r) }
}

func listAll[T row](k collection[T]) func(*call) (answer, error) {
	return func(c *call) (answer, error) { return list(c, k, *k.rows(c.dir)) }
}

// listOf lists the rows at whose end the path's service principal stands.
func listOf[T row](k collection[T], end func(T) string) func(*call) (answer, error) {
	return on((*call).servicePrincipal, func(c *call, sp ServicePrincipal) (answer, error) {
		return list(c, k, slices.DeleteFunc(slices.Clone(*k.rows(c.dir)), func(r T) bool { return end(r) != sp.ID }))
	})
}

// showPage answers with rows, and with a link if there are more.
func showPage[T row](c *call, k collection[T], page []T, more bool, selected []string) (answer, error) {
	entities := []entity{}
	for _, r := range page {
		e, err := k.pick(k.entity(c.dir, r), selected)
		if err != nil {
			return answer{}, err
		}
		entities = append(entities, e)
	}
	body := entity{"@odata.context": c.context(k.set, selected), "value": entities}
	if more {
		body["@odata.nextLink"] = c.nextLink(page[len(page)-1].objectID())
	}
	return answer{status: http.StatusOK, body: body}, nil
}

// paginate cuts out the page that the query asks for. Pages follow the ids, so
// that rows which come or go meanwhile neither repeat nor hide others.
func paginate[T row](rows []T, q query) (page []T, more bool) {
	start := 0
	if q.after != "" {
		start = len(rows)
		if i := slices.IndexFunc(rows, func(r T) bool { return r.objectID() > q.after }); i >= 0 {
			start = i
		}
	}
	end := min(start+q.top, len(rows))
	return rows[start:end], end < len(rows)
}

// context is the @odata.context of a collection.
func (c *call) context(set string, selected []string) string {
	address := c.base + "/$metadata#" + set
	if len(selected) > 0 {
		address += "(" + strings.Join(selected, ",") + ")"
	}
	return address
}

// nextLink is the request's own address, going on after the row with the id.
func (c *call) nextLink(id string) string {
	values := url.Values{}
	for name, v := range c.query {
		if !strings.EqualFold(name, "$skiptoken") {
			values[name] = v
		}
	}
	values.Set("$skiptoken", skipToken(id))
	return c.base + "/" + c.path + "?" + strings.ReplaceAll(values.Encode(), "%24", "$")
}
