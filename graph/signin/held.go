package signin

import (
	"slices"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

// Held is what is kept of the sign-in to one tenant, for when the same tenant is signed in to once more: some kilobytes. It is a
// secret.
type Held struct {
	token  azcore.AccessToken
	scopes []string
	named  string // what the tenant was found to be called
}

// Held returns what to keep.
func (t *Tokens) Held() Held {
	t.mu.Lock()
	defer t.mu.Unlock()
	return Held{t.last, t.scopes, t.named}
}

// Resume goes on with what was kept of the same tenant, as long as its token is good for what is asked for now. It is checked as a fresh
// one is: one of another tenant than these tokens are of is dropped, and so is one that does not say of which it is, with the name that
// was found of that.
func (t *Tokens) Resume(h Held) {
	t.credential.Secrets.HideToken(h.token.Token)
	t.mu.Lock()
	defer t.mu.Unlock()
	if !slices.Equal(h.scopes, t.scopes) || t.sameTenant(h.token.Token) != nil || t.tenant == "" {
		return
	}
	t.last, t.named = h.token, h.named
}
