package signin

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// tokenSource gives its tokens one after the other, the last one for ever, and keeps what it was asked with.
type tokenSource struct {
	tokens []string
	err    error // from the second time on
	claims []string
	silent []bool
}

func (s *tokenSource) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	s.claims, s.silent = append(s.claims, options.Claims), append(s.silent, ctx.Value(silentKey{}) != nil)
	if len(s.claims) > 1 && s.err != nil {
		return azcore.AccessToken{}, s.err
	}
	token := s.tokens[min(len(s.claims), len(s.tokens))-1]
	return azcore.AccessToken{Token: token, ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// A refused token gives way to a fresh one of the same tenant, which is asked for past every cache and without a person; where there
// is none to be had, the old one stays.
func TestTokens_renew(t *testing.T) {
	t.Parallel()
	token := func(tenant, id string) string { return wiretest.Token(map[string]any{"tid": tenant, "uti": id}) }
	old, fresh := token(wiretest.TenantID, "1"), token(wiretest.TenantID, "2")
	for name, test := range map[string]struct {
		auth    Auth
		source  tokenSource
		refused string
		claims  string
		want    bool
		asked   []string // with which claims, after the first time
		why     string   // there is no other one; empty: the refusal says it all
	}{
		"a fresh one":           {AuthClientSecret, tokenSource{tokens: []string{old, fresh}}, old, "", true, []string{afresh}, ""},
		"with claims":           {AuthBrowser, tokenSource{tokens: []string{old, fresh}}, old, `{"access_token":{"nbf":{}}}`, true, []string{`{"access_token":{"nbf":{}}}`}, ""},
		"the same again":        {AuthManagedIdentity, tokenSource{tokens: []string{old}}, old, "", false, []string{afresh}, ""},
		"of another tenant":     {AuthClientSecret, tokenSource{tokens: []string{old, token("7e000000-0000-4000-8000-00000000000f", "2")}}, old, "", false, []string{afresh}, "signed in to tenant 7e000000-0000-4000-8000-00000000000f this time"},
		"opaque":                {AuthClientSecret, tokenSource{tokens: []string{old, "opaque-to-all"}}, old, "", false, []string{afresh}, "is not a JSON web token"},
		"none":                  {AuthDeviceCode, tokenSource{tokens: []string{old}, err: errors.New("a person must")}, old, "", false, []string{afresh}, "a person must"},
		"of az":                 {AuthAzureCLI, tokenSource{tokens: []string{old, fresh}}, old, "", false, nil, ""},
		"somebody else has one": {AuthClientSecret, tokenSource{tokens: []string{old}}, fresh, "", true, nil, ""},
	} {
		credential := Credential{Auth: test.auth, Network: new(wire.Network), Secrets: new(wire.Secrets), source: &test.source}
		tokens := credential.Tokens(new(wiretest.Clock), func(string, time.Duration) {})
		if _, err := tokens.Token(t.Context()); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		got, why := tokens.Renew(t.Context(), test.refused, test.claims)
		if (why != nil) != (test.why != "") || why != nil && !strings.Contains(why.Error(), test.why) {
			t.Errorf("%s: got the reason %v, want %q", name, why, test.why)
		}
		used, err := tokens.Token(t.Context())
		if got != test.want || err != nil || (used == fresh) != (test.want && test.refused == old) {
			t.Errorf("%s: renewed %v, want %v; then %q, %v", name, got, test.want, used, err)
		}
		if asked := strings.Join(test.source.claims[1:], ";"); asked != strings.Join(test.asked, ";") || len(test.asked) > 0 && !test.source.silent[1] || test.source.silent[0] {
			t.Errorf("%s: asked with %q, silently %v; want %q", name, asked, test.source.silent, test.asked)
		}
	}
}

// lateSource gives a token once, and then waits for as long as it may.
type lateSource struct {
	first tokenSource
}

func (s *lateSource) GetToken(ctx context.Context, options policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if len(s.first.claims) == 0 {
		return s.first.GetToken(ctx, options)
	}
	<-ctx.Done()
	return azcore.AccessToken{}, ctx.Err()
}

// A renewal has a bound of its own, and says that it was reached.
func TestTokens_renewLate(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		old := wiretest.Token(map[string]any{"tid": wiretest.TenantID})
		source := &lateSource{first: tokenSource{tokens: []string{old}}}
		tokens := Credential{Auth: AuthClientSecret, Network: new(wire.Network), Secrets: new(wire.Secrets), source: source}.Tokens(new(wiretest.Clock), func(string, time.Duration) {})
		if _, err := tokens.Token(t.Context()); err != nil {
			t.Fatal(err)
		}
		begin := time.Now()
		renewed, why := tokens.Renew(t.Context(), old, "")
		refused, _ := errors.AsType[*Error](why)
		if took := time.Since(begin); renewed || took != renewalTime || refused == nil || refused.Cause != wire.CauseTimeout {
			t.Errorf("after %s: renewed %v, %v", took, renewed, why)
		}
	})
}

