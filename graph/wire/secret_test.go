package wire

import (
	"errors"
	"strings"
	"testing"
)

// A secret is hidden as it is, as a media type would show it and as part of a URL, in our errors and in others.
func TestSecrets(t *testing.T) {
	t.Parallel()
	const secret = "Qk8~Client/Secret+42"
	var s Secrets
	s.Hide(secret, "", "abc")
	for _, text := range []string{secret, strings.ToLower(secret), "Qk8~Client%2FSecret%2B42", "x" + secret + "y"} {
		e := &Error{Code: text, Message: "provided " + text, RequestID: text, Err: errors.New(text)}
		if got := s.CleanError(e).Error(); strings.Contains(strings.ToLower(got), "secret+42") || strings.Contains(got, "%2B42") {
			t.Errorf("%q is shown as %q", text, got)
		}
		if got := s.CleanError(errors.New(text)).Error(); strings.Contains(got, text) {
			t.Errorf("%q is shown as %q", text, got)
		}
	}
	plain := errors.New("abc is no secret")
	if got := s.CleanError(plain); !errors.Is(got, plain) {
		t.Errorf("an error without a secret became %v", got)
	}
}
