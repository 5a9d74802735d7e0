package signin_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"
)

// A token is replaced before it expires, and not asked for each time.
func TestTokens_refresh(t *testing.T) {
	t.Parallel()
	w := wiretest.New(t)
	tokens := signin.SimulatedCredential(w.Cloud(t), wiretest.Network(t)).Tokens(w.Clock, func(string, time.Duration) {})
	for _, test := range []struct {
		after time.Duration
		want  int
	}{{0, 1}, {50 * time.Minute, 1}, {9 * time.Minute, 2}} {
		_ = w.Clock.Sleep(t.Context(), test.after)
		if _, err := tokens.SignIn(t.Context()); err != nil || len(w.Asked()) != test.want {
			t.Errorf("%s later: %d tokens, %v; want %d", test.after, len(w.Asked()), err, test.want)
		}
	}
}

// What was kept of a sign-in is used in the same tenant, for the same permissions and as long as it is valid; else there is a new one.
func TestTokens_resume(t *testing.T) {
	t.Parallel()
	const other = "7e000000-0000-4000-8000-000000000009"
	read, write := []string{"https://graph.microsoft.com/Directory.Read.All"}, []string{"https://graph.microsoft.com/Directory.ReadWrite.All"}
	for name, test := range map[string]struct {
		scopes []string
		tenant string
		after  time.Duration
		want   int // tokens that are asked for
		err    bool
	}{
		"the same":                 {read, wiretest.TenantID, 50 * time.Minute, 1, false},
		"it expires":               {read, wiretest.TenantID, 59 * time.Minute, 2, false},
		"more permissions":         {write, wiretest.TenantID, 0, 2, false},
		"the token of another one": {read, other, 0, 2, true}, // and this server has no token of that tenant
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := wiretest.New(t)
			fleet := signin.SimulatedFleet(w.Cloud(t), wiretest.Network(t))
			tokensOf := func(tenant string, scopes []string) *signin.Tokens {
				credential, err := fleet.Tenant(tenant, "")
				if err != nil {
					t.Fatal(err)
				}
				tokens := credential.Tokens(w.Clock, func(string, time.Duration) {})
				tokens.Ask(scopes)
				return tokens
			}
			first := tokensOf(wiretest.TenantID, read)
			if _, err := first.SignIn(t.Context()); err != nil {
				t.Fatal(err)
			}
			_ = w.Clock.Sleep(t.Context(), test.after)
			next := tokensOf(test.tenant, test.scopes)
			next.Resume(first.Held())
			_, err := next.SignIn(t.Context())
			if refused, ok := errors.AsType[*signin.Error](err); ok != test.err || ok && refused.Cause != signin.CauseOtherTenant {
				t.Errorf("got error %v", err)
			}
			if got := len(w.Asked()); got != test.want {
				t.Errorf("%d tokens were asked for, want %d", got, test.want)
			}
		})
	}
}

// Many sign-ins at the same time over one network: each returns its own answer, with its own secret hidden and no other.
func TestTokens_manyTenants(t *testing.T) {
	t.Parallel()
	const tenants = 40
	network := wiretest.Network(t)
	var together sync.WaitGroup // all of them have asked before one is answered
	together.Add(tenants)
	var signIns sync.WaitGroup
	for n := range tenants {
		secret := fmt.Sprintf("secret-of-tenant-%d-", n)
		entra := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			together.Done()
			together.Wait()
			w.WriteHeader(http.StatusUnauthorized)
			_, _ = fmt.Fprintf(w, `{"error":"invalid_client","error_description":"AADSTS%d: %s is wrong, secret-of-tenant-99- is not known."}`, 1000+n, secret)
		}))
		t.Cleanup(entra.Close)
		cloud, err := wire.Loopback(entra.URL)
		if err != nil {
			t.Fatal(err)
		}
		credential := signin.SimulatedCredential(cloud, network)
		credential.Secrets.Hide(secret)
		signIns.Go(func() {
			_, err := credential.Tokens(new(wiretest.Clock), func(string, time.Duration) {}).SignIn(t.Context())
			refused, ok := errors.AsType[*signin.Error](err)
			want := fmt.Sprintf("AADSTS%d: (secret) is wrong, secret-of-tenant-99- is not known.", 1000+n)
			if !ok || refused.Message != want || strings.Contains(err.Error(), secret) {
				t.Errorf("got error %v, want %s", err, want)
			}
		})
	}
	signIns.Wait()
}

