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

// call runs one operation of the SDK and returns what it returns, but for panics, which odd answers have been seen to
// cause in it, and for errors, which are all *wire.Error, *signin.Error or the context's, and hold no secret.
func call[T any](ctx context.Context, c *Client, op wire.Operation, send func(context.Context) (T, error)) (result T, err error) {
	if ctx.Err() != nil {
		return result, context.Cause(ctx)
	}
	defer func() {
		if cause := recover(); cause != nil {
			err = unreadable(op, cause)
		}
		err = c.credential.Secrets.CleanError(err)
	}()
	result, err = send(wire.WithOperation(ctx, op))
	if err == nil {
		return result, nil
	}
	if refused, ok := errors.AsType[*signin.Error](err); ok {
		return result, refused
	}
	if answered := asError(err); answered != nil {
		answered.Need = need(op, c.changeNeeds())
		return result, answered
	}
	return result, unreadable(op, err)
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

// withoutID is the error for something that was created and whose id the answer does not tell.
func withoutID(op wire.Operation) error {
	return oddAnswer(op, "the answer does not tell the id of what was created")
}

// send runs an operation that returns nothing.
func (c *Client) send(ctx context.Context, op wire.Operation, send func(context.Context) error) error {
	_, err := call(ctx, c, op, func(ctx context.Context) (struct{}, error) { return struct{}{}, send(ctx) })
	return err
}

// get reads what is at an address into a struct, by the exact names of its members.
func get[T any](ctx context.Context, c *Client, op wire.Operation, address string) (T, error) {
	return answerTo[T](ctx, c, op, func(context.Context) (*abstractions.RequestInformation, error) {
		target, err := url.Parse(address)
		if err != nil {
			return nil, err
		}
		request := abstractions.NewRequestInformation()
		request.Method = abstractions.GET
		request.Headers.TryAdd("Accept", "application/json")
		request.SetUri(*target)
		return request, nil
	})
}

// answerTo sends a request and reads the answer into a struct, by the exact names of its members.
func answerTo[T any](
	ctx context.Context, c *Client, op wire.Operation, request func(context.Context) (*abstractions.RequestInformation, error),
) (T, error) {
	return call(ctx, c, op, func(ctx context.Context) (T, error) {
		var answer T
		info, err := request(ctx)
		if err != nil {
			return answer, err
		}
		body, err := c.adapter.SendPrimitive(ctx, info, "[]byte", nil)
		if err != nil {
			return answer, err
		}
		text, _ := body.([]byte)
		return answer, unmarshal(text, &answer)
	})
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
	address := c.cloud.Graph + path
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
