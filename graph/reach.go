package graph

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"
)

// reach is the network of a sign-in: some hosts and no others, whatever a discovery document or an environment variable
// says. Secrets and refresh tokens go nowhere else.
type reach struct {
	network *Network
	hosts   []string
}

// outOfReach is a request that was not sent.
type outOfReach struct{ host string }

func (e *outOfReach) Error() string {
	return fmt.Sprintf("refused to send the sign-in to %s, which does not belong to the chosen cloud", e.host)
}

// Do sends a request of a sign-in. It is what azidentity takes for the network.
func (r reach) Do(req *http.Request) (*http.Response, error) {
	if !slices.ContainsFunc(r.hosts, func(host string) bool { return strings.EqualFold(host, req.URL.Host) }) {
		return nil, r.network.note(outcome{err: &finalError{&outOfReach{req.URL.Host}}})
	}
	client := &http.Client{
		Transport:     r.network.base,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	begin := time.Now()             //nolint:forbidigo // for the log alone
	response, err := client.Do(req) //nolint:gosec // to the hosts that were checked
	e := Exchange{Method: req.Method, Path: r.network.secrets.without(req.URL.Host + req.URL.EscapedPath())}
	e.Duration = time.Since(begin)
	o := outcome{err: err}
	if err == nil {
		e.Status, e.RequestID = response.StatusCode, r.network.secrets.clean(response.Header.Get("X-Ms-Request-Id"))
		o = readWhole(response)
	}
	r.network.onExchange(e)
	if permanent(o.err) {
		o.err = &finalError{o.err}
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

// refused tells whether it is an answer that says no.
func (o *outcome) refused() bool { return o.err == nil && o.status >= http.StatusBadRequest }

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
	defer response.Body.Close() //nolint:errcheck // it was read
	if response.StatusCode != http.StatusOK {
		return refusedSignIn(r.network.last.Load())
	}
	if err := json.NewDecoder(response.Body).Decode(into); err != nil {
		return fmt.Errorf("%s answered with something that is not JSON", req.URL.Host)
	}
	return nil
}
