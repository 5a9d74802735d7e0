package signin

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"appleconsent/consent"
	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

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
	named  string // what the tenant was found to be called, a domain or its id; empty: nothing was asked for
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
	ctx, last := t.withTrail(ctx)
	fresh, err := t.patiently(ctx, last)
	if held, ok := errors.AsType[*wire.HeldError](errors.Join(err, last.Load().failure())); ok && err != nil {
		return "", &Error{Message: held.Error(), Cause: CauseThrottled, Way: t.credential.Auth}
	}
	secrets := t.credential.Secrets
	if err != nil && ctx.Err() != nil {
		return "", fmt.Errorf("sign in: %w", wire.TimeUp(context.Cause(ctx), last.Load().failure()))
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "", fmt.Errorf("sign in: %w", wire.TimeUp(wire.ErrLate, last.Load().failure()))
	}
	if err != nil {
		return "", secrets.CleanError(t.credential.told(err, last.Load()))
	}
	secrets.HideToken(fresh.Token)
	if err := t.sameTenant(fresh.Token); err != nil {
		return "", err
	}
	t.last = fresh
	return fresh.Token, nil
}

// patiently asks for a token, and again after pauses of 1, 2 and 4 seconds while another program says that Entra has trouble of its
// own; our own requests are repeated where they are sent (see sender).
func (t *Tokens) patiently(ctx context.Context, last *trail) (azcore.AccessToken, error) {
	for attempt := 0; ; attempt++ {
		if err := t.credential.Network.Await(ctx, t.clock, t.onWait); err != nil {
			return azcore.AccessToken{}, err
		}
		fresh, err := t.credential.source.GetToken(ctx, policy.TokenRequestOptions{Scopes: t.scopes})
		if err == nil || attempt == 3 || last.Load() != nil || toldBy(err.Error()).Cause != CauseEntraBusy {
			return fresh, err
		}
		wait := time.Second << attempt
		t.onWait("the sign-in (Entra is busy)", wait)
		if t.clock.Sleep(ctx, wait) != nil {
			return fresh, err
		}
	}
}

// Renew gets a fresh token in the place of one that Graph refused, past every cache, with the claims that Graph wants it to be asked
// for with (empty: none), and reports whether there is another one now. It asks no person, and gets none where only a person or
// another program could: what Graph said before tells more than that. Why there is none otherwise, the error says, a *Error. It
// takes renewalTime at most: the refusal stands whatever comes of it.
func (t *Tokens) Renew(ctx context.Context, refused, claims string) (bool, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.last.Token != refused:
		return t.last.Token != "", nil // somebody else was faster
	case t.credential.Auth == AuthAzureCLI:
		return false, nil
	}
	defer t.onWait.Announce("a fresh sign-in")()
	bounded, cancel := context.WithTimeout(context.WithValue(ctx, silentKey{}, true), renewalTime)
	defer cancel()
	bounded, last := t.withTrail(bounded)
	fresh, err := t.credential.source.GetToken(bounded, policy.TokenRequestOptions{Scopes: t.scopes, Claims: cmp.Or(claims, afresh)})
	t.credential.Secrets.HideToken(fresh.Token)
	switch {
	case err != nil:
		return false, t.unrenewed(bounded, err, last.Load())
	case fresh.Token == refused:
		return false, nil
	}
	if err := t.sameTenant(fresh.Token); err != nil {
		return false, err
	}
	t.last = fresh
	return true, nil
}

// renewalTime is how long a renewal may take, with everything that is tried again in it.
const renewalTime = wire.ReadTimeout

// unrenewed is why there is no fresh token; nil if only a person could get one, or if somebody does not want it any more.
func (t *Tokens) unrenewed(ctx context.Context, err error, last *outcome) error {
	_, byPerson := errors.AsType[*azidentity.AuthenticationRequiredError](err)
	switch {
	case errors.Is(ctx.Err(), context.Canceled), byPerson && (last == nil || !last.refused()):
		return nil
	case ctx.Err() != nil || errors.Is(err, context.DeadlineExceeded):
		late := wire.TimeUp(wire.ErrLate, last.failure())
		return &Error{Message: late.Error(), Cause: wire.CauseOf(late), Way: t.credential.Auth}
	}
	return t.credential.Secrets.CleanError(t.credential.told(err, last))
}

