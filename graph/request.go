package graph

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/internal/replication"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	abstractions "github.com/microsoft/kiota-abstractions-go"
)

// request is one that is ready to be sent, or why it is not.
type request struct {
	info *abstractions.RequestInformation
	err  error
}

// built takes what the SDK's builders return.
func built(info *abstractions.RequestInformation, err error) request { return request{info, err} }

// send carries out one operation and reads the answer into a struct, by the exact names of its members; into nothing if into is
// nil. It survives panics, which odd answers have been seen to cause in the SDK. Errors are all *wire.Error, *signin.Error or the
// context's, and hold no secret.
func (c *Client) send(ctx context.Context, op wire.Operation, r request, into any) (err error) {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = unreadable(op, cause)
		}
		err = c.credential.Secrets.CleanError(err)
	}()
	err = c.exchange(wire.WithOperation(ctx, op), r, into)
	if err == nil {
		return nil
	}
	if refused, ok := errors.AsType[*signin.Error](err); ok {
		return refused
	}
	if answered := asError(err); answered != nil {
		answered.Caller = c.caller()
		answered.Need = need(op, c.changeNeeds())
		return answered
	}
	return unreadable(op, err)
}

// caller is who is signed in; without a token that can be read it tells the way alone.
func (c *Client) caller() wire.Caller {
	held, _ := c.tokens.Claims() // zero says nothing
	return wire.Caller{Way: string(c.credential.Auth), TenantID: held.TenantID}
}

func (c *Client) exchange(ctx context.Context, r request, into any) error {
	if r.err != nil {
		return r.err
	}
	body, err := c.adapter.SendPrimitive(ctx, r.info, "[]byte", nil)
	if err != nil || into == nil {
		return err
	}
	text, _ := body.([]byte)
	return unmarshal(text, into)
}

// patience is how long to wait for what is known to be there and is not found. What this client has created is waited for as long as the
// context lasts.
const patience = 30 * time.Second

// get reads what is at an address into a struct, by the exact names of its members. What is known to be there and is not found has
// not been replicated yet, and is asked for again.
func (c *Client) get(ctx context.Context, op wire.Operation, address string, into any) error {
	end := c.clock.Now().Add(patience)
	for pause := replication.FirstPause; ; pause = replication.NextPause(pause) {
		err := c.getOnce(ctx, op, address, into)
		if e := asError(err); e == nil || !op.Stands || !e.Absent() || ctx.Value(onceKey{}) != nil {
			return err
		}
		if !c.created.Load() {
			pause = min(pause, end.Sub(c.clock.Now()))
		}
		if pause <= 0 {
			return err
		}
		c.onWait("the directory to replicate, to "+op.Name, pause)
		if c.clock.Sleep(ctx, pause) != nil {
			return err
		}
	}
}

// onceKey is in the context of reads of which it is known otherwise what to do about what is not found.
type onceKey struct{}

func (c *Client) getOnce(ctx context.Context, op wire.Operation, address string, into any) error {
	r := request{info: abstractions.NewRequestInformation()}
	r.info.Method = abstractions.GET
	r.info.Headers.TryAdd("Accept", "application/json")
	target, err := url.Parse(address)
	if err == nil {
		r.info.SetUri(*target)
	}
	r.err = err
	return c.send(ctx, op, r, into)
}

// asError returns the *wire.Error behind an error, nil if there is none.
func asError(err error) *wire.Error {
	e, _ := errors.AsType[*wire.Error](err)
	return e
}

func unreadable(op wire.Operation, cause any) error {
	return oddAnswer(op, fmt.Sprintf("the answer could not be read: %v", cause))
}

// oddAnswer is the error for an answer that cannot be what it should be.
func oddAnswer(op wire.Operation, why string) error { return wire.Unusable(op, errors.New(why)) }

