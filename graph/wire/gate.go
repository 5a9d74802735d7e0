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
	since time.Time // when that began; zero: there was an answer since the last time
}

// MaxHold is how long requests are held back in one go where that is nobody's own time (see Within), until they fail instead.
const MaxHold = 15 * time.Minute

// HeldError is a request that was not sent, since the application is throttled in all tenants for longer than can be waited for.
type HeldError struct{ For time.Duration }

func (e *HeldError) Error() string {
	wait := e.For.Round(time.Second)
	return fmt.Sprintf("Microsoft throttles this application in all tenants for another %s, which is too long to wait", wait)
}

// Hold holds back all requests for so long from now on, or longer if they are held back already.
func (n *Network) Hold(now time.Time, wait time.Duration) {
	if longer := n.gate.hold(now, wait); longer && wait >= slowAfter && wait <= MaxHold && n.OnHold != nil {
		n.OnHold(wait)
	}
}

// hold reports whether that is longer than before, by more than the time that answers which were on their way differ by.
func (g *gate) hold(now time.Time, wait time.Duration) (longer bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.since.IsZero() || now.After(g.until.Add(ReadTimeout)) { // an answer to what was sent then would be here
		g.since = now
	}
	until := now.Add(wait)
	longer = until.After(g.until.Add(slowAfter))
	if until.After(g.until) {
		g.until = until
	}
	return longer
}

// Passed notes an answer by which the application is not throttled.
func (n *Network) Passed() {
	n.gate.mu.Lock()
	defer n.gate.mu.Unlock()
	n.gate.since = time.Time{}
}

// held is for how long requests are held back from now on, and whether that goes on for longer than MaxHold in all.
func (n *Network) held(now time.Time) (wait time.Duration, endless bool) {
	n.gate.mu.Lock()
	defer n.gate.mu.Unlock()
	since := n.gate.since
	if since.IsZero() {
		since = now
	}
	return n.gate.until.Sub(now), n.gate.until.Sub(since) > MaxHold
}

// Await waits as long as requests are held back. It stops the clock of Within. Errors: *HeldError, and the context's.
func (n *Network) Await(ctx context.Context, clock Clock, onWait OnWait) error {
	for {
		wait, endless := n.held(clock.Now())
		ownTime := fits(ctx, clock.Now(), wait)
		own, nobodys := allowanceOf(ctx)
		switch {
		case wait <= 0:
			return nil
		case endless && nobodys, !ownTime && !nobodys:
			return &HeldError{wait}
		}
		onWait("Microsoft's limit for the application, in all tenants", wait)
		resume := own.stop()
		err := clock.Sleep(ctx, wait)
		resume()
		if err != nil {
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
