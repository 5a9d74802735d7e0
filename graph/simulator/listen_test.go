package simulator_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"

	"appleconsent/graph/simulator"
	"appleconsent/graph/simulator/simtest"
)

func TestServe(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	baseURL, stop, err := simulator.Serve(ctx, "127.0.0.1:0", simtest.NewTenant(t, "fresh").Server)
	if err != nil {
		t.Fatal(err)
	}
	if got := statusOf(t, baseURL+"/v1.0/servicePrincipals"); got != http.StatusUnauthorized {
		t.Errorf("got status %d, want %d", got, http.StatusUnauthorized)
	}
	for range 2 {
		if err := stop(); err != nil {
			t.Errorf("stop: %v", err)
		}
	}
	if got := statusOf(t, baseURL); got != 0 {
		t.Errorf("it still answers, with status %d", got)
	}
}

func TestServe_endsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	_, stop, err := simulator.Serve(ctx, "localhost:0", http.NotFoundHandler())
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if err := stop(); err != nil {
		t.Errorf("stop: %v", err)
	}
}

func TestServe_refusedAddresses(t *testing.T) {
	cases := map[string]string{
		"0.0.0.0:0":         "not on this machine",
		":0":                "not on this machine",
		"192.0.2.1:80":      "not on this machine",
		"contoso.example:0": "not on this machine",
		"127.0.0.1":         "want HOST:PORT",
	}
	for addr, want := range cases {
		t.Run(addr, func(t *testing.T) {
			_, _, err := simulator.Serve(t.Context(), addr, http.NotFoundHandler())
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("got error %v, want it to say %q", err, want)
			}
		})
	}
}

// statusOf gets a URL and returns the status, 0 if nobody answers.
func statusOf(t *testing.T, url string) int {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), "GET", url, nil)
	if err != nil {
		t.Fatal(err)
	}
	got, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0
	}
	defer got.Body.Close()               //nolint:errcheck // it was read
	_, _ = io.Copy(io.Discard, got.Body) // only the status counts
	return got.StatusCode
}
