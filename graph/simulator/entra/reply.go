package entra

import (
	"net/http"
	"time"

	"appleconsent/graph/simulator/reply"
)

// OAuthReply is JSON with the headers of the sign-in endpoints.
func OAuthReply(status int, v any, now time.Time) reply.Reply {
	r := reply.New(status, v)
	r.Header.Set("Content-Type", "application/json; charset=utf-8")
	r.Header.Set("Cache-Control", "no-store, no-cache")
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	return r
}

func htmlReply(status int, page string) reply.Reply {
	return reply.Reply{
		Status: status, Body: []byte(page),
		Header: http.Header{"Content-Type": {"text/html; charset=utf-8"}, "Cache-Control": {"no-store, no-cache"}},
	}
}
