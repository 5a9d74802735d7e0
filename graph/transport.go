package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/http/httptrace"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Bounds of one attempt. A write is given more time, since a lost answer costs more than a wait.
const (
	readTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
	maxAnswer    = 16 << 20 // bytes of an answer, after decompression
)

// transport sends requests to Graph: it attaches the token, bounds each attempt, reads answers whole and turns whatever
// is not a good answer into an *Error, before the SDK sees it.
type transport struct {
	network   *Network
	cloud     Cloud
	tokens    *tokens
	clock     Clock
	userAgent string
	onWait    func(what string, d time.Duration)
}

// Exchange is one attempt of a request, for logs. It holds no header and no body.
type Exchange struct {
	Method    string
	Path      string // to Graph with the query, as sent; of a sign-in with the host and without the query
	Status    int    // 0 if there was no answer
	RequestID string
	Duration  time.Duration
}

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// attempt sends the request once.
func (t *transport) attempt(req *http.Request, body []byte) (answer, *Error) {
	token, err := t.tokens.token(req.Context())
	if err != nil {
		return answer{}, failed(req, Error{Err: err})
	}
	ctx, cancel := attemptContext(req)
	defer cancel()
	var sent atomic.Bool
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { sent.Store(true) }})

	defer announce(t.onWait, "Graph's answer, to "+operationOf(req.Context()).name)()
	begin := t.clock.Now()
	response, err := t.network.base.RoundTrip(t.outgoing(ctx, req, body, token)) //nolint:contextcheck // see attemptContext
	if err != nil {
		t.network.onExchange(Exchange{Method: req.Method, Path: t.network.secrets.without(req.URL.RequestURI()), Duration: t.clock.Now().Sub(begin)})
		return answer{}, failed(req, noAnswer(req, err, sent.Load()))
	}
	defer response.Body.Close() //nolint:errcheck // it was read to its end or given up
	content, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer+1))
	t.network.onExchange(Exchange{
		req.Method, t.network.secrets.without(req.URL.RequestURI()), response.StatusCode, t.network.secrets.clean(requestID(response.Header)), t.clock.Now().Sub(begin),
	})
	a := answer{response.StatusCode, response.Header, content}
	if a.status < 200 || a.status >= 300 {
		return answer{}, errorAnswer(req, a, t.clock.Now())
	}
	if err == nil {
		err = a.unusable(req)
	}
	if err != nil {
		e := Error{Status: a.status, RequestID: requestID(a.header), Err: err, sent: true}
		e.repeatable = req.Method == http.MethodGet && len(content) <= maxAnswer
		return answer{}, failed(req, e)
	}
	return a, nil
}

// attemptContext bounds one attempt. A write that was begun is awaited even if the program is interrupted meanwhile,
// since only its answer tells what stands; the deadline of the whole command holds in any case.
func attemptContext(req *http.Request) (context.Context, context.CancelFunc) {
	ctx := req.Context()
	if req.Method == http.MethodGet {
		return context.WithTimeout(ctx, readTimeout)
	}
	detached, cancel := context.WithTimeout(context.WithoutCancel(ctx), writeTimeout)
	if deadline, bounded := ctx.Deadline(); bounded {
		return withDeadline(detached, deadline, cancel)
	}
	return detached, cancel
}

// withDeadline bounds the context once more; the returned function releases both.
func withDeadline(ctx context.Context, deadline time.Time, release context.CancelFunc) (context.Context, context.CancelFunc) {
	bounded, cancel := context.WithDeadline(ctx, deadline)
	return bounded, func() { cancel(); release() }
}

