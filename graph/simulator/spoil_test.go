package simulator

import (
	"testing"
	"time"

	"appleconsent/graph/simulator/reply"
)

func TestRule_retryAfter(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for want, rule := range map[string]Rule{
		"":                              {},
		"7":                             {RetryAfter: 7},
		"Tue, 24 Nov 2026 12:00:07 GMT": {RetryAfter: 7, AsDate: true},
	} {
		rule.Trouble, rule.Status = TroubleStatus, 429
		if got := rule.spoil(reply.Reply{}, now).Header.Get("Retry-After"); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	moved := Rule{Trouble: TroubleStatus, Status: 307, Location: "https://example.com/"}.spoil(reply.Reply{}, now)
	if moved.Status != 307 || moved.Header.Get("Location") != "https://example.com/" {
		t.Errorf("a redirect is %+v", moved)
	}
}