// busySource says so many times, as az does, that Entra has trouble of its own.
type busySource struct {
	left  int
	words string
}

func (s *busySource) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if s.left--; s.left >= 0 {
		return azcore.AccessToken{}, errors.New(s.words)
	}
	return azcore.AccessToken{Token: wiretest.Token(map[string]any{"tid": wiretest.TenantID}), ExpiresOn: time.Now().Add(time.Hour)}, nil
}

// What passes at Entra is tried again also where another program tells of it; nothing else is.
func TestTokens_patience(t *testing.T) {
	t.Parallel()
	const busy = "AzureCLICredential: ERROR: AADSTS90033: A transient error has occurred. Please try again."
	for name, test := range map[string]struct {
		source busySource
		slept  int
		ok     bool
	}{
		"passes":         {busySource{2, busy}, 2, true},
		"does not pass":  {busySource{9, busy}, 3, false},
		"something else": {busySource{1, "AzureCLICredential: ERROR: AADSTS70043: Expired."}, 0, false},
	} {
		clock := new(wiretest.Clock)
		tokens := Credential{Auth: AuthAzureCLI, Network: new(wire.Network), Secrets: new(wire.Secrets), source: &test.source}.Tokens(clock, func(string, time.Duration) {})
		if _, err := tokens.Token(t.Context()); (err == nil) != test.ok || len(clock.Slept()) != test.slept {
			t.Errorf("%s: slept %v, %v", name, clock.Slept(), err)
		}
	}
}

// The claims by which libraries look into no cache are not sent; those of a challenge are, and are no secret.
func TestHideForm_claims(t *testing.T) {
	t.Parallel()
	for form, want := range map[string]string{
		"claims=%7B%22access_token%22%3A%7B%7D%7D&grant_type=refresh_token": "grant_type=refresh_token",
		"claims=%7B%22access_token%22%3A%7B%22nbf%22%3A1%7D%7D&scope=x":     "claims=%7B%22access_token%22%3A%7B%22nbf%22%3A1%7D%7D&scope=x",
		"grant_type=x": "grant_type=x",
	} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://login.example/token", strings.NewReader(form))
		if err != nil {
			t.Fatal(err)
		}
		out, err := hideForm(new(wire.Secrets), req)
		if err != nil {
			t.Fatal(err)
		}
		if sent, err := io.ReadAll(out.Body); err != nil || string(sent) != want || out.ContentLength != int64(len(want)) {
			t.Errorf("%s: sends %s (%d bytes), %v; want %s", form, sent, out.ContentLength, err, want)
		}
	}
}

// Entra's own trouble is told apart from refusals, whatever the status.
func TestOutcome_busy(t *testing.T) {
	t.Parallel()
	for body, want := range map[string]bool{
		`{"error":"server_error","error_description":"AADSTS90033: A transient error."}`: true,
		`{"error":"server_error","error_description":"AADSTS50033: x"}`:                  true,
		`{"error":"temporarily_unavailable"}`:                                            true,
		`{"error":"invalid_grant","error_description":"AADSTS900331: other"}`:            false,
		`{"error":"invalid_grant","error_description":"AADSTS70043: Expired."}`:          false,
		`{"page":"<h1>AADSTS90033</h1>"}`:                                                false,
		`<h1>AADSTS90033</h1>`:                                                           false,
	} {
		for status, refused := range map[int]bool{400: true, 503: true, 200: false} {
			if got := (&outcome{status: status, body: []byte(body)}).busy(); got != (want && refused) {
				t.Errorf("%d %s: busy %v", status, body, got)
			}
		}
	}
}
