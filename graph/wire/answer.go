package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// answer is a response that was read to its end.
type answer struct {
	status int
	header http.Header
	body   []byte
}

// MaxAnswer is the number of bytes of an answer that are read, after decompression.
const MaxAnswer = 16 << 20

// failure is why the answer is not a good one; nil if it is. Cut is why it is not whole, nil if it is.
func (a answer) failure(req *http.Request, cut error, now time.Time) *Error {
	e := Error{Status: a.status, RequestID: a.header.Get(requestID), sent: true}
	redirects := operationOf(req.Context()).Redirects
	if redirects && a.status == http.StatusFound && a.header.Get("Location") != "" {
		return nil
	}
	if a.status < 200 || a.status >= 300 {
		e.retryAfter = RetryAfter(a.header, now)
		a.refusal(&e)
		return failed(req, e)
	}
	if e.Err = cut; cut == nil {
		e.Err = a.unusable(req)
	}
	if e.Err == nil {
		return nil
	}
	e.final = len(a.body) > MaxAnswer || redirects
	if kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type")); kind == "text/html" {
		e.refusal = CauseFiltered // such as the sign-in page of a network
	}
	return failed(req, e)
}

// RetryAfter is how long an answer asks to wait, by its header in both forms of RFC 9110 §10.2.3; zero if it is absent, past or unreadable.
// More seconds than can be counted are as many as can.
func RetryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil || errors.Is(err, strconv.ErrRange) {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

// requestID is the header that holds an id for Microsoft's support.
const requestID = "Request-Id"

// unusable is why an answer with a good status cannot be used; nil if it can. The answer to PATCH and DELETE may be
// empty; everything else must be JSON, and a list must be one: a missing list would be taken for an empty one, and from
// "there are none" follows what may be created and deleted.
func (a answer) unusable(req *http.Request) error {
	kind, _, _ := mime.ParseMediaType(a.header.Get("Content-Type"))
	isJSON := kind == "application/json"
	bodyless := req.Method == http.MethodPatch || req.Method == http.MethodDelete
	switch {
	case operationOf(req.Context()).Redirects:
		return errors.New("the answer leads to no file")
	case a.status != http.StatusOK && a.status != http.StatusCreated && (a.status != http.StatusNoContent || !bodyless):
		return fmt.Errorf("the answer has the status %d, which says nothing certain", a.status)
	case len(a.body) > MaxAnswer:
		return fmt.Errorf("the answer is larger than %d bytes", MaxAnswer)
	case len(a.body) == 0 && bodyless:
		return nil
	case !isJSON:
		return fmt.Errorf("the answer is %q instead of JSON: a proxy or gateway may be in the way", kind)
	case !json.Valid(a.body):
		return errors.New("the answer is not complete JSON")
	case operationOf(req.Context()).Lists && !isList(a.body, operationOf(req.Context()).OddRows):
		return errors.New("the answer is not a list of objects")
	}
	return nil
}

// isList reports whether the JSON is a collection as OData has it: an object with an array of objects as its one value, or of anything where
// odd rows are allowed. A second one, or one in other letters, would be read by one parser and not by another.
func isList(body []byte, oddRows bool) bool {
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
		case text == "value" && (isRows(value) || oddRows && isArray(value)):
			lists++
		case strings.EqualFold(text, "value"):
			return false
		}
	}
	return lists == 1
}

// isRows reports whether the JSON is an array of objects.
func isRows(value json.RawMessage) bool {
	var rows []map[string]json.RawMessage
	isNull := func(row map[string]json.RawMessage) bool { return row == nil }
	return json.Unmarshal(value, &rows) == nil && rows != nil && !slices.ContainsFunc(rows, isNull)
}

func isArray(value json.RawMessage) bool {
	var rows []json.RawMessage
	return json.Unmarshal(value, &rows) == nil && rows != nil
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
