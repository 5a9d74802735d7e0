package signin

import (
	"cmp"
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

// outcome is how a request of a sign-in ended. It is kept beside what azidentity says because the libraries in between lose it:
// MSAL has the text alone of what got no answer, and reads an answer to a device code to its end before it hands it on as the
// reason of an error.
type outcome struct {
	err    error // no answer, or no whole one
	host   string
	status int
	body   []byte
	token  bool // it was asked for a token
}

// failure is why there is no answer; nil if there is one, or was no request.
func (o *outcome) failure() error {
	if o == nil {
		return nil
	}
	return o.err
}

// refused reports whether it is an answer that gives nothing.
func (o *outcome) refused() bool { return o.err == nil && o.status >= http.StatusMultipleChoices }

// throttled reports whether it says that too much was asked for.
func (o *outcome) throttled() bool { return o.err == nil && o.status == http.StatusTooManyRequests }

// busy reports whether it says that Entra has trouble of its own, with whatever status.
func (o *outcome) busy() bool {
	if o.err != nil || !o.refused() {
		return false
	}
	var says members
	_ = json.Unmarshal(o.body, &says) // what is no object says nothing
	code := aadsts.FindString(says.text("error_description"))
	return causeOfCode(cmp.Or(code, says.text("error"))) == CauseEntraBusy
}

// passing reports whether it may be different the next time without anybody doing anything.
func (o *outcome) passing() bool {
	return o.err != nil || o.busy() || o.status >= http.StatusInternalServerError || o.throttled()
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

// trail is where the requests of one sign-in leave their outcome, the last one on top, and where they find whose secrets they carry:
// azidentity hands on to them the context of the call that they belong to, and nothing else.
type trail struct {
	atomic.Pointer[outcome]
	tokens *Tokens // of the tenant that is signed in to; nil: nobody said
}

type trailKey struct{}

// withTrail begins the trail of one sign-in.
func (t *Tokens) withTrail(ctx context.Context) (context.Context, *trail) {
	last := &trail{tokens: t}
	return context.WithValue(ctx, trailKey{}, last), last
}

// trailIn is the trail of the sign-in that the context belongs to.
func trailIn(ctx context.Context) *trail {
	if last, ok := ctx.Value(trailKey{}).(*trail); ok {
		return last
	}
	return new(trail)
}
