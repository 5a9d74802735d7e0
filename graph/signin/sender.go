package signin

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/wire"
)

// sender sends the requests of a sign-in: to some hosts and no others, and over TLS but for a few of them, whatever a discovery
// document or an environment variable says. Secrets and refresh tokens go nowhere else.
type sender struct {
	network *wire.Network
	secrets *wire.Secrets
	hosts   []string
	plain   bool          // they may be reached without TLS: they are a machine's own endpoints
	ofEntra bool          // they are Entra's, which tells all tenants together how much may be asked for
	known   wire.Document // is given in place of an answer at its address; zero: nothing is known
}

// outOfReach is a request that was not sent.
type outOfReach struct{ at string }

func (e *outOfReach) Error() string {
	return fmt.Sprintf("refusing to send credentials to %s: not a sign-in host of this cloud", e.at)
}

// finalError is a failure that azcore shall not try again.
type finalError struct{ error }

func (e *finalError) Unwrap() error { return e.error }

// NonRetriable tells azcore so.
func (*finalError) NonRetriable() {}

// check refuses what is out of reach.
func (s sender) check(target *url.URL) error {
	known := slices.ContainsFunc(s.hosts, func(host string) bool { return strings.EqualFold(host, target.Host) })
	if known && (target.Scheme == "https" || target.Scheme == "http" && s.plain) {
		return nil
	}
	return &finalError{&outOfReach{target.Scheme + "://" + target.Host}}
}

// Do sends a request and keeps the outcome for whoever began the sign-in. It is what azidentity takes for the network, and what the
// libraries ask for more when their time is up, which tells nothing.
func (s sender) Do(req *http.Request) (*http.Response, error) {
	if req.Context().Err() != nil {
		return nil, &finalError{context.Cause(req.Context())}
	}
	if s.known.IsAt(req) {
		return s.known.Response(req), nil
	}
	last := trailIn(req.Context())
	if !s.ofEntra || last.tokens == nil {
		response, o := s.send(req)
		last.Store(o)
		return response, o.err
	}
	return s.patiently(req, last)
}

// attempts is how often a request is sent that is refused because of too many, without a word of how long to wait.
const attempts = 5

// patiently sends a request as soon as no tenant is refused because of too many, and again if this one is: all of them wait for that,
// and azcore, which would send it again by itself, knows of no other.
func (s sender) patiently(req *http.Request, last *trail) (*http.Response, error) {
	body, err := bodyOf(req)
	for attempt := 1; err == nil; attempt++ {
		if err = s.network.Await(req.Context(), last.tokens.clock, last.tokens.onWait); err != nil {
			last.Store(&outcome{err: err}) // or else MSAL would lose it
			break
		}
		req.Body = body()
		response, o := s.send(req)
		last.Store(o)
		switch {
		case !o.throttled():
			return response, o.err
		case !s.heed(last.tokens.clock.Now(), response, attempt):
			err = errThrottled
		}
	}
	return nil, &finalError{err}
}

// errThrottled is a request that was refused because of too many, as often as it was sent. The trail says more.
var errThrottled = errors.New("too many requests")

// bodyOf reads the body of a request, and returns what makes it anew.
func bodyOf(req *http.Request) (body func() io.ReadCloser, err error) {
	if req.Body == nil || req.Body == http.NoBody {
		return func() io.ReadCloser { return req.Body }, nil
	}
	data, err := io.ReadAll(req.Body)
	return func() io.ReadCloser { return io.NopCloser(bytes.NewReader(data)) }, err
}

