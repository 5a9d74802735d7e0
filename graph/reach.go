package graph

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// reach is the network of a sign-in: some hosts and no others, and TLS but for a few of them, whatever a discovery document
// or an environment variable says. Secrets and refresh tokens go nowhere else.
type reach struct {
	network *Network
	hosts   []string
	plain   []string // those that may be reached without TLS: a machine's own endpoints
}

// outOfReach is a request that was not sent.
type outOfReach struct{ at string }

func (e *outOfReach) Error() string {
	return fmt.Sprintf("refused to send the sign-in to %s: that is not where the chosen cloud signs in", e.at)
}

// check refuses what is out of reach.
func (r reach) check(target *url.URL) error {
	among := func(hosts []string) bool {
		return slices.ContainsFunc(hosts, func(host string) bool { return strings.EqualFold(host, target.Host) })
	}
	if target.Scheme == "https" && among(r.hosts) || target.Scheme == "http" && among(r.plain) {
		return nil
	}
	return &finalError{&outOfReach{target.Scheme + "://" + target.Host}}
}

// Do sends a request of a sign-in. It is what azidentity takes for the network.
func (r reach) Do(req *http.Request) (*http.Response, error) {
	if err := r.check(req.URL); err != nil {
		return nil, r.network.note(outcome{err: err})
	}
	ctx, cancel := context.WithTimeout(req.Context(), readTimeout)
	defer cancel() // the answer is read whole before
	out, err := r.network.secrets.hideForm(req.Clone(ctx))
	if err != nil {
		return nil, r.network.note(outcome{err: err})
	}
	begin := time.Now()                         //nolint:forbidigo // for the log alone
	response, err := r.network.client().Do(out) //nolint:gosec // to the hosts that were checked
	e := Exchange{Method: req.Method, Path: r.network.secrets.without(req.URL.Host + req.URL.EscapedPath())}
	e.Duration = time.Since(begin)
	o := outcome{err: err}
	if err == nil {
		o = readWhole(response)
		r.network.secrets.hideAnswer(o.body)
		e.Status, e.RequestID = response.StatusCode, r.network.secrets.clean(response.Header.Get("X-Ms-Request-Id"))
	}
	r.network.onExchange(e)
	if permanent(o.err) {
		o.err = &finalError{o.err}
	}
	if o.err != nil {
		response = nil
	}
	return response, r.network.note(o)
}

// outcome is how a request of a sign-in ended. It is kept because the libraries in between lose it: MSAL has the text alone of
// what got no answer, and reads an answer to a device code to its end before it hands it on as the reason of an error.
type outcome struct {
	err    error // no answer, or no whole one
	host   string
	status int
	body   []byte
}

// refused tells whether it is an answer that gives nothing.
func (o *outcome) refused() bool { return o.err == nil && o.status >= http.StatusMultipleChoices }

// passing tells whether it may be different the next time without anybody doing anything.
func (o *outcome) passing() bool {
	return o.err != nil || o.status >= http.StatusInternalServerError || o.status == http.StatusTooManyRequests
}

// note keeps the outcome and returns its error.
func (n *Network) note(o outcome) error {
	n.last.Store(&o)
	return o.err
}

// readWhole reads an answer, but no more of it than maxAnswer.
func readWhole(response *http.Response) outcome {
	defer response.Body.Close() //nolint:errcheck // it was read
	data, err := io.ReadAll(io.LimitReader(response.Body, maxAnswer))
	response.Body = io.NopCloser(bytes.NewReader(data))
	return outcome{err, response.Request.URL.Host, response.StatusCode, data}
}

// finalError is a failure that azcore shall not try again.
type finalError struct{ error }

func (e *finalError) Unwrap() error { return e.error }

// NonRetriable tells azcore so.
func (*finalError) NonRetriable() {}

// json sends a request and reads the JSON of a good answer.
func (r reach) json(req *http.Request, into any) error {
	response, err := r.Do(req)
	if err != nil {
		return err
	}
	defer response.Body.Close() //nolint:errcheck // it is in memory
	if response.StatusCode != http.StatusOK {
		return r.network.refusedSignIn(r.network.last.Load())
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s answered with something that is not JSON", req.URL.Host)
	}
	return nil
}
