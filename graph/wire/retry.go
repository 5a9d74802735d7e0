package wire

import (
	"context"
	"errors"
	"net/http"
	"time"
)

// Who retries what.
//
// A read is tried again after whatever can pass: no answer, an answer that was cut or is not Graph's, 408, 429 and 5xx
// but 501. A write that creates something is tried again here only if it was certainly not carried out: after 429, when another
// operation was at work on the same object (as long as there is time), and when nothing of it was ever sent. One that replaces or
// deletes something is never sent twice here: what it replaces must be looked at again (Error.Again). Every other failure of a write goes back to package plan, which reads the tenant before it decides.
//
// A request whose token is refused (401), and a write that Graph denies (403), is sent once more with a fresh token, if there is
// one to be had without asking a person: it was not carried out, and what it lacks may have been given since.
//
// Where the application itself is throttled, in whatever tenant, all requests of the network wait for that (see gate).
//
// Where the server says how long to wait, that is waited for, as often as it says so, while the context's deadline
// allows it; a wait that would outlast the deadline is not begun. Where it does not say, there are maxAttempts attempts
// with pauses of 1, 2, 4 and 8 seconds. Nothing else in the program retries a request to Graph: the SDK's middlewares are not
// installed, and the one retry of net/http, on a connection that died before anything was written, is harmless. Requests of
// sign-ins are repeated by azidentity, but for those that cannot pass.
const maxAttempts = 5

// RoundTrip sends the request and, where again says so, sends it again. It is what the SDK takes for the network.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := t.Cloud.CheckTarget(req.URL); err != nil {
		return nil, failed(req, Error{Err: err})
	}
	body, err := readRequestBody(req)
	if err != nil {
		return nil, failed(req, Error{Err: err})
	}
	s := &sending{Transport: t, body: body}
	for {
		a, failure := s.once(req)
		if failure == nil {
			return a.response(req), nil
		}
		if !s.again(req, a, failure) {
			return nil, failure
		}
	}
}

// sending is a request on its way.
type sending struct {
	*Transport
	body []byte

	attempts int    // so far, without one that was repeated for its token alone
	token    string // of the last one
	renewed  bool
}

// once sends the request, as soon as it may be.
func (s *sending) once(req *http.Request) (answer, *Error) {
	token, err := s.Tokens.Token(req.Context())
	if err != nil {
		return answer{}, failed(req, Error{Err: err, final: true})
	}
	if held := s.admit(req); held != nil {
		return answer{}, held
	}
	s.token = token
	s.attempts++
	return s.attempt(req, s.body, token)
}

// again waits as long as it takes and reports whether the request is to be sent again here. If that is left to who looks at the tenant
// first, the failure says so.
func (s *sending) again(req *http.Request, a answer, failure *Error) bool {
	if s.renew(req, failure) {
		s.attempts--
		failure.renewed, failure.deferred = true, replaces(req)
		return !failure.deferred
	}
	ctx := req.Context()
	wait, again := pause(ctx, failure, s.attempts)
	common := a.throttlesApplication()
	if common {
		s.Network.Hold(s.Clock.Now(), wait)
	}
	switch {
	case !again:
		return false
	case ctx.Err() != nil:
		return s.stopped(req, failure)
	case common:
		return s.afterHold(req, failure)
	case !fits(ctx, s.Clock.Now(), wait):
		return false
	}
	if failure.deferred = replaces(req); failure.deferred {
		return false
	}
	s.OnWait("Graph, to "+failure.Op.Name+" ("+failure.reason()+")", wait)
	return s.Clock.Sleep(ctx, wait) == nil || s.stopped(req, failure)
}

// stopped is again for a request that would be sent again if its context had not ended. Where somebody stopped it, that is its failure, not
// what might have passed: it was not carried out.
func (s *sending) stopped(req *http.Request, failure *Error) bool {
	if over := req.Context().Err(); errors.Is(over, context.Canceled) {
		*failure = *failed(req, Error{Err: ended(req, over), final: true})
	}
	return false
}

// afterHold is again for a request that was refused because the application is throttled: it waits with all others.
func (s *sending) afterHold(req *http.Request, failure *Error) bool {
	if s.admit(req) != nil {
		return s.stopped(req, failure)
	}
	failure.deferred = replaces(req)
	failure.retryAfter = time.Second // that was waited for
	return !failure.deferred
}

// renew gets another token in the place of one that Graph refused, once.
func (s *sending) renew(req *http.Request, failure *Error) bool {
	if s.renewed || !failure.ofToken() {
		return false
	}
	s.renewed, failure.Unrenewed = s.Tokens.Renew(req.Context(), s.token, failure.Challenge)
	return s.renewed
}

// pause returns how long to wait before the request is tried again, and whether it is.
func pause(ctx context.Context, e *Error, attempt int) (time.Duration, bool) {
	switch {
	case !e.repeatable() || isSilent(e.Err) && ctx.Value(impatientKey{}) != nil:
		return 0, false
	case e.retryAfter > 0:
		return e.retryAfter, true
	case attempt >= maxAttempts && !e.collided():
		return 0, false
	}
	return time.Second << min(attempt-1, 3), true
}

// replaces reports whether a request replaces or deletes something: meanwhile, somebody else may have changed that.
func replaces(req *http.Request) bool {
	return req.Method == http.MethodPatch || req.Method == http.MethodDelete
}

type impatientKey struct{}

// Impatient is for requests whose answers can be done without: an attempt that stays without any answer is the last.
func Impatient(ctx context.Context) context.Context {
	return context.WithValue(ctx, impatientKey{}, true)
}

// repeatable reports whether the same request may succeed later and can do no harm.
func (e *Error) repeatable() bool {
	switch {
	case e.final:
		return false
	case e.collided():
		return true
	}
	switch e.Status {
	case http.StatusTooManyRequests:
		return true
	case 0: // no answer
		return !e.write || !e.sent
	case http.StatusRequestTimeout, http.StatusInternalServerError, http.StatusBadGateway,
		http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return !e.write
	}
	return !e.write && e.Status >= 200 && e.Status < 300 // an answer that cannot be used
}

// fits reports whether the wait ends before the deadline, if there is one.
func fits(ctx context.Context, now time.Time, wait time.Duration) bool {
	deadline, bounded := ctx.Deadline()
	return !bounded || now.Add(wait).Before(deadline)
}

// reason is the shortest word for why a request is tried again.
func (e *Error) reason() string {
	switch {
	case e.Status == http.StatusTooManyRequests:
		return "throttled"
	case e.collided():
		return "another operation is under way"
	case e.Status >= 400:
		return http.StatusText(e.Status)
	}
	return "no usable answer"
}

// Clock is the time as requests and sign-ins see it.
type Clock interface {
	Now() time.Time
	// Sleep waits, or returns the context's error as soon as it ends.
	Sleep(ctx context.Context, d time.Duration) error
}

// OnWait hears of each pause before a retry and, with a zero duration, of an answer that lets wait; the latter from another
// goroutine.
type OnWait func(what string, d time.Duration)

// slowAfter is how long an answer may take before somebody is told that it is waited for.
const slowAfter = 3 * time.Second

// Announce says that something is waited for, once it takes long; stop ends that.
func (w OnWait) Announce(what string) (stop func()) {
	timer := time.AfterFunc(slowAfter, func() { w(what, 0) })
	return func() { timer.Stop() }
}
