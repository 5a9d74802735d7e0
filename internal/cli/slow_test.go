package cli_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"appleconsent/graph/simulator"
	"appleconsent/internal/testbed"
)

// --timeout bounds a command to the second, wherever it is stuck, and says what it is waiting for. Time is that of a bubble.
func TestSlow_timeout(t *testing.T) {
	t.Parallel()
	never := func(ctx context.Context) (net.Conn, error) { <-ctx.Done(); return nil, ctx.Err() }
	silent := func(context.Context) (net.Conn, error) {
		client, server := net.Pipe()
		go io.Copy(io.Discard, server) //nolint:errcheck // it ends with the connection
		return client, nil
	}
	hang := func(method, path string) simulator.Rule {
		return simulator.Rule{Method: method, Path: path, Times: -1, Trouble: simulator.TroubleDelay, Delay: "30m"}
	}
	for name, test := range map[string]struct {
		url   string
		dial  func(context.Context) (net.Conn, error)
		rule  simulator.Rule
		args  []string
		waits string
	}{
		"no connection, as when a name is looked up": {testbed.TenantURL, never, hang("GET", ""), []string{"status"}, "the sign-in"},
		"no TLS":            {"https://127.0.0.1:1", silent, hang("GET", ""), []string{"status"}, "the sign-in"},
		"no answer to TCP":  {testbed.TenantURL, silent, hang("GET", ""), []string{"status"}, "the sign-in"},
		"no token":          {testbed.TenantURL, nil, hang("POST", "/*/oauth2"), []string{"plan"}, "the sign-in"},
		"no answer to GET":  {testbed.TenantURL, nil, hang("GET", "/v1.0/servicePrincipals"), []string{"plan"}, "Graph's answer, to read service principals"},
		"no answer to POST": {testbed.TenantURL, nil, hang("POST", "/v1.0/oauth2PermissionGrants"), []string{"apply", "--yes"}, "Graph's answer, to create the delegated permission grant"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, "fresh", func(b *bubble) {
				b.URL = test.url
				if test.dial != nil {
					b.Dial = func(ctx context.Context, _, _ string) (net.Conn, error) { return test.dial(ctx) }
				}
				if err := b.Tenant.SetRules(test.rule); err != nil {
					t.Fatal(err)
				}
				begin := time.Now()
				a := b.Must(1, append(test.args, "--timeout", "40s")...)
				if took := time.Since(begin).Truncate(time.Second); took != 40*time.Second {
					t.Errorf("it took %s, want 40s", took)
				}
				for _, words := range []string{"timed out after 40s (--timeout)", "  waiting for " + test.waits + "\n"} {
					if !strings.Contains(a.Stderr, words) {
						t.Errorf("stderr does not say %q:\n%s", words, a.Stderr)
					}
				}
			})
		})
	}
}

// What waits is told, with --quiet nothing is, and what is fast says nothing of waiting.
func TestSlow_isTold(t *testing.T) {
	t.Parallel()
	inBubble(t, "granted", func(b *bubble) {
		if a := b.Must(0, "status"); strings.Contains(a.Stderr, "waiting") {
			t.Errorf("a fast tenant is waited for:\n%s", a.Stderr)
		}
		for _, test := range []struct {
			args []string
			want int
		}{{[]string{"status"}, 1}, {[]string{"status", "--quiet"}, 0}} {
			b.Front = func(_ http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/v1.0/oauth2PermissionGrants" {
					time.Sleep(5 * time.Second)
				}
				return false
			}
			if a := b.Must(0, test.args...); strings.Count(a.Stderr, "waiting for Graph's answer, to read delegated permission grants") != test.want {
				t.Errorf("%v says\n%s", test.args, a.Stderr)
			}
		}
	})
}
