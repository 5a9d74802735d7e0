package wire_test

import (
	"net/http"
	"testing"
	"time"

	"appleconsent/graph/wire"
)

// How long to wait is told in seconds or as a time; what tells nothing is zero, and what cannot be counted is long.
func TestRetryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)
	const longest = (1<<31 - 1) * time.Second
	for value, want := range map[string]time.Duration{
		"": 0, "soon": 0, "-1": 0, "1.5": 0, "0": 0, "7": 7 * time.Second, " 7 ": 7 * time.Second,
		"Fri, 27 Nov 2026 12:00:09 GMT": 9 * time.Second, "Fri, 27 Nov 2026 11:59:00 GMT": 0,
		"2147483647": longest, "2147483648": longest, "99999999999999999999999999": longest,
	} {
		if got := wire.RetryAfter(http.Header{"Retry-After": {value}}, now); got != want {
			t.Errorf("%q: got %s, want %s", value, got, want)
		}
	}
}
