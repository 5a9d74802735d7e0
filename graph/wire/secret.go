package wire

import (
	"encoding/json"
	"errors"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
)

// Secrets are what must not be shown of one sign-in: the client secret, passwords, and the tokens of this run. Servers and
// proxies may echo what they were sent, and errors quote what servers say. The zero value knows none; it may be used by several
// goroutines.
type Secrets struct {
	mu    sync.Mutex
	known []string
}

// minSecret is the length below which a text is no secret, and would be found anywhere.
const minSecret = 6

// webToken is the beginning of a JSON web token, whole or cut, whosever it is.
var webToken = regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*)*`)

// Hide makes texts unshowable, also in lower case (as a media type is), without white space around it, or as part of a URL
// or of JSON.
func (s *Secrets) Hide(texts ...string) {
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
	query := url.QueryEscape(text)
	if query == text { // as most tokens: nothing of it is written in another way
		return []string{text, strings.ToLower(text)}
	}
	quoted, _ := json.Marshal(text) // a string always encodes
	return []string{
		text, strings.ToLower(text), query, url.PathEscape(text), escape.ReplaceAllStringFunc(query, strings.ToLower),
		strings.Trim(string(quoted), `"`),
	}
}

// escape is a character of a URL in hexadecimal digits.
var escape = regexp.MustCompile(`%[0-9A-F]{2}`)

// HideToken hides a token whole and, if it is a JSON web token, in its parts.
func (s *Secrets) HideToken(token string) {
	s.Hide(token)
	if parts := strings.Split(token, "."); len(parts) == 3 {
		s.Hide(parts...)
	}
}

// Without returns the text without secrets.
func (s *Secrets) Without(text string) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, secret := range s.known {
		text = strings.ReplaceAll(text, secret, "(secret)")
	}
	return webToken.ReplaceAllString(text, "(token)")
}

// maxMessage is the number of bytes of a server's message that is kept.
const maxMessage = 300

// Clean is Without for messages, which are cut to what is worth showing.
func (s *Secrets) Clean(text string) string {
	text = s.Without(text)
	if len(text) > maxMessage {
		return strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}

// Redactor is an error that knows which of its parts a server has written.
type Redactor interface {
	error
	Redact(s *Secrets) // removes secrets from these parts
}

// CleanError removes secrets from a Redactor, or from the text of any other error.
func (s *Secrets) CleanError(err error) error {
	if err == nil {
		return nil
	}
	if e, ok := errors.AsType[Redactor](err); ok {
		e.Redact(s)
		return e
	}
	if shown := s.Clean(err.Error()); shown != err.Error() {
		return errors.New(shown)
	}
	return err
}