// outgoing builds the request of one attempt, with a length and a fresh body.
func (t *transport) outgoing(ctx context.Context, req *http.Request, body []byte, token string) *http.Request {
	out := req.Clone(ctx)
	out.Body, out.GetBody, out.ContentLength = nil, nil, int64(len(body))
	if len(body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	out.Header.Set("Authorization", "Bearer "+token)
	out.Header.Set("User-Agent", t.userAgent)
	out.Header.Set("Client-Request-Id", uuid.NewString())
	return out
}

func readRequestBody(req *http.Request) ([]byte, error) {
	if req.Body == nil {
		return nil, nil
	}
	defer req.Body.Close() //nolint:errcheck // it is in memory
	return io.ReadAll(req.Body)
}

// noAnswer describes a request that ended without a response.
func noAnswer(req *http.Request, err error, sent bool) Error {
	e := Error{Err: err, sent: sent}
	e.repeatable = !permanent(err) && req.Context().Err() == nil && (req.Method == http.MethodGet || !sent)
	late := errors.Is(err, context.DeadlineExceeded)
	switch ended := req.Context().Err(); {
	case ended != nil && (req.Method == http.MethodGet || late && errors.Is(ended, context.DeadlineExceeded)):
		e.Err = context.Cause(req.Context())
	case ended == nil && late:
		e.Err = errors.New("no answer in time")
	}
	return e
}

// unusable tells why an answer with a good status cannot be used; nil if it can. The answer to PATCH and DELETE may be
// empty; everything else must be JSON, and a list must be one: the SDK takes a missing list for an empty one, and from
// "there are none" follows what may be created and deleted.
func (a answer) unusable(req *http.Request) error {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	isJSON := kind == "application/json"
	bodyless := req.Method == http.MethodPatch || req.Method == http.MethodDelete
	switch {
	case a.status != http.StatusOK && a.status != http.StatusCreated && (a.status != http.StatusNoContent || !bodyless):
		return fmt.Errorf("the answer has the status %d, which says nothing certain", a.status)
	case len(a.body) > maxAnswer:
		return fmt.Errorf("the answer is larger than %d bytes", maxAnswer)
	case len(a.body) == 0 && bodyless:
		return nil
	case !isJSON:
		return fmt.Errorf("the answer is %q instead of JSON: a proxy or gateway may be in the way", kind)
	case !json.Valid(a.body):
		return errors.New("the answer is not complete JSON")
	case operationOf(req.Context()).lists && !isList(a.body):
		return errors.New("the answer is not a list of objects")
	}
	return nil
}

// isList tells whether the JSON is a collection as OData has it: an object with an array of objects as its one value. A
// second one, or one in other letters, would be read by one parser and not by another.
func isList(body []byte) bool {
	decoder := json.NewDecoder(bytes.NewReader(body))
	if open, err := decoder.Token(); err != nil || open != json.Delim('{') {
		return false
	}
	lists := 0
	for decoder.More() {
		name, err := decoder.Token()
		var value json.RawMessage
		if err != nil || decoder.Decode(&value) != nil {
			return false
		}
		switch text, _ := name.(string); {
		case text == "value" && isRows(value):
			lists++
		case strings.EqualFold(text, "value"):
			return false
		}
	}
	return lists == 1
}

// isRows tells whether the JSON is an array of objects.
func isRows(value json.RawMessage) bool {
	var rows []json.RawMessage
	if json.Unmarshal(value, &rows) != nil || rows == nil {
		return false
	}
	return !slices.ContainsFunc(rows, func(row json.RawMessage) bool { return !bytes.HasPrefix(bytes.TrimSpace(row), []byte("{")) })
}

// response gives the answer to the SDK. Its parser knows the plain media type alone.
func (a answer) response(req *http.Request) *http.Response {
	header := a.header.Clone()
	header.Set("Content-Type", "application/json")
	header.Del("Content-Length")
	header.Del("Content-Encoding")
	status := a.status
	if len(a.body) == 0 {
		status = http.StatusNoContent
	}
	return &http.Response{
		StatusCode: status, Status: http.StatusText(status), Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: header, Body: io.NopCloser(bytes.NewReader(a.body)), ContentLength: int64(len(a.body)), Request: req,
	}
}
