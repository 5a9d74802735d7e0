package wire_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/google/go-cmp/cmp"
)

// renewing gives one token, and others in its place.
type renewing struct {
	tokens []string
	claims []string // with which it was asked for another
	why    error    // there is no other one
}

func (r *renewing) Token(context.Context) (string, error) { return r.tokens[0], nil }

func (r *renewing) Renew(_ context.Context, refused, claims string) (bool, error) {
	r.claims = append(r.claims, claims)
	if len(r.tokens) == 1 || refused != r.tokens[0] {
		return false, r.why
	}
	r.tokens = r.tokens[1:]
	return true, nil
}

// That there is no fresh token does not take the place of the refusal: its reason is added, without secrets.
func TestRetry_whyNoFreshToken(t *testing.T) {
	t.Parallel()
	for status, write := range map[int]bool{401: false, 403: true} {
		l := newLine(t, wiretest.Refusal(status, "x", "it is refused"))
		l.transport.Tokens = &renewing{tokens: []string{"a"}, why: errors.New("sign in: AADSTS7000222: expired, " + string(someToken))}
		ask := l.read
		if write {
			ask = l.write
		}
		_, err := ask(t.Context())
		failure, _ := errors.AsType[*wire.Error](err)
		const want = "; a fresh sign-in did not help: AADSTS7000222: expired, (secret)"
		if failure == nil || failure.Status != status || !strings.HasSuffix(err.Error(), want) || !strings.Contains(err.Error(), "it is refused") {
			t.Errorf("%d: got %v", status, err)
		}
	}
}

// A refused token, and what a write lacks, is tried once more with a fresh token: once for a request, and only if there is one.
func TestRetry_freshToken(t *testing.T) {
	t.Parallel()
	const challenge = `Bearer error="insufficient_claims", claims="eyJhY2Nlc3NfdG9rZW4iOnt9fQ=="`
	unauthorized, denied := wiretest.Refusal(401, "InvalidAuthenticationToken", "x"), wiretest.Refusal(403, "Authorization_RequestDenied", "x")
	good, soon := wiretest.JSON(201, `{"value":[]}`), wiretest.Refusal(429, "x", "y", "Retry-After", "7")
	for name, test := range map[string]struct {
		answers []http.HandlerFunc
		writes  bool
		tokens  []string
		sent    []string // the tokens of the requests
		claims  []string
		status  int // of the error; 0: none
	}{
		"a read, 401":               {[]http.HandlerFunc{unauthorized, good}, false, []string{"a", "b"}, []string{"Bearer a", "Bearer b"}, []string{""}, 0},
		"a read, 403":               {[]http.HandlerFunc{denied, good}, false, []string{"a", "b"}, []string{"Bearer a"}, nil, 403},
		"a write, 401":              {[]http.HandlerFunc{unauthorized, good}, true, []string{"a", "b"}, []string{"Bearer a", "Bearer b"}, []string{""}, 0},
		"a write, 403":              {[]http.HandlerFunc{denied, good}, true, []string{"a", "b"}, []string{"Bearer a", "Bearer b"}, []string{""}, 0},
		"a challenge":               {[]http.HandlerFunc{wiretest.Refusal(401, "x", "y", "WWW-Authenticate", challenge), good}, true, []string{"a", "b"}, []string{"Bearer a", "Bearer b"}, []string{`{"access_token":{}}`}, 0},
		"twice":                     {[]http.HandlerFunc{denied, denied, good}, true, []string{"a", "b", "c"}, []string{"Bearer a", "Bearer b"}, []string{""}, 403},
		"no fresh one":              {[]http.HandlerFunc{denied, good}, true, []string{"a"}, []string{"Bearer a"}, []string{""}, 403},
		"a filter's page":           {[]http.HandlerFunc{wiretest.Raw(403, "text/html", "<h1>No</h1>"), good}, true, []string{"a", "b"}, []string{"Bearer a"}, nil, 403},
		"throttled before and then": {[]http.HandlerFunc{soon, unauthorized, soon, good}, true, []string{"a", "b"}, []string{"Bearer a", "Bearer a", "Bearer b", "Bearer b"}, []string{""}, 0},
	} {
		l, tokens := newLine(t, test.answers...), &renewing{tokens: test.tokens}
		l.transport.Tokens = tokens
		ask := l.read
		if test.writes {
			ask = l.write
		}
		_, err := ask(t.Context())
		failure, _ := errors.AsType[*wire.Error](err)
		if err == nil && test.status != 0 || err != nil && (failure == nil || failure.Status != test.status) {
			t.Errorf("%s: got error %v, want the status %d", name, err, test.status)
		}
		var sent []string
		for _, r := range l.Requests() {
			sent = append(sent, r.Header.Get("Authorization"))
		}
		if diff := cmp.Diff(test.sent, sent); diff != "" {
			t.Errorf("%s: tokens (-want +got):\n%s", name, diff)
		}
		if diff := cmp.Diff(test.claims, tokens.claims); diff != "" {
			t.Errorf("%s: claims (-want +got):\n%s", name, diff)
		}
	}
}
