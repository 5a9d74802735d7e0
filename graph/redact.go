package graph

import (
	"errors"
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

// hide makes texts unshowable, also in lower case (as a media type is) or as part of a URL.
func (s *secrets) hide(texts ...string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, text := range texts {
		if len(text) < minSecret {
			continue
		}
		for _, form := range []string{text, strings.ToLower(text), url.QueryEscape(text), url.PathEscape(text)} {
			if !slices.Contains(s.known, form) {
				s.known = append(s.known, form)
			}
		}
	}
}

// hideToken hides a token whole and in its parts.
func (s *secrets) hideToken(token string) {
	s.hide(append([]string{token}, strings.Split(token, ".")...)...)
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
