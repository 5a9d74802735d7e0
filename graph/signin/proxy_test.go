package signin_test

import (
	"context"
	"errors"
	"net"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/signin"
	"appleconsent/graph/wire"
	"appleconsent/graph/wire/wiretest"
)

// A proxy that takes connections and says nothing is named when the time of a sign-in is up, and the time, too.
func TestTokens_silentProxy(t *testing.T) {
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	for _, scheme := range []string{"http", "socks5"} {
		t.Setenv("HTTPS_PROXY", scheme+"://user:s-secret@"+listener.Addr().String())
		t.Setenv("NO_PROXY", "")
		network := wire.NewNetwork(new(net.Dialer).DialContext, func(wire.Exchange) {})
		t.Cleanup(network.Close)
		credential, err := signin.Options{
			Auth: signin.AuthClientSecret, Tenant: wiretest.TenantID, ClientID: wiretest.TenantID, Cloud: wire.Clouds()[0], Network: network,
			Getenv: func(name string) string { return map[string]string{"AZURE_CLIENT_SECRET": "s-secret"}[name] },
		}.Choose()
		if err != nil {
			t.Fatal(err)
		}
		tokens := credential.Tokens(new(wiretest.Clock), func(string, time.Duration) {})
		tokens.Ask([]string{"https://graph.microsoft.com/.default"})
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		_, err = tokens.SignIn(ctx)
		named := err != nil && strings.Contains(err.Error(), "the proxy "+listener.Addr().String()+" gave no answer in time")
		if !named || !errors.Is(err, context.DeadlineExceeded) || wire.CauseOf(err) != wire.CauseProxySilent || strings.Contains(err.Error(), "secret") {
			t.Errorf("%s: got %v (cause %q)", scheme, err, wire.CauseOf(err))
		}
	}
}