// send sends a request and reads the answer whole.
func (s sender) send(req *http.Request) (*http.Response, *outcome) {
	if err := s.check(req.URL); err != nil {
		return nil, &outcome{err: err}
	}
	if t := trailIn(req.Context()).tokens; t != nil {
		s.secrets = cmp.Or(t.credential.Secrets, s.secrets)
	}
	ctx, cancel := context.WithTimeout(req.Context(), wire.ReadTimeout)
	defer cancel() // the answer is read whole before
	out, err := hideForm(s.secrets, req.Clone(ctx))
	if err != nil {
		return nil, &outcome{err: err}
	}
	begin := time.Now()                         //nolint:forbidigo // for the log alone
	response, err := s.network.Client().Do(out) //nolint:gosec // to the hosts that were checked
	if wrapped, ok := errors.AsType[*url.Error](err); ok {
		err = wrapped.Err
	}
	e := wire.Exchange{Method: req.Method, Path: s.secrets.Without(req.URL.Host + req.URL.EscapedPath()), Duration: time.Since(begin)}
	o := &outcome{err: err}
	if err == nil {
		o = s.readWhole(ctx, response)
		hideAnswer(s.secrets, o.body)
		if !o.throttled() {
			s.network.Passed()
		}
		e.Status, e.RequestID = response.StatusCode, s.secrets.Clean(response.Header.Get("X-Ms-Request-Id"))
	}
	s.network.Log(e)
	switch {
	case wire.Permanent(o.err):
		o.err = &finalError{o.err}
	case req.Context().Err() == nil && errors.Is(o.err, context.DeadlineExceeded):
		o.err = wire.Late{Host: req.URL.Host}
	case o.busy(): // which azcore tries again
		response.StatusCode = http.StatusServiceUnavailable
	}
	if o.err != nil {
		response = nil
	}
	return response, o
}

// heed holds back all requests, of whatever tenant, after one that was refused because of too many, and reports whether it may be sent
// again after that.
func (s sender) heed(now time.Time, refusal *http.Response, attempt int) bool {
	wait := wire.RetryAfter(refusal.Header, now)
	told := wait > 0
	if !told {
		wait = time.Second << min(attempt-1, 3)
	}
	s.network.Hold(now, wait)
	return told || attempt < attempts
}

// readWhole reads an answer, but no more of it than the network does.
func (s sender) readWhole(ctx context.Context, response *http.Response) *outcome {
	defer response.Body.Close() //nolint:errcheck // it was read
	data, err := s.network.ReadAnswer(ctx, response.Body)
	response.Body = io.NopCloser(bytes.NewReader(data))
	at := response.Request.URL
	return &outcome{err, at.Host, response.StatusCode, data, strings.HasSuffix(at.Path, "/token")}
}

// What must not be shown of sign-in requests and answers (RFC 6749, RFC 7521, RFC 7636, RFC 8628, and those by which pipelines
// get their tokens), and of the environment. User codes are for people to see.
var (
	secretQuestions = []string{"client_secret", "client_assertion", "assertion", "code", "code_verifier", "device_code", "refresh_token"}
	secretAnswers   = []string{"access_token", "refresh_token", "id_token", "device_code", "value", "oidcToken"}
	secretVariables = []string{
		"AZURE_CLIENT_SECRET", "AZURE_CLIENT_CERTIFICATE_PASSWORD", "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "SYSTEM_ACCESSTOKEN",
		"IDENTITY_HEADER", "MSI_SECRET",
	}
)

// afresh are the claims with which a fresh token is asked for where nobody has named any: libraries look into no cache then. They are
// never sent, see hideForm.
const afresh = `{"access_token":{}}`

// hideForm hides what a request sends in its form, and returns the request with its body to be read again.
func hideForm(s *wire.Secrets, req *http.Request) (*http.Request, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, nil
	}
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	form, err := url.ParseQuery(string(data))
	if err == nil {
		for _, name := range secretQuestions {
			s.HideToken(form.Get(name))
		}
	}
	if err == nil && form.Get("claims") == afresh {
		form.Del("claims")
		data = []byte(form.Encode())
		req.ContentLength, req.GetBody = int64(len(data)), nil
	}
	req.Body = io.NopCloser(bytes.NewReader(data))
	return req, nil
}

func hideAnswer(s *wire.Secrets, body []byte) {
	var fields members
	_ = json.Unmarshal(body, &fields) // what is no object gives nothing
	for _, name := range secretAnswers {
		s.HideToken(fields.text(name))
	}
}
