package signin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// source is one way to get a token for some scopes. Beside the token or the error it returns how its last request ended, nil if
// it sent none.
type source interface {
	token(ctx context.Context, scopes []string) (azcore.AccessToken, *outcome, error)
}

// library is a source of azidentity's.
type library struct{ azcore.TokenCredential }

func (l library) token(ctx context.Context, scopes []string) (azcore.AccessToken, *outcome, error) {
	ctx, last := withTrail(ctx)
	token, err := l.GetToken(ctx, policy.TokenRequestOptions{Scopes: scopes})
	return token, last.Load(), err
}

// refreshBefore is how long before its end a token is no longer used.
const refreshBefore = 2 * time.Minute

// Tokens gets access tokens for Graph with a credential and keeps the last one, since not every credential does
// (azidentity's Azure CLI credential runs az each time). All its tokens are of one tenant. Its methods may be called side by
// side.
type Tokens struct {
	credential Credential
	clock      wire.Clock
	onWait     wire.OnWait

	mu     sync.Mutex
	scopes []string
	last   azcore.AccessToken
	tenant string // of the tokens so far; empty before the first
}

// Tokens returns what gets tokens with the credential, for no scopes yet.
func (c Credential) Tokens(clock wire.Clock, onWait wire.OnWait) *Tokens {
	return &Tokens{credential: c, clock: clock, onWait: onWait}
}

// Token returns a token that is valid for the next request. Errors: *Error, and the context's, wrapped.
func (t *Tokens) Token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.Token != "" && t.clock.Now().Add(refreshBefore).Before(t.last.ExpiresOn) {
		return t.last.Token, nil
	}
	defer t.onWait.Announce("the sign-in")()
	fresh, last, err := t.credential.source.token(ctx, t.scopes)
	secrets := t.credential.Secrets
	if err != nil && ctx.Err() != nil {
		return "", fmt.Errorf("sign in: %w", context.Cause(ctx))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if err != nil {
		return "", secrets.CleanError(reduced(err, last, secrets))
	}
	secrets.HideToken(fresh.Token)
	if err := t.sameTenant(fresh.Token); err != nil {
		return "", err
	}
	t.last = fresh
	return fresh.Token, nil
}

// sameTenant refuses a token of another tenant than the ones before, such as of a person who signs in as somebody else the
// second time.
func (t *Tokens) sameTenant(token string) error {
	c, err := ReadClaims(token)
	switch {
	case err != nil && t.tenant == "":
		return nil // SignIn says so, before anything is read
	case err != nil:
		return &Error{Message: err.Error()}
	case t.tenant != "" && t.tenant != c.TenantID:
		return &Error{Message: fmt.Sprintf("signed in to tenant %s this time, and to %s before", c.TenantID, t.tenant), Cause: CauseOtherAccount}
	}
	t.tenant = c.TenantID
	return nil
}

// Ask sets the scopes of the next tokens. A token with other scopes is dropped.
func (t *Tokens) Ask(scopes []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if strings.Join(scopes, " ") != strings.Join(t.scopes, " ") {
		t.scopes, t.last = scopes, azcore.AccessToken{}
	}
}

// SignIn gets a token if there is none and returns what it says. Errors: *Error, and the context's, wrapped.
func (t *Tokens) SignIn(ctx context.Context) (Claims, error) {
	if _, err := t.Token(ctx); err != nil {
		return Claims{}, err
	}
	c, err := t.Claims()
	if err != nil {
		return Claims{}, &Error{Message: err.Error()}
	}
	return c, nil
}

// Claims reads the token that is used now.
func (t *Tokens) Claims() (Claims, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return ReadClaims(t.last.Token)
}

// KeepAccount keeps who signed in, so that the next command need not ask; for when it is known to be the right tenant.
func (t *Tokens) KeepAccount() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if p, ok := t.credential.source.(*person); ok {
		p.keep()
	}
}