// The same by way of azidentity, which does not hand on what its requests were answered: 20 machines' identities at one network.
func TestTokens_manyIdentities(t *testing.T) {
	t.Parallel()
	const identities = 20
	var together sync.WaitGroup
	together.Add(identities)
	service := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		together.Done()
		together.Wait()
		w.WriteHeader(http.StatusBadRequest)
		_, _ = fmt.Fprintf(w, `{"error":"identity_not_found","error_description":"no %s here"}`, r.FormValue("client_id"))
	}))
	t.Cleanup(service.Close)
	network := wire.NewNetwork(func(ctx context.Context, kind, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, kind, service.Listener.Addr().String())
	}, func(wire.Exchange) {})
	t.Cleanup(network.Close)
	var signIns sync.WaitGroup
	for n := range identities {
		client := fmt.Sprintf("c1000000-0000-4000-8000-%012d", n)
		credential, err := signin.Options{
			Auth: signin.AuthManagedIdentity, ClientID: client, Cloud: wire.Clouds()[0], Network: network, Getenv: func(string) string { return "" },
		}.Choose()
		if err != nil {
			t.Fatal(err)
		}
		signIns.Go(func() {
			tokens := credential.Tokens(new(wiretest.Clock), func(string, time.Duration) {})
			tokens.Ask([]string{"https://graph.microsoft.com/.default"})
			_, err := tokens.SignIn(t.Context())
			if refused, ok := errors.AsType[*signin.Error](err); !ok || refused.Message != "no "+client+" here" || refused.Cause != signin.CauseIdentityUnknown {
				t.Errorf("%s: got error %v", client, err)
			}
		})
	}
	signIns.Wait()
}

// A sign-in host that has had too many requests holds back the sign-ins to all other tenants, for as long as it says.
func TestTokens_throttled(t *testing.T) {
	t.Parallel()
	ctx, giveUp := context.WithCancel(t.Context())
	network := wire.NewNetwork(new(net.Dialer).DialContext, func(wire.Exchange) { giveUp() }) // once it is known
	t.Cleanup(network.Close)
	entra := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Retry-After", "40")
		w.WriteHeader(http.StatusTooManyRequests)
	}))
	t.Cleanup(entra.Close)
	cloud, err := wire.Loopback(entra.URL)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = signin.SimulatedCredential(cloud, network).Tokens(wiretest.New(t).Clock, func(string, time.Duration) {}).Token(ctx)
	other := wiretest.New(t)
	var waits []time.Duration
	tokens := signin.SimulatedCredential(other.Cloud(t), network).Tokens(other.Clock, func(_ string, d time.Duration) { waits = append(waits, d.Round(time.Minute/2)) })
	if _, err := tokens.Token(t.Context()); err != nil || len(waits) != 1 || waits[0] != time.Minute/2 || len(other.Asked()) != 1 {
		t.Errorf("the other tenant waited %v and was asked for %d tokens, %v; want 40s and one", waits, len(other.Asked()), err)
	}
	late, cancel := context.WithTimeout(t.Context(), time.Second)
	defer cancel()
	network.Hold(other.Clock.Now(), time.Hour)
	tokens.Ask([]string{"another"})
	_, err = tokens.Token(late)
	if refused, ok := errors.AsType[*signin.Error](err); !ok || refused.Cause != signin.CauseThrottled || !signin.OfEveryTenant(err) {
		t.Errorf("without the time to wait: got error %v", err)
	}
}