// silentKey is in the context of a sign-in that asks no person.
type silentKey struct{}

// sameTenant refuses a token of another tenant than the ones before, such as of a person who signs in as somebody else the
// second time.
func (t *Tokens) sameTenant(token string) error {
	c, err := ReadClaims(token)
	switch {
	case err != nil && t.tenant == "":
		return nil // SignIn says so, before anything is read
	case err != nil:
		return t.unreadable(err)
	case t.credential.pinned != "" && t.credential.pinned != c.TenantID:
		return otherTenant(c.TenantID, t.credential.pinned)
	case t.tenant != "" && t.tenant != c.TenantID:
		return &Error{Message: fmt.Sprintf("signed in to tenant %s this time, and to %s before", c.TenantID, t.tenant), Cause: CauseOtherAccount}
	}
	t.tenant = c.TenantID
	return nil
}

// unreadable is a token that cannot be read: Entra's can.
func (t *Tokens) unreadable(err error) *Error {
	if t.credential.Auth == AuthAzureCLI {
		return &Error{Message: azSaysNothing, Cause: CauseAzureCLIOdd, Way: AuthAzureCLI}
	}
	return &Error{Message: err.Error(), Cause: CauseOnTheWay, Way: t.credential.Auth}
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
		return Claims{}, t.unreadable(err)
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

// Claims is what an access token for Graph says about who holds it, as far as the program needs it
// (learn.microsoft.com/entra/identity-platform/access-token-claims-reference). It is read and not verified, which only the API
// can that the token is for; formally, tokens for Graph are opaque.
type Claims struct {
	TenantID string // tid: a GUID, in lower case
	Operator string // the user principal name, or the appId of an application; empty if the token names nobody
	// AppOnly: an application holds it, no person.
	AppOnly bool
	// Permissions of Microsoft Graph that it holds: delegated ones (scp), or those of an application (roles).
	Permissions []string
	// DirectoryRoles are the template ids of the person's Entra roles (wids). None says nothing: the claim may be left out.
	DirectoryRoles []string
}

// ReadClaims reads the claims of a token without verifying it. Tokens of version 1 and 2 name the same things otherwise, and some
// issuers pad a token's parts. No error holds a part of the token.
func ReadClaims(token string) (Claims, error) {
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Claims{}, errors.New("the access token cannot be read: it is not a JSON web token")
	}
	text, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(parts[1], "="))
	if err != nil {
		return Claims{}, errors.New("the access token cannot be read: its claims are not base64url")
	}
	var payload members
	if json.Unmarshal(text, &payload) != nil {
		return Claims{}, errors.New("the access token cannot be read: its claims are not JSON")
	}
	tenant, err := consent.ParseGUID(payload.text("tid"))
	if err != nil { // which quotes the claim
		return Claims{}, errors.New("the access token names no tenant: its tid is not a GUID")
	}
	c := Claims{
		TenantID: tenant, Operator: payload.text("upn", "preferred_username", "unique_name", "appid", "azp", "oid"),
		Permissions: payload.texts("scp"), DirectoryRoles: payload.texts("wids"),
	}
	if len(c.Permissions) == 0 { // persons' tokens have scp; in them, roles are those of an app's own
		c.AppOnly, c.Permissions = payload.text("idtyp") != "user", payload.texts("roles")
	}
	return c, nil
}

// members are those of a JSON object. What has another form than expected counts as missing.
type members map[string]any

// text returns the first of these members that is a text and not empty.
func (m members) text(names ...string) string {
	for _, name := range names {
		if text, _ := m[name].(string); text != "" {
			return text
		}
	}
	return ""
}

// texts returns a member that is a list of texts, or one with white space between them.
func (m members) texts(name string) []string {
	list, _ := m[name].([]any)
	var texts []string
	for _, item := range list {
		text, ok := item.(string)
		if !ok {
			return nil
		}
		texts = append(texts, text)
	}
	return append(texts, strings.Fields(m.text(name))...)
}