// created is the error of an operation that creates something: if there is none, whether the answer tells its id.
func created(op wire.Operation, err error, hasID bool) error {
	if err == nil && !hasID {
		return oddAnswer(op, "the answer does not tell the id of what was created")
	}
	return err
}

// unmarshal reads a JSON object into a struct whose fields all have names. Only members with exactly these names count:
// encoding/json takes "Scope" for "scope".
func unmarshal(data []byte, into any) error {
	return jsonv2.Unmarshal(data, into, jsontext.AllowDuplicateNames(true), jsontext.AllowInvalidUTF8(true))
}

// address is where something is found, for a path that begins with Graph's version.
func (c *Client) address(path string, query url.Values) string {
	address := c.credential.Cloud.Graph + path
	if len(query) > 0 {
		address += "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	}
	return address
}

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
	rows    int // how many it may have
}

// list is all of the list that is found at a path, which begins with Graph's version.
func (c *Client) list(path string, query url.Values) list {
	return list{address: c.address(path, query), rows: maxRows}
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

// eachUnderstood is each for lists of which a row that is not understood, by its form or as visit says, stops nothing but what depends on it:
// what was understood is worth something, as with a *laterPageError. Errors: *oddRowsError if there are such rows.
func eachUnderstood[T any](ctx context.Context, c *Client, op wire.Operation, l list, visit func(T) (understood bool)) (more bool, err error) {
	var odd []string
	more, err = c.eachRow(ctx, op, l, func(data json.RawMessage) error {
		var row T
		if !isObject(data) || unmarshal(data, &row) != nil || !visit(row) {
			odd = append(odd, cmp.Or(nameOf(data), "without a name"))
		}
		return nil
	})
	if err == nil && len(odd) > 0 {
		err = &oddRowsError{badList(op, "a row has another form than expected"), odd}
	}
	return more, err
}

// oddRowsError are the rows of a list that were not understood, by name; the others were.
type oddRowsError struct {
	error
	rows []string
}

func (e *oddRowsError) Unwrap() error { return e.error }

// said names the first of the rows.
func (e *oddRowsError) said() string {
	const most = 3
	text := strings.Join(e.rows[:min(len(e.rows), most)], ", ")
	if more := len(e.rows) - most; more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return "these rows have another form than expected: " + text
}

func isObject(data json.RawMessage) bool {
	return strings.HasPrefix(strings.TrimSpace(string(data)), "{")
}

// nameOf is what a row is called that may not be understood; empty if it does not say.
func nameOf(data json.RawMessage) string {
	var row struct {
		Name json.RawMessage `json:"displayName"`
		ID   json.RawMessage `json:"id"`
	}
	_ = json.Unmarshal(data, &row) // it says nothing then
	for _, value := range []json.RawMessage{row.Name, row.ID} {
		var text string
		if json.Unmarshal(value, &text) == nil && text != "" {
			return text
		}
	}
	return ""
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
			return false, laterPage(err, link != l.address)
		}
		if rows += len(page.Value); rows > l.rows && l.pages == 0 {
			return false, badList(op, fmt.Sprintf("it has more than %d rows", l.rows))
		}
		if len(page.Value) > 0 {
			filled++
		}
		for _, row := range page.Value {
			switch err := visit(row); {
			case errors.Is(err, errEnough):
				return false, nil
			case err != nil:
				return false, laterPage(err, link != l.address)
			}
		}
		if link, err = c.next(op, page.NextLink, seen); link == "" || err != nil {
			return false, laterPage(err, true)
		}
		if l.pages > 0 && (filled == l.pages || rows > l.rows) {
			return true, nil
		}
	}
	return false, badList(op, fmt.Sprintf("it has more than %d pages", maxPages))
}

// laterPageError is the end of a list whose first pages were read.
type laterPageError struct{ error }

func (e *laterPageError) Unwrap() error { return e.error }

// laterPage is the error of a page.
func laterPage(err error, later bool) error {
	if err == nil || !later {
		return err
	}
	return &laterPageError{err}
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
