package entra

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"appleconsent/graph/simulator/reply"
)

// signInError is a refusal in the terms of Entra's sign-in endpoints.
type signInError struct {
	status   int
	code     string // OAuth's error
	number   int    // the number behind AADSTS
	subError string // what libraries look at to tell whether a person can help
	message  string
}

func (e *signInError) Error() string { return fmt.Sprintf("AADSTS%d: %s", e.number, e.message) }

// body is the JSON of the refusal.
func (e *signInError) body(trace string, now time.Time) any {
	body := map[string]any{
		"error":             e.code,
		"error_description": e.description(trace, now),
		"error_codes":       []int{e.number},
		"timestamp":         entraTime(now),
		"trace_id":          trace,
		"correlation_id":    trace,
	}
	if e.subError != "" {
		body["suberror"] = e.subError
	}
	return body
}

func (e *signInError) description(trace string, now time.Time) string {
	return fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s", e.Error(), trace, trace, entraTime(now))
}

func entraTime(t time.Time) string { return t.UTC().Format("2006-01-02 15:04:05Z") }

// precise is how Entra writes times inside its messages.
const precise = "2006-01-02T15:04:05.0000000Z"

// asSignInError is the refusal behind an error; what is none yet becomes one.
func asSignInError(err error) *signInError {
	var e *signInError
	if !errors.As(err, &e) {
		e = refuse(invalidRequest, 900144, "%v", err)
	}
	return e
}

// entraError is the refusal that has a number. The pairs say what stands in place of
// the words in braces. It panics if there is no such refusal.
func entraError(number int, pairs ...string) error {
	e, known := refusals()[number]
	if !known {
		panic(fmt.Sprintf("simulator: no refusal with the number %d", number))
	}
	e.number, e.message = number, strings.NewReplacer(pairs...).Replace(e.message)
	return &e
}

// refuse is a refusal that rules cannot ask for.
func refuse(code string, number int, format string, args ...any) *signInError {
	return &signInError{status: http.StatusBadRequest, code: code, number: number, message: fmt.Sprintf(format, args...)}
}

// need refuses a form that lacks one of the named parameters.
func need(form url.Values, names ...string) error {
	for _, name := range names {
		if form.Get(name) == "" {
			return refuse(invalidRequest, 900144, "The request body must contain the following parameter: '%s'.", name)
		}
	}
	return nil
}

// refusedSignIn is the refusal that a sign-in request meets whatever it asks for: by
// a rule, whose number it is if it is not 0, or by the settings. Nil if there is none.
func (s *SignIn) refusedSignIn(byRule int, r *http.Request, form url.Values) error {
	number := cmp.Or(byRule, s.Settings.Refused)
	if number == 0 {
		return nil
	}
	tenant, _ := endpointOf(r.URL.Path)
	who, now := s.whoSignsIn(form), s.now().UTC()
	return entraError(
		number,
		"{app}", form.Get("client_id"), "{tenant}", tenant, "{user}", who.name, "{home}", who.tenantID,
		"{resource}", s.Settings.delegated(form.Get("scope")).audience, "{uri}", form.Get("redirect_uri"),
		"{now}", now.Format(precise), "{from}", now.Add(-2*time.Hour).Format(precise), "{to}", now.Add(-time.Hour).Format(precise),
		"{issued}", now.AddDate(0, 0, -91).Format(precise), "{subject}", "a-subject", "{issuer}", "https://token.actions.example",
		"{parameter}", "grant",
	)
}

// IsRefusal reports whether sign-ins can be refused with an AADSTS number.
func IsRefusal(number int) bool {
	_, known := refusals()[number]
	return known
}

// RefusalNumbers lists the numbers that IsRefusal knows, for messages.
func RefusalNumbers() string {
	var names []string
	for _, number := range slices.Sorted(maps.Keys(refusals())) {
		names = append(names, fmt.Sprint(number))
	}
	return strings.Join(names, ", ")
}

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
