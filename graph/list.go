package graph

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"

	"appleconsent/graph/wire"
)

// Bounds of a list. What changes go by is filtered down to a few rows, and what doctor looks at is some hundreds; a list that goes
// on is broken.
const (
	maxPages = 200
	maxRows  = 10000
)

// list is a list in Graph, and how many of its pages that have rows are read.
type list struct {
	address string
	pages   int
}

// wholeList are the pages of a list that is to be read to its end.
const wholeList = 0

// list is all of the list that is found at a path, which begins with Graph's version.
func (c *Client) list(path string, query url.Values) list {
	return list{c.address(path, query), wholeList}
}

// page is a page of a list. The transport has seen to it that it is one.
type page struct {
	Value    []json.RawMessage `json:"value"`
	NextLink string            `json:"@odata.nextLink"`
}

// each calls visit with every row of a list until it returns false; it reports whether there are more than were to be read. A row
// in another form than expected makes the list one that cannot be judged.
func each[T any](ctx context.Context, c *Client, op wire.Operation, l list, visit func(T) bool) (more bool, err error) {
	odd := false
	more, err = eachRow(ctx, c, op, l, func(data json.RawMessage) bool {
		var row T
		odd = unmarshal(data, &row) != nil
		return !odd && visit(row)
	})
	if err == nil && odd {
		err = badList(op, "a row has another form than expected")
	}
	return more, err
}

// eachRow is each for rows as they are. A page may be empty and still not be the last. Links are followed as they are, but only on
// the cloud's own host, and none twice.
func eachRow(ctx context.Context, c *Client, op wire.Operation, l list, visit func(json.RawMessage) bool) (more bool, err error) {
	link, rows, filled := l.address, 0, 0
	seen := make(map[string]bool)
	for range maxPages {
		p, err := get[page](ctx, c, op, link)
		if err != nil {
			return false, err
		}
		if rows += len(p.Value); rows > maxRows && l.pages == wholeList {
			return false, badList(op, fmt.Sprintf("it has more than %d rows", maxRows))
		}
		if len(p.Value) > 0 {
			filled++
		}
		for _, row := range p.Value {
			if !visit(row) {
				return false, nil
			}
		}
		if link, err = c.next(op, p.NextLink, seen); link == "" || err != nil {
			return false, err
		}
		if filled == l.pages && l.pages != wholeList || rows > maxRows {
			return true, nil
		}
	}
	return false, badList(op, fmt.Sprintf("it has more than %d pages", maxPages))
}

// next checks the link to the next page.
func (c *Client) next(op wire.Operation, link string, seen map[string]bool) (string, error) {
	if link == "" {
		return "", nil
	}
	target, err := url.Parse(link)
	if err == nil {
		err = c.cloud.CheckTarget(target)
	}
	if err != nil {
		return "", badList(op, c.credential.Secrets.Clean(fmt.Sprintf("its next link leads away: %v", err)))
	}
	if seen[link] {
		return "", badList(op, "its next link leads back to itself")
	}
	seen[link] = true
	return link, nil
}

func badList(op wire.Operation, why string) error {
	return oddAnswer(op, "the list cannot be trusted: "+why)
}
