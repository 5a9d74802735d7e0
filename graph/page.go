package graph

import (
	"context"
	"fmt"
	"net/url"
)

// Bounds of a list. What changes go by is filtered down to a few rows, and what doctor looks at is some hundreds; a list that goes
// on is broken.
const (
	maxPages = 200
	maxRows  = 10000
)

// page is what all collections of the SDK answer.
type page[T any] interface {
	GetValue() []T
	GetOdataNextLink() *string
}

// each calls visit with every row of a list until it returns false. get fetches the page at a link, and the first one
// for an empty link. A page may be empty and still not be the last. Links are followed as they are, but only on the
// cloud's own host, and none twice.
func each[T any, P page[T]](
	ctx context.Context, c *Client, op operation, get func(ctx context.Context, link string) (P, error), visit func(T) bool,
) error {
	_, err := eachOf(ctx, c, op, wholeList, get, visit)
	return err
}

// wholeList are the pages of a list that is to be read to its end.
const wholeList = 0

// eachOf is each for the first pages of a list that have rows; it tells whether there are more.
func eachOf[T any, P page[T]](
	ctx context.Context, c *Client, op operation, pages int, get func(ctx context.Context, link string) (P, error), visit func(T) bool,
) (more bool, err error) {
	link, rows, filled := "", 0, 0
	seen := make(map[string]bool)
	for range maxPages {
		p, err := call(ctx, c, op, func(ctx context.Context) (P, error) { return get(ctx, link) })
		if err != nil {
			return false, err
		}
		if any(p) == nil {
			return false, badList(op, "it is empty")
		}
		if rows += len(p.GetValue()); rows > maxRows && pages == wholeList {
			return false, badList(op, fmt.Sprintf("it has more than %d rows", maxRows))
		}
		if len(p.GetValue()) > 0 {
			filled++
		}
		for _, row := range p.GetValue() {
			if !visit(row) {
				return false, nil
			}
		}
		if link, err = c.next(op, deref(p.GetOdataNextLink()), seen); link == "" || err != nil {
			return false, err
		}
		if filled == pages && pages != wholeList || rows > maxRows {
			return true, nil
		}
	}
	return false, badList(op, fmt.Sprintf("it has more than %d pages", maxPages))
}

// next checks the link to the next page.
func (c *Client) next(op operation, link string, seen map[string]bool) (string, error) {
	if link == "" {
		return "", nil
	}
	target, err := url.Parse(link)
	if err == nil {
		err = c.cloud.checkTarget(target)
	}
	if err != nil {
		return "", badList(op, c.network.secrets.clean(fmt.Sprintf("its next link leads away: %v", err)))
	}
	if seen[link] {
		return "", badList(op, "its next link leads back to itself")
	}
	seen[link] = true
	return link, nil
}

func badList(op operation, why string) error {
	return &Error{Op: op.name, op: op, Err: fmt.Errorf("the list cannot be trusted: %s", why)}
}

// deref returns what the pointer points to, and the zero value for nil.
func deref[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
