package cli_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"os"
	"regexp"
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

// goWords are words that only programmers know.
var goWords = regexp.MustCompile(`context deadline|context canceled|dial tcp|lookup |x509|tls:|EOF|net/http|connection reset|i/o timeout`)

// Whatever fails on the way, at the first request or in the middle of a change, is told without Go's words, in the record, too, and
// with a hint.
func TestSlow_inWords(t *testing.T) {
	t.Parallel()
	for name, rule := range map[string]simulator.Rule{
		"hangs up at the first read":     {Method: "GET", Path: "/v1.0", Onwards: true, Trouble: simulator.TroubleClose},
		"hangs up at the sign-in":        {Method: "POST", Path: "/*/oauth2", Onwards: true, Trouble: simulator.TroubleClose},
		"hangs up at a write":            {Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Onwards: true, Trouble: simulator.TroubleClose},
		"hangs up at a write, done":      {Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Onwards: true, CarriedOut: true, Trouble: simulator.TroubleClose},
		"silent at a write":              {Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Onwards: true, Trouble: simulator.TroubleDelay, Delay: "30m"},
		"silent at a write, done":        {Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Onwards: true, CarriedOut: true, Trouble: simulator.TroubleDelay, Delay: "30m"},
		"silent at a read":               {Method: "GET", Path: "/v1.0", Onwards: true, Trouble: simulator.TroubleDelay, Delay: "30m"},
		"half an answer to each read":    {Method: "GET", Path: "/v1.0", Times: -1, Trouble: simulator.TroubleTruncate},
		"half an answer, from there on":  {Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Onwards: true, Trouble: simulator.TroubleTruncate},
		"half an answer at the sign-in":  {Method: "POST", Path: "/*/oauth2", Times: -1, Trouble: simulator.TroubleTruncate},
		"silent at the second sign-in":   {Method: "POST", Path: "/*/oauth2", Match: 2, Times: -1, Trouble: simulator.TroubleDelay, Delay: "30m"},
		"hangs up at the second sign-in": {Method: "POST", Path: "/*/oauth2", Match: 2, Onwards: true, Trouble: simulator.TroubleClose},
		"a page at the sign-in":          {Method: "POST", Path: "/*/oauth2", Times: -1, Trouble: simulator.TroubleHTML, Status: 403},
		"a page from a write on":         {Method: "POST", Path: "/v1.0/oauth2PermissionGrants", Onwards: true, Trouble: simulator.TroubleHTML, Status: 403},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			inBubble(t, "partial", func(b *bubble) {
				if err := b.Tenant.SetRules(rule); err != nil {
					t.Fatal(err)
				}
				a := b.Must(1, "apply", "--yes", "--timeout", "5m")
				text := a.Stderr + a.Stdout
				for _, record := range testbed.Records(t, b.State) {
					content, err := os.ReadFile(record)
					if err != nil {
						t.Fatal(err)
					}
					text += string(content)
				}
				_, hints, _ := strings.Cut(a.Stderr, "\nhint:  ")
				if words := goWords.FindString(text); words != "" || hints == "" || strings.HasPrefix(hints, "nothing was changed") {
					t.Errorf("it says %q, or has no hint:\n%s", words, text)
				}
			})
		})
	}
}

// A read that never answers is told of within seconds, and a check of doctor that has to do without one is no longer waited for than
// one attempt: the others are shown.
func TestSlow_oneCheck(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/v1.0/domains", "/v1.0/auditLogs", "/v1.0/policies/authorizationPolicy", "/v1.0/identity"} {
		inBubble(t, "granted", func(b *bubble) {
			if err := b.Tenant.SetRules(simulator.Rule{Path: path, Times: -1, Trouble: simulator.TroubleDelay, Delay: "30m"}); err != nil {
				t.Fatal(err)
			}
			begin := time.Now()
			a := b.Run("doctor")
			if took := time.Since(begin); took > 35*time.Second || !strings.Contains(a.Stderr, "waiting for Graph's answer") {
				t.Errorf("%s: it took %s:\n%s", path, took, a.Stderr)
			}
			if !strings.Contains(strings.Join(strings.Fields(a.Stdout), " "), "gave no answer in time") {
				t.Errorf("%s: nothing says what is not known:\n%s", path, a.Stdout)
			}
		})
	}
}
