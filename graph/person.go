package graph

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// personTime is how long a person may take to sign in. A device code expires by itself earlier; a closed browser tab tells
// nobody.
const personTime = 15 * time.Minute

// person signs a person in, in a browser on this machine or with a device code on another one, and asks once: tokens are
// kept in azidentity's cache, and Accounts keeps who signed in, without which the cache cannot be used.
type person struct {
	credential interactive // does not ask by itself
	network    *Network
	timeout    time.Duration // for what does not wait for the person
	browser    bool
	asked      atomic.Bool // the person knows what to do
	onPrompt   func(string)
	onDebug    func(string)

	signedIn *azidentity.AuthenticationRecord // who did, until it is kept
	save     func(azidentity.AuthenticationRecord)
}

// interactive is what azidentity's credentials for persons have in common.
type interactive interface {
	azcore.TokenCredential
	Authenticate(context.Context, *policy.TokenRequestOptions) (azidentity.AuthenticationRecord, error)
}

// GetToken returns a token of the cache, or one for its refresh token, or else asks the person. What may pass by itself, such
// as an answer that does not come, is no reason to ask.
func (p *person) GetToken(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	bounded, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	token, err := p.credential.GetToken(bounded, o)
	if err == nil {
		return token, nil
	}
	if given, ok := p.given(); ok { // and could not be kept
		return given, nil
	}
	last := p.network.last.Load()
	switch {
	case bounded.Err() != nil && ctx.Err() == nil:
		return token, bounded.Err()
	case !mustAsk(err) || ctx.Err() != nil || last != nil && last.passing():
		return token, err
	}
	return p.askFor(ctx, o)
}

// askFor asks the person. The token is taken from Entra's answer itself: azidentity gives it only by way of its cache, which
// may be full, damaged or out of reach, and refuses it if Entra calls the permissions other names than were asked for.
func (p *person) askFor(ctx context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	if p.browser {
		p.onPrompt("sign in in the browser that opens now; waiting for it …")
	}
	record, err := p.authenticate(ctx, o)
	given, ok := p.given()
	switch {
	case err == nil && ok:
		p.signedIn = &record
		return given, nil
	case ok:
		p.onDebug("tokens are not kept after this command: " + firstLine(err).Error())
		if err := forgetTokens(ctx); err != nil { // what is damaged there would be in the way next time, too
			p.onDebug("the cache of tokens cannot be emptied: " + err.Error())
		}
		return given, nil
	case err == nil:
		return p.credential.GetToken(ctx, o)
	}
	return given, err
}

// authenticate lets the person sign in. It does not wait for a browser that stays in the foreground longer than the context,
// and not longer than the timeout for what has to come before the person is asked.
func (p *person) authenticate(ctx context.Context, o policy.TokenRequestOptions) (azidentity.AuthenticationRecord, error) {
	p.network.last.Store(nil)
	p.asked.Store(false)
	limited, cancel := context.WithTimeout(ctx, personTime)
	defer cancel()
	early := time.AfterFunc(p.timeout, func() {
		if last := p.network.last.Load(); !p.asked.Load() && (!p.browser || last == nil || last.err != nil) {
			cancel()
		}
	})
	defer early.Stop()
	type result struct {
		record azidentity.AuthenticationRecord
		err    error
	}
	done := make(chan result, 1)
	go func() {
		record, err := p.credential.Authenticate(limited, &o)
		done <- result{record, err}
	}()
	var r result
	select {
	case r = <-done:
	case <-limited.Done():
		r.err = limited.Err()
	}
	return r.record, p.reason(ctx, limited, r.err)
}

// reason is why the person is not signed in.
func (p *person) reason(ctx, limited context.Context, err error) error {
	if err == nil {
		return nil
	}
	if strings.HasSuffix(err.Error(), "signal: interrupt") { // Ctrl-C reached the browser first, and us right after
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	last := p.network.last.Load()
	answered := last != nil && (last.refused() || last.err != nil)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(limited.Err(), context.Canceled):
		return context.DeadlineExceeded
	case limited.Err() != nil:
		return &SignInError{Message: fmt.Sprintf("nobody signed in within %.0f minutes", personTime.Minutes()), Next: askAgain}
	case strings.Contains(err.Error(), context.DeadlineExceeded.Error()): // of the code itself; MSAL flattens its error
		return &SignInError{Message: "the code expired before anybody signed in with it", Next: askAgain}
	case p.browser && !answered && aadsts.FindString(err.Error()) == "":
		told := toldSignIn(p.network.secrets.without(err.Error()))
		return &SignInError{Message: "by browser: " + told.Message, Next: "if no browser can be opened here, use --auth device-code, which lets you sign in on another machine"}
	}
	return err
}

const askAgain = "run it again and finish the sign-in in the browser; --auth device-code lets you do that on another machine"

// mustAsk tells whether only a person can go on.
func mustAsk(err error) bool {
	_, required := errors.AsType[*azidentity.AuthenticationRequiredError](err)
	return required
}

// given returns the token that the last answer gave, if it is one.
func (p *person) given() (azcore.AccessToken, bool) {
	last := p.network.last.Load()
	if last == nil || last.err != nil || last.refused() {
		return azcore.AccessToken{}, false
	}
	var answer struct {
		AccessToken string      `json:"access_token"`
		ExpiresIn   json.Number `json:"expires_in"`
	}
	if json.Unmarshal(last.body, &answer) != nil || answer.AccessToken == "" {
		return azcore.AccessToken{}, false
	}
	seconds, _ := answer.ExpiresIn.Int64()                          // none: it is used once
	expires := time.Now().Add(time.Duration(seconds) * time.Second) //nolint:forbidigo // as azidentity does it
	return azcore.AccessToken{Token: answer.AccessToken, ExpiresOn: expires}, true
}

// keep keeps who signed in.
func (p *person) keep() {
	if p.signedIn != nil {
		p.save(*p.signedIn)
		p.signedIn = nil
	}
}
