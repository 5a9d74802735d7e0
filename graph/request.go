package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strings"

	"appleconsent/consent"
	"appleconsent/graph/signin"
	"appleconsent/graph/wire"

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
		answered.Need = need(op, c.changeNeeds())
		return answered
	}
	return unreadable(op, err)
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

// get reads what is at an address into a struct, by the exact names of its members.
func (c *Client) get(ctx context.Context, op wire.Operation, address string, into any) error {
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
// encoding/json by itself takes "Scope" for "scope".
func unmarshal(data []byte, into any) error {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(data, &members); err != nil {
		return err
	}
	var names []string
	for _, field := range reflect.VisibleFields(reflect.TypeOf(into).Elem()) {
		names = append(names, field.Tag.Get("json"))
	}
	maps.DeleteFunc(members, func(name string, _ json.RawMessage) bool { return !slices.Contains(names, name) })
	exact, err := json.Marshal(members)
	if err != nil {
		return err
	}
	return json.Unmarshal(exact, into)
}

// address is where something is found, for a path that begins with Graph's version.
func (c *Client) address(path string, query url.Values) string {
	address := c.credential.Cloud.Graph + path
	if len(query) > 0 {
		address += "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
	}
	return address
}

// isGUID reports whether the id of an object is one.
func isGUID(id string) bool {
	_, err := consent.ParseGUID(id)
	return err == nil
}
