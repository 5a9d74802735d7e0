package wire

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"time"
)

// gate holds back all requests of a network while Microsoft throttles the application itself, in whatever tenant: to ask for the
// next tenant would only make it longer. What one tenant throttles holds back nobody else.
type gate struct {
	mu    sync.Mutex
	until time.Time // nothing is sent before
}

// HeldError is a request that was not sent, since the application is throttled for longer than there is time.
type HeldError struct{ For time.Duration }

func (e *HeldError) Error() string {
	return fmt.Sprintf("the application is throttled in all tenants for another %s, which is more than the time that is left", e.For.Round(time.Second))
}

// Hold holds back all requests until then, or longer if they are held back already.
func (n *Network) Hold(until time.Time) {
	n.gate.mu.Lock()
	defer n.gate.mu.Unlock()
	if until.After(n.gate.until) {
		n.gate.until = until
	}
}

// Await waits as long as requests are held back. Errors: *HeldError, and the context's.
func (n *Network) Await(ctx context.Context, clock Clock, onWait OnWait) error {
	for {
		n.gate.mu.Lock()
		wait := n.gate.until.Sub(clock.Now())
		n.gate.mu.Unlock()
		switch {
		case wait <= 0:
			return nil
		case !fits(ctx, clock.Now(), wait):
			return &HeldError{wait}
		}
		onWait("Microsoft's limit for the application, in all tenants", wait)
		if err := clock.Sleep(ctx, wait); err != nil {
			return err
		}
	}
}

// admit waits until the request may be sent.
func (t *Transport) admit(req *http.Request) *Error {
	err := t.Network.Await(req.Context(), t.Clock, t.OnWait)
	if held, ok := errors.AsType[*HeldError](err); ok {
		return failed(req, Error{Status: http.StatusTooManyRequests, Err: err, final: true, retryAfter: held.For})
	}
	if err != nil {
		return failed(req, Error{Err: ended(req, err), final: true})
	}
	return nil
}

// throttlesApplication reports whether an answer says that the application has asked for too much in all tenants together
// (learn.microsoft.com/graph/throttling, x-ms-throttle-scope: SCOPE/LIMIT/APPLICATION/TENANT).
func (a answer) throttlesApplication() bool {
	scope, _, _ := strings.Cut(a.header.Get("X-Ms-Throttle-Scope"), "/")
	return a.status == http.StatusTooManyRequests && strings.EqualFold(strings.TrimSpace(scope), "application")
}
