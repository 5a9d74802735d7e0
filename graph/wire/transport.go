package wire

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptrace"
	"sync/atomic"
	"time"

	"github.com/google/uuid"
)

// Bounds of one attempt. A write is given more time, since a lost answer costs more than a wait. What a sign-in asks is a read.
const (
	ReadTimeout  = 30 * time.Second
	writeTimeout = 60 * time.Second
)

// Transport sends requests to the Graph of one tenant: it attaches the token, bounds each attempt, reads answers whole and
// turns whatever is not a good answer into an *Error, before anybody else sees it. All fields are required.
type Transport struct {
	Network   *Network // of all tenants
	Cloud     Cloud
	Tokens    Tokens
	Secrets   *Secrets // of this tenant's sign-in
	Clock     Clock
	UserAgent string
	OnWait    OnWait
}

// Tokens gets access tokens for Graph.
type Tokens interface {
	// Token returns one that is valid for the next request.
	Token(ctx context.Context) (string, error)
	// Renew puts a fresh token in the place of one that was refused, without asking a person, and reports whether there is another
	// one now. Claims are JSON with which Graph wants it to be asked for; empty if it named none. An error says why there is no
	// other one, where that tells more than the refusal.
	Renew(ctx context.Context, refused, claims string) (bool, error)
}

// attempt sends the request once, when there is a place for it; its time begins then. Whether it is tried again, RoundTrip decides.
func (t *Transport) attempt(req *http.Request, body []byte, token string) (answer, *Error) {
	leave, err := enter(req.Context(), t.Network.places.requests)
	if err != nil {
		return answer{}, failed(req, Error{Err: ended(req, err), final: true})
	}
	defer leave()
	ctx, cancel := attemptContext(req)
	defer cancel()
	sent := new(atomic.Bool) // anything of the request
	ctx = httptrace.WithClientTrace(ctx, &httptrace.ClientTrace{WroteHeaderField: func(string, []string) { sent.Store(true) }})
	defer t.OnWait.Announce("Graph's answer, to " + operationOf(req.Context()).Name)()
	return t.exchange(req, t.outgoing(ctx, req, body, token), sent) //nolint:contextcheck // see attemptContext
}

// exchange sends out, which stands for req, reads what comes back and logs it.
func (t *Transport) exchange(req, out *http.Request, sent *atomic.Bool) (answer, *Error) {
	begin := t.Clock.Now()
	response, err := t.Network.RoundTrip(out)
	if err != nil {
		t.log(req, answer{}, begin)
		return answer{}, noAnswer(req, err, sent.Load())
	}
	defer response.Body.Close() //nolint:errcheck // it was read to its end or given up
	body, err := t.Network.ReadAnswer(out.Context(), response.Body)
	a := answer{response.StatusCode, response.Header, body}
	t.log(req, a, begin)
	if !a.throttlesApplication() {
		t.Network.Passed()
	}
	failure := a.failure(req, ended(req, err), t.Clock.Now())
	if failure != nil {
		a.body = nil // which may be large
	}
	return a, failure
}

func (t *Transport) log(req *http.Request, a answer, begin time.Time) {
	t.Network.Log(Exchange{
		Method: req.Method, Path: t.Secrets.Without(req.URL.RequestURI()), Status: a.status,
		RequestID: t.Secrets.Clean(a.header.Get(requestID)), Duration: t.Clock.Now().Sub(begin),
	})
}

// attemptContext bounds one attempt. A write that was begun is awaited even if the program is interrupted meanwhile,
// since only its answer tells what stands; the deadline of the whole command holds in any case.
func attemptContext(req *http.Request) (context.Context, context.CancelFunc) {
	ctx := req.Context()
	if req.Method == http.MethodGet {
		return context.WithTimeout(ctx, ReadTimeout)
	}
	timeout := writeTimeout
	if deadline, bounded := ctx.Deadline(); bounded {
		timeout = min(timeout, time.Until(deadline))
	}
	return context.WithTimeout(context.WithoutCancel(ctx), timeout)
}

// outgoing builds the request of one attempt, with a length and a fresh body.
func (t *Transport) outgoing(ctx context.Context, req *http.Request, body []byte, token string) *http.Request {
	out := req.Clone(ctx)
	out.Body, out.GetBody, out.ContentLength = nil, nil, int64(len(body))
	if len(body) > 0 {
		out.Body = io.NopCloser(bytes.NewReader(body))
	}
	out.Header.Set("Authorization", "Bearer "+token)
	out.Header.Set("User-Agent", t.UserAgent)
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

// failed fills in what every error of an attempt has.
func failed(req *http.Request, e Error) *Error {
	e.Op, e.write = operationOf(req.Context()), req.Method != http.MethodGet
	return &e
}

// noAnswer describes a request that ended without a response.
func noAnswer(req *http.Request, err error, sent bool) *Error {
	return failed(req, Error{Err: ended(req, err), sent: sent, final: Permanent(err)})
}

// ended is why there is no answer, or no whole one: the time of the whole command, if that is up, or what happened on the way. The
// time of one attempt is no deadline of anybody else.
func ended(req *http.Request, err error) error {
	late := errors.Is(err, context.DeadlineExceeded)
	over := req.Context().Err()
	switch {
	case over != nil && (req.Method == http.MethodGet || (late || isSilent(err)) && errors.Is(over, context.DeadlineExceeded)) && err != nil:
		return TimeUp(context.Cause(req.Context()), err)
	case over == nil && late:
		return Late{req.URL.Host}
	}
	return err
}
