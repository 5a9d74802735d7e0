package graph

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// secrets are what must not be shown: the client secret, passwords, and the tokens of this run. Servers and proxies may
// echo what they were sent, and errors quote what servers say. The zero value knows none; it may be used by several
// goroutines.
type secrets struct {
	mu    sync.Mutex
	known []string
}

// minSecret is the length below which a text is no secret, and would be found anywhere.
const minSecret = 6

// webToken is the beginning of a JSON web token, whole or cut, whosever it is.
var webToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*`)

// hide makes texts unshowable, also in lower case (as a media type is), without white space around it, or as part of a URL
// or of JSON.
func (s *secrets) hide(texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range texts {
		if len(text) < minSecret {
			continue
		}
		for _, form := range formsOf(strings.TrimSpace(text)) {
			if !slices.Contains(s.known, form) {
				s.known = append(s.known, form)
			}
		}
	}
	slices.SortFunc(s.known, func(a, b string) int { return len(b) - len(a) }) // or a part would spoil the whole
}

// formsOf returns how a text may be written.
func formsOf(text string) []string {
	quoted, _ := json.Marshal(text) // a string always encodes
	query := url.QueryEscape(text)
	return []string{
		text, strings.ToLower(text), query, url.PathEscape(text), escape.ReplaceAllStringFunc(query, strings.ToLower),
		strings.Trim(string(quoted), `"`),
	}
}

// escape is a character of a URL in hexadecimal digits.
var escape = regexp.MustCompile(`%[0-9A-F]{2}`)

// What must not be shown of sign-in requests and answers (RFC 6749, RFC 7521, RFC 7636, RFC 8628, and those by which pipelines
// get their tokens). User codes are for people to see.
var (
	secretQuestions = []string{"client_secret", "client_assertion", "assertion", "code", "code_verifier", "device_code", "refresh_token"}
	secretAnswers   = []string{"access_token", "refresh_token", "id_token", "device_code", "value", "oidcToken"}
)

// hideForm hides what a request sends in its form, and returns the request with its body to be read again.
func (s *secrets) hideForm(req *http.Request) (*http.Request, error) {
	if req.Body == nil || req.Body == http.NoBody {
		return req, nil
	}
	data, err := io.ReadAll(req.Body)
	if err != nil {
		return nil, err
	}
	req.Body = io.NopCloser(bytes.NewReader(data))
	if form, err := url.ParseQuery(string(data)); err == nil {
		for _, name := range secretQuestions {
			s.hideToken(form.Get(name))
		}
	}
	return req, nil
}

// hideAnswer hides what an answer gives.
func (s *secrets) hideAnswer(body []byte) {
	var fields map[string]json.RawMessage
	if json.Unmarshal(body, &fields) != nil {
		return
	}
	for _, name := range secretAnswers {
		var text string
		if json.Unmarshal(fields[name], &text) == nil {
			s.hideToken(text)
		}
	}
}

// hideToken hides a token whole and, if it is a JSON web token, in its parts.
func (s *secrets) hideToken(token string) {
	s.hide(token)
	if parts := strings.Split(token, "."); len(parts) == 3 {
		s.hide(parts...)
	}
}

// without returns the text without secrets.
func (s *secrets) without(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.known {
		text = strings.ReplaceAll(text, secret, "(secret)")
	}
	return webToken.ReplaceAllString(text, "(token)")
}

// clean is without for messages, which are cut to what is worth showing.
func (s *secrets) clean(text string) string { return cut(s.without(text)) }

// cleanError removes secrets from an error of this package, or from the text of any other.
func (s *secrets) cleanError(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[*Error](err); ok {
		e.Code, e.Message, e.RequestID, e.Err = s.clean(e.Code), s.clean(e.Message), s.clean(e.RequestID), s.cleanError(e.Err)
		return e
	}
	if e, ok := errors.AsType[*SignInError](err); ok {
		e.Code, e.Message, e.CorrelationID = s.clean(e.Code), s.clean(e.Message), s.clean(e.CorrelationID)
		return e
	}
	if shown := s.clean(err.Error()); shown != err.Error() {
		return errors.New(shown)
	}
	return err
}
