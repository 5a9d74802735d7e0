package graph

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// Error is a request that did not end as it should: an error answer of Graph, an answer that nobody can use, or none.
// It answers plan.Failure. Texts of servers are cut and hold no secret, see secrets.
type Error struct {
	Op        string // what was asked for, in words
	Status    int    // HTTP status; 0 if there was no answer
	Code      string // Graph's error code, such as Authorization_RequestDenied
	Message   string // Graph's error message
	RequestID string // Graph's request-id, for Microsoft's support
	Err       error  // why there is no answer or no use in it; nil for an error answer of Graph

	op         operation
	needs      []string // permissions that the change under way needs; empty outside of one
	write      bool     // the request would have changed something
	sent       bool     // at least its headers were written to the network
	retryAfter time.Duration
	repeatable bool // the same request may succeed later
}

// maxMessage is the number of bytes of a server's message that is kept.
const maxMessage = 300

func (e *Error) Error() string {
	var b strings.Builder
	b.WriteString(e.Op)
	if e.Status != 0 {
		fmt.Fprintf(&b, ": Graph answered %d", e.Status)
		if e.Code != "" {
			fmt.Fprintf(&b, " %s", e.Code)
		}
	}
	if e.Message != "" {
		fmt.Fprintf(&b, ": %s", e.Message)
	}
	if e.Err != nil {
		fmt.Fprintf(&b, ": %v", e.Err)
	}
	if e.RequestID != "" {
		fmt.Fprintf(&b, " (request-id %s)", e.RequestID)
	}
	return b.String()
}

// asError returns the *Error behind an error, nil if there is none.
func asError(err error) *Error {
	e, _ := errors.AsType[*Error](err)
	return e
}

func (e *Error) Unwrap() error { return e.Err }

// Unanswered tells whether a write may have been carried out: it was sent, and what came back is nothing, unusable, or a
// server error, which a gateway may also give to a request that was carried out.
func (e *Error) Unanswered() bool {
	refused := e.Status >= 300 && e.Status < 500 && e.Status != http.StatusRequestTimeout
	return e.write && e.sent && !refused
}

// Exists tells whether what was to be created is there already. Both forms have been seen (graph-facts.md §2.4).
func (e *Error) Exists() bool {
	return e.Status == http.StatusConflict ||
		e.Status == http.StatusBadRequest && (e.Code == "Request_MultipleObjectsWithSameKeyValue" || strings.Contains(e.Message, "already exists"))
}

// Absent tells whether something that the request refers to is not there, or not visible everywhere yet
// (graph-facts.md §2.7).
func (e *Error) Absent() bool {
	return e.Status == http.StatusNotFound ||
		e.Status == http.StatusBadRequest && strings.Contains(e.Message, "queried reference-property objects are not present")
}

// Denied tells whether the caller lacks a permission or a role.
func (e *Error) Denied() bool { return e.Status == http.StatusForbidden }

// RetryAfter is how long Graph asked to wait; zero if it did not.
func (e *Error) RetryAfter() time.Duration { return e.retryAfter }

// Hint says what to do about the error; empty if there is nothing better to say than the error.
func (e *Error) Hint() string {
	switch e.Status {
	case http.StatusForbidden:
		return "this needs " + e.need()
	case http.StatusUnauthorized:
		return "Graph did not accept the sign-in: sign in again, with " + plural("permission", []string{e.op.permission}) +
			"; if that does not help, check this machine's clock"
	case http.StatusTooManyRequests:
		return "Graph is throttling this tenant or app: try again later, or allow more time with --timeout"
	case http.StatusProxyAuthRequired:
		return adviceProxy
	}
	return networkHint(e.Err)
}

// failed fills in what every error of an attempt has.
func failed(req *http.Request, e Error) *Error {
	e.op = operationOf(req.Context())
	e.Op = e.op.name
	e.write = req.Method != http.MethodGet
	return &e
}

// errorAnswer turns an answer with an error status into an Error.
func errorAnswer(req *http.Request, a answer, now time.Time) *Error {
	e := Error{Status: a.status, sent: true, RequestID: requestID(a.header), retryAfter: retryAfter(a.header, now)}
	var body struct {
		Error struct {
			Code    string `json:"code"`
			Message string `json:"message"`
		} `json:"error"`
	}
	switch {
	case a.status < 200:
		e.Err = errors.New("it is no answer to the request")
	case a.status < 400:
		e.Err = errors.New("it redirects to another place, which is not followed")
	case json.Unmarshal(a.body, &body) == nil:
		e.Code, e.Message = body.Error.Code, body.Error.Message
	default:
		e.Err = errors.New("the answer is not Graph's: a proxy or gateway may be in the way")
	}
	switch a.status {
	case http.StatusTooManyRequests:
		e.repeatable = true
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		e.repeatable = req.Method == http.MethodGet
	}
	return failed(req, e)
}

// retryAfter reads the header in both forms of RFC 9110 §10.2.3; zero if it is absent, past or unreadable.
func retryAfter(h http.Header, now time.Time) time.Duration {
	value := strings.TrimSpace(h.Get("Retry-After"))
	if seconds, err := strconv.ParseUint(value, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if at, err := http.ParseTime(value); err == nil && at.After(now) {
		return at.Sub(now)
	}
	return 0
}

func requestID(h http.Header) string { return h.Get("Request-Id") }

func cut(s string) string {
	if len(s) > maxMessage {
		return strings.ToValidUTF8(s[:maxMessage], "") + "…"
	}
	return s
}
