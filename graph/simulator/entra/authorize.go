package entra

import (
	"errors"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"

	"appleconsent/graph/simulator/identity"
	"appleconsent/graph/simulator/reply"
)

// challengePattern is what SHA-256 comes to in base64url.
var challengePattern = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`^[A-Za-z0-9_-]{43}$`) })

// authorize is where a browser takes a person: it sends the browser back to the app
// with a code, or with the reason why there is none.
func (s *SignIn) authorize(r *http.Request, refusal int) reply.Reply {
	q := r.URL.Query()
	refused := s.refusedSignIn(refusal, r, q)
	if err := s.checkAddressee(r, q, refused); err != nil {
		return s.errorPage(err)
	}
	answer := url.Values{}
	code, err := "", refused
	if err == nil {
		code, err = s.authorizationCode(q)
	}
	if err != nil {
		e := asSignInError(err)
		answer.Set("error", e.code)
		if e.code == invalidGrant {
			answer.Set("error", "interaction_required") // this endpoint knows no grants
		}
		answer.Set("error_description", e.description(s.requestID(), s.now()))
	} else {
		answer.Set("code", code)
		answer.Set("session_state", identity.ObjectID("session", s.tenantID))
	}
	if state := q.Get("state"); state != "" {
		answer.Set("state", state)
	}
	return deliver(q, answer)
}

// checkAddressee returns what must not be sent to the app, as it is not certain who
// the app is: people see it in the browser, and the app hears nothing.
func (s *SignIn) checkAddressee(r *http.Request, q url.Values, refused error) error {
	tenant, _ := endpointOf(r.URL.Path)
	if err := s.checkTenant(tenant); err != nil {
		return err
	}
	if err := need(q, "client_id", "redirect_uri"); err != nil {
		return err
	}
	if !isLoopbackRedirect(q.Get("redirect_uri")) {
		return entraError(50011, "{uri}", q.Get("redirect_uri"), "{app}", q.Get("client_id"))
	}
	if !slices.Contains([]string{"", "query", "form_post"}, q.Get("response_mode")) {
		return entraError(70007)
	}
	var e *signInError
	if errors.As(refused, &e) && slices.Contains([]int{700016, 7000112, 90002, 50011}, e.number) {
		return e
	}
	return nil
}

// isLoopbackRedirect reports whether an address is one of a public client: on this machine, with whatever port.
func isLoopbackRedirect(address string) bool {
	u, err := url.Parse(address)
	return err == nil && u.Scheme == "http" && slices.Contains([]string{"localhost", "127.0.0.1"}, u.Hostname()) &&
		u.User == nil && strings.TrimPrefix(u.Path, "/") == "" && u.RawQuery == "" && !strings.Contains(address, "#")
}

// authorizationCode lets the person sign in and returns the code that proves it.
func (s *SignIn) authorizationCode(q url.Values) (string, error) {
	challenge := q.Get("code_challenge")
	if q.Get("response_type") != "code" {
		return "", entraError(70005)
	}
	if err := need(q, "scope", "code_challenge"); err != nil {
		return "", err
	}
	if q.Get("code_challenge_method") != "S256" {
		return "", entraError(50149)
	}
	if !challengePattern().MatchString(challenge) {
		return "", entraError(501491)
	}
	if err := checkScopes(q.Get("scope")); err != nil {
		return "", err
	}
	if s.Settings.Person.Declines {
		return "", entraError(65004)
	}
	if err := s.consent(q.Get("scope")); err != nil {
		return "", err
	}
	name := opaque()
	s.codes[name] = &code{
		who: s.whoSignsIn(q), redirectURI: q.Get("redirect_uri"), challenge: challenge, expires: s.now().Add(codeLifetime),
	}
	return name, nil
}

// deliver sends the browser back to the app, the answer with it.
func deliver(q, answer url.Values) reply.Reply {
	address := q.Get("redirect_uri")
	if q.Get("response_mode") == "form_post" {
		return htmlReply(http.StatusOK, selfPostingForm(address, answer))
	}
	return reply.Reply{Status: http.StatusFound, Header: http.Header{"Location": {address + "?" + answer.Encode()}}}
}

// selfPostingForm is the page by which a browser posts to the app.
func selfPostingForm(address string, fields url.Values) string {
	var page strings.Builder
	fmt.Fprintf(&page, `<html><head><title>Working...</title></head><body><form method="POST" name="hiddenform" action="%s">`,
		html.EscapeString(address))
	for _, name := range []string{"code", "error", "error_description", "state", "session_state"} {
		if fields.Has(name) {
			fmt.Fprintf(&page, `<input type="hidden" name="%s" value="%s" />`, name, html.EscapeString(fields.Get(name)))
		}
	}
	page.WriteString(`<noscript><p>Script is disabled. Click Submit to continue.</p>` +
		`<input type="submit" value="Submit" /></noscript>` +
		`</form><script language="javascript">document.forms[0].submit();</script></body></html>`)
	return page.String()
}

// errorPage is what people see whom Entra cannot send back.
func (s *SignIn) errorPage(err error) reply.Reply {
	e := asSignInError(err)
	return htmlReply(e.status, "<html><head><title>Sign in to your account</title></head><body>"+
		"<h1>Sorry, but we're having trouble signing you in.</h1><p>"+
		html.EscapeString(e.description(s.requestID(), s.now()))+"</p></body></html>")
}
