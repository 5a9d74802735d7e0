package simulator

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"appleconsent/graph/simulator/directory"
	"appleconsent/graph/simulator/reply"
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
		case TroubleLag:
			s.mu.Lock()
			s.tenant.Graph.ShowLate(rule.Reads, s.now().Add(delay))
			s.mu.Unlock()
		case TroubleNewcomer:
			s.mu.Lock()
			s.tenant.Graph.RefuseNewcomer(rule.Reads)
			s.mu.Unlock()
		case TroubleStatus, TroubleHTML, TroubleClose, TroubleTruncate, TroubleInvalidJSON, TroubleEmpty, TroubleContentType,
			TroubleUnlisted, TroubleNull, TroubleRefuseSignIn:
		}
	}
}

// answer handles a request as the rules that strike it want. Of several that decide about the answer, the first does.
func (s *Server) answer(rules []Rule, handle func(refusal int) reply.Reply) reply.Reply {
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
	var right reply.Reply
	unanswered := slices.Contains([]Trouble{TroubleStatus, TroubleHTML, TroubleClose}, rules[i].Trouble)
	if rules[i].CarriedOut || !unanswered { // an answer can only be spoilt if there is one
		right = handle(0)
	}
	spoilt := rules[i].spoil(right, s.now())
	spoilt.Wrote = right.Wrote
	return spoilt
}

// spoil makes what the client gets of the right answer.
func (r Rule) spoil(right reply.Reply, now time.Time) reply.Reply {
	switch r.Trouble {
	case TroubleStatus:
		return r.errorAnswer(now)
	case TroubleHTML:
		return proxyPage(r.Status)
	case TroubleClose:
		right.Broken, right.Status, right.Body = true, 0, nil
	case TroubleTruncate:
		right = withBody(right, string(right.Body), right.Header.Get("Content-Type"))
		right.Broken = true
	case TroubleInvalidJSON:
		return withBody(right, `{"value":[{"id":`, directory.ContentType)
	case TroubleEmpty:
		return withBody(right, `{}`, directory.ContentType)
	case TroubleContentType:
		right.Header.Set("Content-Type", "text/plain")
	case TroubleUnlisted:
		return edited(right, unlist)
	case TroubleNull:
		return edited(right, func(body any) any { return withNull(body, r.Member) })
	case TroubleDelay, TroubleLag, TroubleNewcomer, TroubleEdit, TroubleRefuseSignIn:
	}
	return right
}

// edited is the reply with its body changed, if that is JSON.
func edited(r reply.Reply, change func(any) any) reply.Reply {
	var body any
	if json.Unmarshal(r.Body, &body) != nil {
		return r
	}
	r.Body, _ = json.Marshal(change(body)) // it was JSON
	return r
}

// unlist takes all rows out of a list.
func unlist(body any) any {
	if object, ok := body.(map[string]any); ok && object["value"] != nil {
		object["value"] = []any{}
	}
	return body
}

// withNull makes the members of a name null, wherever they stand.
func withNull(value any, name string) any {
	switch value := value.(type) {
	case []any:
		for i := range value {
			value[i] = withNull(value[i], name)
		}
	case map[string]any:
		for member := range value {
			value[member] = withNull(value[member], name)
		}
		if _, has := value[name]; has {
			value[name] = nil
		}
	}
	return value
}

// withBody is the reply with another body. What had none gets one, as from a proxy that knows better.
func withBody(r reply.Reply, body, contentType string) reply.Reply {
	if r.Status == http.StatusNoContent {
		r.Status = http.StatusOK
	}
	r.Body = []byte(body)
	r.Header.Set("Content-Type", contentType)
	return r
}

func (r Rule) errorAnswer(now time.Time) reply.Reply {
	code := cmp.Or(r.Code, map[int]string{
		http.StatusUnauthorized: "InvalidAuthenticationToken", http.StatusForbidden: "Authorization_RequestDenied",
		http.StatusNotFound: "Request_ResourceNotFound", http.StatusConflict: "Request_MultipleObjectsWithSameKeyValue",
		http.StatusTooManyRequests: "TooManyRequests", http.StatusServiceUnavailable: "ServiceUnavailable",
	}[r.Status], "UnknownError")
	header := http.Header{}
	if r.RetryAfter > 0 && r.AsDate {
		header.Set("Retry-After", now.Add(time.Duration(r.RetryAfter)*time.Second).UTC().Format(http.TimeFormat))
	} else if r.RetryAfter > 0 {
		header.Set("Retry-After", strconv.Itoa(r.RetryAfter))
	}
	if r.ThrottleScope != "" {
		header.Set("X-Ms-Throttle-Scope", r.ThrottleScope)
	}
	if r.Location != "" {
		header.Set("Location", r.Location)
	}
	if r.Claims != "" { // learn.microsoft.com/entra/identity-platform/claims-challenge
		header.Set("Www-Authenticate", fmt.Sprintf(`Bearer realm="", authorization_uri="https://login.microsoftonline.com/common/oauth2/authorize", `+
			`error="insufficient_claims", claims=%q`, base64.StdEncoding.EncodeToString([]byte(r.Claims))))
	}
	message := cmp.Or(r.Message, "A simulated fault: "+http.StatusText(r.Status)+".")
	return directory.ErrorReply(r.Status, code, message, header)
}

// proxyPage is what people get to see who are not let through.
func proxyPage(status int) reply.Reply {
	page := fmt.Sprintf("<!DOCTYPE html>\n<title>%[1]d</title>\n<h1>%[1]d %[2]s</h1>\n<p>Please sign in to the network.</p>",
		status, http.StatusText(status))
	header := http.Header{"Content-Type": {"text/html; charset=utf-8"}}
	if status == http.StatusProxyAuthRequired {
		header.Set("Proxy-Authenticate", `Basic realm="proxy"`)
	}
	return reply.Reply{Status: status, Header: header, Body: []byte(page)}
}
