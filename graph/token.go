package graph

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"appleconsent/graph/claims"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// refreshBefore is how long before its end a token is no longer used.
const refreshBefore = 2 * time.Minute

// tokens gets access tokens for Graph from a credential and keeps the last one, since not every credential does
// (azidentity's Azure CLI credential runs az each time). All its tokens are of one tenant.
type tokens struct {
	credential azcore.TokenCredential
	clock      Clock
	network    *Network
	onWait     func(what string, d time.Duration)

	mu     sync.Mutex
	scopes []string
	last   azcore.AccessToken
	tenant string // of the tokens so far; empty before the first
}

// token returns a token that is valid for the next request.
func (t *tokens) token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.Token != "" && t.clock.Now().Add(refreshBefore).Before(t.last.ExpiresOn) {
		return t.last.Token, nil
	}
	defer announce(t.onWait, "the sign-in")()
	t.network.last.Store(nil)
	fresh, err := t.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: t.scopes})
	if err != nil && ctx.Err() != nil {
		return "", fmt.Errorf("sign in: %w", context.Cause(ctx))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "", fmt.Errorf("sign in: %w", err)
	}
	if err != nil {
		return "", t.network.secrets.cleanError(t.network.signInError(err))
	}
	t.network.secrets.hideToken(fresh.Token)
	if err := t.sameTenant(fresh.Token); err != nil {
		return "", err
	}
	t.last = fresh
	return fresh.Token, nil
}

// sameTenant refuses a token of another tenant than the ones before, such as of a person who signs in as somebody else the
// second time.
func (t *tokens) sameTenant(token string) error {
	c, err := claims.Read(token)
	switch {
	case err != nil && t.tenant == "":
		return nil // SignIn says so, before anything is read
	case err != nil:
		return &SignInError{Message: err.Error()}
	case t.tenant != "" && t.tenant != c.TenantID:
		return &SignInError{
			Message: fmt.Sprintf("signed in to tenant %s this time, and to %s before", c.TenantID, t.tenant),
			Next:    "sign in with the same account each time",
		}
	}
	t.tenant = c.TenantID
	return nil
}

// ask sets the scopes of the next tokens. A token with other scopes is dropped.
func (t *tokens) ask(scopes []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if strings.Join(scopes, " ") != strings.Join(t.scopes, " ") {
		t.scopes, t.last = scopes, azcore.AccessToken{}
	}
}

// claims reads the token that is used now.
func (t *tokens) claims() (claims.Claims, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return claims.Read(t.last.Token)
}

// Identity is who is signed in, read from the claims of the access token. Tokens for Graph are formally opaque, so that
// nothing is decided on it but what the tenant is called (learn.microsoft.com/entra/identity-platform/
// access-token-claims-reference).
type Identity struct {
	TenantID string // tid
	Operator string // user principal name, or the appId of an application
}

// identity returns who is signed in with the token that is used now.
func (t *tokens) identity() (Identity, error) {
	c, err := t.claims()
	return Identity{c.TenantID, c.Operator}, err
}
