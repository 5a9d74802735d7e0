package signin

import (
	"context"
	"net/http"
	"sync/atomic"

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

// outcome is how a request of a sign-in ended. It is returned beside what azidentity says because the libraries in between lose
// it: MSAL has the text alone of what got no answer, and reads an answer to a device code to its end before it hands it on as
// the reason of an error.
type outcome struct {
	err    error // no answer, or no whole one
	host   string
	status int
	body   []byte
}

// refused reports whether it is an answer that gives nothing.
func (o *outcome) refused() bool { return o.err == nil && o.status >= http.StatusMultipleChoices }

// passing reports whether it may be different the next time without anybody doing anything.
func (o *outcome) passing() bool {
	return o.err != nil || o.status >= http.StatusInternalServerError || o.status == http.StatusTooManyRequests
}

// trail is where the requests of one sign-in leave their outcome, the last one on top: azidentity hands on to them the context of
// the call that they belong to, and nothing else.
type trail = atomic.Pointer[outcome]

type trailKey struct{}

// withTrail begins the trail of one sign-in.
func withTrail(ctx context.Context) (context.Context, *trail) {
	last := new(trail)
	return context.WithValue(ctx, trailKey{}, last), last
}

// keep leaves the outcome to whoever began the sign-in.
func (o *outcome) keep(ctx context.Context) {
	if last, ok := ctx.Value(trailKey{}).(*trail); ok {
		last.Store(o)
	}
}
