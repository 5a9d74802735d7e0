package directory

import (
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"appleconsent/graph/simulator/identity"
)

// call is one request to Graph on its way.
type call struct {
	graph *Graph

	method string
	base   string // scheme, host and version: what links start with
	beta   bool   // the version is beta, not v1.0
	path   string // below the version, as the client wrote it
	query  url.Values
	header http.Header
	body   []byte

	caller identity.Claims
	key    key
	dir    *Directory // what this call sees and, if it writes, changes
	writes []write
}

// write is a change that a call made, and how to see the directory without it.
type write struct {
	set  string
	id   string
	undo func(*Directory)
}

// answer is what a handler has to say if nothing went wrong. A nil body is none; a location is that of a redirect.
type answer struct {
	status   int
	body     any
	location string
}

func noContent() answer { return answer{status: http.StatusNoContent} }

// do finds the route and passes every gate on the way to its handler.
func (c *call) do() (answer, error) {
	rt, k, err := findRoute(c.method, c.path, c.beta)
	if err != nil {
		return answer{}, err
	}
	c.key = k
	if c.caller, err = authenticate(c.header, c.graph.Directory.TenantID, c.graph.now()); err != nil {
		return answer{}, err
	}
	if c.graph.throttles(c) {
		return answer{}, &graphError{
			status: http.StatusTooManyRequests, code: "TooManyRequests", message: "Please retry again later.",
			header: http.Header{"Retry-After": {"1"}},
		}
	}
	if rt.access != nil && !rt.access.opensFor(c.caller) {
		return answer{}, denied("Insufficient privileges to complete the operation.")
	}
	c.dir = c.graph.lag.view(rt, &c.graph.Directory, c.graph.now())
	return rt.handle(c)
}

// written ends a call: what it wrote may show late. It returns the ids of that.
func (c *call) written() (ids []string) {
	c.graph.lag.note(c.writes)
	for _, w := range c.writes {
		ids = append(ids, w.id)
	}
	return ids
}

// put writes a row to the directory.
func put[T row](c *call, k collection[T], r T) {
	before, existed := k.find(c.dir, r.objectID())
	k.put(c.dir, r)
	c.writes = append(c.writes, write{k.set, r.objectID(), func(d *Directory) {
		if existed {
			k.put(d, before)
			return
		}
		k.remove(d, r.objectID())
	}})
}

// remove takes a row out of the directory.
func remove[T row](c *call, k collection[T], r T) {
	k.remove(c.dir, r.objectID())
	c.writes = append(c.writes, write{k.set, r.objectID(), func(d *Directory) { k.put(d, r) }})
}

// removeEach removes the rows that are chosen.
func removeEach[T row](c *call, k collection[T], chosen func(T) bool) {
	for _, r := range slices.Clone(*k.rows(c.dir)) {
		if chosen(r) {
			remove(c, k, r)
		}
	}
}

// decode reads the JSON object in the request's body into v.
func (c *call) decode(v any) error {
	contentType := c.header.Get("Content-Type")
	if contentType == "" {
		return badRequest("Write requests (excluding DELETE) must contain the Content-Type header declaration.")
	}
	if media, _, err := mime.ParseMediaType(contentType); err != nil || media != "application/json" {
		return badRequest("Entity only allows writes with a JSON Content-Type header.")
	}
	if err := json.Unmarshal(c.body, v); err != nil {
		return badRequest("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	return nil
}

const maxBody = 1 << 20

// ReadBody reads a request's body, unpacked and bounded. Its errors are Graph's.
func ReadBody(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	var body io.Reader = http.MaxBytesReader(w, r.Body, maxBody)
	if strings.EqualFold(r.Header.Get("Content-Encoding"), "gzip") {
		unpacked, err := gzip.NewReader(body)
		if err != nil {
			return nil, badRequest("The request body is not encoded as its Content-Encoding header says.")
		}
		body = io.LimitReader(unpacked, maxBody)
	}
	text, err := io.ReadAll(body)
	var tooLarge *http.MaxBytesError
	if errors.As(err, &tooLarge) {
		return nil, &graphError{status: http.StatusRequestEntityTooLarge, code: "RequestEntityTooLarge", message: "The request body is too large."}
	}
	if err != nil {
		return nil, badRequest("The request body cannot be read.")
	}
	return text, nil
}
