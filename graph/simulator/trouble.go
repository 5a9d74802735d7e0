package simulator

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// prepare lets what a rule wants happen around a request: waiting, another admin's
// change, and how late what is written will show.
func (s *Server) prepare(rules []Rule) {
	for _, rule := range rules {
		delay, _ := rule.delay() // it was checked
		switch rule.Trouble {
		case TroubleDelay:
			if !rule.CarriedOut {
				time.Sleep(delay)
			}
		case TroubleEdit:
			s.Edit(rule.Edit.Apply)
		case TroubleLag, TroubleNewcomer:
			s.mu.Lock()
			s.lag.next(rule.Trouble, rule.Reads, s.now().Add(delay))
			s.mu.Unlock()
		case TroubleStatus, TroubleHTML, TroubleClose, TroubleTruncate, TroubleInvalidJSON, TroubleEmpty, TroubleContentType,
			TroubleRefuseSignIn:
		}
	}
}

// answer handles a request as the rules that strike it want. Of several that
// decide about the answer, the first does.
func (s *Server) answer(rules []Rule, handle func(refusal int) reply) reply {
	for _, rule := range rules {
		if delay, _ := rule.delay(); rule.Trouble == TroubleDelay && rule.CarriedOut {
			defer time.Sleep(delay)
		}
	}
	i := slices.IndexFunc(rules, func(rule Rule) bool { return slices.Contains(answeringTroubles, rule.Trouble) })
	if i < 0 {
		return handle(0)
	}
	if rules[i].Trouble == TroubleRefuseSignIn {
		return handle(rules[i].AADSTS)
	}
	var right reply
	if rules[i].carriesOut() {
		right = handle(0)
	}
	spoilt := rules[i].spoil(right, s.now())
	spoilt.wrote = right.wrote
	return spoilt
}

// spoil makes what the client gets of the right answer.
func (r Rule) spoil(right reply, now time.Time) reply {
	switch r.Trouble {
	case TroubleStatus:
		return r.errorAnswer(now)
	case TroubleHTML:
		return proxyPage(r.Status)
	case TroubleClose:
		right.broken, right.status, right.body = true, 0, nil
	case TroubleTruncate:
		right = right.with(string(right.body), right.header.Get("Content-Type"))
		right.broken = true
	case TroubleInvalidJSON:
		return right.with(`{"value":[{"id":`, graphContentType)
	case TroubleEmpty:
		return right.with(`{}`, graphContentType)
	case TroubleContentType:
		right.header.Set("Content-Type", "text/plain")
	case TroubleDelay, TroubleLag, TroubleNewcomer, TroubleEdit, TroubleRefuseSignIn:
	}
	return right
}

// with is the reply with another body. What had none gets one, as from a proxy
// that knows better.
func (r reply) with(body, contentType string) reply {
	if r.status == http.StatusNoContent {
		r.status = http.StatusOK
	}
	r.body = []byte(body)
	r.header.Set("Content-Type", contentType)
	return r
}

func (r Rule) errorAnswer(now time.Time) reply {
	code := r.Code
	if code == "" {
		code = map[int]string{
			http.StatusUnauthorized: "InvalidAuthenticationToken", http.StatusForbidden: "Authorization_RequestDenied",
			http.StatusNotFound: "Request_ResourceNotFound", http.StatusConflict: "Request_MultipleObjectsWithSameKeyValue",
			http.StatusTooManyRequests: "TooManyRequests", http.StatusServiceUnavailable: "ServiceUnavailable",
		}[r.Status]
	}
	if code == "" {
		code = "UnknownError"
	}
	header := http.Header{}
	if r.RetryAfter > 0 && r.AsDate {
		header.Set("Retry-After", now.Add(time.Duration(r.RetryAfter)*time.Second).UTC().Format(http.TimeFormat))
	} else if r.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(r.RetryAfter))
	}
	if r.Location != "" {
		header.Set("Location", r.Location)
	}
	message := "A simulated fault: " + http.StatusText(r.Status) + "."
	return faultReply(&fault{status: r.Status, code: code, message: message, header: header}, innerError{})
}

// proxyPage is what people get to see who are not let through.
func proxyPage(status int) reply {
	page := fmt.Sprintf("<!DOCTYPE html>\n<title>%[1]d</title>\n<h1>%[1]d %[2]s</h1>\n<p>Please sign in to the network.</p>\n", status, http.StatusText(status))
	header := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	if status == http.StatusProxyAuthRequired {
		header.Set("Proxy-Authenticate", `Basic realm="proxy"`)
	}
	return reply{status: status, header: header, body: bytes.TrimSpace([]byte(page))}
}
