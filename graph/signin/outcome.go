package signin

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"sync/atomic"
	"time"

	"appleconsent/graph/wire"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
)

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

// read reads the JSON of a good answer.
func (o *outcome) read(secrets *wire.Secrets, into any) error {
	switch {
	case o.err != nil:
		return o.err
	case o.status != http.StatusOK:
		return errors.New(refusedBy(o, secrets).Message)
	case json.Unmarshal(o.body, into) != nil:
		return fmt.Errorf("%s answered with something that is not JSON", o.host)
	}
	return nil
}

// given returns the token that the answer gives, if it gives one.
func (o *outcome) given() (azcore.AccessToken, bool) {
	if o == nil || o.err != nil || o.refused() {
		return azcore.AccessToken{}, false
	}
	var answer struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	if json.Unmarshal(o.body, &answer) != nil || answer.AccessToken == "" {
		return azcore.AccessToken{}, false
	}
	seconds, _ := answer.ExpiresIn.Int64()                          // none: it is used once
	expires := time.Now().Add(time.Duration(seconds) * time.Second) //nolint:forbidigo // as azidentity does it
	return azcore.AccessToken{Token: answer.AccessToken, ExpiresOn: expires}, true
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
