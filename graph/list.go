package graph

import (
	"context"
	"encoding/json"
	"errors"
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

// list is a list in Graph.
type list struct {
	address string
	pages   int // how many of those that have rows are read; 0: all of it
}

// list is all of the list that is found at a path, which begins with Graph's version.
func (c *Client) list(path string, query url.Values) list {
	return list{address: c.address(path, query)}
}

// errEnough ends the reading of a list.
var errEnough = errors.New("no more rows are of interest")

// each calls visit with every row of a list until it returns an error, which is returned but for errEnough; it reports whether
// there are more than were to be read. A row in another form than expected makes the list one that cannot be judged.
func each[T any](ctx context.Context, c *Client, op wire.Operation, l list, visit func(T) error) (more bool, err error) {
	return c.eachRow(ctx, op, l, func(data json.RawMessage) error {
		var row T
		if unmarshal(data, &row) != nil {
			return badList(op, "a row has another form than expected")
		}
		return visit(row)
	})
}

// eachRow is each for rows as they are. A page may be empty and still not be the last. Links are followed as they are, but only on
// the cloud's own host, and none twice.
func (c *Client) eachRow(ctx context.Context, op wire.Operation, l list, visit func(json.RawMessage) error) (more bool, err error) {
	link, rows, filled := l.address, 0, 0
	seen := make(map[string]bool)
	for range maxPages {
		var page struct { // the transport has seen to it that it is one
			Value    []json.RawMessage `json:"value"`
			NextLink string            `json:"@odata.nextLink"`
		}
		if err := c.get(ctx, op, link, &page); err != nil {
			return false, err
		}
		if rows += len(page.Value); rows > maxRows && l.pages == 0 {
			return false, badList(op, fmt.Sprintf("it has more than %d rows", maxRows))
		}
		if len(page.Value) > 0 {
			filled++
		}
		for _, row := range page.Value {
			switch err := visit(row); {
			case errors.Is(err, errEnough):
				return false, nil
			case err != nil:
				return false, err
			}
		}
		if link, err = c.next(op, page.NextLink, seen); link == "" || err != nil {
			return false, err
		}
		if l.pages > 0 && (filled == l.pages || rows > maxRows) {
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
		err = c.credential.Cloud.CheckTarget(target)
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
