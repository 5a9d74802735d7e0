package graph

import (
	"context"
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
// (azidentity's Azure CLI credential runs az each time).
type tokens struct {
	credential azcore.TokenCredential
	clock      Clock
	secrets    *secrets
	onWait     func(what string, d time.Duration)

	mu     sync.Mutex
	scopes []string
	last   azcore.AccessToken
}

// token returns a token that is valid for the next request.
func (t *tokens) token(ctx context.Context) (string, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.last.Token != "" && t.clock.Now().Add(refreshBefore).Before(t.last.ExpiresOn) {
		return t.last.Token, nil
	}
	defer announce(t.onWait, "the sign-in")()
	fresh, err := t.credential.GetToken(ctx, policy.TokenRequestOptions{Scopes: t.scopes})
	if ended := ctx.Err(); err != nil && ended != nil {
		return "", fmt.Errorf("sign in: %w", ended)
	}
	if err != nil {
		return "", t.secrets.cleanError(signInError(err))
	}
	t.secrets.hideToken(fresh.Token)
	t.last = fresh
	return fresh.Token, nil
}

// ask sets the scopes of the next tokens. A token with other scopes is dropped.
func (t *tokens) ask(scopes []string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if strings.Join(scopes, " ") != strings.Join(t.scopes, " ") {
		t.scopes, t.last = scopes, azcore.AccessToken{}
	}
}

// Identity is who is signed in, read from the claims of the access token. Tokens for Graph are formally opaque, so that
// nothing is decided on it but what the tenant is called (learn.microsoft.com/entra/identity-platform/
// access-token-claims-reference).
type Identity struct {
	TenantID string // tid
	Operator string // user principal name, or the appId of an application
}

// identityOf reads a token without verifying it.
func identityOf(token string) (Identity, error) {
	c, err := claims.Read(token)
	return Identity{c.TenantID, c.Operator}, err
}
