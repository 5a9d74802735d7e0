package entra

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// codeLifetime is how long an authorization code can be redeemed.
const codeLifetime = 10 * time.Minute

// opaque is a string that says nothing and cannot be guessed, with the beginning that Entra's have.
func opaque() string { return "1.AXsA" + rand.Text() + rand.Text() }

// code is an authorization code.
type code struct {
	who         signedIn
	redirectURI string
	challenge   string
	expires     time.Time
	redeemed    bool
}

// redeemCode gives tokens for an authorization code, once.
func (s *SignIn) redeemCode(r *http.Request, form url.Values) (any, error) {
	if err := need(form, "code", "redirect_uri"); err != nil {
		return nil, err
	}
	c, known := s.codes[form.Get("code")]
	switch {
	case !known || c.who.clientID != form.Get("client_id"):
		return nil, entraError(70000, "{parameter}", "code")
	case c.redeemed:
		return nil, entraError(54005)
	case s.now().After(c.expires):
		return nil, entraError(70008)
	}
	c.redeemed = true // whatever comes of it
	switch {
	case c.redirectURI != form.Get("redirect_uri"):
		return nil, entraError(500112, "{uri}", form.Get("redirect_uri"))
	case challengeOf(form.Get("code_verifier")) != c.challenge:
		return nil, entraError(501481)
	case !asksNoMore(form.Get("scope"), c.who.scope):
		return nil, refuse(invalidGrant, 70000, "The request was denied because one or more scopes requested are unauthorized or "+
			"expired. The user must first sign in and grant the client application access to the requested scope.")
	}
	return s.personDocument(r, form, c.who)
}

// challengeOf is what an app that knows the verifier sent when it asked for the code.
func challengeOf(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// refresh gives new tokens to an app at which a person signed in before. The refresh token stays good, as Entra's do.
func (s *SignIn) refresh(r *http.Request, form url.Values) (any, error) {
	if err := need(form, "refresh_token"); err != nil {
		return nil, err
	}
	who, known := s.refreshTokens.find(form.Get("refresh_token"))
	if s.guests {
		who.tenantID = s.tenantID
	}
	if !known || who.clientID != form.Get("client_id") {
		return nil, entraError(70000, "{parameter}", "refresh_token")
	}
	return s.personDocument(r, form, who)
}

// Sessions are the people who signed in, by their refresh tokens. Several goroutines may use them at once.
type Sessions struct {
	mu     sync.Mutex
	tokens map[string]signedIn
}

// NewSessions are those of nobody yet.
func NewSessions() *Sessions { return &Sessions{tokens: map[string]signedIn{}} }

func (s *Sessions) find(token string) (signedIn, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	who, known := s.tokens[token]
	return who, known
}

func (s *Sessions) keep(token string, who signedIn) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens[token] = who
}