// A sign-in host that has had too many requests is asked again as often as it says how long to wait; otherwise a few times. Whatever words
// it has for it, it is throttling.
func TestTokens_throttledAgain(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		times      int
		retryAfter string
		asked      int
		slept      time.Duration
		throttled  bool
	}{
		"it says how long":          {9, "7", 10, 63 * time.Second, false},
		"it does not":               {4, "", 5, 15 * time.Second, false},
		"it does not, for ever":     {99, "", 5, 15 * time.Second, true},
		"for longer than can be":    {99, "7200", 1, 0, true},
		"again and again, too long": {99, "400", 3, 800 * time.Second, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var asked atomic.Int32
			entra := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				if int(asked.Add(1)) > test.times {
					_, _ = fmt.Fprintf(w, `{"access_token":%q,"expires_in":3600}`, wiretest.Token(map[string]any{"tid": wiretest.TenantID}))
					return
				}
				if test.retryAfter != "" {
					w.Header().Set("Retry-After", test.retryAfter)
				}
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = fmt.Fprint(w, `{"error":"temporarily_unavailable","error_description":"AADSTS90055: The tenant is throttled."}`)
			}))
			t.Cleanup(entra.Close)
			cloud, err := wire.Loopback(entra.URL)
			if err != nil {
				t.Fatal(err)
			}
			clock := wiretest.New(t).Clock
			_, err = signin.SimulatedCredential(cloud, wiretest.Network(t)).Tokens(clock, func(string, time.Duration) {}).Token(t.Context())
			refused, _ := errors.AsType[*signin.Error](err)
			if (err != nil) != test.throttled || test.throttled && (refused == nil || refused.Cause != signin.CauseThrottled) {
				t.Errorf("got error %v", err)
			}
			var slept time.Duration
			for _, pause := range clock.Slept() {
				slept += pause
			}
			if int(asked.Load()) != test.asked || slept.Round(time.Second) != test.slept {
				t.Errorf("it was asked %d times, with pauses of %s", asked.Load(), slept)
			}
		})
	}
}

// What is about the application or the network is told from what is about a tenant.
func TestOfEveryTenant(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		err  error
		want bool
	}{
		{&signin.Error{Cause: signin.CauseSecretWrong}, true},
		{&signin.Error{Cause: signin.CauseSecretExpired}, true},
		{&signin.Error{Cause: signin.CauseCertificate}, true},
		{&signin.Error{Cause: signin.CauseSingleTenant}, true},
		{&signin.Error{Cause: signin.CauseNotInstalled}, true},
		{&signin.Error{Cause: wire.CauseProxySignIn}, true},
		{&signin.CredentialError{Err: errors.New("x")}, true},
		{fmt.Errorf("row: %w", signin.ErrNotSignedIn), true},
		{&net.OpError{Op: "dial", Err: errors.New("refused")}, true},
		{&wire.Error{Err: &net.DNSError{IsNotFound: true}}, true},
		{&signin.Error{Cause: signin.CauseConsent}, false},
		{&signin.Error{Cause: signin.CauseTenantUnknown}, false},
		{&signin.Error{Cause: signin.CauseClientUnknown}, false},
		{&signin.Error{Cause: wire.CauseBlocked}, false},
		{&signin.Error{Cause: wire.CauseTenantRestricted}, false},
		{&signin.Error{Cause: signin.CauseServiceProvider}, false},
		{&signin.Error{Cause: signin.CauseTenantAccountMismatch}, false},
		{&signin.Error{}, false},
		{&wire.Error{Status: http.StatusForbidden}, false},
		{errors.New("x"), false},
		{nil, false},
	} {
		if got := signin.OfEveryTenant(test.err); got != test.want {
			t.Errorf("%v: got %v", test.err, got)
		}
	}
}
