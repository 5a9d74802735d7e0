package signin

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"
)

// personTime is how long a person may take to sign in. A device code expires by itself earlier; a closed browser tab tells
// nobody.
const personTime = 15 * time.Minute

// token returns a token of the cache, or one for its refresh token, or else asks the person. What may pass by itself, such
// as an answer that does not come, is no reason to ask.
func (p *person) token(ctx context.Context, scopes []string) (azcore.AccessToken, *outcome, error) {
	bounded, cancel := context.WithTimeout(ctx, p.timeout)
	defer cancel()
	token, last, err := library{p.credential}.token(bounded, scopes)
	if err == nil {
		return token, last, nil
	}
	if given, ok := last.given(); ok { // and could not be kept
		return given, last, nil
	}
	_, mustAsk := errors.AsType[*azidentity.AuthenticationRequiredError](err) // only a person can go on
	switch {
	case bounded.Err() != nil && ctx.Err() == nil:
		return token, last, bounded.Err()
	case !mustAsk || ctx.Err() != nil || last != nil && last.passing():
		return token, last, err
	}
	return p.askFor(ctx, scopes)
}

// askFor asks the person. The token is taken from Entra's answer itself: azidentity gives it only by way of its cache, which
// may be full, damaged or out of reach, and refuses it if Entra calls the permissions other names than were asked for.
func (p *person) askFor(ctx context.Context, scopes []string) (azcore.AccessToken, *outcome, error) {
	if p.browser {
		p.onPrompt("Opening your browser. Sign in to continue …")
	}
	record, last, err := p.authenticate(ctx, scopes)
	given, ok := last.given()
	switch {
	case err == nil && ok:
		p.signedIn = &record
		return given, last, nil
	case ok:
		p.onDebug("tokens are not kept after this command: " + firstLine(err).Error())
		if err := forgetTokens(ctx); err != nil { // what is damaged there would be in the way next time, too
			p.onDebug("the cache of tokens cannot be emptied: " + err.Error())
		}
		return given, last, nil
	case err == nil:
		return library{p.credential}.token(ctx, scopes)
	}
	return given, last, err
}

// authenticate lets the person sign in. It does not wait for a browser that stays in the foreground longer than the context,
// and not longer than the timeout for what has to come before the person is asked.
func (p *person) authenticate(ctx context.Context, scopes []string) (azidentity.AuthenticationRecord, *outcome, error) {
	p.asked.Store(false)
	limited, cancel := context.WithTimeout(ctx, personTime)
	defer cancel()
	limited, last := withTrail(limited)
	early := time.AfterFunc(p.timeout, func() {
		if o := last.Load(); !p.asked.Load() && (!p.browser || o == nil || o.err != nil) {
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
		record, err := p.credential.Authenticate(limited, &policy.TokenRequestOptions{Scopes: scopes})
		done <- result{record, err}
	}()
	var r result
	select {
	case r = <-done:
	case <-limited.Done():
		r.err = limited.Err()
	}
	return r.record, last.Load(), p.reason(ctx, limited, last.Load(), r.err)
}

// reason is why the person is not signed in.
func (p *person) reason(ctx, limited context.Context, last *outcome, err error) error {
	if err == nil {
		return nil
	}
	if strings.HasSuffix(err.Error(), "signal: interrupt") { // Ctrl-C reached the browser first, and us right after
		select {
		case <-ctx.Done():
		case <-time.After(time.Second):
		}
	}
	answered := last != nil && (last.refused() || last.err != nil)
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case errors.Is(limited.Err(), context.Canceled):
		return context.DeadlineExceeded
	case limited.Err() != nil:
		return &Error{Message: fmt.Sprintf("nobody signed in within %.0f minutes", personTime.Minutes()), Cause: CauseAskAgain}
	case strings.Contains(err.Error(), context.DeadlineExceeded.Error()): // of the code itself; MSAL flattens its error
		return &Error{Message: "the code expired before anybody signed in with it", Cause: CauseAskAgain}
	case p.browser && !answered && aadsts.FindString(err.Error()) == "":
		return &Error{Message: "by browser: " + toldBy(p.secrets.Without(err.Error())).Message, Cause: CauseNoBrowser}
	}
	return err
}
